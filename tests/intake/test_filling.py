"""What a sheet says once counts for each row that it holds for; what may be meant in two ways is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import pytest

from analytics.intake import Extract, Key, OwnWords, UnansweredError, extract
from analytics.spreadsheets.writing import Book

SCHOOLS = [["Code", "Nom"], ["3000", "Institut Hardy"], ["3007", "École Lebrun"]]
HEADERS = ["N° dossier", "École", "Classe", "Signalé le", "Faits", "CPMS"]


def row(number: int, school: str = "3000", reported: str = "13/01/2026", cpms: str = "") -> list[str]:
    return [f"{number}", school, "S3", reported, "Insultes", cpms]


def taken(
    sheets: dict[str, Sequence[Sequence]], spoil: Callable = lambda sheet: None, answers: dict | None = None
) -> Extract:
    book = Book()
    for place, (name, rows) in enumerate(sheets.items()):
        sheet = book.workbook.add_worksheet(name)
        book.write_rows(sheet, 0, rows)
        if not place:
            spoil(sheet)
    own_words = OwnWords(answers=answers or {})
    return extract(book.close(), Key(b"test"), date(2026, 6, 12), as_of=date(2026, 6, 12), own_words=own_words)


def schools_of(result: Extract) -> list[str]:
    """The school of each case, in the order of the rows."""
    by_row = dict(zip(result.ids["row"], result.tables["cases"]["school_id"], strict=True))
    return [by_row[number] for number in sorted(by_row, key=lambda name: (name.split()[0], int(name.split()[-1])))]


def asked(of: pytest.ExceptionInfo[UnansweredError]) -> list[tuple[str, ...]]:
    return [question.place for question in of.value.questions]


def test_a_school_merged_over_its_rows_is_that_of_each():
    rows = [HEADERS, row(1), row(2, ""), row(3, "3007")]
    result = taken({"Registre": rows, "Écoles": SCHOOLS}, lambda sheet: sheet.merge_range("B2:B3", "3000"))
    assert schools_of(result) == ["3000", "3000", "3007"]
    assert any("fusionnée" in note for note in result.understanding.notes)


def test_an_empty_merged_block_below_a_filled_one_takes_nothing_from_it():
    def merge(sheet):
        sheet.merge_range("B2:B3", "3000")
        sheet.merge_range("B4:B5", "")

    rows = [HEADERS, *(row(number, "") for number in range(4))]
    result = taken({"Registre": rows, "Écoles": SCHOOLS}, merge, {"schools_in": "ignored"})
    assert schools_of(result) == ["3000", "3000"]
    assert {fault.row for fault in result.faults} == {4, 5}


def test_a_school_written_in_the_first_row_of_its_block_is_taken_where_each_begins_one_block():
    rows = [row(1), row(2, ""), row(3, ""), row(4, "3007"), row(5, ""), row(6, "")]
    assert schools_of(taken({"Registre": [HEADERS, *rows], "Écoles": SCHOOLS})) == ["3000"] * 3 + ["3007"] * 3


def test_empty_schools_below_names_that_come_again_are_asked_about():
    rows = [HEADERS, row(1), row(2, ""), row(3, "3007"), row(4, ""), row(5)]
    with pytest.raises(UnansweredError) as question:
        taken({"Registre": rows, "Écoles": SCHOOLS})
    assert asked(question) == [("answers", "schools_in")]
    answered = taken({"Registre": rows, "Écoles": SCHOOLS}, answers={"schools_in": "schools"})
    assert schools_of(answered) == ["3000", "3000", "3007", "3007", "3000"]
    refused = taken({"Registre": rows, "Écoles": SCHOOLS}, answers={"schools_in": "ignored"})
    assert {fault.row for fault in refused.faults} == {3, 5}


def without_school(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[cells[0], *cells[2:]] for cells in rows]


def test_titles_between_the_rows_that_name_schools_are_their_schools():
    head, one, two, three = without_school([HEADERS, row(1), row(2), row(3)])
    rows = [head, ["Institut Hardy – 2 dossiers"], one, ["Janvier 2026"], two, ["École Lebrun"], three, ["Total", "3"]]
    assert schools_of(taken({"Registre": rows, "Écoles": SCHOOLS})) == ["3000", "3000", "3007"]


def test_titles_that_may_be_something_else_are_asked_about():
    head, one, two = without_school([HEADERS, row(1), row(2)])
    rows = [head, ["Suivi terminé"], one, ["Hardy"], two]
    with pytest.raises(UnansweredError) as question:
        taken({"Registre": [head, ["Cas graves"], one, ["Hardy"], two]})
    assert asked(question) == [("answers", "schools_in")]
    with pytest.raises(Exception, match="« École »"):
        taken({"Registre": rows})


def test_a_sheet_per_school_gives_its_name_where_no_column_does():
    head, one, two = without_school([HEADERS, row(1), row(2)])
    sheets = {"Institut Hardy": [head, one], "École Lebrun": [head, two]}
    assert schools_of(taken({**sheets, "Écoles": SCHOOLS})) == ["3000", "3007"]
    assert len(taken(sheets).tables["schools"]) == 2
    with pytest.raises(UnansweredError) as question:
        taken({"Hardy": [head, one], "Lebrun": [head, two]})
    assert asked(question) == [("answers", "schools_in")]


def test_a_dash_for_a_closure_says_that_there_is_none():
    rows = [[*HEADERS, "Clôturé le"], [*row(1), "-"], [*row(2), "20/02/2026"]]
    assert sorted(taken({"Registre": rows, "Écoles": SCHOOLS}).tables["cases"]["status"]) == ["closed", "open"]
