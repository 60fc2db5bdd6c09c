"""What an import asks, and what it says it has understood.

What a register can mean in one way is taken and said (:class:`Understanding`); what it can mean in two is a
:class:`Question`. Its answer has a place in the mapping file, so that it is asked once. A question names columns and row
numbers; its text never carries a value of a column that may hold names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from analytics.domain.vocabulary import normalise
from analytics.spreadsheets.reading import RefusedFileError


@dataclass(frozen=True)
class Question:
    """Something that a register can mean in two ways.

    ``code`` is the kind: ``column``, ``word``, ``school``, ``date_order``, ``journal``, ``year_key``, ``sheet``, ``file``,
    ``office``.
    ``choices`` maps each answer to its French label, the best first; it is the default. ``place`` is where the answer stands
    in the mapping file: ``("columns", header)``, ``("words", vocabulary, word)``, ``("schools", name)`` or
    ``("answers", key)``. ``n_rows`` counts the rows that it touches and ``rows`` holds the first of their numbers.
    ``blocking`` is True when nothing is imported before it is answered; else the rows that it touches are refused, or what
    they say is unknown, until it is. ``text`` holds no value of the register, for exceptions and ``--json``; ``word`` is the
    word that is asked about, "" where it may be about a person. ``beside`` are the records that are asked about.
    """

    code: str
    text: str
    choices: Mapping[str, str]
    place: tuple[str, ...] = field(repr=False)
    n_rows: int = 0
    rows: tuple[int, ...] = ()
    blocking: bool = False
    word: str = field(default="", repr=False)
    beside: str = field(default="", repr=False)

    @property
    def asked(self) -> str:
        """The text for the coordinator, who has the file before her: with the word or the records themselves."""
        text = re.sub("« .*? »", lambda _: f"« {self.word} »", self.text, count=1) if self.word else self.text
        return f"{text} {self.beside}".rstrip()

    @property
    def default(self) -> str:
        """The best answer."""
        return next(iter(self.choices))

    @property
    def summary(self) -> dict[str, object]:
        """The question for ``relais import --json``: without its place, which may hold a word of the register."""
        return {
            "code": self.code,
            "text": self.text,
            "choices": dict(self.choices),
            "default": self.default,
            "n_rows": self.n_rows,
            "rows": list(self.rows),
            "blocking": self.blocking,
        }


def column_question(header: str, text: str, choices: Mapping[str, str], n_rows: int) -> Question:
    """What the column of this header is: ``choices`` are codes of fields. Nothing is imported before it is answered."""
    return Question("column", text, choices, ("columns", normalise(header)), n_rows, blocking=True)


def file_question(code: str, text: str, choices: Mapping[str, str], n_rows: int, key: str = "") -> Question:
    """What the file as a whole means. Its answer stands under ``key``, else ``code``; nothing is imported before it."""
    return Question(code, text, choices, ("answers", key or code), n_rows, blocking=True)


@dataclass(frozen=True)
class ColumnReading:
    """How a column was read: its header as typed, the field that it is ("" for none), its fate (``kept``, ``coarsened`` or
    ``dropped``), and in French what becomes of it and how it was read (order of the dates, first and last one, shares, what
    was set aside).
    """

    header: str
    field: str
    fate: str
    becomes: str
    description: str = ""
    sheet: str = ""


@dataclass(frozen=True)
class SheetReading:
    """A sheet that was read, or was not and why, with its number of rows under the headers."""

    name: str
    n_rows: int
    is_read: bool
    reason: str = ""


@dataclass(frozen=True)
class Understanding:
    """« Ce que Relais a compris »: columns, sheets, what was taken in one way and said (``notes``), and the cases.

    ``cases`` has a row per school year and school: [school_year, school_id, n]. ``tells_closure`` is False where the
    register says nothing of closure.
    """

    columns: tuple[ColumnReading, ...] = ()
    sheets: tuple[SheetReading, ...] = ()
    notes: tuple[str, ...] = ()
    cases: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["school_year", "school_id", "n"]))
    tells_closure: bool = True


class UnansweredError(RefusedFileError):
    """The import stops, and nothing has changed, until :attr:`questions` are answered: at least one of them is blocking."""

    def __init__(self, questions: tuple[Question, ...], understanding: Understanding | None = None) -> None:
        self.questions = questions
        self.understanding = understanding or Understanding()
        blocking = [question.text for question in questions if question.blocking]
        super().__init__("Relais ne peut pas importer ce fichier sans une réponse. " + " ".join(blocking))
