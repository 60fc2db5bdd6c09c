"""What is said of a failure: our own words, or the kind and the place of what nobody foresaw."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from analytics.domain.errors import RefusedError, RelaisError, explain
from analytics.domain.vocabulary import INCIDENT_TYPES
from analytics.intake import RefusedFileError
from tests.repository import ROOT


def test_what_nobody_foresaw_is_told_by_its_kind_and_place_and_never_by_its_message():
    with pytest.raises(KeyError) as caught:
        INCIDENT_TYPES.label("Zoé Lambert")
    said = explain(caught.value)
    assert "KeyError, terms.py ligne " in said
    assert "Lambert" not in said


def test_a_failure_outside_our_code_is_told_by_its_kind():
    assert explain(ZeroDivisionError("Zoé Lambert")).endswith("Pour la signaler : ZeroDivisionError.")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
def test_a_full_disk_is_told_as_such():
    with pytest.raises(OSError, match="space") as caught, open("/dev/full", "wb") as file:  # noqa: PTH123 (a device)
        file.write(b"x")
    assert "Le disque est plein" in explain(caught.value)


@pytest.mark.parametrize("kind", [RelaisError, RefusedError, RefusedFileError])
def test_what_was_foreseen_is_told_in_its_own_words(kind):
    assert explain(kind("Le fichier est vide.")) == "Le fichier est vide."


@pytest.mark.parametrize(
    "start", [["-c", 'from analytics.cli.commands import main; raise SystemExit(main(["info"]))'], ["app.py"]]
)
def test_data_that_cannot_be_used_is_told_in_one_sentence_wherever_relais_starts(start, tmp_path):
    (tmp_path / "contacts.toml").write_text("zones = 3", encoding="utf-8")
    environment = {**os.environ, "RELAIS_DATA": str(tmp_path), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    told = subprocess.run(
        [sys.executable, *start], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert told.returncode == 1
    last = told.stderr.strip().splitlines()[-1].replace("\u202f", " ")
    assert last == "contacts.toml : zones : ne convient pas : il faut une liste."
    assert "Traceback" not in told.stderr
