"""The words of a cell, in whatever way they are joined."""

from __future__ import annotations

import pytest

from analytics.domain.vocabulary import INCIDENT_TYPES
from analytics.intake import OwnWords
from analytics.intake.cells import code_words
from analytics.intake.columns import lookup
from analytics.spreadsheets.reading import Column


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("Insultes et menaces", ("insults", "threats")),
        ("Exclusion d’un groupe;Diffusion d’images intimes;", ("exclusion", "intimate_images")),
        ("exclue du groupe classe + se fait insulter en ligne", ("exclusion", "insults")),
        ("menaces (snap)", ("threats",)),
        ("insults threats", ("insults", "threats")),
        ("Insultes et zut", ("insults", None)),
        ("insultes (suicide)", ("insults", None)),
        ("pas de menaces", (None,)),
        ("menace de diffuser des photos intimes", (None,)),
    ],
)
def test_facts_are_told_apart_and_what_nothing_explains_is_unknown(cell, codes):
    assert lookup(INCIDENT_TYPES, OwnWords()).codes(cell) == codes


def test_true_and_one_are_equal_in_python_and_two_words_in_a_register():
    assert code_words(Column.of([True, 1.0, "1", 0.0, False]), str).tolist() == ["oui", "1", "1", "0", "non"]
