"""The refused rows as a workbook to correct: the coordinator types nothing twice.

It holds what the register held, names too: it is made in memory, for the coordinator who sent the register alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from analytics.intake.cells import text
from analytics.intake.checking import Fault
from analytics.intake.extracting import Extract
from analytics.intake.layout import Layout
from analytics.intake.mapping import CORRECTIONS_TITLE
from analytics.spreadsheets.reading import Cell
from analytics.spreadsheets.writing import Book

CORRECTION_HEADER = "À corriger"
TOP = 3  # the header row, under the title, the day of the extract and an empty row


def refused_workbook(extract: Extract) -> bytes:
    """The refused rows (XLSX) under their own headers, faulty cells filled, with a last column that says why.

    It can be imported as it is once corrected: the day of the extract stands above, and the last column is ignored. A
    register of several sheets gives a sheet for each that has refused rows.
    """
    book = Book()
    for place, layout in enumerate(extract.layouts):
        sheet = layout.sheet.name if len(extract.layouts) > 1 else ""
        found = [fault for fault in extract.faults if fault.sheet == sheet]
        if found or not place:
            _write_rows(book, "À corriger" if not sheet else f"À corriger {place + 1}", layout, found, extract.as_of)
    return book.close()


def _write_rows(book: Book, name: str, layout: Layout, found: Sequence[Fault], as_of: date) -> None:
    faults: dict[int, list[Fault]] = {}
    for fault in found:
        faults.setdefault(fault.row, []).append(fault)
    headers = list(layout.headers)
    if CORRECTION_HEADER in headers:  # a second round: the reasons of the first give way
        headers = headers[: headers.index(CORRECTION_HEADER)]
    width = len(headers)
    sheet = book.workbook.add_worksheet(name)
    book.write_rows(sheet, 0, [[CORRECTIONS_TITLE], [f"Extrait du {as_of:%d/%m/%Y}"]])
    book.write_header(sheet, TOP, [*headers, CORRECTION_HEADER])
    for row, (number, of_row) in enumerate(sorted(faults.items()), TOP + 1):
        rules = {fault.column: fault.rule for fault in of_row}
        reasons = [f"Ligne {number} du registre.", *(fault.reason for fault in of_row)]
        for column, cell in enumerate(layout.sheet.rows[number - 1][:width]):
            if rules.get(column) == "duplicate":
                reasons.append(f"Numéro d’origine : {text(cell)}.")
            book.write(sheet, row, column, _until_corrected(cell, rules.get(column)), marked=column in rules)
        book.write(sheet, row, width, " ".join(reasons))
    sheet.set_column(0, width - 1, 16)
    sheet.set_column(width, width, 90)
    sheet.freeze_panes(TOP + 1, 1)


def _until_corrected(cell: Cell, rule: str | None) -> Cell:
    """What stands in a cell so that its row is refused again as long as nobody has corrected it.

    Alone in the file, a number that stood twice would pass, and overwrite the other case; so would what a merged
    cell has left empty.
    """
    if rule == "duplicate":
        return ""
    if rule == "merged" and cell == "":
        return "(cellule fusionnée)"
    return cell
