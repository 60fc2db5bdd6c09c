"""``relais import``: what it says and answers with; and what no output ever holds."""

from __future__ import annotations

import json
import os
import stat

import pytest
from python_calamine import CalamineWorkbook

from analytics.store import Store
from tests.cli.calling import BAD, GOOD, HEADERS, LATER, REGISTER, files
from tests.scanning import disguises

TRUTH = json.loads(REGISTER.with_suffix(".truth.json").read_text("utf-8"))


def test_a_register_is_imported_and_counted(relais):
    answer = relais("import", REGISTER)
    assert answer.code == 0
    assert "420 lignes lues : 420 acceptées, 0 refusée. Situation au 12/06/2026." in answer.err
    assert "Le registre est importé." in answer.err
    assert answer.out == ""


def test_json_is_one_object_on_standard_output_and_nothing_else(relais):
    answer = relais("import", REGISTER, "--json")
    assert answer.code == 0
    assert json.loads(answer.out) == {
        "questions": [],
        "read": 420,
        "accepted": 420,
        "refused": 0,
        "new": 420,
        "changed": 0,
        "unchanged": 0,
        "missing": 0,
        "as_of": "2026-06-12",
        "snapshot": Store().versions[0],
    }


def test_the_same_file_again_changes_nothing_and_says_so(relais, tmp_path):
    relais("import", REGISTER)
    before = files(tmp_path / "store")
    answer = relais("import", REGISTER)
    assert answer.code == 0
    assert "Rien n’a changé" in answer.err
    assert files(tmp_path / "store") == before


def test_refused_rows_beside_imported_ones_are_said_and_the_code_is_0(relais, register):
    answer = relais("import", register(GOOD, BAD), "--schools", "ecoles.csv")
    assert answer.code == 0
    assert "2 lignes lues : 1 acceptée, 1 refusée." in answer.err
    assert "Ligne 4 : Colonne « Signalé le »" in answer.err
    assert "31/02" not in answer.err


def test_when_every_row_is_refused_nothing_changes_and_the_code_is_1(relais, register, tmp_path):
    relais("import", register(GOOD), "--schools", "ecoles.csv")
    before = files(tmp_path / "store")
    answer = relais("import", register(BAD), "--schools", "ecoles.csv", "--json")
    assert answer.code == 1
    assert json.loads(answer.out)["refused"] == 1
    assert files(tmp_path / "store") == before


def test_a_file_that_cannot_be_read_is_refused_with_code_1_and_nothing_on_standard_output(relais, tmp_path):
    (tmp_path / "registre.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    answer = relais("import", "registre.xlsx", "--json")
    assert (answer.code, answer.out) == (1, "")
    assert "endommagé" in answer.err


def test_at_most_fifty_refused_rows_are_listed(relais, register):
    rows = [f"2026/{i};Élève;A1;S3;31/02/2026;Insultes" for i in range(60)]
    answer = relais("import", register(*rows, GOOD), "--schools", "ecoles.csv")
    assert answer.err.count("Ligne ") == 50
    assert "Et 10 autres." in answer.err


def test_a_dry_run_shows_what_would_be_kept_and_imports_nothing(relais, register, tmp_path):
    answer = relais("import", register(GOOD), "--schools", "ecoles.csv", "--dry-run")
    assert answer.code == 0
    assert "N° dossier : remplacé par un pseudonyme" in answer.err
    assert "Élève : laissé de côté" in answer.err
    assert "1 dossier sur 1 est seul" in answer.err
    assert files(tmp_path / "store") == {}


def test_steps_that_no_column_is_are_said_with_the_way_to_name_them(relais, register):
    answer = relais("import", register(GOOD), "--schools", "ecoles.csv")
    assert "Aucune colonne n’est reconnue pour « Preuves conservées le »" in answer.err
    assert "--mapping" in answer.err


def test_the_day_of_the_extract_can_be_given_and_has_the_last_word(relais, register):
    answer = relais("import", register(GOOD), "--schools", "ecoles.csv", "--as-of", "2026-05-29", "--json")
    assert json.loads(answer.out)["as_of"] == "2026-05-29"


def test_a_service_maps_its_own_headers_and_words(relais, register, tmp_path):
    (tmp_path / "mots.toml").write_text('[columns]\n"Réf" = "case_number"\n[words.incident_types]\nchahut = "other"\n')
    path = register(GOOD.replace("Insultes", "Chahut"), headers=HEADERS.replace("N° dossier", "Réf."))
    assert relais("import", path, "--schools", "ecoles.csv").code == 1
    assert relais("import", path, "--schools", "ecoles.csv", "--mapping", "mots.toml").code == 0


def test_refused_rows_come_back_in_a_workbook_for_its_owner_alone(relais, register, tmp_path):
    answer = relais("import", register(GOOD, BAD), "--schools", "ecoles.csv", "--refused", "a-corriger.xlsx")
    assert answer.code == 0
    assert "contient des noms" in answer.err
    rows = CalamineWorkbook.from_path(tmp_path / "a-corriger.xlsx").get_sheet_by_index(0).to_python()
    assert any("Léa Petit" in row for row in rows)
    assert not any("Zoé Lambert" in row for row in rows)


@pytest.mark.skipif(os.name == "nt", reason="rights are kept otherwise there")
def test_the_workbook_of_refused_rows_has_rights_for_its_owner_alone(relais, register, tmp_path):
    relais("import", register(GOOD, BAD), "--schools", "ecoles.csv", "--refused", "a-corriger.xlsx")
    assert stat.S_IMODE((tmp_path / "a-corriger.xlsx").stat().st_mode) == 0o600


def test_no_workbook_is_written_when_no_row_is_refused(relais, register, tmp_path):
    relais("import", register(GOOD), "--schools", "ecoles.csv", "--refused", "a-corriger.xlsx")
    assert not (tmp_path / "a-corriger.xlsx").exists()


def test_a_folder_that_is_not_there_is_refused_before_anything_is_imported(relais, register):
    answer = relais("import", register(GOOD), "--schools", "ecoles.csv", "--refused", "nulle/part.xlsx")
    assert answer.code == 1
    assert Store().versions == []


def test_a_lost_key_is_an_error_that_says_what_to_do(relais, tmp_path):
    relais("import", REGISTER)
    (tmp_path / "relais.key").unlink()
    answer = relais("import", LATER)
    assert answer.code == 1
    assert "RELAIS_KEY" in answer.err
    assert not (tmp_path / "relais.key").exists()


def test_no_personal_word_of_a_register_is_in_the_store_or_in_the_output(relais, tmp_path):
    said = ""
    for arguments in (["import", REGISTER, "--dry-run"], ["import", REGISTER, "--json"], ["info"]):
        answer = relais(*arguments)
        said += answer.out + answer.err
    assert not [word for word in TRUTH["forbidden"] if word in said]
    assert not disguises(REGISTER.stem).found_in(*files(tmp_path / "store").values())
