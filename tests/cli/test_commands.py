"""``relais`` in a terminal: what each command does, says and answers with."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from analytics.cli.commands import app
from analytics.store import Store
from tests.cli.calling import ALSO_GOOD, BAD, GOOD, LATER, REGISTER, ROOT, stored
from tests.offices import MONS, TOURNAI, two_offices

COMMANDS = [
    *("demo", "template", "import", "info", "undo", "forget", "store", "protocol", "publish", "notebook", "plan"),
    *("digest", "school", "dictionary", "report", "export", "serve", "access"),
]


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


def test_each_office_imports_as_itself_decides_a_shared_case_and_takes_back_its_own_import_alone(
    relais, register, monkeypatch, tmp_path
):
    two_offices(monkeypatch)
    assert relais("import", register(GOOD)).err.startswith("Dites quel bureau importe, par --office ou RELAIS_OFFICE.")
    unknown = relais("import", register(GOOD), "--office", "ath")
    assert (unknown.code, unknown.err) == (
        1,
        "Ce bureau n’est pas dans offices.toml. Les bureaux : principal (Mons) et tournai (Tournai).\n",
    )
    assert relais("import", register(GOOD), "--office", MONS).code == 0
    monkeypatch.setenv("RELAIS_OFFICE", TOURNAI)
    shared = register(GOOD.replace("Insultes", "Menaces"), ALSO_GOOD)
    stopped = relais("import", shared, "--json")
    assert "un autre bureau a un dossier de ce numéro (Mons ; faits : Menaces ici, Insultes là)" in stopped.err
    told = json.loads(stopped.out)
    assert (told["accepted"], told["refused"], told["questions"][0]["code"]) == (1, 1, "office")
    assert told["office"] == TOURNAI
    assert "Insultes" not in stopped.out
    relais("import", shared, "--propose", tmp_path / "answers.toml")
    assert "garder ce que l’autre bureau en a dit" in (tmp_path / "answers.toml").read_text("utf-8")
    assert json.loads(relais("import", shared, "--mapping", tmp_path / "answers.toml", "--json").out)["refused"] == 0
    assert stored("case_incidents")["incident_type"].value_counts().to_dict() == {"insults": 1, "threats": 1}
    told = relais("undo", "--office", MONS)
    assert (told.code, "celle du bureau « Tournai »" in told.err) == (1, True)
    assert relais("undo").code == 0
    lines = map(json.loads, (tmp_path / "access.jsonl").read_text("utf-8").splitlines())
    noted = [(line["act"], line["result"], line["what"]["office"]) for line in lines]
    imports = [("import", "ok", MONS), ("import", "ok", TOURNAI), ("import", "ok", TOURNAI)]
    assert noted == [*imports, ("undo", "failed", MONS), ("undo", "ok", TOURNAI)]


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
    answer = relais("access")
    assert answer.code == 0
    assert "importation" in answer.out
    assert "Le journal est intact." in answer.err
    assert relais("access", "--act", "import").out.count("\n") == 1
    assert relais("access", "--verify").out == ""
    log = tmp_path / "access.jsonl"
    log.write_bytes(log.read_bytes().replace(b'"import"', b'"page"'))
    assert relais("access", "--verify").code == 1


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
