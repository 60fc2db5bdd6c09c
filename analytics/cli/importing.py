"""``relais import``: a register read, its questions asked or written down, its report said."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analytics.cli.context import noting, open_store
from analytics.cli.terminal import day_argument, echo, existing_file, new_file, progress_bar
from analytics.domain.timezone import now

if TYPE_CHECKING:
    from analytics.intake import OwnWords, Question
    from analytics.workflows.importing import Import

OFFICE = typer.Option(metavar="CODE", help="Votre bureau, où le service en a plusieurs.")

MAX_LISTED = 50  # questions
MAX_CHOICES = 5  # answers shown of a question; --propose writes them all


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
    office: Annotated[str | None, OFFICE] = None,
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
    from analytics.workflows.offices import named, office_of

    def content(path: Path) -> bytes:
        with path.open("rb") as opened:
            return opened.read(MAX_FILE_BYTES + 1)

    store = open_store()
    of_office = office_of(office, store)
    before = store.versions[:1]
    own_words = load_own_words(content(mapping)) if mapping else OwnWords()
    register, listed = content(file), content(schools) if schools else None

    def run(own_words: OwnWords, *, dry_run: bool) -> Import:
        noted = nullcontext({}) if dry_run else noting("import")
        with noted as what, progress_bar() as progress:
            what |= named(of_office)
            done = import_register(
                store,
                register,
                store_key(store),
                now(),
                office=of_office,
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
            echo("Relais ne peut pas importer ce fichier sans une réponse : rien n’a changé.")
            for sentence in sentences.understood(error.understanding):
                echo(sentence)
            _list_questions(error.questions)
            if as_json:
                nothing = dict.fromkeys(("read", "accepted", "refused", "new", "changed", "unchanged", "missing"), 0)
                stopped = nothing | {"as_of": None, "snapshot": next(iter(before), None)} | named(of_office)
                typer.echo(
                    json.dumps(stopped | {"questions": [q.summary for q in error.questions]}, ensure_ascii=False)
                )
            return 1
        if refused_file is not None and done.extract.n_refused:
            from analytics.intake.correcting import refused_workbook

            refused_file.write(refused_workbook(done.extract))
    _report(done, dry_run=dry_run, published=store.versions[:1] != before)
    if refused is not None and done.extract.n_refused:
        echo("Les lignes refusées sont écrites. Ce fichier contient des noms : supprimez-le une fois corrigé.")
    if as_json:
        open_questions = [question.summary for question in done.extract.questions]
        typer.echo(json.dumps(done.summary | named(of_office) | {"questions": open_questions}, ensure_ascii=False))
    return 0 if done.extract.n_accepted else 1


def _list_questions(questions: Sequence[Question]) -> None:
    """The questions with their answers, the best one first, and how to answer them."""
    for question in questions[:MAX_LISTED]:
        echo(f"  {question.asked}")
        for code, label in islice(question.choices.items(), MAX_CHOICES):
            echo(f"    {label} [{code}]")
    if len(questions) > MAX_LISTED:
        echo(f"  et {len(questions) - MAX_LISTED} autres.")
    echo("Répondez avec --ask, ou dans le fichier que --propose écrit et que --mapping relit.")


def _ask_all(questions: Callable[[OwnWords], Sequence[Question]], own_words: OwnWords) -> OwnWords:
    """Ask until no question is left that was not asked; 0 leaves one without an answer."""
    asked: set[tuple[str, ...]] = set()
    while left := [question for question in questions(own_words) if question.place not in asked]:
        for question in left:
            asked.add(question.place)
            echo(question.asked)
            codes = list(question.choices)
            for place, code in enumerate(codes, 1):
                echo(f"  {place}. {question.choices[code]}")
            if not question.blocking:
                echo("  0. Laisser sans réponse")
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
        echo("Ce fichier ne laisse aucune question ouverte : rien n’est écrit.")
        return 0
    lines = []
    for question in questions:
        answers = ", ".join(f"{code} ({label})" for code, label in question.choices.items())
        lines += [f"# {question.asked}", f"#   {' / '.join(question.place[1:])} = {answers}"]
        own_words = own_words.with_answer(question.place, question.default)
    comments = "".join(" ".join(line.split()) + "\n" for line in lines)
    with new_file(file, private=True) as opened:
        opened.write(f"{comments}\n{own_words_toml(own_words)}".encode())
    echo("Les questions sont écrites avec leur réponse probable. Corrigez ce fichier, puis donnez-le par --mapping.")
    return 0


def _report(done: Import, *, dry_run: bool, published: bool) -> None:
    from analytics.intake.duplicates import duplicate_sentences
    from analytics.workflows import import_sentences as sentences

    extract = done.extract
    for title, faults in sentences.fault_lists(extract):
        echo(f"{title} :")
        for row, reasons in faults.head(sentences.MAX_LISTED).itertuples(index=False):
            echo(f"  Ligne {row} : {reasons}")
        if more := sentences.not_listed(faults):
            echo(f"  {more}")
    for sentence in sentences.understood(extract.understanding):
        echo(sentence)
    if extract.questions:
        echo("Questions ouvertes :")
        _list_questions(extract.questions)
    echo(sentences.rows_read(extract))
    for warning in sentences.warnings(done, "Voyez --as-of.", "Si vos en-têtes sont autres, donnez-les par --mapping."):
        echo(warning)
    if extract.n_accepted:
        echo(sentences.changes(done.changes))
    for sentence in duplicate_sentences(done.duplicates):
        echo(sentence)
    if extract.n_accepted and dry_run:
        _preview(done)
    echo(sentences.result(done, dry_run=dry_run, published=published))


def _preview(done: Import) -> None:
    from analytics.intake.previewing import residual_risk

    echo("Ce que Relais a compris :")
    for column in done.extract.understanding.columns:
        how = f" ({column.description})" if column.description else ""
        echo(f"  {column.header} : {column.becomes}{how}")
    echo(residual_risk(done.extract.tables).sentence)
