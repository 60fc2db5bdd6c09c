"""The data files: the shipped ones are valid, a service's own take their place, and a fault is named in one sentence."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from analytics.domain.data import DataError, decode, load
from analytics.domain.numbers import PublicationsFile
from analytics.domain.shipped import SHIPPED

FROZEN = Path(__file__).parents[1] / "data"

DOXING = """
[[incident_types]]
code = "doxing"
label = "Divulgation d’adresse"
definition = "L’adresse de l’élève est donnée à tous."
source = "relais"
"""
NEW_YEAR = """
[[school_years]]
name = "{0}-{1}"
first_day = {0}-08-28
last_day = {1}-07-06
holidays = []
"""


@pytest.fixture
def own(tmp_path) -> Callable[..., Path]:
    """A folder with every file of the frozen copy; in ``file``, ``old`` is replaced by ``new``, or ``new`` is added."""

    def own(file: str, new: str, old: str = "") -> Path:
        for path in FROZEN.glob("*.toml"):
            shutil.copy(path, tmp_path / path.name)
        text = (tmp_path / file).read_text(encoding="utf-8")
        assert old in text
        changed = text.replace(old, new, 1) if old else f"{text}\n{new}"
        (tmp_path / file).write_text(changed, encoding="utf-8")
        return tmp_path

    return own


def test_the_shipped_files_are_valid():
    assert load().own_files == []


def test_a_file_of_the_service_takes_the_place_of_the_shipped_one_and_the_others_stay(tmp_path):
    local = (FROZEN / "calendar.toml").read_text(encoding="utf-8")
    local = local.replace("local_closed_dates = []", 'local_closed_dates = ["2026-02-17"]')
    (tmp_path / "calendar.toml").write_text(local, encoding="utf-8")
    content = load(tmp_path)
    assert [day.isoformat() for day in content.calendar.local_closed_dates] == ["2026-02-17"]
    assert content.own_files == ["calendar.toml"]
    assert content.paths["vocabulary.toml"] == SHIPPED / "data" / "vocabulary.toml"


def test_texts_of_documents_are_typeset(own):
    contacts = load(
        own("contacts.toml", 'role = "Médiation d\'abord : ici"', 'role = "Médiation scolaire"')
    ).contacts.contacts
    assert (contacts[3].role, contacts[3].number) == ("Médiation d’abord\u202f: ici", "0474\u202f810\u202f891")


def test_a_service_may_set_a_target_for_detection_and_none_is_shipped(own):
    assert load().protocol.detection_target_days is None
    first = '[[paragraphs]]\ncode = "P0"'
    content = load(own("protocol.toml", f"detection_target_days = 7\n\n{first}", first))
    assert content.protocol.detection_target_days == 7


def test_a_folder_that_is_not_there_and_a_file_that_nobody_reads_are_said(tmp_path):
    with pytest.raises(DataError, match="introuvable"):
        load(tmp_path / "absent")
    (tmp_path / "vocabulaire.toml").touch()
    with pytest.raises(
        DataError, match=r"vocabulaire\.toml n’est pas un fichier de Relais ; il lit vocabulary\.toml, "
    ):
        load(tmp_path)


def test_what_the_service_observes_names_a_step(own):
    sentence = 'sentence = "Contactés le jour même dans 6 situations sur 10."'
    folder = own("contacts.toml", "")
    (folder / "observed.toml").write_text(f'[[observed]]\nstep = "parents"\n{sentence}', encoding="utf-8")
    assert [seen.step for seen in load(folder).observed.observed] == ["parents"]
    (folder / "observed.toml").write_text(f'[[observed]]\nstep = "gone"\n{sentence}', encoding="utf-8")
    with pytest.raises(DataError, match=r"observed\.toml : observed : « step » cite « gone »"):
        load(folder)


def test_the_catalogue_of_a_past_release_is_read_without_the_words_of_today():
    past = (FROZEN / "publications.toml").read_bytes().replace(b'"impersonation", "other"', b'"impersonation"')
    assert decode("publications.toml", past, PublicationsFile).rules.threshold == 5


@pytest.mark.parametrize(
    ("file", "new", "old", "message"),
    [
        # The shape of a file: what is missing, unknown or of another type.
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
        ("calendar.toml", "closed_dates = 3", 'closed_dates = ["09-27", "11-11", "05-01"]', "il faut une liste"),
        (
            "calendar.toml",
            'local_closed_dates = ["le 3"]',
            "local_closed_dates = []",
            "local_closed_dates : ne convient pas",
        ),
        ("register.toml", 'terms = "moon"', 'terms = "reporters"', "columns « reporter » : « terms » cite « moon »"),
        ("register.toml", 'code = "closing"', 'code = "closed"', "columns : l’entrée « closed » manque ; ajoutez-la."),
        ("register.toml", 'code = "pages"', 'code = "pupils"', "schools : l’entrée « pupils » manque ; ajoutez-la."),
        ("calendar.toml", "pas du TOML", "", r"calendar.toml : ce n’est pas un fichier TOML lisible (ligne"),
        ("publications.toml", "threshold = 2 ", "threshold = 5 ", "rules : « threshold » ne convient pas"),
        ("publications.toml", "school_threshold = 6", "school_threshold = 3", "le seuil d’une école ne dépasse pas"),
        ("publications.toml", '"A13"', '"A12"', "terms « T1 » : « months » ne convient pas"),
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
def test_a_fault_is_one_french_sentence_that_names_file_entry_and_field(own, file, new, old, message):
    with pytest.raises(DataError) as caught:
        load(own(file, new, old))
    assert message in str(caught.value)
    assert re.fullmatch(r"[^\n]+\.", str(caught.value))
