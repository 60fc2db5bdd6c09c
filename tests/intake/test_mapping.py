"""A service's own headers, words, schools and answers, as a file that is read again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.domain.vocabulary import INCIDENT_TYPES, normalise
from analytics.intake import OwnWords, RefusedFileError, load_own_words, own_words_toml, together
from analytics.intake.mapping import REGISTER

MAPPING = """
[columns]
"Réf." = "case_number"
"Type de faits" = "incidents"

[words.incident_types]
"Chahut" = "other"
""".encode()


def test_a_service_maps_its_own_headers_and_words_once_and_for_all():
    own_words = load_own_words(MAPPING)
    assert own_words.columns == {"ref": "case_number", "type de faits": "incidents"}
    incidents = next(field.terms for field in REGISTER if field.code == "incidents")
    assert incidents is not None
    assert own_words.find(incidents, " CHAHUT ") == "other"
    assert own_words.find(incidents, "Insulte") == "insults"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"[columns", "TOML lisible"),
        (b"\xff\xfe", "TOML lisible"),
        (b'[columns]\n"x" = "birth"', r"colonne inconnue \(\[columns\], ligne 1\)"),
        (b'[words.colours]\n"x" = "red"', "liste de mots inconnue"),
        (b'[colours]\n"x" = "red"', "section inconnue"),
        (b"[" * 40_000, "emboîte trop"),
        (b"a = " + b"[" * 5 + b"]" * 5, "emboîte trop"),
        (b"#" * 70_000, "dépasse 64 ko"),
        (b'[words.channels]\n"sms" = "other"\n"x" = "red"', "terme inconnu de la liste channels \\(ligne 2"),
        (b'columns = ["x"]', "entre guillemets"),
        (b'[words]\nchannels = "x"', "entre guillemets"),
        (b'[columns]\n"x" = [3]', "entre guillemets"),
    ],
)
def test_a_mapping_that_means_nothing_is_refused_by_its_place(content, reason):
    with pytest.raises(RefusedFileError, match=reason):
        load_own_words(content)


@pytest.mark.parametrize("section", ["[columns]", "[words.reporters]", "[words.dupont]"])
def test_a_name_in_a_mapping_typed_the_wrong_way_round_is_not_repeated(section):
    with pytest.raises(RefusedFileError) as refusal:
        load_own_words(f'{section}\n"witness" = "Mme Dupont"'.encode())
    assert "dupont" not in str(refusal.value).lower()


WORDS = st.text(min_size=1, max_size=20).map(normalise).filter(bool)


@given(
    st.dictionaries(WORDS, st.sampled_from([field.code for field in REGISTER])),
    st.dictionaries(WORDS, st.sampled_from(list(INCIDENT_TYPES)), min_size=1),
    st.dictionaries(WORDS, WORDS),
)
def test_answers_are_read_back_as_they_were_given(columns, words, schools):
    answers = OwnWords(columns, {"incident_types": words}, schools, {"date_order": "day_first"})
    assert load_own_words(own_words_toml(answers).encode()) == answers


def test_later_answers_are_added_and_have_the_last_word():
    first = OwnWords({"ref": "case_number"}, {"channels": {"chat": "messaging"}})
    second = OwnWords({"lieu": "school"}, {"channels": {"chat": "other"}, "minors": {"o": "yes"}})
    assert together(first, second) == OwnWords(
        {"ref": "case_number", "lieu": "school"}, {"channels": {"chat": "other"}, "minors": {"o": "yes"}}
    )


def test_an_answer_stands_at_the_place_of_its_question():
    answered = (
        OwnWords().with_answer(("words", "incident_types", "zut"), "other").with_answer(("columns", "ref"), "ignored")
    )
    assert answered == OwnWords({"ref": "ignored"}, {"incident_types": {"zut": "other"}})
