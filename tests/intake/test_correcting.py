"""The refused rows come back as a workbook to correct, and are imported as they are once corrected."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from analytics.intake import Key
from analytics.intake.correcting import CORRECTION_HEADER, TOP, refused_workbook
from analytics.spreadsheets.reading import read
from analytics.spreadsheets.writing import Book
from analytics.store import Store
from analytics.workflows.importing import import_register

FILES = Path(__file__).parents[1] / "files"
REFERENCE = Path(__file__).parents[1] / "reference"
KEY = Key(b"test")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def rewritten(rows: list[list]) -> bytes:
    """Rows as a workbook, as a spreadsheet saves them."""
    book = Book()
    book.write_rows(book.workbook.add_worksheet("À corriger"), 0, rows)
    return book.close()


def test_a_refused_row_comes_back_whole_with_the_reasons_in_the_last_column(take, typed):
    row = {"Élève": "Zoé Petit", "École": "?", "Faits": "zut", "Remarques": "à revoir"}
    extract_ = take(typed({}, row))
    (sheet,) = read(refused_workbook(extract_))
    header, corrected = sheet.rows[TOP], sheet.rows[TOP + 1]
    original = read(typed({}, row))[0].rows
    assert header == [*original[0], CORRECTION_HEADER]
    assert corrected[:-1] == original[2]
    assert corrected[-1] == (
        "Ligne 3 du registre. Colonne « École » : la cellule est vide. "
        "Colonne « Faits » : ce mot n’est pas dans la liste."
    )
    assert len(sheet.rows) == TOP + 2


def test_the_faulty_cells_are_filled_and_no_other(take, typed):
    content = refused_workbook(take(typed({"École": "?", "Canal": ""})))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    styles = {name: xml.split(f'r="{name}5"')[1].split(">")[0] for name in "ABCDE"}
    assert len({style for name, style in styles.items() if name != "B"}) == 1
    assert styles["B"] not in {style for name, style in styles.items() if name != "B"}


def test_dates_come_back_as_dates(take):
    moment, day = datetime.fromisoformat("2026-01-12T10:30"), date(2026, 1, 13)
    headers = ["N° dossier", "École", "Année d'études", "Signalé le", "Faits", "CPMS contacté le"]
    content = rewritten([headers, ["1", "?", "S3", moment, "Insultes", day]])
    (sheet,) = read(refused_workbook(take(content)))
    assert sheet.rows[TOP + 1][3] == moment
    assert sheet.rows[TOP + 1][5] == day


def test_no_text_of_a_register_becomes_a_formula(take, typed):
    """tests/reference/18_csv_formula_injection.json, and the numbers that must stay numbers."""
    reference = json.loads((REFERENCE / "18_csv_formula_injection.json").read_text("utf-8"))
    rows = [{"École": "?", "Remarques": text} for text in reference["inputs"]]
    content = refused_workbook(take(typed(*rows)))
    (sheet,) = read(content)
    assert not sheet.formulas
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
        assert "xl/worksheets/_rels/sheet1.xml.rels" not in archive.namelist()
    texts = [str(row[5]).replace("\r\n", "\n").replace("\r", "\n") for row in sheet.rows[TOP + 1 :]]
    assert texts == [text.replace("\r", "\n") for text in reference["inputs"]]

    headers = ["N° dossier", "École", "Année d'études", "Signalé le", "Faits", "Solde"]
    numbers = [[f"{n}", "?", "S3", "12/01/2026", "Insultes", n] for n in reference["must_stay_numeric"]]
    (sheet,) = read(refused_workbook(take(rewritten([headers, *numbers]))))
    assert [row[5] for row in sheet.rows[TOP + 1 :]] == reference["must_stay_numeric"]


def test_a_number_that_stood_twice_is_told_and_must_be_typed_anew(take, typed):
    (sheet,) = read(refused_workbook(take(typed({"N° dossier": "7"}, {"N° dossier": "7"}))))
    assert sheet.rows[TOP + 1][0] == ""
    assert str(sheet.rows[TOP + 1][-1]).endswith("Numéro d’origine : 7.")


def test_a_second_round_of_corrections_tells_only_its_own_reasons(take, typed):
    first = refused_workbook(take(typed({"École": "?"})))
    (sheet,) = read(refused_workbook(take(first, as_of=None)))
    assert sheet.rows[TOP].count(CORRECTION_HEADER) == 1
    assert str(sheet.rows[TOP + 1][-1]).startswith("Ligne 5 du registre.")


def test_corrected_rows_are_imported_as_new_and_miss_nothing(tmp_path):
    store = Store(tmp_path)
    content = (FILES / "registre-a-corriger.xlsx").read_bytes()
    done = import_register(store, content, KEY, NOW)
    refused = refused_workbook(done.extract)

    again = import_register(store, refused, KEY, NOW + timedelta(minutes=1))
    assert (again.extract.n_read, again.extract.n_refused) == (14, 14)

    rows = [list(row) for row in read(refused)[0].rows]
    header = rows[TOP]
    for number, row in enumerate(rows[TOP + 1 :]):
        good = {
            "N° dossier": f"2026/9{number:03d}",
            "École": "3000",
            "Année d'études": "S3",
            "Signalé le": "12/01/2026",
        }
        good |= {"Faits": "Insultes", "Canal": "Courriel", "Mineur": "oui", "CPMS contacté le": "", "Clôturé le": ""}
        row[:] = [
            good.get(name, cell if name in ("Élève", CORRECTION_HEADER) else "")
            for name, cell in zip(header, row, strict=True)
        ]
    corrected = import_register(store, rewritten(rows), KEY, NOW + timedelta(minutes=2))
    assert corrected.extract.as_of == done.extract.as_of
    assert corrected.summary | {"snapshot": ""} == {
        "read": 14,
        "accepted": 14,
        "refused": 0,
        "new": 14,
        "changed": 0,
        "unchanged": 0,
        "missing": 0,
        "as_of": "2026-06-12",
        "snapshot": "",
    }
    snapshot = store.snapshot()
    assert snapshot is not None
    with snapshot:
        assert snapshot.case_counts().loc[0, "n"] == 199
        assert len(snapshot.table("school_deadlines")) == len(done.extract.tables["school_deadlines"])


def test_a_register_without_a_fault_gives_a_workbook_without_a_row(take, typed):
    (sheet,) = read(refused_workbook(take(typed({}))))
    assert len(sheet.rows) == TOP + 1
