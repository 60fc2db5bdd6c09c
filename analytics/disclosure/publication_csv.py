"""A released table as CSV: first what it is, then one row per cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analytics.disclosure.published import SUPPRESSED, Table
from analytics.disclosure.release import Release
from analytics.disclosure.wording import about
from analytics.domain.french import day
from analytics.spreadsheets.safe_csv import csv_bytes


def table_csv(release: Release, table: Table) -> bytes:
    """``Nombre`` is a whole number or the mark of a suppressed cell, which then lies from ``De`` to ``À``."""
    return csv_bytes(_rows(release, table))


def _rows(release: Release, table: Table) -> Iterator[Sequence[object]]:
    yield "Tableau", table.title
    yield "Du", day(release.period.first_day)
    yield "Au", day(release.period.last_day)
    yield "Version", release.version
    yield from about(release, table)
    yield []
    frame = table.frame.astype(object)
    frame["Nombre"] = frame["Nombre"].fillna(SUPPRESSED)
    yield list(frame.columns)
    yield from frame.itertuples(index=False, name=None)
