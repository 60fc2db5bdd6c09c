"""What the files must hold together: references, categories, years that follow each other."""

from __future__ import annotations

import pytest

from tests.domain.conftest import DOXING

NEW_YEAR = """
[[school_years]]
name = "{0}-{1}"
first_day = {0}-08-28
last_day = {1}-07-06
holidays = []
"""


@pytest.mark.parametrize(
    ("file", "new", "old", "message"),
    [
        # References within a file and between files.
        (
            "vocabulary.toml",
            'source = "moon"',
            'source = "relais"',
            "incident_types « exclusion » : « source » cite « moon »",
        ),
        ("vocabulary.toml", 'code = "finished"', 'code = "done"', "outcomes : l’entrée « done » manque ; ajoutez-la."),
        (
            "vocabulary.toml",
            'synonyms = ["menace"]',
            'synonyms = ["intimidation", "intimidé", "intimidée"]',
            "désigne « intimidation » et « threats »",
        ),
        ("protocol.toml", 'phase = "nowhere"', 'phase = "relays"', "steps « cpms » : « phase » cite « nowhere »"),
        (
            "protocol.toml",
            'contacts = ["nobody"]',
            'contacts = ["cpms"]',
            "steps « cpms » : « contacts » cite « nobody »",
        ),
        (
            "protocol.toml",
            'applies = ["rain"]',
            'applies = ["minor"]',
            "steps « pupil_informed » : « applies » cite « rain »",
        ),
        (
            "protocol.toml",
            'points = ["P9.9"]',
            'points = ["P1.6"]',
            "steps « evidence_kept » : « points » cite « P9.9 »",
        ),
        ("protocol.toml", 'points = ["P1.1"]', 'points = ["P5.1"]', "points de la procédure sans entrée : P5.1."),
        (
            "protocol.toml",
            'source = "relais"',
            'source = "procedure"',
            "« evidence_kept » : « points » n’est que pour la",
        ),
        (
            "protocol.toml",
            'step = "gone"',
            'step = "evidence_kept"',
            "complements « evidence_details » : « step » cite « gone »",
        ),
        ("protocol.toml", '["gone", "no_side"', '["no_side"', "cards « pupil » : « entries » cite « gone »"),
        ("protocol.toml", "[[parents_sheet]]", 'points = ["P3.1"]\n\n[[parents_sheet]]', "il faut « points » ou"),
        (
            "contacts.toml",
            'zone = "moon"',
            'zone = "procedure"',
            "contacts « school_mediation » : « zone » cite « moon »",
        ),
        (
            "activities.toml",
            'step = "gone"',
            'step = "awareness"',
            "« awareness_fundamental » : « step » cite « gone »",
        ),
        ("activities.toml", 'levels = ["crèche"]', 'levels = ["fundamental"]', "« levels » cite « crèche »"),
        # What is counted stands in one category.
        (
            "vocabulary.toml",
            DOXING + "assumed = { weight = 0.1 }\n",
            "",
            "publications.toml : le type « doxing » n’est dans aucune catégorie de « Type d’incident » ; ajoutez-le.",
        ),
        (
            "publications.toml",
            "[]",
            '["cpms"]',
            "le relais « cpms » n’est dans aucune catégorie de « Relais » ; ajoutez-le.",
        ),
        ("publications.toml", '["cpms", "parents"]', '["cpms"]', "le relais « parents » est dans plusieurs catégories"),
        ("publications.toml", '["cpms", "saj"]', '["cpms"]', "dimensions « relay » : « categories » cite « saj »"),
        (
            "publications.toml",
            'rows = "relay"',
            'rows = "incident_type"',
            "tables « types_by_level » : « rows » cite « relay »",
        ),
        (
            "publications.toml",
            'counts = "office"',
            'counts = "school_network"',
            "« counts » cite « office », qui n’existe",
        ),
        # An office that imported before there were several stays.
        ("offices.toml", '"mons"', '"principal"', "offices.toml : offices : l’entrée « principal » manque"),
        ("offices.toml", '"Mons 1"', '"principal"', "offices.toml : offices « Mons 1 » : « code » ne convient pas"),
        # School years follow each other.
        ("calendar.toml", NEW_YEAR.format(2028, 2029) + "[[breaks]]", "[[breaks]]", "« 2028-2029 » : elle ne suit pas"),
        ("calendar.toml", NEW_YEAR.format(2026, 2027) + "[[breaks]]", "[[breaks]]", "« 2026-2027 » : elle ne suit pas"),
        ("calendar.toml", "last_day = 2027-09-02", "last_day = 2026-07-03", "« 2026-2027 » : elle ne suit pas"),
        ("calendar.toml", "last_day = 2024-07-02", "last_day = 2027-07-02", "« 2026-2027 » : une période finit avant"),
    ],
)
def test_a_fault_is_one_french_sentence_that_names_file_entry_and_field(fault, file, new, old, message):
    assert message in fault(file, new, old)
