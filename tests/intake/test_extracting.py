"""Which sheet of a workbook is the register, and which one describes the schools."""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from datetime import date

import pytest

from analytics.intake import Extract, Key, extract
from analytics.spreadsheets.writing import Book

HEADERS = ["N° dossier", "École", "Année d’études", "Signalé le", "Faits"]
SCHOOLS = [
    ["Code", "Nom", "Réseau", "Niveau", "Zone", "Élèves"],
    ["3000", "Institut Hardy", "WBE", "Secondaire", "Mons", "412"],
]


def case(number: str) -> list[str]:
    return [number, "3000", "S3", "12/01/2026", "Insultes"]


def taken(sheets: Mapping[str, Sequence[Sequence]], hidden: Sequence[str] = ()) -> Extract:
    book = Book()
    for name, rows in sheets.items():
        sheet = book.workbook.add_worksheet(name)
        book.write_rows(sheet, 0, rows)
        if name in hidden:
            sheet.hide()
        else:
            sheet.activate()
    return extract(book.close(), Key(b"test"), date(2026, 6, 12), as_of=date(2026, 6, 12))


@pytest.mark.parametrize("name", ["Écoles", "ECOLES 2025-2026", "Liste des écoles", "Établissements", "Feuil2"])
def test_the_schools_are_found_by_the_name_of_their_sheet_or_by_its_headers(name):
    result = taken({name: SCHOOLS, "Dossiers": [HEADERS, case("1")]})
    assert result.tables["schools"]["name"].tolist() == ["Institut Hardy"]


def test_a_list_of_people_is_never_taken_for_the_schools():
    people = [["Code", "Nom", "École", "Niveau"], ["12", "Zoé Petit", "3000", "S3"]]
    schools = taken({"Dossiers": [HEADERS, case("1")], "Contacts": people}).tables["schools"]
    assert schools["provisional"].tolist() == [True]


def test_hidden_schools_are_read_and_shown_ones_first():
    old = [SCHOOLS[0], ["3000", "Ancien nom", "WBE", "Secondaire", "Mons", "1"]]
    register = [HEADERS, case("1")]
    assert taken({"Dossiers": register, "Écoles": SCHOOLS}, hidden=["Écoles"]).n_accepted == 1
    both = taken({"Écoles 2020": old, "Dossiers": register, "Écoles": SCHOOLS}, hidden=["Écoles 2020"])
    assert both.tables["schools"]["name"].tolist() == ["Institut Hardy"]


def test_a_hidden_copy_is_not_the_register():
    result = taken(
        {
            "Copie": [[*HEADERS, "Canal"], [*case("old"), "SMS"]],
            "Dossiers": [HEADERS, case("1"), case("2")],
            "Écoles": SCHOOLS,
        },
        hidden=["Copie"],
    )
    assert result.n_read == 2


def test_sheets_whose_headers_agree_are_read_together_and_each_is_named():
    sheets = {
        "2024-2025": [HEADERS, case("1")],
        "Écoles": SCHOOLS,
        "2025-2026": [HEADERS, case("2")],
        "Vide": [HEADERS],
    }
    read_ = taken(sheets)
    assert read_.n_accepted == 2
    assert {(sheet.name, sheet.n_rows, sheet.is_read) for sheet in read_.understanding.sheets} == {
        ("2024-2025", 1, True),
        ("2025-2026", 1, True),
        ("Vide", 0, False),
        ("Écoles", 1, False),
    }


def test_a_copy_and_a_model_are_none_of_the_register():
    rows = [HEADERS, case("1"), case("2"), case("3"), case("4")]
    sheets = {"Dossiers": rows, "Copie": rows[:3], "Modèle": [HEADERS, case("0")], "Écoles": SCHOOLS}
    read_ = taken(sheets)
    assert read_.n_accepted == 4
    assert [sheet.name for sheet in read_.understanding.sheets if sheet.is_read] == ["Dossiers"]


def test_a_row_that_only_a_formula_or_a_number_fills_outside_the_read_columns_is_no_case():
    """A column of a coordinator's own, filled down to the last row of the sheet, is no thousand of cases without number."""
    book = Book()
    sheet = book.workbook.add_worksheet("Registre")
    book.write_rows(sheet, 0, [[*HEADERS, "Rang", "Délai", "Remarques"], [*case("1"), 1]])
    for row in range(1, 9):
        sheet.write_number(row, 5, row)
        sheet.write_formula(row, 6, '=IF(D2=0;;"en retard")', None, "en retard")
    sheet.write_string(8, 7, "à compléter")
    book.write_rows(book.workbook.add_worksheet("Écoles"), 0, SCHOOLS)
    result = extract(book.close(), Key(b"test"), date(2026, 6, 12), as_of=date(2026, 6, 12))
    assert (result.n_read, result.n_accepted) == (2, 1)
    assert {fault.row for fault in result.faults} == {9}


@pytest.mark.parametrize("was_enabled", [True, False])
def test_the_garbage_collector_is_left_as_it_was(was_enabled):
    (gc.enable if was_enabled else gc.disable)()
    try:
        taken({"Dossiers": [HEADERS, case("1")]})
        assert gc.isenabled() == was_enabled
    finally:
        gc.enable()
