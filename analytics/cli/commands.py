"""``relais``: the register in and out of the store from a terminal.

Exit code 0 when a command did what was asked, 1 when its input was refused and nothing changed, 2 when it was called
wrongly. Heavy parts are imported by the command that needs them, so that the help is there at once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from analytics.cli.context import access_log, current_records, noting, open_store
from analytics.cli.importing import OFFICE, import_
from analytics.cli.terminal import (
    FrenchCommand,
    FrenchGroup,
    Misuse,
    accept_any_encoding,
    day_argument,
    echo,
    explain_misuse,
    file_to_write,
    new_file,
    one_of,
    progress_bar,
    setting,
)
from analytics.domain.timezone import now

MAX_LISTED = 50  # faults of the access log
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
            echo("Interrompu. Les données d’avant restent en place.")
        return code
    except TyperException as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            typer.echo(error.message, err=True)
        else:
            echo(explain_misuse(error))
        return 2
    except Exception as error:
        from analytics.domain.errors import explain

        echo(explain(error))
        return 1


_command = partial(app.command, cls=FrenchCommand)


@_command("demo")
def demo() -> None:
    """Prépare des données fictives, par le même chemin qu'un vrai registre."""
    from analytics.workflows.demo import build_demo

    with progress_bar() as progress:
        build_demo(open_store(), now(), progress)
    echo("Les données fictives sont prêtes.")


@_command("template")
def template(file: Annotated[Path, file_to_write(".xlsx")]) -> None:
    """Écrit un registre vide, avec ses listes de choix et un exemple."""
    from analytics.intake.template import template_workbook

    with new_file(file) as opened:
        opened.write(template_workbook())
    echo("Le modèle est écrit. Une ligne par dossier ; la ligne d’exemple n’est pas importée.")


_command("import")(import_)


@_command("info")
def info() -> None:
    """Dit ce que contient le dossier des données."""
    from analytics.access.peers import can_tell
    from analytics.store.memory import limit_mb
    from analytics.workflows.inventory import history, history_sentences, inventory

    store = open_store()
    if not can_tell():
        echo(
            "Ce système ne dit pas qui se connecte : un autre utilisateur de cette machine peut ouvrir Relais.",
            result=True,
        )
    with store.snapshot() or nullcontext() as snapshot:
        if snapshot is None:
            echo("Il n’y a pas encore de données. Importez un registre, ou essayez relais demo.", result=True)
            return
        memory = f"Mémoire des réponses : {limit_mb()} Mo au plus (RELAIS_MEMORY)."
        for line in (*inventory(snapshot), f"Versions gardées : {len(store.versions)}.", memory, "Importations :"):
            echo(line, result=True)
        for line in history_sentences(history(snapshot)):
            echo(f"  {line}", result=True)


@_command("undo")
def undo(office: Annotated[str | None, OFFICE] = None) -> None:
    """Annule la dernière importation, si elle est de votre bureau."""
    from analytics.domain.french import day
    from analytics.workflows.offices import named, office_of
    from analytics.workflows.offices import undo as undo_import

    store = open_store()
    with noting("undo") as what:
        of_office = office_of(office, store)
        what |= {"version": next(iter(store.versions), None)} | named(of_office)
        undo_import(store, of_office)
    with store.snapshot() or nullcontext() as snapshot:
        if snapshot is not None:
            of = "données fictives" if snapshot.is_demo else "données"
            echo(f"L’importation est annulée. Relais montre à nouveau les {of} au {day(snapshot.as_of)}.")


@_command("forget")
def forget(
    case: Annotated[str, typer.Argument(metavar="DOSSIER", help="Le numéro du dossier, ou son pseudonyme.")],
) -> None:
    """Retire un dossier de toutes les versions gardées."""
    from analytics.domain.errors import RefusedError
    from analytics.intake.anonymising import PSEUDONYM_LENGTH
    from analytics.workflows.importing import store_key
    from analytics.workflows.offices import cases_of

    store = open_store()
    if not store.versions:
        raise RefusedError("Il n’y a pas encore de données.")
    is_pseudonym = re.fullmatch(f"[A-Z2-7]{{{PSEUDONYM_LENGTH}}}", case) is not None
    with noting("forget"):
        is_gone = is_pseudonym and store.forget(case)
        if not is_gone and True not in [store.forget(one) for one in cases_of(store, store_key(store), case)]:
            raise RefusedError("Aucune version gardée ne contient ce dossier.")
    echo("Le dossier est retiré partout. Retirez-le aussi du registre, sinon la prochaine importation le ramènera.")


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
        echo(
            f"Les données sont copiées et comparées : {count(n_versions, 'version', 'versions')}. La clé reste à sa place."
        )
        return 0
    checked = open_store()
    faults = checked.faults(now())
    for fault in faults:
        echo(fault, result=True)
    if not faults:
        echo(f"Tout est entier : {count(len(checked.versions), 'version gardée', 'versions gardées')}.", result=True)
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
        (write_parents_sheet if parents else write_protocol)(file, read_protocol(), now().date())
    echo("La feuille pour les parents est écrite." if parents else "Le protocole est écrit.")


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
    with noting("publish") as what:
        what["period"] = period
        said = publish_folder(open_store(), period, folder, now().date(), **answers)
    for sentence in said:
        echo(sentence)


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

    store, chosen = open_store(), dict(map(setting, settings or []))
    with new_file(file, private=period is None) as opened, progress_bar() as progress:
        if period is not None:
            opened.write(leaving_copy(store, name, period, chosen, progress))
        else:
            with ready_snapshot(store, now()) as snapshot:
                opened.write(internal_copy(store, snapshot, name, chosen, progress))
    echo(
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

    with current_records(open_store()) as snapshot, new_file(file, private=True) as opened, progress_bar() as progress:
        opened.write(written_plan(snapshot, file.suffix.lower(), people, hours, reserve, now(), progress))
    echo("Le programme est écrit. Ce fichier contient des données internes.")


@_command("digest")
def digest(file: Annotated[Path, file_to_write(".pdf", ".html")]) -> None:
    """Résume sur une page ce qui est nouveau, ce qui attend et ce qui change."""
    from analytics.workflows.digest import written_digest

    with current_records(open_store()) as snapshot, new_file(file, private=True) as opened:
        opened.write(written_digest(snapshot, file.suffix.lower(), now().date()))
    echo("Le résumé est écrit. Ce fichier contient des données internes.")


@_command("school")
def school(
    code: Annotated[str, typer.Argument(metavar="CODE", help="Le code de l’école.")],
    file: Annotated[Path, file_to_write(".pdf")],
) -> None:
    """Écrit la fiche d'une école sur une page, pour une réunion avec elle."""
    from analytics.workflows.school_sheet import school_sheet

    with current_records(open_store()) as snapshot:
        content = school_sheet(snapshot, code, now().date())
    with new_file(file, private=True) as opened:
        opened.write(content)
    echo("La fiche est écrite. Ce fichier contient des données internes.")


@_command("dictionary")
def dictionary(file: Annotated[Path, file_to_write(".html", ".csv", ".json")]) -> None:
    """Écrit le dictionnaire des données : tables, colonnes et codes."""
    from analytics.documents.data_dictionary import data_dictionary

    with new_file(file) as opened:
        opened.write(data_dictionary(file.suffix.lower()))
    echo("Le dictionnaire est écrit. Il ne contient aucune donnée.")


@_command("report")
def report(
    period: Annotated[str, typer.Argument(metavar="ANNEE", help="Une année scolaire (2025-2026) ou 2025-2026-T1.")],
    file: Annotated[Path, file_to_write(".docx", ".pdf")],
    internal: Annotated[bool, typer.Option("--internal", help="Les chiffres exacts, pour le service seul.")] = False,
) -> None:
    """Écrit le rapport annuel, d’après ce qui est publié."""
    from analytics.workflows.reporting import annual_report, report_file

    store = open_store()
    with current_records(store) as snapshot:
        written = annual_report(store, snapshot, period, now().date(), internal=internal)
    with new_file(file, private=internal) as opened:
        opened.write(report_file(written, file.suffix.lower()))
    echo("Le rapport est écrit. Il est interne : ne le diffusez pas." if internal else "Le rapport est écrit.")


@_command("export")
def export(
    folder: Annotated[Path, typer.Argument(metavar="DOSSIER", help="Le dossier à créer. Il ne doit pas exister.")],
) -> None:
    """Écrit les tables anonymisées pour d’autres programmes : CSV, Parquet, dictionnaire. Interne."""
    from analytics.disclosure.release_records import write_folder
    from analytics.documents.data_package import data_package
    from analytics.domain.errors import RefusedError

    with current_records(open_store()) as snapshot:
        if folder.exists():
            raise RefusedError("Ce dossier existe déjà, et n’a pas été touché. Donnez un autre nom.")
        write_folder(folder, data_package(snapshot))
    echo("Les tables sont écrites. Elles sont internes : ne les diffusez pas.")


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

    log = access_log()
    for line in () if verify else log.lines():
        is_asked = who in (None, line.get("who")) and act in (None, line.get("act"))
        if is_asked and (since is None or str(line.get("at", "")) >= since.isoformat()):
            echo(" | ".join(in_french(line).values()), result=True)
    faults = log.faults()
    for fault in faults[:MAX_LISTED]:
        echo(fault)
    echo("Ce journal a été modifié." if faults else "Le journal est intact.")
    return 1 if faults else 0
