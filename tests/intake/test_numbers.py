"""The service's own numbers, found in its register whatever its layout."""

from __future__ import annotations

import io

import pytest
import xlsxwriter

from analytics.intake import Key
from analytics.intake.anonymising import canonical_number, number_of_year
from analytics.intake.numbers import own_numbers
from analytics.spreadsheets.reading import RefusedFileError

KEY = Key(b"k" * 32)


def test_numbers_are_found_in_any_column_as_they_are_written():
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet("Suivi")
        for row, cells in enumerate(
            (["Nos dossiers"], ["Élève", "Réf."], ["Zoé", "2026 / 12"], ["Noé", 13], ["Léa", "x"])
        ):
            sheet.write_row(row, 0, cells)
    known = {KEY.pseudonym(number): number for number in ("2026/12", "13", "14")}
    found = own_numbers(content.getvalue(), KEY, known)
    assert found == {KEY.pseudonym("2026/12"): "2026 / 12", KEY.pseudonym("13"): "13"}
    assert own_numbers(content.getvalue(), Key(b"o" * 32), known) == {}


def test_numbers_that_begin_again_are_told_with_their_year():
    cases = KEY.pseudonyms([number_of_year("2025-2026", canonical_number("A 1"))]).astype("U").tolist()
    assert own_numbers(b"N;x\nA 1;2\n", KEY, cases, ["2024-2025", "2025-2026"]) == {cases[0]: "A 1 (2025-2026)"}


def test_a_file_that_is_no_register_is_refused():
    with pytest.raises(RefusedFileError):
        own_numbers(b"%PDF-1.7", KEY, ["A"])
