"""The shape of an entry: what is missing, unknown or of another type is named."""

from __future__ import annotations

import pytest

from tests.domain.conftest import DOXING


@pytest.mark.parametrize(
    ("file", "new", "old", "message"),
    [
        (
            "vocabulary.toml",
            DOXING,
            "",
            "vocabulary.toml : incident_types « doxing » : « assumed » manque ; ajoutez-le.",
        ),
        ("protocol.toml", "", 'phase = "relays"\n', "protocol.toml : steps « cpms » : « phase » manque ; ajoutez-le."),
        ("protocol.toml", "headr =", "header =", "steps « evidence_kept » : « headr » est inconnu"),
        ("protocol.toml", "done = 1.5", "done = 0.78", "steps « evidence_kept » : « assumed.done » ne convient pas"),
        (
            "protocol.toml",
            "done = 0.99",
            "done = 0.78",
            "steps « evidence_kept » : « assumed » ne convient pas : les parts",
        ),
        (
            "protocol.toml",
            "{ hours = 24, school_days = 2 }",
            "{ hours = 24 }",
            "« deadline » ne convient pas : hours ou",
        ),
        ("protocol.toml", 'source = ""', 'source = "procedure"', "« source » ne convient pas : une valeur vide"),
        ("protocol.toml", 'dated = ""', 'dated = "2006"', "sources « plp41 » : « dated » ne convient pas"),
        (
            "contacts.toml",
            "checked_on = 3",
            "checked_on = 2026-11-22",
            "contacts « emergency » : « checked_on » ne convient",
        ),
        ("contacts.toml", "urgent = 3", "urgent = true", "« urgent » ne convient pas : il faut true ou false"),
        ("vocabulary.toml", "[[raisons]]", "[[reasons]]", "vocabulary.toml : « raisons » est inconnu"),
        ("register.toml", 'terms = "moon"', 'terms = "reporters"', "columns « reporter » : « terms » cite « moon »"),
        ("register.toml", 'code = "closing"', 'code = "closed"', "columns : l’entrée « closed » manque ; ajoutez-la."),
        ("register.toml", 'code = "pages"', 'code = "pupils"', "schools : l’entrée « pupils » manque ; ajoutez-la."),
    ],
)
def test_a_fault_is_one_french_sentence_that_names_file_entry_and_field(fault, file, new, old, message):
    assert message in fault(file, new, old)
