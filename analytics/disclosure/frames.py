"""A recorded release as tables to work with: published figures, and nothing else. What a notebook that leaves may read."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pandas as pd

from analytics.disclosure.published import WITHHELD
from analytics.disclosure.records import past_records
from analytics.disclosure.release import Cell
from analytics.documents.publication import interval_words
from analytics.domain.errors import RefusedError
from analytics.domain.french import number
from analytics.store import store_folder

_NUMBERS = ("Nombre", "De", "À")


@dataclass(frozen=True)
class PublishedPeriod:
    """A release as it left. ``about``: what stands on its first page; ``tables``: each by its title, a row a cell.

    Columns: those it is counted by, Nombre (NA where withheld), De and À (what anyone can compute of a withheld number; NA
    where nothing limits it), Part (the share in time) where the table has any.
    """

    period: str
    is_demo: bool
    about: Mapping[str, str]
    tables: Mapping[str, pd.DataFrame]


def published_period(period: str | None = None, folder: Path | None = None) -> PublishedPeriod:
    """The last release of ``period`` in the store's ``folder``, or of any period; RefusedError when there is none."""
    found = [entry for entry in past_records(folder or store_folder()) if period in (None, entry.period)]
    if not found:
        raise RefusedError(
            "Rien n’est encore publié. Publiez d’abord une période : relais publish, ou la page Publier."
        )
    files = found[-1].files
    printed = [_read(files[name].decode("utf-8-sig")) for name in sorted(files) if name.endswith(".csv")]
    about = {
        heading: text
        for heading, text in printed[0][0].items()
        if heading not in ("Tableau", "Du", "Au", "Version", "Ce qui est compté")
    }
    return PublishedPeriod(
        found[-1].period, found[-1].is_demo, about, {lines["Tableau"]: table for lines, table in printed}
    )


def wide(table: pd.DataFrame) -> pd.DataFrame:
    """A published table as it reads: a row a category of its first column, the others across; withheld as ``de 1 à 8``."""
    labels = list(table.columns[: list(table.columns).index("Nombre")])
    words = [
        number(n) if pd.notna(n) else interval_words(Cell((), None, lower, None if pd.isna(upper) else upper))
        for n, lower, upper in table[list(_NUMBERS)].itertuples(index=False)
    ]
    flat = table[labels].assign(words=words)
    return flat.pivot_table("words", index=labels[0], columns=labels[1:], aggfunc="first", sort=False)


def _read(text: str) -> tuple[dict[str, str], pd.DataFrame]:
    rows = list(csv.reader(StringIO(text, newline=""), delimiter=";"))
    blank = rows.index([])
    headings, *body = rows[blank + 1 :]
    table = pd.DataFrame(body, columns=headings).replace({WITHHELD: None, "": None})
    for column in table.columns.intersection(_NUMBERS):
        table[column] = pd.to_numeric(table[column]).astype("Int64")
    if "Part" in table:
        table["Part"] = pd.to_numeric(table["Part"].str.replace(",", "."))
    return {row[0]: row[1] for row in rows[:blank]}, table
