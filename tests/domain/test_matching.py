"""Words are compared without case, accents, punctuation or number."""

from __future__ import annotations

import pytest

from analytics.domain.matching import holds_stem, normalise, singular, word_key, word_list


@pytest.mark.parametrize(
    ("written", "compared"),
    [("N°\u202fDossier", "n dossier"), ("  SŒUR_aînée : ", "soeur ainee"), ("2026/01", "2026 01"), ("…", "")],
)
def test_case_accents_and_punctuation_count_for_nothing(written, compared):
    assert normalise(written) == compared


def test_signs_alone_are_told_apart_however_often_they_stand():
    assert word_key("??") == word_key(" ? ") == "?"
    assert word_key("--") == "-"


def test_a_plural_is_its_singular_but_for_short_words():
    assert singular("menaces") == singular("menace")
    assert singular("faux comptes") == singular("fau compte")
    assert singular("pas") == "pas"


@pytest.mark.parametrize(
    ("words", "stem", "is_held"),
    [
        ("photos tres intimes", "photo intime", True),
        ("photos", "photo intime", False),
        ("appel au po", "po", True),
        ("police", "po", False),
        ("la police locale", "police", True),
        ("sapolice", "police", False),
        ("", "police", False),
    ],
)
def test_a_stem_is_the_start_of_a_long_word_and_the_whole_of_a_short_one(words, stem, is_held):
    assert holds_stem(words.split(), stem) == is_held


def test_a_list_of_words_keeps_the_spaces_within_one():
    assert word_list("vu | par mail | ok") == ("vu", "par mail", "ok")
