"""What a command of Relais says and shows in a terminal: in French, on standard error, with its help in French too.

Nothing here repeats what the user typed: an argument may be a case number.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import date, datetime
from difflib import get_close_matches
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.exceptions import TyperException


def echo(text: str, *, result: bool = False) -> None:
    """Print a French sentence on standard error; on standard output where it is the ``result`` that was asked for."""
    from analytics.domain.french import typeset  # brings pandas, for which the help need not wait

    typer.echo(typeset(text), err=not result)


@contextmanager
def progress_bar() -> Generator[Callable[[float, str], None]]:
    """A bar on standard error: the share done, from 0 to 1, and what is being done. Nothing where it is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda share, what: bar.update(task, completed=share, description=what)


class Misuse(typer.BadParameter):
    """A value that an argument or an option cannot take. The message is a French sentence."""


def existing_file(path: Path | None) -> Path | None:
    """The path of a file that is there; Misuse when it is not."""
    if path is not None and not path.is_file():
        raise Misuse("Le fichier indiqué est introuvable.")
    return path


def file_to_write(*suffixes: str) -> TyperArgument:
    """The argument of a command that writes a new file, whose name ends in one of ``suffixes``; Misuse for another."""
    *others, last = suffixes
    endings = f"{', '.join(others)} ou {last}" if others else last

    def checked(path: Path) -> Path:
        if path.suffix.lower() not in suffixes:
            raise Misuse(f"Le nom du fichier se termine par {endings}.")
        return path

    return typer.Argument(metavar="FICHIER", help=f"Le nouveau fichier, en {endings}.", callback=checked)


def one_of(*words: str) -> Callable[[str], str]:
    """Checks that an argument is one of ``words``; Misuse for another."""

    def checked(word: str) -> str:
        if word not in words:
            raise Misuse(f"À choisir : {' ou '.join(words)}.")
        return word

    return checked


def setting(word: str) -> tuple[str, str]:
    """``ECOLE=A12`` as name and value; Misuse without an equals sign."""
    name, equals, value = word.partition("=")
    if not equals:
        raise Misuse("Un paramètre s’écrit NOM=VALEUR.")
    return name.strip(), value.strip()


def day_argument(word: str) -> date:
    """A day typed as 2026-06-12 or 12/06/2026; Misuse for anything else."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(word, form).date()  # noqa: DTZ007 (a day has no time zone)
        except ValueError:
            continue
    raise Misuse("La date s’écrit 2026-06-12 ou 12/06/2026.")


@contextmanager
def new_file(path: Path, *, private: bool = False) -> Generator[BinaryIO]:
    """A file taken before the work starts, never over another one; gone again when the work failed or wrote nothing.

    ``private`` gives rights to its owner alone. RefusedError where a file stands already, or none can be written.
    """
    from analytics.domain.errors import RefusedError

    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags, 0o600 if private else 0o666)
    except FileExistsError:
        raise RefusedError("Ce fichier existe déjà, et n’a pas été touché. Donnez un autre nom.") from None
    except OSError:
        raise RefusedError("Le fichier ne peut pas être écrit à cet endroit.") from None
    try:
        with os.fdopen(descriptor, "wb") as opened:
            yield opened
    except BaseException:
        path.unlink()
        raise
    if not path.stat().st_size:
        path.unlink()


class FrenchCommand(TyperCommand):
    """A command whose help is in French: typer's own headings are English."""

    def format_help(self, ctx, formatter) -> None:
        arguments = [parameter for parameter in self.params if isinstance(parameter, TyperArgument)]
        usage = " ".join(["[OPTIONS]", *(argument.display_name_raw for argument in arguments)])
        _write_purpose(self, ctx, formatter, usage)
        _write_list(formatter, "Arguments", [(p.display_name_raw, p.help or "") for p in arguments])
        _write_options(self, ctx, formatter)


class FrenchGroup(TyperGroup):
    """The commands, their help and the refusal of an unknown one in French."""

    def format_help(self, ctx, formatter) -> None:
        _write_purpose(self, ctx, formatter, "COMMANDE …")
        _write_list(formatter, "Commandes", [(name, command.help or "") for name, command in self.commands.items()])
        _write_options(self, ctx, formatter)

    def resolve_command(self, ctx, args):
        if args[0] not in self.commands:
            close = get_close_matches(args[0], list(self.commands), n=1)
            raise Misuse(
                "Cette commande n’existe pas." + (f" Vouliez-vous dire « {close[0]} » ?" if close else ""), ctx
            )
        return super().resolve_command(ctx, args)


def _write_purpose(command, context, formatter, usage: str) -> None:
    formatter.write_usage(context.command_path, usage, "Usage\u202f: ")
    formatter.write_paragraph()
    with formatter.indentation():
        formatter.write_text(command.help or "")


def _write_options(command, context, formatter) -> None:
    options = [option for option in command.get_params(context) if isinstance(option, TyperOption)]
    rows = [
        (
            f"{', '.join(option.opts)} {option.metavar or ''}".strip(),
            "Affiche cette aide." if option.name == "help" else option.help or "",
        )
        for option in options
    ]
    _write_list(formatter, "Options", rows)


def _write_list(formatter, heading: str, rows: list[tuple[str, str]]) -> None:
    if rows:
        with formatter.section(f"{heading}\u202f"):
            formatter.write_dl(rows)


def explain_misuse(error: TyperException) -> str:
    """The French sentence for a command called wrongly."""
    parameter = getattr(error, "param", None)
    match type(error).__name__:
        case "Misuse":
            reason = error.message
        case "BadParameter" if parameter is not None:  # a number that is none, or outside its limits
            reason = f"La valeur de {parameter.opts[0]} ne convient pas."
        case "MissingParameter" if isinstance(parameter, TyperArgument):
            reason = f"Il manque {parameter.display_name_raw}."
        case "NoSuchOption":
            close = getattr(error, "possibilities", None)
            reason = "Cette option n’existe pas." + (f" Vouliez-vous dire {close[0]} ?" if close else "")
        case "BadOptionUsage":
            reason = f"L’option {getattr(error, 'option_name', '')} est mal employée."
        case _:
            reason = "La commande a un argument de trop, ou il lui en manque un."
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "relais"
    return f"{reason} Voyez {path} --help."


def accept_any_encoding() -> None:
    """Let a terminal without narrow spaces show a question mark in their place rather than stop."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
