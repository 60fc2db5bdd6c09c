"""The refused rows as a workbook to correct: the coordinator types nothing twice.

It holds what the register held, names too: it is made in memory, for the coordinator who sent the register alone.
"""

from __future__ import annotations

from analytics.intake.checking import Fault
from analytics.intake.extracting import Extract
from analytics.intake.mapping import CORRECTIONS_TITLE
from analytics.intake.writing import Book

CORRECTION_HEADER = "À corriger"
TOP = 3  # the header row, under the title, the day of the extract and an empty row


def refused_workbook(extract: Extract) -> bytes:
    """The refused rows (XLSX) under their own header, faulty cells filled, with a last column that says why.

    It can be imported as it is once corrected: the day of the extract stands above, and the last column is ignored.
    """
    faults: dict[int, list[Fault]] = {}
    for fault in extract.faults:
        faults.setdefault(fault.row, []).append(fault)
    rows, header_row = extract.layout.sheet.rows, extract.layout.header_row
    headers = [str(header).strip() for header in rows[header_row]]
    if CORRECTION_HEADER in headers:  # a second round: the reasons of the first give way
        headers = headers[: headers.index(CORRECTION_HEADER)]
    width = len(headers)

    book = Book()
    sheet = book.workbook.add_worksheet("À corriger")
    book.write_rows(sheet, 0, [[CORRECTIONS_TITLE], [f"Extrait du {extract.as_of:%d/%m/%Y}"]])
    book.write_header(sheet, TOP, [*headers, CORRECTION_HEADER])
    for row, (number, found) in enumerate(sorted(faults.items()), TOP + 1):
        faulty = {fault.column for fault in found}
        for column, cell in enumerate(rows[number - 1][:width]):
            book.write(sheet, row, column, cell, marked=column in faulty)
        book.write(sheet, row, width, f"Ligne {number} du registre. " + " ".join(fault.reason for fault in found))
    sheet.set_column(0, width - 1, 16)
    sheet.set_column(width, width, 90)
    sheet.freeze_panes(TOP + 1, 1)
    return book.close()
