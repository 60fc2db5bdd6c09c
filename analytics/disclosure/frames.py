"""A recorded release as data frames: published figures, and nothing else. What a notebook that leaves may read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analytics.disclosure.published import NUMBERS, Cell, Publication
from analytics.disclosure.release_records import Record, past_records
from analytics.disclosure.wording import format_interval
from analytics.domain.errors import RefusedError
from analytics.domain.french import number
from analytics.store import Store

__all__ = ["PublishedPeriod", "published_period", "wide"]  # all that a notebook that leaves takes from here


@dataclass(frozen=True)
class PublishedPeriod:
    """A release as it left. ``about``: what stands on its first page; ``tables``: each by its title, one row per cell, as
    :attr:`analytics.disclosure.published.Table.frame` gives it.
    """

    period: str
    is_demo: bool
    about: Mapping[str, str]
    tables: Mapping[str, pd.DataFrame]


def last_record(period: str | None, folder: Path) -> Record:
    """The last release of ``period`` in the store's ``folder``, or of any period; RefusedError when there is none."""
    found = [entry for entry in past_records([folder / "releases"]) if period in (None, entry.period)]
    if not found:
        raise RefusedError(
            "Rien n’est encore publié. Publiez d’abord une période : relais publish, ou la page Publier."
        )
    return found[-1]


def published_period(period: str | None = None, folder: Path | None = None) -> PublishedPeriod:
    """What :func:`last_record` holds, of the store in use where no ``folder`` is given."""
    entry = last_record(period, folder or Store().folder)
    publication = entry.publication
    tables = {table.title: table.frame for table in publication.tables}
    return PublishedPeriod(entry.period, entry.is_demo, about_release(publication), tables)


def about_release(publication: Publication) -> dict[str, str]:
    """What stands on the first page of a release, by heading."""
    of_a_table = ("Tableau", "Du", "Au", "Version", "Ce qui est compté")
    return {heading: text for heading, text in publication.about.items() if heading not in of_a_table}


def wide(table: pd.DataFrame) -> pd.DataFrame:
    """A published table as it reads: one row per category of its first column, the others across; suppressed cells as
    ``de 1 à 8``.
    """
    labels = list(table.columns[: list(table.columns).index("Nombre")])
    texts = [
        number(n) if pd.notna(n) else format_interval(Cell(None, lower, None if pd.isna(upper) else upper))
        for n, lower, upper in table[list(NUMBERS)].itertuples(index=False)
    ]
    flat = table[labels].assign(text=texts)
    return flat.pivot_table("text", index=labels[0], columns=labels[1:], aggfunc="first", sort=False)
