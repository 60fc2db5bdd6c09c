"""What a register calls by other names: proposals that show shapes and rows, and answers that can be used again."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.domain.vocabulary import INCIDENT_TYPES, normalise
from analytics.intake import OwnWords, RefusedFileError, load_own_words
from analytics.intake.mapping import REGISTER, Layout
from analytics.intake.proposing import (
    draft_layout,
    missing_columns,
    own_words_toml,
    shape,
    together,
    unknown_columns,
    unknown_words,
)
from analytics.spreadsheets.reading import Sheet, read

FILES = Path(__file__).parents[1] / "files"
HEADERS = ["N° dossier", "Élève", "École", "Classe", "Signalé le", "Faits", "Signalé par", "CPMS contacté le"]


def layout(*rows: list, headers: list[str] = HEADERS) -> Layout:
    return draft_layout([Sheet("Registre", [headers, *rows])])


def row(**cells: str) -> list[str]:
    """A row of :data:`HEADERS`, where only what a test is about need be said."""
    usual = dict(zip(HEADERS, ["1", "Zoé Lambert", "A1", "S3", "10/03/2026", "Insultes", "Parent", ""], strict=True))
    names = {"pupil": "Élève", "facts": "Faits", "reporter": "Signalé par", "cpms": "CPMS contacté le"}
    return list((usual | {names[name]: cell for name, cell in cells.items()}).values())


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


def test_an_unknown_column_comes_with_shapes_and_the_closest_missing_fields():
    headers = [header if header != "Faits" else "Faits constatés" for header in HEADERS]
    found = {column.header: column for column in unknown_columns(layout(row(), row(), headers=headers))}
    assert set(found) == {"Élève", "Faits constatés"}
    assert found["Élève"].shapes == ("Aaa Aaaa",)
    assert found["Faits constatés"].closest[0] == "incidents"


def test_an_unknown_column_without_a_cell_is_not_asked_about():
    assert unknown_columns(layout(row(pupil=""))) == []


def test_required_columns_are_missing_first_and_a_year_stands_for_a_level():
    headers = ["Faits", "Classe", "N° dossier"]
    missing = [field.code for field in missing_columns(layout(["Insultes", "S3", "1"], headers=headers))]
    assert set(missing[:2]) == {"school", "reported"}
    assert "level" not in missing


def test_a_register_whose_headers_are_all_unknown_can_still_be_mapped():
    headers = ["Ref", "Where", "What", "When"]
    found = draft_layout([Sheet("", [["Cases 2026", "", "", ""], headers, ["1", "A1", "Insultes", "10/03/2026"]])])
    assert found.header_row == 1
    assert list(found.ignored) == headers


@pytest.mark.parametrize("reported", ["10/03/2026", date(2026, 3, 10)])
def test_the_first_case_of_a_register_without_headers_is_not_taken_for_headers(reported):
    with pytest.raises(RefusedFileError, match="il manque") as refusal:
        draft_layout([Sheet("", [["2026/1", "Zoé Lambert", "A1", reported, "Insultes"], ["", "Noé", "A1", "", ""]])])
    assert "Lambert" not in str(refusal.value)


def test_a_register_with_a_header_twice_is_refused_rather_than_guessed():
    with pytest.raises(RefusedFileError, match="renommez l’autre"):
        layout(row(), headers=["Numéro du dossier", "Dossier", *HEADERS[2:]])


def test_an_unknown_word_comes_with_its_rows_and_the_closest_terms():
    (found,) = unknown_words(layout(row(), row(facts="Menasses"), row(facts="Insultes; menasses")))
    assert found.header == "Faits"
    assert found.label == found.word == "menasses"
    assert found.rows == (3, 4)
    assert found.closest[0] == "threats"
    assert next(iter(found.choices)) == "threats"


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([row(facts="chahut")], id="in one row only"),
        pytest.param([row(facts="classe 3B")] * 2, id="with a digit"),
        pytest.param([row(facts="Zoé Lambert")] * 2, id="also in a column that is not read"),
        pytest.param([row(reporter="Madame Leroy")] * 2, id="where one writes who reported"),
        pytest.param([row(cpms="vu avec Leroy")] * 2, id="in a column of dates"),
    ],
)
def test_a_word_that_may_be_about_a_person_is_shown_by_its_shape(rows):
    (found,) = unknown_words(layout(*rows))
    assert not set(found.label) - set("Aa9 ")
    assert len(found.rows) == len(rows)
    assert found.word not in repr(found)


def test_a_date_is_not_an_unknown_word_of_a_step():
    assert unknown_words(layout(row(cpms="11/03/2026"), row(cpms="sans objet"), row(cpms=""))) == []


def test_a_word_of_a_step_can_only_mean_not_applicable_or_not_recorded():
    (found,) = unknown_words(layout(row(cpms="pas nécessaire")))
    assert set(found.choices) == {"not_applicable", "not_recorded"}


def test_a_word_that_was_answered_is_not_asked_again():
    own_words = OwnWords(words={"incident_types": {"chahut": "other"}})
    assert unknown_words(layout(row(facts="Chahut !")), own_words) == []


def test_no_proposal_about_a_real_register_holds_a_personal_word():
    forbidden = json.loads((FILES / "registre-2025-2026.truth.json").read_text("utf-8"))["forbidden"]
    found = draft_layout(read((FILES / "registre-2025-2026.xlsx").read_bytes()))
    said = repr([*unknown_columns(found), *unknown_words(found)])
    assert not [word for word in forbidden if word in said]


WORDS = st.text(min_size=1, max_size=20).map(normalise).filter(bool)


@given(
    st.dictionaries(WORDS, st.sampled_from([field.code for field in REGISTER])),
    st.dictionaries(WORDS, st.sampled_from(list(INCIDENT_TYPES)), min_size=1),
)
def test_answers_are_read_back_as_they_were_given(columns, words):
    answers = OwnWords(columns, {"incident_types": words})
    assert load_own_words(own_words_toml(answers).encode()) == answers


def test_later_answers_are_added_and_have_the_last_word():
    first = OwnWords({"ref": "case_number"}, {"channels": {"chat": "messaging"}})
    second = OwnWords({"lieu": "school"}, {"channels": {"chat": "other"}, "minors": {"o": "yes"}})
    assert together(first, second) == OwnWords(
        {"ref": "case_number", "lieu": "school"}, {"channels": {"chat": "other"}, "minors": {"o": "yes"}}
    )
