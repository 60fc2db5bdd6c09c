"""A published table as CSV: first what it is, then a row a cell."""

from __future__ import annotations

from collections.abc import Iterator

from analytics.disclosure.published import WITHHELD
from analytics.disclosure.release import Release, Table
from analytics.documents.publication import about
from analytics.domain.french import day
from analytics.spreadsheets.safe_csv import csv_bytes


def table_csv(release: Release, table: Table) -> bytes:
    """``Nombre`` is a whole number or the mark of a withheld cell, which then lies from ``De`` to ``À``."""
    return csv_bytes(_rows(release, table))


def _rows(release: Release, table: Table) -> Iterator[list[object]]:
    yield ["Tableau", table.title]
    yield ["Du", day(release.period.first_day)]
    yield ["Au", day(release.period.last_day)]
    yield ["Version", release.version]
    for heading, text in about(release, table):
        yield [heading, text]
    yield []
    has_share = any(cell.share is not None for cell in table.cells)
    yield [*table.headings, "Nombre", "De", "À", *(["Part"] if has_share else [])]
    for cell in table.cells:
        number = WITHHELD if cell.value is None else cell.value
        yield [*cell.labels, number, cell.lower, cell.upper, *([cell.share] if has_share else [])]
