"""Questions about words: shapes and rows, never a value that may be about a person."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.intake import Key, OwnWords, extract
from analytics.intake.proposing import shape

FILES = Path(__file__).parents[1] / "files"


@pytest.mark.parametrize(
    ("cell", "outline"),
    [
        ("12/06/2026", "99/99/9999"),
        ("Élan vif", "Aaaa aaa"),
        ("Marie-Rose Vandenbroucke", "Aaaa-Aaaa Aaaa"),
        ("0474 81 08 91", "9999 99 99 99"),
        ("a.b@c.be", "a.a@a.aa"),
        (date(2026, 6, 12), "99/99/9999"),
        (datetime(2026, 6, 12, 8, 30), "99/99/9999 99:99"),  # noqa: DTZ001 (as a spreadsheet has it)
        (3042.0, "9999"),
        ("", ""),
    ],
)
def test_a_shape_is_the_outline_of_a_cell(cell, outline):
    assert shape(cell) == outline


@given(st.text(max_size=60))
def test_a_shape_holds_no_letter_or_digit_of_its_cell(cell):
    assert not {character for character in shape(cell) if character.isalnum()} - {"9", "A", "a"}
    assert len(shape(cell)) <= 21


def test_an_unknown_word_comes_with_its_rows_and_the_closest_terms(taken):
    (question,) = taken({}, {"Faits": "Menasses"}, {"Faits": "Insultes; menasses"}).questions
    assert "« menasses » dans la colonne « Faits » (lignes 3 et 4)" in question.asked
    assert "« aaaa » dans la colonne « Faits » (lignes 3 et 4)" in question.text
    assert (question.default, question.n_rows, question.blocking) == ("threats", 2, False)
    assert question.place == ("words", "incident_types", "menasses")


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([{"Faits": "chahut"}], id="in one row only"),
        pytest.param([{"Faits": "classe 3B"}] * 2, id="with a digit"),
        pytest.param([{"Faits": "Zoé Lambert", "Élève": "Zoé Lambert"}] * 2, id="also in a column that is not read"),
        pytest.param([{"Signalé par": "Madame Leroy"}] * 2, id="where one writes who reported"),
        pytest.param([{"CPMS contacté le": "14/01/2026"}, {"CPMS contacté le": "vu avec Leroy"}], id="in a step"),
    ],
)
def test_a_word_that_may_be_about_a_person_is_shown_by_its_shape(taken, rows):
    (question,) = taken({}, *rows).questions
    said = f"{question!r} {question.summary}"
    assert not [
        word for row in rows for cell in row.values() for word in cell.split() if len(word) > 3 and word in said
    ]


def test_a_word_that_was_answered_is_not_asked_again(taken):
    own_words = OwnWords(words={"incident_types": {"chahut": "other"}})
    assert taken({"Faits": "Chahut !"}, own_words=own_words).questions == ()


def test_no_question_about_a_real_register_holds_a_personal_word():
    import json

    forbidden = json.loads((FILES / "registre-2025-2026.truth.json").read_text("utf-8"))["forbidden"]
    result = extract((FILES / "registre-2025-2026.xlsx").read_bytes(), Key(b"test"), date(2026, 11, 22))
    said = repr((result.questions, result.understanding))
    assert not [word for word in forbidden if word in said]
