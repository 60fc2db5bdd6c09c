"""What a page lets the service take away for itself: marked, with its filters and its date."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analytics.domain.french import day
from analytics.spreadsheets.safe_csv import csv_bytes

MARK = "interne – ne pas diffuser"


def internal_caption(filters: str, as_of: date) -> str:
    """The line that a picture or a table carries: the mark, what was chosen (:attr:`Selection.description`), as of when."""
    return f"{MARK} · {filters} · données au {day(as_of)}"


def internal_csv(table: pd.DataFrame, filters: str, as_of: date) -> bytes:
    """A table as CSV, its first line the caption. No cell of it can become a formula."""
    rows = table.astype(object).itertuples(index=False, name=None)
    return csv_bytes([[internal_caption(filters, as_of)], [], list(table.columns), *map(list, rows)])
