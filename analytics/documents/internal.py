"""What a page lets the service take away for itself: marked, with its filters and its date."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analytics.documents.mark import MARK, internal_caption
from analytics.spreadsheets.reading import Cell
from analytics.spreadsheets.safe_csv import csv_bytes
from analytics.spreadsheets.writing import Book


def internal_csv(table: pd.DataFrame, filters: str, as_of: date) -> bytes:
    """A table as CSV, its first line the caption. No cell of it can become a formula."""
    rows = table.astype(object).itertuples(index=False, name=None)
    return csv_bytes([[internal_caption(filters, as_of)], [], list(table.columns), *map(list, rows)])


def internal_xlsx(table: pd.DataFrame, filters: str, as_of: date) -> bytes:
    """A table as a workbook of one sheet, its first line the caption. Numbers and days sort; a text stays a text."""
    book = Book()
    sheet = book.workbook.add_worksheet("Interne")
    sheet.write_string(0, 0, internal_caption(filters, as_of), book.workbook.add_format({"bold": True}))
    book.write_header(sheet, _TOP, list(table.columns))
    book.write_rows(sheet, _TOP + 1, [list(map(_cell, row)) for row in table.itertuples(index=False, name=None)])
    for column, heading in enumerate(table.columns):
        longest = table[heading].astype("str").str.len().max() if len(table) else 0
        sheet.set_column(column, column, min(max(longest, len(heading) + 2, 10), 60))
    sheet.freeze_panes(_TOP + 1, 0)
    sheet.autofilter(_TOP, 0, _TOP + max(len(table), 1), len(table.columns) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, _TOP)
    sheet.set_footer(f"&L{MARK}&R&P / &N")
    return book.close()


_TOP = 2  # the row of the headings, from 0


def _cell(value: object) -> Cell:
    if pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return value.date()
    return value if isinstance(value, str | int | float | bool) else str(value)
