"""Days that are written without their year."""

from __future__ import annotations

import pytest

from analytics.intake import Extract, OwnWords, UnansweredError
from analytics.spreadsheets.writing import Book

HEADERS = ["N° dossier", "École", "Classe", "Signalé le", "Faits", "CPMS"]


@pytest.fixture
def read(take):
    """What the intake makes of a sheet of this name, with rows of (report, CPMS)."""

    def read(name: str, *days: tuple[str, str], answer: str = "") -> Extract:
        book = Book()
        rows = [[f"{n}", "3000", "S3", reported, "Insultes", cpms] for n, (reported, cpms) in enumerate(days, 1)]
        book.write_rows(book.workbook.add_worksheet(name), 0, [HEADERS, *rows])
        return take(book.close(), own_words=OwnWords(answers={"school_year": answer} if answer else {}))

    return read


def delays(result: Extract) -> list[tuple]:
    steps = result.tables["case_steps"]
    rows = steps.loc[steps["step"] == "cpms", ["outcome", "delay_hours"]]
    return sorted(rows.to_records(index=False).tolist())


def test_a_day_without_its_year_is_the_nearest_to_the_report(read):
    result = read("Registre", ("22/12/2025", "05/01"), ("29/01/2026", "ven. 30/01"))
    assert delays(result) == [("done", 32), ("done", 14 * 24 + 8)]
    assert any("sans leur année" in note for note in result.understanding.notes)


def test_a_report_without_its_year_is_in_the_school_year_of_its_sheet(read):
    result = read("2024-2025", ("22/12", "05/01"), ("29/01", "30/01"))
    assert set(result.tables["cases"]["school_year"]) == {"2024-2025"}
    assert delays(result) == [("done", 32), ("done", 14 * 24 + 8)]


def test_a_report_without_its_year_is_near_another_day_of_its_row(read):
    assert delays(read("Registre", ("22/12", "05/01/2026"), ("29/01", "30/01/2026"))) == [("done", 32), ("done", 344)]


def test_a_report_without_any_year_is_asked_about(read):
    with pytest.raises(UnansweredError) as question:
        read("Registre", ("22/12", ""), ("29/01", ""))
    (asked,) = question.value.questions
    assert (asked.place, asked.default) == (("answers", "school_year"), "2025-2026")
    result = read("Registre", ("22/12", ""), ("29/01", ""), answer="2024-2025")
    assert set(result.tables["cases"]["school_year"]) == {"2024-2025"}


def test_reports_without_a_year_that_go_on_for_two_years_are_refused(read):
    result = read("Registre", ("22/12", ""), ("29/01", ""), ("12/10", ""), ("25/11", ""))
    assert {fault.rule for fault in result.faults} == {"not_a_date"}
    assert result.n_accepted == 0
