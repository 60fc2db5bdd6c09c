"""``relais``: the register in and out of the store from a terminal.

Exit code 0 when a command did what was asked, 1 when its input was refused and nothing changed, 2 when it was called
wrongly. Heavy parts are imported by the command that needs them, so that the help is there at once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer
from typer.exceptions import TyperException

from analytics.cli.terminal import (
    FrenchCommand,
    FrenchGroup,
    Misuse,
    accept_any_encoding,
    day_argument,
    existing_file,
    explain_misuse,
    file_to_write,
    new_file,
    one_of,
    progress_bar,
    say,
    setting,
)

if TYPE_CHECKING:
    from analytics.access.log import AccessLog
    from analytics.intake import OwnWords, Question
    from analytics.store import Snapshot, Store
    from analytics.workflows.importing import Import

MAX_LISTED = 50
MAX_CHOICES = 5  # answers shown of a question; --propose writes them all

INTERRUPTED = 130  # what typer answers after Ctrl-C, as shells do

app = typer.Typer(
    cls=FrenchGroup,
    help="Le registre d’un service de médiation scolaire, anonymisé à l’entrée.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: the entry of the ``relais`` script."""
    accept_any_encoding()
    try:
        code = app(arguments, prog_name="relais", standalone_mode=False) or 0
        if code == INTERRUPTED:
            say("Interrompu. Les données d’avant restent en place.")
        return code
    except TyperException as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            typer.echo(error.message, err=True)
        else:
            say(explain_misuse(error))
        return 2
    except Exception as error:
        from analytics.domain.errors import explain

        say(explain(error))
        return 1


_command = partial(app.command, cls=FrenchCommand)


@_command("demo")
def demo() -> None:
    """Prépare des données fictives, par le même chemin qu'un vrai registre."""
    from analytics.workflows.demo import build_demo

    with progress_bar() as progress:
        build_demo(_store(), _now(), progress)
    say("Les données fictives sont prêtes.")


@_command("template")
def template(file: Annotated[Path, file_to_write(".xlsx")]) -> None:
    """Écrit un registre vide, avec ses listes de choix et un exemple."""
    from analytics.intake.template import template_workbook

    with new_file(file) as opened:
        opened.write(template_workbook())
    say("Le modèle est écrit. Une ligne par dossier ; la ligne d’exemple n’est pas importée.")


@_command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(metavar="FICHIER", help="Le registre : XLSX, ODS ou CSV.", callback=existing_file)
    ],
    schools: Annotated[
        Path | None,
        typer.Option(metavar="FICHIER", help="La liste des écoles, si elle est ailleurs.", callback=existing_file),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(
            metavar="FICHIER", help="Vos propres en-têtes et vos propres mots (TOML).", callback=existing_file
        ),
    ] = None,
    as_of: Annotated[
        date | None,
        typer.Option(metavar="DATE", help="Le jour de l’extrait, si le fichier ne le dit pas.", parser=day_argument),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Vérifie et montre, sans rien importer.")] = False,
    refused: Annotated[
        Path | None,
        typer.Option(metavar="FICHIER", help="Où écrire les lignes refusées, pour les corriger."),
    ] = None,
    ask: Annotated[bool, typer.Option("--ask", help="Pose ici les questions que le fichier laisse ouvertes.")] = False,
    propose: Annotated[
        Path | None,
        typer.Option(
            metavar="FICHIER", help="Où écrire les questions et leurs réponses probables (TOML), sans importer."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Donne le résultat en JSON sur la sortie standard.")] = False,
) -> int:
    """Lit, vérifie, anonymise et publie un registre."""
    from analytics.intake import OwnWords, UnansweredError, load_own_words
    from analytics.spreadsheets.reading import MAX_FILE_BYTES
    from analytics.workflows import import_sentences as sentences
    from analytics.workflows.importing import import_register, store_key

    def content(path: Path) -> bytes:
        with path.open("rb") as opened:
            return opened.read(MAX_FILE_BYTES + 1)

    store = _store()
    before = store.versions[:1]
    own_words = load_own_words(content(mapping)) if mapping else OwnWords()
    register, listed = content(file), content(schools) if schools else None

    def run(own_words: OwnWords, *, dry_run: bool) -> Import:
        noted = nullcontext({}) if dry_run else _noting("import")
        with noted as what, progress_bar() as progress:
            done = import_register(
                store,
                register,
                store_key(store),
                _now(),
                schools_content=listed,
                own_words=own_words,
                as_of=as_of,
                dry_run=dry_run,
                progress=progress,
            )
            what |= {"version": done.version, "rows": done.extract.n_accepted}
            return done

    def questions(own_words: OwnWords) -> tuple[Question, ...]:
        try:
            return run(own_words, dry_run=True).extract.questions
        except UnansweredError as error:
            return error.questions

    if propose is not None:
        return _propose(propose, questions(own_words), own_words)
    if ask:
        own_words = _ask_all(questions, own_words)
    with new_file(refused, private=True) if refused else nullcontext() as refused_file:
        try:
            done = run(own_words, dry_run=dry_run)
        except UnansweredError as error:
            say("Relais ne peut pas importer ce fichier sans une réponse : rien n’a changé.")
            for sentence in sentences.understood(error.understanding):
                say(sentence)
            _list_questions(error.questions)
            if as_json:
                nothing = dict.fromkeys(("read", "accepted", "refused", "new", "changed", "unchanged", "missing"), 0)
                stopped = nothing | {"as_of": None, "snapshot": next(iter(before), None)}
                typer.echo(
                    json.dumps(stopped | {"questions": [q.summary for q in error.questions]}, ensure_ascii=False)
                )
            return 1
        if refused_file is not None and done.extract.n_refused:
            from analytics.intake.correcting import refused_workbook

            refused_file.write(refused_workbook(done.extract))
    _report(done, dry_run=dry_run, published=store.versions[:1] != before)
    if refused is not None and done.extract.n_refused:
        say("Les lignes refusées sont écrites. Ce fichier contient des noms : supprimez-le une fois corrigé.")
    if as_json:
        open_questions = [question.summary for question in done.extract.questions]
        typer.echo(json.dumps(done.summary | {"questions": open_questions}, ensure_ascii=False))
    return 0 if done.extract.n_accepted else 1


def _list_questions(questions: Sequence[Question]) -> None:
    """The questions with their answers, the best one first, and how to answer them."""
    for question in questions[:MAX_LISTED]:
        say(f"  {question.asked}")
        for code, label in islice(question.choices.items(), MAX_CHOICES):
            say(f"    {label} [{code}]")
    if len(questions) > MAX_LISTED:
        say(f"  et {len(questions) - MAX_LISTED} autres.")
    say("Répondez avec --ask, ou dans le fichier que --propose écrit et que --mapping relit.")


def _ask_all(questions: Callable[[OwnWords], Sequence[Question]], own_words: OwnWords) -> OwnWords:
    """Ask until no question is left that was not asked; 0 leaves one without an answer."""
    asked: set[tuple[str, ...]] = set()
    while left := [question for question in questions(own_words) if question.place not in asked]:
        for question in left:
            asked.add(question.place)
            say(question.asked)
            codes = list(question.choices)
            for place, code in enumerate(codes, 1):
                say(f"  {place}. {question.choices[code]}")
            if not question.blocking:
                say("  0. Laisser sans réponse")
            typed = -1
            while not int(question.blocking) <= typed <= len(codes):
                typed = typer.prompt("Votre réponse", default=1, type=int, err=True)
            if typed:
                own_words = own_words.with_answer(question.place, codes[typed - 1])
    return own_words


def _propose(file: Path, questions: Sequence[Question], own_words: OwnWords) -> int:
    """Write the questions and their best answers as a mapping file to edit; it may hold words of the register."""
    from analytics.intake import own_words_toml

    if not questions:
        say("Ce fichier ne laisse aucune question ouverte : rien n’est écrit.")
        return 0
    lines = []
    for question in questions:
        answers = ", ".join(f"{code} ({label})" for code, label in question.choices.items())
        lines += [f"# {question.asked}", f"#   {' / '.join(question.place[1:])} = {answers}"]
        own_words = own_words.with_answer(question.place, question.default)
    comments = "".join(" ".join(line.split()) + "\n" for line in lines)
    with new_file(file, private=True) as opened:
        opened.write(f"{comments}\n{own_words_toml(own_words)}".encode())
    say("Les questions sont écrites avec leur réponse probable. Corrigez ce fichier, puis donnez-le par --mapping.")
    return 0


def _report(done: Import, *, dry_run: bool, published: bool) -> None:
    from analytics.intake.duplicates import duplicate_sentences
    from analytics.workflows import import_sentences as sentences

    extract = done.extract
    for title, faults in sentences.fault_lists(extract):
        say(f"{title} :")
        for row, reasons in faults.head(sentences.MAX_LISTED).itertuples(index=False):
            say(f"  Ligne {row} : {reasons}")
        if more := sentences.not_listed(faults):
            say(f"  {more}")
    for sentence in sentences.understood(extract.understanding):
        say(sentence)
    if extract.questions:
        say("Questions ouvertes :")
        _list_questions(extract.questions)
    say(sentences.rows_read(extract))
    for warning in sentences.warnings(done, "Voyez --as-of.", "Si vos en-têtes sont autres, donnez-les par --mapping."):
        say(warning)
    if extract.n_accepted:
        say(sentences.changes(done.changes))
    for sentence in duplicate_sentences(done.duplicates):
        say(sentence)
    if extract.n_accepted and dry_run:
        _preview(done)
    say(sentences.result(done, dry_run=dry_run, published=published))


def _preview(done: Import) -> None:
    from analytics.intake.previewing import residual_risk, risk_sentence

    say("Ce que Relais a compris :")
    for column in done.extract.understanding.columns:
        how = f" ({column.description})" if column.description else ""
        say(f"  {column.header} : {column.becomes}{how}")
    say(risk_sentence(residual_risk(done.extract.tables)))


@_command("info")
def info() -> None:
    """Dit ce que contient le dossier des données."""
    from analytics.access.peers import can_tell
    from analytics.store.memory import limit_mb
    from analytics.workflows.inventory import history, history_sentences, inventory

    store = _store()
    if not can_tell():
        say(
            "Ce système ne dit pas qui se connecte : un autre utilisateur de cette machine peut ouvrir Relais.",
            result=True,
        )
    with store.snapshot() or nullcontext() as snapshot:
        if snapshot is None:
            say("Il n’y a pas encore de données. Importez un registre, ou essayez relais demo.", result=True)
            return
        memory = f"Mémoire des réponses : {limit_mb()} Mo au plus (RELAIS_MEMORY)."
        for line in (*inventory(snapshot), f"Versions gardées : {len(store.versions)}.", memory, "Importations :"):
            say(line, result=True)
        for line in history_sentences(history(snapshot)):
            say(f"  {line}", result=True)


@_command("undo")
def undo() -> None:
    """Annule la dernière importation."""
    from analytics.domain.french import day

    store = _store()
    with _noting("undo") as what:
        what["version"] = next(iter(store.versions), None)
        store.undo()
    with store.snapshot() or nullcontext() as snapshot:
        if snapshot is not None:
            of = "données fictives" if snapshot.is_demo else "données"
            say(f"L’importation est annulée. Relais montre à nouveau les {of} au {day(snapshot.as_of)}.")


@_command("forget")
def forget(
    case: Annotated[str, typer.Argument(metavar="DOSSIER", help="Le numéro du dossier, ou son pseudonyme.")],
) -> None:
    """Retire un dossier de toutes les versions gardées."""
    from analytics.domain.errors import RefusedError
    from analytics.intake.anonymising import PSEUDONYM_LENGTH
    from analytics.workflows.importing import store_key

    store = _store()
    if not store.versions:
        raise RefusedError("Il n’y a pas encore de données.")
    is_pseudonym = re.fullmatch(f"[A-Z2-7]{{{PSEUDONYM_LENGTH}}}", case) is not None
    with _noting("forget"):
        if not (is_pseudonym and store.forget(case)) and not store.forget(store_key(store).pseudonym(case)):
            raise RefusedError("Aucune version gardée ne contient ce dossier.")
    say("Le dossier est retiré partout. Retirez-le aussi du registre, sinon la prochaine importation le ramènera.")


@_command("store")
def store(
    what: Annotated[str, typer.Argument(metavar="QUOI", help="check ou copy.", callback=one_of("check", "copy"))],
    source: Annotated[
        Path | None, typer.Argument(metavar="DE", help="Pour copy : le dossier ou le .toml à copier.")
    ] = None,
    target: Annotated[
        Path | None, typer.Argument(metavar="VERS", help="Pour copy : là où copier, encore vide.")
    ] = None,
) -> int:
    """Vérifie les données et leur accès (check), ou les copie ailleurs (copy)."""
    from analytics.domain.french import count
    from analytics.store import Store
    from analytics.workflows.moving import copy_store

    if sum(path is not None for path in (source, target)) != (2 if what == "copy" else 0):
        raise Misuse("check se donne seul, copy avec DE et VERS.")
    if source is not None and target is not None:
        n_versions = copy_store(Store(source), Store(target))
        say(
            f"Les données sont copiées et comparées : {count(n_versions, 'version', 'versions')}. La clé reste à sa place."
        )
        return 0
    checked = _store()
    faults = checked.faults(_now())
    for fault in faults:
        say(fault, result=True)
    if not faults:
        say(f"Tout est entier : {count(len(checked.versions), 'version gardée', 'versions gardées')}.", result=True)
    return 1 if faults else 0


@_command("protocol")
def protocol(
    file: Annotated[Path, file_to_write(".pdf", ".html")],
    parents: Annotated[bool, typer.Option("--parents", help="La feuille pour les parents, en .pdf.")] = False,
) -> None:
    """Écrit le protocole, à imprimer ou à garder hors ligne."""
    from analytics.documents import write_parents_sheet, write_protocol
    from analytics.protocol import protocol as read_protocol

    if parents and file.suffix.lower() != ".pdf":
        raise Misuse("La feuille pour les parents s’écrit en .pdf.")
    with new_file(file):
        (write_parents_sheet if parents else write_protocol)(file, read_protocol(), _now().date())
    say("La feuille pour les parents est écrite." if parents else "Le protocole est écrit.")


@_command("publish")
def publish(
    period: Annotated[str, typer.Argument(metavar="PERIODE", help="Une année scolaire (2025-2026) ou 2025-2026-T1.")],
    folder: Annotated[Path, typer.Argument(metavar="DOSSIER", help="Le dossier à créer. Il ne doit pas exister.")],
    rounded: Annotated[bool, typer.Option("--rounded", help="Publie la version arrondie, sans certificat.")] = False,
    earlier: Annotated[
        Path | None,
        typer.Option(
            "--published-in", metavar="DOSSIER", exists=True, file_okay=False, help="Où est sa publication précédente."
        ),
    ] = None,
    never_before: Annotated[
        bool, typer.Option("--never-published", help="La période n’a jamais été publiée, d’où que ce soit.")
    ] = False,
) -> None:
    """Publie une période close : protège, attaque, puis écrit et enregistre."""
    from analytics.workflows.publishing import publish_folder

    answers = {"rounded": rounded, "earlier": earlier, "never_before": never_before}
    with _noting("publish") as what:
        what["period"] = period
        said = publish_folder(_store(), period, folder, _now().date(), **answers)
    for sentence in said:
        say(sentence)


@_command("notebook")
def notebook(
    name: Annotated[str, typer.Argument(metavar="CARNET", help="Son numéro, son nom, ou le chemin du vôtre.")],
    file: Annotated[Path, file_to_write(".html")],
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NOM=VALEUR", help="Un paramètre du carnet, par exemple ECOLE=A12."),
    ] = None,
    period: Annotated[
        str | None,
        typer.Option("--published", metavar="PERIODE", help="Une copie qui peut sortir : les chiffres publiés seuls."),
    ] = None,
) -> None:
    """Exécute un carnet et en écrit une copie, interne ou sur le seul publié."""
    from analytics.workflows.demo import ready_snapshot
    from analytics.workflows.notebooks import internal_copy, leaving_copy

    store, chosen = _store(), dict(map(setting, settings or []))
    with new_file(file, private=period is None) as opened, progress_bar() as progress:
        if period is not None:
            opened.write(leaving_copy(store, name, period, chosen, progress))
        else:
            with ready_snapshot(store, _now()) as snapshot:
                opened.write(internal_copy(store, snapshot, name, chosen, progress))
    say(
        "La copie est écrite. Elle contient des données internes."
        if period is None
        else "La copie est écrite. Ses chiffres sont ceux de la publication ; son texte est le vôtre : relisez-le."
    )


@_command("plan")
def plan(
    file: Annotated[Path, file_to_write(".xlsx", ".ics", ".pdf")],
    people: Annotated[int, typer.Option(min=1, help="Personnes dans l’équipe.")] = 4,
    hours: Annotated[float, typer.Option(min=0, help="Heures de prévention par personne et par semaine.")] = 14,
    reserve: Annotated[
        float | None, typer.Option(min=0, help="Heures d’équipe gardées par semaine pour les urgences.")
    ] = None,
) -> None:
    """Planifie la prévention pour le reste de l'année scolaire."""
    from analytics.workflows.planning import written_plan

    with _records(_store()) as snapshot, new_file(file, private=True) as opened, progress_bar() as progress:
        opened.write(written_plan(snapshot, file.suffix.lower(), people, hours, reserve, _now(), progress))
    say("Le programme est écrit. Ce fichier contient des données internes.")


@_command("digest")
def digest(file: Annotated[Path, file_to_write(".pdf", ".html")]) -> None:
    """Résume sur une page ce qui est nouveau, ce qui attend et ce qui change."""
    from analytics.workflows.digest import written_digest

    with _records(_store()) as snapshot, new_file(file, private=True) as opened:
        opened.write(written_digest(snapshot, file.suffix.lower(), _now().date()))
    say("Le résumé est écrit. Ce fichier contient des données internes.")


@_command("school")
def school(
    code: Annotated[str, typer.Argument(metavar="CODE", help="Le code de l’école.")],
    file: Annotated[Path, file_to_write(".pdf")],
) -> None:
    """Écrit la fiche d'une école sur une page, pour une réunion avec elle."""
    from analytics.workflows.school_sheet import school_sheet

    with _records(_store()) as snapshot:
        content = school_sheet(snapshot, code, _now().date())
    with new_file(file, private=True) as opened:
        opened.write(content)
    say("La fiche est écrite. Ce fichier contient des données internes.")


@_command("dictionary")
def dictionary(file: Annotated[Path, file_to_write(".html", ".csv", ".json")]) -> None:
    """Écrit le dictionnaire des données : tables, colonnes et codes."""
    from analytics.documents.data_dictionary import data_dictionary

    with new_file(file) as opened:
        opened.write(data_dictionary(file.suffix.lower()))
    say("Le dictionnaire est écrit. Il ne contient aucune donnée.")


@_command("report")
def report(
    period: Annotated[str, typer.Argument(metavar="ANNEE", help="Une année scolaire (2025-2026) ou 2025-2026-T1.")],
    file: Annotated[Path, file_to_write(".docx", ".pdf")],
    internal: Annotated[bool, typer.Option("--internal", help="Les chiffres exacts, pour le service seul.")] = False,
) -> None:
    """Écrit le rapport annuel, d’après ce qui est publié."""
    from analytics.workflows.reporting import annual_report, report_file

    store = _store()
    with _records(store) as snapshot:
        written = annual_report(store, snapshot, period, _now().date(), internal=internal)
    with new_file(file, private=internal) as opened:
        opened.write(report_file(written, file.suffix.lower()))
    say("Le rapport est écrit. Il est interne : ne le diffusez pas." if internal else "Le rapport est écrit.")


@_command("export")
def export(
    folder: Annotated[Path, typer.Argument(metavar="DOSSIER", help="Le dossier à créer. Il ne doit pas exister.")],
) -> None:
    """Écrit les tables anonymisées pour d’autres programmes : CSV, Parquet, dictionnaire. Interne."""
    from analytics.disclosure.release_records import write_folder
    from analytics.documents.data_package import data_package
    from analytics.domain.errors import RefusedError

    with _records(_store()) as snapshot:
        if folder.exists():
            raise RefusedError("Ce dossier existe déjà, et n’a pas été touché. Donnez un autre nom.")
        write_folder(folder, data_package(snapshot))
    say("Les tables sont écrites. Elles sont internes : ne les diffusez pas.")


@_command("serve")
def serve(
    port: Annotated[int, typer.Option(min=1024, max=65535, metavar="PORT", help="Le port de cette machine.")] = 8501,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="N’ouvre pas le navigateur.")] = False,
) -> None:
    """Ouvre le tableau de bord dans le navigateur, depuis cette machine seule."""
    from analytics.cli import serving

    serving.serve(port, open_browser=not no_browser)


@_command("access")
def access(
    who: Annotated[str | None, typer.Option(metavar="ADRESSE", help="Les lignes d’un compte.")] = None,
    act: Annotated[str | None, typer.Option(metavar="ACTE", help="Les lignes d’un acte, par exemple import.")] = None,
    since: Annotated[
        date | None, typer.Option(metavar="DATE", help="Les lignes depuis ce jour.", parser=day_argument)
    ] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Dit seulement si le journal est intact.")] = False,
) -> int:
    """Montre le journal des accès, et vérifie qu'aucune ligne n'a été changée."""
    from analytics.access.log_words import in_french

    log = _access_log()
    for line in () if verify else log.lines():
        is_asked = who in (None, line.get("who")) and act in (None, line.get("act"))
        if is_asked and (since is None or str(line.get("at", "")) >= since.isoformat()):
            say(" | ".join(in_french(line).values()), result=True)
    faults = log.faults()
    for fault in faults[:MAX_LISTED]:
        say(fault)
    say("Ce journal a été modifié." if faults else "Le journal est intact.")
    return 1 if faults else 0


def _access_log() -> AccessLog:
    from analytics.access.log import AccessLog
    from analytics.intake import key_path

    return AccessLog(key_path().with_name("access.jsonl"))


def _noting(act: str) -> AbstractContextManager[dict]:
    """Note what a command changes. Where accounts are listed, a log that cannot be written refuses it."""
    from analytics.access.roles import Account
    from analytics.access.settings import Accounts, roles_path
    from analytics.access.visitors import Visitors

    listed = roles_path()
    return Visitors(Accounts(listed, "") if listed else None, _access_log).acting(
        Account("terminal", "coordination"), act
    )


def _store() -> Store:
    from analytics.store import Store

    return Store()


def _records(store: Store) -> Snapshot:
    """The current version. RefusedError where there is none."""
    from analytics.domain.errors import RefusedError

    if (snapshot := store.snapshot()) is None:
        raise RefusedError("Il n’y a pas encore de données. Importez un registre, ou essayez relais demo.")
    return snapshot


def _now() -> datetime:
    return datetime.now(ZoneInfo("Europe/Brussels"))
