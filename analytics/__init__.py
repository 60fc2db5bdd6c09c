"""Relais for analysts: the same figures as the screens, in pandas. Never imports Streamlit.

A first look at the records that ``RELAIS_STORE`` names (the demonstration where nothing is imported yet)::

    import analytics

    records = analytics.open_records()
    chosen = analytics.Selection(school_years=("2025-2026",))
    print(analytics.caption(records, chosen))
    counts = records.case_counts(chosen, ["school_level"])
    analytics.french_table(counts, {"school_level": "Niveau", "n": "Dossiers"})

``records`` answers with counts (:class:`analytics.store.Snapshot`), the modules of ``analytics.measures`` and
``analytics.planning`` turn counts into answers, those of ``analytics.charts`` draw an answer. ``dictionary()`` explains
every table, column and code. The six notebooks of Relais show it all at work.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analytics.domain.dictionary import dictionary, labels
    from analytics.domain.french import chance, number, percent
    from analytics.domain.programme import programme
    from analytics.domain.school_calendar import calendar
    from analytics.domain.selection import Selection
    from analytics.domain.tables import french_table
    from analytics.workflows.demo import open_records
    from analytics.workflows.inventory import caption

__all__ = [
    "Selection",
    "calendar",
    "caption",
    "chance",
    "dictionary",
    "french_table",
    "labels",
    "number",
    "open_records",
    "percent",
    "programme",
]

_HOMES = {
    "Selection": "domain.selection",
    "calendar": "domain.school_calendar",
    "caption": "workflows.inventory",
    "chance": "domain.french",
    "dictionary": "domain.dictionary",
    "french_table": "domain.tables",
    "labels": "domain.dictionary",
    "number": "domain.french",
    "open_records": "workflows.demo",
    "percent": "domain.french",
    "programme": "domain.programme",
}


def __getattr__(name: str) -> object:
    """A name of ``__all__``, imported when it is first asked for: the command line imports this package too."""
    if name not in _HOMES:
        raise AttributeError(f"module 'analytics' has no attribute {name!r}")
    return getattr(import_module(f"analytics.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
