"""A type or a relay costs two entries, another step one, and no code: a service that adds them finds them everywhere."""

from __future__ import annotations

import html
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repository import ROOT

TYPE, CATEGORY = "Divulgation d’adresse", "Adresse divulguée"
STEP, HEADER = "Service d’aide à la jeunesse", "SAJ contacté le"

# The entries of the type: the word with its assumption, and its category.
INCIDENT_TYPE = f"""
[[incident_types]]
code = "doxing"
label = "{TYPE}"
definition = "L’adresse ou le numéro de l’élève est donné à tous."
source = "relais"
assumed = {{ weight = 0.3 }}
"""
TYPE_CATEGORY = f'    {{ label = "{CATEGORY}", codes = ["doxing"] }},\n'

# The entries of a relay: itself with its source and assumption, and its category.
SAJ = f"""
[[steps]]
code = "saj"
label = "{STEP}"
header = "{HEADER}"
definition = "Le service d’aide à la jeunesse est contacté."
source = "child_focus"
relay = true
deadline = {{ school_days = 2 }}
assumed = {{ done = 0.5, median_hours = 30, spread = 1.0, not_applicable = 0.1, not_recorded = 0.05 }}
phase = "relays"
who = "La direction"
action = "Appelez le SAJ de votre arrondissement."
reason = "Quand la famille ne peut pas protéger l’élève seule."
"""
STEP_CATEGORY = '    { label = "SAJ", codes = ["saj"] },\n'

# The one entry of a step that is no relay: a publication counts relays alone.
MEETING, MEETING_HEADER = "Réunion de suivi", "Réunion de suivi le"
FOLLOW_UP = f"""
[[steps]]
code = "follow_up"
label = "{MEETING}"
header = "{MEETING_HEADER}"
definition = "L’équipe se revoit après une semaine."
source = "relais"
assumed = {{ done = 0.6, median_hours = 120, spread = 1.0, not_applicable = 0.1, not_recorded = 0.05 }}
phase = "after"
who = "La direction"
action = "Réunissez l’équipe après une semaine."
reason = "Ce qui s’est apaisé peut reprendre."
"""


def after(text: str, place: str, added: str) -> str:
    assert text.count(place) == 1, place
    return text.replace(place, place + added)


@pytest.fixture(scope="module")
def seen(tmp_path_factory) -> dict:
    """What a process sees whose own folder holds three files with their entries, beside the other frozen ones."""
    own, work = tmp_path_factory.mktemp("own") / "data", tmp_path_factory.mktemp("work")
    shutil.copytree(ROOT / "tests/data", own)
    for name, change in {
        "vocabulary.toml": lambda text: text + INCIDENT_TYPE,
        "protocol.toml": lambda text: text + SAJ + FOLLOW_UP,
        "publications.toml": lambda text: after(
            after(text, '    { label = "Menaces", codes = ["threats"] },\n', TYPE_CATEGORY),
            '    { label = "Police", codes = ["police_contact"] },\n',
            STEP_CATEGORY,
        ),
    }.items():
        path = own / name
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    places = {"RELAIS_DATA": str(own), "RELAIS_STORE": str(work / "store"), "PYTHONPATH": str(ROOT)}
    walk = subprocess.run(
        [sys.executable, Path(__file__).with_name("walk.py")],
        env={**os.environ, **places},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert walk.returncode == 0, walk.stderr[-3000:]
    return json.loads(walk.stdout)


def test_the_register_has_the_word_and_the_column(seen):
    assert TYPE in seen["template"]
    assert HEADER in seen["template"]
    assert MEETING_HEADER in seen["template"]


def test_records_hold_them(seen):
    assert seen["refused"] == 0
    assert seen["types"]["doxing"] > 50
    assert seen["steps"]["saj"] > 50
    assert seen["steps"]["follow_up"] > 50


def test_pages_show_them(seen):
    assert TYPE in seen["pages"]["incidents"]
    assert STEP in seen["pages"]["relays"]
    assert MEETING in seen["pages"]["protocol"]


def test_the_protocol_shows_the_step_and_marks_it_as_a_complement(seen):
    for shown in (seen["pages"]["protocol"], seen["protocol_html"]):
        card = html.unescape(shown)
        card = card[card.index(f'id="{seen["anchors"][STEP]}"') :]
        assert f'{STEP} <b class="mark">Complément</b>' in card[: card.index("</h3>")]
        assert "Child Focus, actualité (19/03/2024)" in card[: card.index("</article>")]
    paper = " ".join(seen["protocol_pdf"].split())
    assert f"{STEP}. COMPLÉMENT Appelez le SAJ" in paper
    assert "(Child Focus, actualité (19/03/2024))" in paper


def test_a_publication_counts_them(seen):
    published = html.unescape(seen["publication"])
    assert CATEGORY in published
    assert "SAJ" in published


def test_a_plan_is_written_and_the_files_are_named(seen):
    assert seen["plan"] > 1000
    (said,) = [line for line in seen["info"] if line.startswith("De votre dossier (RELAIS_DATA) : ")]
    assert all(name in said for name in ("vocabulary.toml", "protocol.toml", "publications.toml"))
