"""The publication as a workbook: what it is first, then one sheet per table. Text is text, numbers are numbers."""

from __future__ import annotations

import io
from datetime import datetime

import xlsxwriter

from analytics.disclosure.published import Table
from analytics.disclosure.release import Release
from analytics.disclosure.wording import about, explain_refusal, format_cell
from analytics.documents.publication_layout import grid
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
    lines += [("Absent", explain_refusal(title)) for title in release.refused]
    for row, (heading, text) in enumerate([*about(release), *lines]):
        sheet.write_string(row, 0, safe_text(heading), bold)
        sheet.write_string(row, 1, safe_text(typeset(text)), wrapped)


def _write_table(book: xlsxwriter.Workbook, name: str, table: Table) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True})
    count, share_format = book.add_format({"num_format": "# ##0"}), book.add_format({"num_format": "0 %"})
    headings, rows = grid(table)
    n_labels = len(table.headings) - 1
    sheet.write_string(0, 0, safe_text(typeset(table.title)), bold)
    sheet.set_column(0, n_labels - 1, 30)
    sheet.set_column(n_labels, len(headings), 20)
    sheet.write_row(2, 0, map(safe_text, headings), bold)
    for row, (labels, cells, share) in enumerate(rows, start=3):
        sheet.write_row(row, 0, map(safe_text, labels), bold)
        for column, cell in enumerate(cells, start=n_labels):
            if cell.value is None:
                sheet.write_string(row, column, safe_text(format_cell(cell)))
            else:
                sheet.write_number(row, column, cell.value, count)
        if share is not None:
            sheet.write_number(row, n_labels + len(cells), share, share_format)
    sheet.freeze_panes(3, n_labels)
