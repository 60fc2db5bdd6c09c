"""A type and a step cost two entries each, and no line of code: a service that adds them finds them everywhere."""

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

# The entries of the step: itself with its source and assumption, and its category.
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


def after(text: str, place: str, added: str) -> str:
    assert text.count(place) == 1, place
    return text.replace(place, place + added)


@pytest.fixture(scope="module")
def seen(tmp_path_factory) -> dict:
    """What a process sees whose own folder holds the three files, each with its entries."""
    own, work = tmp_path_factory.mktemp("own"), tmp_path_factory.mktemp("work")
    for name in ("vocabulary.toml", "protocol.toml", "publications.toml"):
        shutil.copy(ROOT / "tests/data" / name, own / name)
    for name, change in {
        "vocabulary.toml": lambda text: text + INCIDENT_TYPE,
        "protocol.toml": lambda text: text + SAJ,
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


def test_records_hold_them(seen):
    assert seen["refused"] == 0
    assert seen["types"]["doxing"] > 50
    assert seen["steps"]["saj"] > 50


def test_pages_show_them(seen):
    assert TYPE in seen["pages"]["incidents"]
    assert STEP in seen["pages"]["relays"]


def test_the_protocol_shows_the_step_and_marks_it_as_a_complement(seen):
    assert STEP in seen["pages"]["protocol"]
    page = seen["pages"]["protocol"]
    assert '<div class="relais-step relais-added"><span class="relais-badge">Complément</span>' in page
    document = html.unescape(seen["protocol_html"])
    assert f'<span class="badge">Complément</span> {STEP}' in document
    assert "Complément. Child Focus, actualité (19/03/2024)" in document
    paper = " ".join(seen["protocol_pdf"].split())
    assert f"{STEP}. COMPLÉMENT Appelez le SAJ" in paper
    assert "(Child Focus, actualité, 19/03/2024)" in paper


def test_a_publication_counts_them(seen):
    published = html.unescape(seen["publication"])
    assert CATEGORY in published
    assert "SAJ" in published


def test_a_plan_is_written_and_the_files_are_named(seen):
    assert seen["plan"] > 1000
    own = "vocabulary.toml, protocol.toml et publications.toml"
    assert f"De votre dossier (RELAIS_DATA) : {own}." in " ".join(seen["info"])
