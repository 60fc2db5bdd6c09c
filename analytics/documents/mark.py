"""The words that internal data bear wherever they leave a screen. Quick to import: every page bears them."""

from __future__ import annotations

from datetime import date

from analytics.domain.french import day

MARK = "interne – ne pas diffuser"


def internal_caption(filters: str, as_of: date) -> str:
    """The line that a picture or a table carries: the mark, what was chosen (:attr:`Selection.description`), as of when."""
    return f"{MARK} · {filters} · données au {day(as_of)}"
