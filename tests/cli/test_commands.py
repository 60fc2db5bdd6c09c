"""``relais`` in a terminal: what each command does, says and answers with; and what no output ever holds."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from analytics.cli.commands import app, main
from analytics.store import Store
from tests.scanning import disguises

ROOT = Path(__file__).parents[2]
REGISTER = ROOT / "tests" / "files" / "registre-2025-2026.xlsx"
LATER = ROOT / "tests" / "files" / "registre-2025-2026-suite.xlsx"
TRUTH = json.loads(REGISTER.with_suffix(".truth.json").read_text("utf-8"))
COMMANDS = [
    *("demo", "template", "import", "info", "undo", "forget", "store", "protocol", "publish", "notebook", "plan"),
    *("digest", "school", "dictionary", "report", "export", "serve", "access"),
]

HEADERS = "N° dossier;Élève;École;Année d’études;Signalé le;Faits"
GOOD = "2026/01;Zoé Lambert;A1;S3;10/03/2026;Insultes"
ALSO_GOOD = "2026/02;Noé Lambert;A1;S3;11/03/2026;Menaces"
BAD = "2026/03;Léa Petit;A1;S3;31/02/2026;Insultes"


class Answer(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def relais(tmp_path, monkeypatch, capfd) -> Callable[..., Answer]:
    """Runs a command in a folder of its own, with a store and a key of its own; narrow spaces read as plain ones."""
    monkeypatch.setenv("RELAIS_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("RELAIS_KEY", str(tmp_path / "relais.key"))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str | Path) -> Answer:
        capfd.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return Answer(code, out.replace("\u202f", " "), err.replace("\u202f", " "))

    return run


@pytest.fixture
def register(tmp_path) -> Callable[..., Path]:
    """Writes a small register as CSV, and the schools beside it as ``ecoles.csv``."""
    (tmp_path / "ecoles.csv").write_text("Code;Nom\nA1;Athénée du Parc\n", encoding="utf-8")

    def write(*rows: str, headers: str = HEADERS) -> Path:
        path = tmp_path / "registre.csv"
        path.write_text("\n".join(["Extrait du 12/06/2026", headers, *rows]), encoding="utf-8")
        return path

    return write


def stored(name: str) -> pd.DataFrame:
    """A table of the current version."""
    snapshot = Store().snapshot()
    assert snapshot is not None
    with snapshot:
        return snapshot.table(name)


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a folder but the lock, which comes and goes."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*")) if path.name != "lock"}


def test_every_command_has_its_help_without_an_english_heading(relais):
    for arguments in ([], *([command] for command in COMMANDS)):
        answer = relais(*arguments, "--help")
        assert answer.code == 0
        assert "Affiche cette aide." in answer.out
        assert not [
            word for word in ("Show this", "[required]", "default", "ARGS", "Commands", "TEXT") if word in answer.out
        ]


def test_the_commands_are_those_of_the_design(relais):
    assert [command.name for command in app.registered_commands] == COMMANDS


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["imprt"], "Vouliez-vous dire « import » ?"),
        (["import"], "Il manque FICHIER."),
        (["import", "absent.xlsx"], "introuvable"),
        (["import", REGISTER, "--dryrun"], "Cette option n’existe pas."),
        (["import", REGISTER, "--as-of", "juin"], "2026-06-12 ou 12/06/2026"),
        (["import", REGISTER, "--as-of"], "--as-of est mal employée"),
        (["import", REGISTER, "--schools", "absent.csv"], "introuvable"),
        (["undo", "encore"], "un argument de trop"),
        (["protocol", "protocole.doc"], ".pdf ou .html"),
        (["plan", "programme.ics", "--people", "quatre"], "La valeur de --people ne convient pas."),
        (["serve", "--port", "80"], "La valeur de --port ne convient pas."),
    ],
)
def test_a_command_called_wrongly_answers_2_and_says_what_to_look_at(relais, arguments, said):
    answer = relais(*arguments)
    assert answer.code == 2
    assert said in answer.err
    assert "--help" in answer.err
    assert answer.out == ""


def test_without_a_command_the_help_is_shown_and_the_code_is_2(relais):
    answer = relais()
    assert answer.code == 2
    assert "Commandes" in answer.err


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


@pytest.mark.parametrize(
    "arguments",
    [
        ["template", "deja-la.xlsx"],
        ["protocol", "deja-la.html"],
        ["import", "registre.csv", "--schools", "ecoles.csv", "--refused", "deja-la"],
    ],
)
def test_no_file_is_ever_overwritten(relais, register, tmp_path, arguments):
    register(GOOD, BAD)
    names = ("deja-la", "deja-la.html", "deja-la.xlsx")
    for name in names:
        (tmp_path / name).write_text("mine")
    answer = relais(*arguments)
    assert answer.code == 1
    assert "existe déjà" in answer.err
    assert {(tmp_path / name).read_text() for name in names} == {"mine"}
    assert Store().versions == []


def test_a_folder_that_is_not_there_is_refused_before_anything_is_imported(relais, register):
    answer = relais("import", register(GOOD), "--schools", "ecoles.csv", "--refused", "nulle/part.xlsx")
    assert answer.code == 1
    assert Store().versions == []


def test_the_template_is_a_register_that_holds_no_case_yet(relais):
    assert relais("template", "registre.xlsx").code == 0
    answer = relais("import", "registre.xlsx")
    assert answer.code == 1
    assert "0 ligne lue" in answer.err


def test_the_protocol_is_written_in_both_forms(relais, tmp_path):
    assert relais("protocol", "protocole.html").code == 0
    assert relais("protocol", "protocole.pdf").code == 0
    assert (tmp_path / "protocole.pdf").read_bytes().startswith(b"%PDF")
    assert "CPMS" in (tmp_path / "protocole.html").read_text("utf-8")


def test_info_says_that_an_empty_store_is_empty(relais):
    answer = relais("info")
    assert answer.code == 0
    assert "pas encore de données" in answer.out


def test_info_says_what_the_store_holds(relais):
    relais("import", REGISTER)
    relais("import", LATER)
    out = relais("info").out
    key = stored("imports")["key_id"].iloc[-1]
    for said in (
        "registre réel",
        "Situation au 26/06/2026.",
        "2025-2026",
        "Dossiers : 431, dont 73 en cours.",
        "Écoles : 40.",
        key,
        "sont seuls",
        "Versions gardées : 2.",
        "420 nouveaux dossiers",
        "11 nouveaux dossiers",
    ):
        assert said in out


def test_info_says_when_an_older_version_stands_in_for_a_damaged_one(relais, tmp_path):
    relais("import", REGISTER)
    relais("import", LATER)
    (tmp_path / "store" / Store().versions[0]).write_bytes(b"damaged")
    out = relais("info").out
    assert "endommagée" in out
    assert "Situation au 12/06/2026." in out


def test_the_demo_is_fictitious_and_never_replaces_a_register(relais):
    assert relais("demo").code == 0
    assert "Données fictives." in relais("info").out
    relais("import", REGISTER)
    assert relais("demo").code == 1
    assert "Dossiers : 420," in relais("info").out
    assert relais("school", "none", "fiche.pdf").code == 1
    assert relais("school", "3231", "fiche.pdf").code == 0
    assert Path("fiche.pdf").read_bytes().startswith(b"%PDF")
    assert stat.S_IMODE(Path("fiche.pdf").stat().st_mode) == 0o600


def test_undo_takes_back_the_last_import_and_refuses_when_there_is_none(relais):
    relais("import", REGISTER)
    relais("import", LATER)
    answer = relais("undo")
    assert answer.code == 0
    assert "au 12/06/2026" in answer.err
    assert relais("undo").code == 1


def test_forget_takes_a_case_number_or_a_pseudonym_and_repeats_neither(relais, register):
    relais("import", register(GOOD, ALSO_GOOD), "--schools", "ecoles.csv")
    by_number = relais("forget", "2026/01")
    (pseudonym,) = stored("cases")["case_id"]
    by_pseudonym = relais("forget", pseudonym)
    unknown = relais("forget", "2026/99")
    assert [by_number.code, by_pseudonym.code, unknown.code] == [0, 0, 1]
    assert stored("cases").empty
    said = "".join(answer.out + answer.err for answer in (by_number, by_pseudonym, unknown))
    assert not [word for word in ("2026/01", "2026/99", pseudonym) if word in said]


def test_a_copy_of_a_notebook_is_for_the_service_unless_it_shows_what_is_published_alone(relais, tmp_path):
    relais("demo")
    done = relais("notebook", "1", tmp_path / "copie.html", "--set", "ANNEES=2025-2026")
    assert (done.code, done.out) == (0, "")
    assert "données internes" in done.err
    page = (tmp_path / "copie.html").read_text("utf-8")
    assert "interne – ne pas diffuser · données fictives · données au" in page
    assert "2024-2025</th>" not in page
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "copie.html").stat().st_mode) == 0o600
    refused = relais("notebook", "1", tmp_path / "sortie.html", "--published", "2025-2026-T1")
    assert refused.code == 1
    assert not (tmp_path / "sortie.html").exists()


def test_a_notebook_that_is_called_wrongly_is_not_run(relais, tmp_path):
    assert relais("notebook", "1", tmp_path / "copie.pdf").code == 2
    assert relais("notebook", "1", tmp_path / "copie.html", "--set", "ANNEES").code == 2
    unknown = relais("notebook", "7", tmp_path / "copie.html")
    assert (unknown.code, "01_lire_le_registre" in unknown.err) == (1, True)
    assert not (tmp_path / "copie.html").exists()


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


def test_the_help_waits_for_no_heavy_part(tmp_path):
    code = (
        "import sys; from analytics.cli.commands import main; main(['--help']); "
        "print([name for name in ('pandas', 'duckdb', 'pyarrow', 'rich', 'plotly') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_log_of_what_was_changed_is_printed_and_verified(relais, tmp_path):
    relais("import", REGISTER)
    relais("undo")
    told = relais("access")
    assert told.code == 0
    assert "importation" in told.out
    assert "Le journal est intact." in told.err
    assert relais("access", "--act", "import").out.count("\n") == 1
    assert relais("access", "--verify").out == ""
    log = tmp_path / "access.jsonl"
    log.write_bytes(log.read_bytes().replace(b'"import"', b'"page"'))
    assert relais("access", "--verify").code == 1


def test_where_accounts_are_listed_a_log_that_cannot_be_written_stops_an_import(relais, tmp_path, monkeypatch):
    monkeypatch.setenv("RELAIS_ROLES", str(tmp_path / "roles.toml"))
    (tmp_path / "access.jsonl").mkdir()
    refused = relais("import", REGISTER)
    assert refused.code == 1
    assert "journal des accès" in refused.err
    monkeypatch.delenv("RELAIS_ROLES")
    assert relais("import", REGISTER).code == 0


def test_a_store_is_checked_and_copied_with_all_that_goes_with_it(relais, register, tmp_path):
    assert relais("import", register(GOOD), "--schools", "ecoles.csv").code == 0
    (tmp_path / "store" / "plan.json").write_bytes(b"{}")
    assert relais("store", "check")[:2] == (0, "Tout est entier : 1 version gardée.\n")
    assert relais("store", "copy", "store", "other").code == 0
    assert (tmp_path / "other" / "plan.json").read_bytes() == b"{}"
    assert Store(tmp_path / "other").snapshot().digests() == Store().snapshot().digests()
    again = relais("store", "copy", "store", "other")
    assert (again.code, "déjà des données" in again.err) == (1, True)
    (tmp_path / "store" / Store().versions[0]).write_bytes(b"damaged")
    answer = relais("store", "check")
    assert (answer.code, "endommagées" in answer.out) == (1, True)
    for wrong in (["copy"], ["copy", "store"], ["check", "store"], ["mend"]):
        assert relais("store", *wrong).code == 2
