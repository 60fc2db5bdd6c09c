"""What the files must hold together: references, categories, years that follow each other."""

from __future__ import annotations

from tests.domain.conftest import DOXING, refusals

NEW_YEAR = """
[[school_years]]
name = "{0}-{1}"
first_day = {0}-08-28
last_day = {1}-07-06
holidays = []
"""


@refusals(
    r"""
    # References within a file and between files.
    vocabulary.toml | source = "relais" | source = "moon" | incident_types « exclusion » : « source » cite « moon »
    vocabulary.toml | code = "done" | code = "finished" | outcomes : l’entrée « done » manque ; ajoutez-la.
    vocabulary.toml | ["intimidation", "intimidé", "intimidée"] | ["menace"] | désigne « intimidation » et « threats »
    protocol.toml | phase = "relays" | phase = "nowhere" | steps « cpms » : « phase » cite « nowhere »
    protocol.toml | contacts = ["cpms"] | contacts = ["nobody"] | steps « cpms » : « contacts » cite « nobody »
    protocol.toml | applies = ["minor"] | applies = ["rain"] | steps « pupil_informed » : « applies » cite « rain »
    protocol.toml | points = ["P1.6"] | points = ["P9.9"] | steps « evidence_kept » : « points » cite « P9.9 »
    protocol.toml | points = ["P5.1"] | points = ["P1.1"] | points de la procédure sans entrée : P5.1.
    protocol.toml | source = "procedure" | source = "relais" | « evidence_kept » : « points » n’est que pour la
    protocol.toml | step = "evidence_kept" | step = "gone" | complements « evidence_details » : « step » cite « gone »
    protocol.toml | ["no_side" | ["gone", "no_side" | cards « pupil » : « entries » cite « gone »
    protocol.toml | points = ["P3.1"]\n\n[[parents_sheet]] | [[parents_sheet]] | il faut « points » ou
    contacts.toml | zone = "procedure" | zone = "moon" | contacts « school_mediation » : « zone » cite « moon »
    activities.toml | step = "awareness" | step = "gone" | « awareness_fundamental » : « step » cite « gone »
    activities.toml | levels = ["fundamental"] | levels = ["crèche"] | « levels » cite « crèche »
    # What is counted stands in one category.
    publications.toml | ["cpms"] | [] | le relais « cpms » n’est dans aucune catégorie de « Relais » ; ajoutez-le.
    publications.toml | ["cpms"] | ["cpms", "parents"] | le relais « parents » est dans plusieurs catégories
    publications.toml | ["cpms"] | ["cpms", "saj"] | dimensions « relay » : « categories » cite « saj »
    publications.toml | rows = "incident_type" | rows = "relay" | tables « types_by_level » : « rows » cite « relay »
    publications.toml | counts = "school_network" | counts = "office" | « counts » cite « office », qui n’existe
    # An office that imported before there were several stays.
    offices.toml | "principal" | "mons" | offices.toml : offices : l’entrée « principal » manque
    offices.toml | "principal" | "Mons 1" | offices.toml : offices « Mons 1 » : « code » ne convient pas
    # School years follow each other.
    calendar.toml | last_day = 2026-07-03 | last_day = 2027-09-02 | « 2026-2027 » : elle ne suit pas
    calendar.toml | last_day = 2027-07-02 | last_day = 2024-07-02 | « 2026-2027 » : une période finit avant
    """,
    (
        "vocabulary.toml",
        "",
        DOXING + "assumed = { weight = 0.1 }\n",
        "publications.toml : le type « doxing » n’est dans aucune catégorie de « Type d’incident » ; ajoutez-le.",
    ),
    ("calendar.toml", "[[breaks]]", NEW_YEAR.format(2028, 2029) + "[[breaks]]", "« 2028-2029 » : elle ne suit pas"),
    ("calendar.toml", "[[breaks]]", NEW_YEAR.format(2026, 2027) + "[[breaks]]", "« 2026-2027 » : elle ne suit pas"),
)
def test_a_fault_is_one_french_sentence_that_names_file_entry_and_field(fault, file, old, new, message):
    assert message in fault(file, new, old)
