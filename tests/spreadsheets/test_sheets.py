"""What an error cell is, and how a cell is named."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.spreadsheets.reading import is_error, read


@pytest.mark.parametrize(
    "word", ["#N/A", "#REF!", "#DIV/0!", "#VALEUR!", "#NOM ?", "#N/D", "Err:502", "#ref\u202f!", " #NULL! "]
)
def test_an_error_that_was_saved_as_text_is_one(word):
    assert is_error(read(f"a;b\n1;{word}\n".encode())[0].rows[1][1])


@pytest.mark.parametrize("cell", ["", "#", "# 12", "n/a", "REF", "erreur", 0.0, date(2026, 1, 12)])
def test_a_word_or_a_number_is_no_error(cell):
    assert not is_error(cell)
