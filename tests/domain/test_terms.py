"""A vocabulary finds its terms by the words of a register, and only where one alone is meant."""

from __future__ import annotations

import pytest

from analytics.domain.entries import Term
from analytics.domain.terms import Vocabulary


def term(code: str, label: str, *synonyms: str, stems: tuple[str, ...] = ()) -> Term:
    return Term(code, label, definition="…", source="relais", synonyms=synonyms, stems=stems)


TERMS = Vocabulary(
    "types", [term("insults", "Insultes", "injure", stems=("insult",)), term("threats", "Menaces", stems=("menac",))]
)


@pytest.mark.parametrize(
    ("word", "code"),
    [("insults", "insults"), ("INSULTE", "insults"), ("injures", "insults"), ("menacer", None), ("", None)],
)
def test_a_word_is_found_by_code_label_or_synonym_in_any_number(word, code):
    assert TERMS.find(word) == code


@pytest.mark.parametrize(
    ("phrase", "code"),
    [
        ("il l’a menacée deux fois", "threats"),
        ("insultes puis menaces", None),
        ("pas de menaces", None),
        ("autre chose", None),
    ],
)
def test_a_phrase_is_found_by_a_stem_where_it_holds_one_alone_and_denies_none(phrase, code):
    assert TERMS.find_by_stem(phrase) == code


def test_terms_keep_their_order_and_labels():
    assert list(TERMS) == ["insults", "threats"]
    assert TERMS.labels == {"insults": "Insultes", "threats": "Menaces"}
    with pytest.raises(KeyError):
        TERMS.label("gone")


def test_a_word_that_means_two_terms_is_refused():
    with pytest.raises(ValueError, match="« injures » désigne « insults » et « others »"):
        Vocabulary("types", [*TERMS.values(), term("others", "Autres", "injures")])
