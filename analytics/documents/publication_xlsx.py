"""The publication as a workbook: what it is first, then a sheet a table. Text is text, numbers are numbers."""

from __future__ import annotations

import io
from datetime import datetime

import xlsxwriter

from analytics.disclosure.release import Cell, Release, Table
from analytics.documents.publication import about, cell_words, grid, refusal_words
from analytics.domain.french import typeset
from analytics.spreadsheets.safe_csv import safe_text


def publication_xlsx(release: Release) -> bytes:
    """The first sheet says period, date, rules and method; the others hold one table each."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    day = release.published_on
    book.set_properties({"title": release.period.description, "created": datetime(day.year, day.month, day.day)})  # noqa: DTZ001 (a file's property has no zone)
    _write_first_sheet(book, release)
    for number, table in enumerate(release.tables, start=1):
        _write_table(book, f"Tableau {number}", table)
    book.close()
    return file.getvalue()


def _write_first_sheet(book: xlsxwriter.Workbook, release: Release) -> None:
    sheet = book.add_worksheet("À lire")
    bold, wrapped = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True})
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 100)
    lines = [(f"Tableau {number}", table.title) for number, table in enumerate(release.tables, start=1)]
    lines += [("Absent", refusal_words(title)) for title in release.refused]
    for row, (heading, text) in enumerate([*about(release), *lines]):
        sheet.write_string(row, 0, safe_text(heading), bold)
        sheet.write_string(row, 1, safe_text(typeset(text)), wrapped)


def _write_table(book: xlsxwriter.Workbook, name: str, table: Table) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True})
    formats = {"count": book.add_format({"num_format": "# ##0"}), "share": book.add_format({"num_format": "0 %"})}
    headings, rows = grid(table)
    sheet.write_string(0, 0, safe_text(typeset(table.title)), bold)
    sheet.set_column(0, len(table.headings) - 2, 30)
    sheet.set_column(len(table.headings) - 1, len(headings), 20)
    for column, heading in enumerate(headings):
        sheet.write_string(2, column, safe_text(heading), bold)
    for row, (labels, cells, share) in enumerate(rows, start=3):
        for column, label in enumerate(labels):
            sheet.write_string(row, column, safe_text(label), bold)
        for column, cell in enumerate(cells, start=len(labels)):
            _write_cell(sheet, row, column, cell, formats["count"])
        if share is not None:
            sheet.write_number(row, len(labels) + len(cells), share, formats["share"])
    sheet.freeze_panes(3, len(table.headings) - 1)


def _write_cell(sheet, row: int, column: int, cell: Cell, count) -> None:
    if cell.value is None:
        sheet.write_string(row, column, safe_text(cell_words(cell)))
    else:
        sheet.write_number(row, column, cell.value, count)
