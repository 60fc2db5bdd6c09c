"""Which sheet of a workbook is the register, and which one describes the schools."""

from __future__ import annotations

import gc
from datetime import date

import pytest

from analytics.intake import Key, extract
from analytics.spreadsheets.writing import Book
from tests.intake.small import HEADERS, SCHOOLS, case, take_sheets


@pytest.mark.parametrize("name", ["Écoles", "ECOLES 2025-2026", "Liste des écoles", "Établissements", "Feuil2"])
def test_the_schools_are_found_by_the_name_of_their_sheet_or_by_its_headers(name):
    result = take_sheets({name: SCHOOLS, "Dossiers": [HEADERS, case("1")]})
    assert result.tables["schools"]["name"].tolist() == ["Institut Hardy"]


def test_a_list_of_people_is_never_taken_for_the_schools():
    people = [["Code", "Nom", "École", "Niveau"], ["12", "Zoé Petit", "3000", "S3"]]
    schools = take_sheets({"Dossiers": [HEADERS, case("1")], "Contacts": people}).tables["schools"]
    assert schools["provisional"].tolist() == [True]


def test_hidden_schools_are_read_and_shown_ones_first():
    old = [SCHOOLS[0], ["3000", "Ancien nom", "WBE", "Secondaire", "Mons", "1"]]
    register = [HEADERS, case("1")]
    assert take_sheets({"Dossiers": register, "Écoles": SCHOOLS}, hidden=["Écoles"]).n_accepted == 1
    both = take_sheets({"Écoles 2020": old, "Dossiers": register, "Écoles": SCHOOLS}, hidden=["Écoles 2020"])
    assert both.tables["schools"]["name"].tolist() == ["Institut Hardy"]


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
        take_sheets({"Dossiers": [HEADERS, case("1")]})
        assert gc.isenabled() == was_enabled
    finally:
        gc.enable()
