"""A table as it is read: French headings, labels in place of codes, numbers and days written in French."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from analytics.domain.dictionary import labels
from analytics.domain.french import day, number, percent

_NAMED_AS = {"next_step": "step", "other_type": "incident_type"}
_SHARES = ("share", "within", "incidence", "change", "most")


def code_labels(column: str) -> dict[str, str]:
    """The French label of each code of a column of a measure; empty where it has no codes."""
    return labels(_NAMED_AS.get(column, column))


def is_share(column: str, table: pd.DataFrame) -> bool:
    """Whether the values of a column are shares from 0 to 1; bounds are where the table has a share."""
    return column.startswith(_SHARES) or (
        column in ("lower", "upper") and bool({"share", "incidence"} & {*table.columns})
    )


def french_table(table: object, headings: Mapping[str, str], across: str | None = None) -> pd.DataFrame:
    """The columns of ``table`` (or the fields of one answer) that ``headings`` names, in that order and under those
    headings, as text; the first one is the index, an empty cell a dash.

    With ``across`` one column for each value of that column, which hold the last of ``headings``.

    >>> counts = pd.DataFrame({"status": ["open", "closed"], "n": [1, None]})
    >>> french_table(counts, {"status": "Statut", "n": "Dossiers"})["Dossiers"].to_dict()
    {'Ouvert': '1', 'Clôturé': '–'}
    """
    shown = (table if isinstance(table, pd.DataFrame) else pd.DataFrame([table]))[list(headings)]
    written = {
        heading: shown[column].astype(object).map(format_cell(column, shown)).where(shown[column].notna(), "–")
        for column, heading in headings.items()
    }
    answer = pd.DataFrame(written)
    first, *_, last = headings.values()
    if across is None:
        return answer.set_index(first)
    wide = answer.pivot_table(last, index=first, columns=headings[across], aggfunc="first", sort=False)
    return wide.fillna("–")


def format_cell(column: str, table: pd.DataFrame, decimals: int = 2) -> Callable[[Any], str]:
    """How the values of ``column`` are written: codes by their labels, shares as percentages, ``points`` of them as whole
    numbers, days as 22/11/2026, numbers with their spaces.
    """
    if codes := code_labels(column):
        return lambda code: codes.get(code, code)
    if is_share(column, table):
        return percent
    if column.startswith("points"):
        return lambda share: number(round(100 * share))
    if pd.api.types.is_datetime64_any_dtype(table[column]):
        return day
    if pd.api.types.is_bool_dtype(table[column]):
        return lambda value: "oui" if value else "non"
    if pd.api.types.is_float_dtype(table[column]):
        return lambda value: number(value, 0 if float(value).is_integer() else decimals)
    return number if pd.api.types.is_integer_dtype(table[column]) else str
