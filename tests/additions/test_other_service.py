"""A service brings its own protocol: other steps, phases, zones and words go through page, file, paper and register."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repository import ROOT

HERE = Path(__file__).parent
STEPS = [
    "awareness",
    "class_session",
    "controlling_authority",
    "cpms",
    "legal_service",
    "parents",
    "parents_evening",
    "police_contact",
    "quiet_room",
    "school_mediation",
]


@pytest.fixture(scope="module")
def seen(tmp_path_factory) -> dict:
    """What a process sees with this service's files over the frozen ones: the shipped words may become what they like."""
    own = shutil.copytree(ROOT / "tests/data", tmp_path_factory.mktemp("own") / "data")
    shutil.copytree(HERE / "other_service", own, dirs_exist_ok=True)
    walk = subprocess.run(
        [sys.executable, HERE / "other_walk.py"],
        env={**os.environ, "RELAIS_DATA": str(own), "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert walk.returncode == 0, walk.stderr[-3000:]
    return json.loads(walk.stdout)


def test_the_register_has_its_columns_and_the_records_its_steps(seen):
    assert "Cercle de parole le" in seen["template"]
    assert "CPMS contacté le" not in seen["template"]
    assert seen["steps"] == STEPS


@pytest.mark.parametrize("form", ["page", "file"])
def test_page_and_file_show_its_words_and_none_of_ours(seen, form):
    text = seen[form]
    for words in ("Un guide, rien qu’un guide.", "S’asseoir au calme", "Recevoir le jeune dans un lieu calme.", "A2.1"):
        assert words in text
    for words in ("0474", "Preuves conservées", "Delbecque", "Child Focus"):
        assert words not in text


@pytest.mark.parametrize("form", ["page", "file"])
def test_each_zone_has_its_number_named(seen, form):
    assert "Cellule, Val nord (à confirmer)" in seen[form]
    assert "Cellule, Val sud" in seen[form]
    assert '<option value="south">Val sud</option>' in seen[form]


def test_its_papers_are_short_and_carry_its_public_address(seen):
    assert seen["pages"] == [1, 2]
    assert "https://val.example/protocole.html" in seen["paper"]
    assert "<svg" in seen["file"]
    assert "La cellule vous rappelle le jour même." in seen["parents"]
    assert "confirmer" not in seen["parents"]
