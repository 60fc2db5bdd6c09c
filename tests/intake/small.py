"""Small registers that several modules of tests read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from analytics.intake import Extract, Key, OwnWords, extract
from analytics.intake.mapping import REGISTER
from analytics.intake.weighing import lay_out
from analytics.spreadsheets.reading import read
from analytics.spreadsheets.writing import Book

BEGIN, CASE = "N° dossier;École;Signalé le;Faits;", "1;3004;13/01/2026;Insultes;"  # one more column may follow
HEADERS = ["N° dossier", "École", "Année d’études", "Signalé le", "Faits"]
SCHOOLS = [
    ["Code", "Nom", "Réseau", "Niveau", "Zone", "Élèves"],
    ["3000", "Institut Hardy", "WBE", "Secondaire", "Mons", "412"],
]


def case(number: str) -> list[str]:
    """A row under :data:`HEADERS`."""
    return [number, "3000", "S3", "12/01/2026", "Insultes"]


def take_sheets(sheets: Mapping[str, Sequence[Sequence]], hidden: Sequence[str] = ()) -> Extract:
    """What the intake makes of a workbook of these sheets."""
    book = Book()
    for name, rows in sheets.items():
        sheet = book.workbook.add_worksheet(name)
        book.write_rows(sheet, 0, rows)
        if name in hidden:
            sheet.hide()
        else:
            sheet.activate()
    return extract(book.close(), Key(b"test"), date(2026, 6, 12), as_of=date(2026, 6, 12))


def columns_of(content: str, own_words: OwnWords | None = None) -> dict[str, int]:
    """The column of each field of a register."""
    return dict(lay_out(read(content.encode()), REGISTER, own_words or OwnWords(), "Registre").columns)


def found(taken: Extract) -> list[tuple[int, str, str]]:
    """Row, header and rule of each fault."""
    return [(fault.row, fault.header, fault.rule) for fault in taken.faults]
