"""What is said of a failure: our own words, or the kind and the place of what nobody foresaw."""

from __future__ import annotations

import pytest

from analytics.domain.errors import RefusedError, RelaisError, explain
from analytics.domain.vocabulary import INCIDENT_TYPES
from analytics.intake import RefusedFileError


def test_what_nobody_foresaw_is_told_by_its_kind_and_place_and_never_by_its_message():
    with pytest.raises(KeyError) as caught:
        INCIDENT_TYPES.label("Zoé Lambert")
    said = explain(caught.value)
    assert "KeyError, matching.py ligne " in said
    assert "Lambert" not in said


def test_a_failure_outside_our_code_is_told_by_its_kind():
    assert explain(ZeroDivisionError("Zoé Lambert")).endswith("Pour la signaler : ZeroDivisionError.")


@pytest.mark.parametrize("kind", [RelaisError, RefusedError, RefusedFileError])
def test_what_was_foreseen_is_told_in_its_own_words(kind):
    assert explain(kind("Le fichier est vide.")) == "Le fichier est vide."
