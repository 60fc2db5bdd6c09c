"""Which sheets of a file hold its register, and which are a copy, a model, statistics or something else: each is named."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analytics.domain.french import count
from analytics.domain.vocabulary import normalise
from analytics.intake.anonymising import canonical_number
from analytics.intake.cells import text
from analytics.intake.checking import data_rows
from analytics.intake.dates import Order, cell_moment
from analytics.intake.filling import fill, schools_of_sheets
from analytics.intake.headers import never_score
from analytics.intake.layout import Layout, check_headers, sampled_rows
from analytics.intake.mapping import IGNORED, REGISTER, OwnWords, named
from analytics.intake.profiles import Profile, fit_of
from analytics.intake.proposing import shape
from analytics.intake.questions import Question, SheetReading, UnansweredError, column_question, file_question
from analytics.intake.weighing import lay_out_register, missing_fields
from analytics.spreadsheets.reading import Cell, RefusedFileError, Sheet

_MODEL = re.compile(r"\b(?:modeles?|exemples?|template|vierge|canevas|brouillon)\b")
_COPY = re.compile(r"\b(?:copie|copy|sauvegarde|backup|archive|ancien|ancienne|old|doublon)\b|\(\d\)$")
_MAX_MODEL_ROWS = 3
_SCHOOL = next(field for field in REGISTER if field.code == "school")
_MAX_ASKED = 3  # columns about which a missing field is asked


@dataclass(frozen=True)
class Chosen:
    """The layouts of the sheets that hold the register, what is said of every sheet, and what must be asked."""

    layouts: tuple[Layout, ...]
    readings: tuple[SheetReading, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class _Candidate:
    layout: Layout
    n_rows: int
    missing: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.layout.sheet.name

    @property
    def is_register(self) -> bool:
        return not self.missing and self.n_rows > 0

    @property
    def lacks_school(self) -> bool:
        return self.n_rows > 0 and self.missing == (_SCHOOL.header,)

    @property
    def cases(self) -> set[tuple]:
        """What tells the cases of a sheet apart: number, school and day of report."""
        rows = data_rows(self.layout)
        read: dict[str, Callable[[Cell], object]] = {
            "case_number": lambda cell: canonical_number(text(cell)),
            "school": lambda cell: normalise(text(cell)),
            "reported": lambda cell: cell_moment(cell, Order.DAY_FIRST),
        }
        return set(zip(*(self.layout.cells(code, rows).map(of_cell) for code, of_cell in read.items()), strict=True))


def choose_sheets(sheets: Sequence[Sheet], own_words: OwnWords, is_school: Callable[[str], object]) -> Chosen:
    """The sheets that hold the register; RefusedFileError or UnansweredError when there is none."""
    shown = [sheet for sheet in sheets if not sheet.hidden] or list(sheets)
    candidates = [candidate for sheet in shown if (candidate := _judge(sheet, own_words, is_school))]
    by_school = [candidate for candidate in candidates if candidate.lacks_school]
    if by_school and not any(candidate.is_register for candidate in candidates):
        for candidate, layout in zip(
            by_school, schools_of_sheets([c.layout for c in by_school], is_school, own_words), strict=True
        ):
            candidates[candidates.index(candidate)] = _weigh(layout)
    if not candidates:
        is_empty = not any(text(cell) for sheet in sheets for row in sheet.rows for cell in row)
        raise RefusedFileError(
            f"Registre : {'la feuille est vide' if is_empty else 'aucune ligne ne porte des en-têtes'}."
        )
    registers = [candidate for candidate in candidates if candidate.is_register]
    registers = registers or [c for c in candidates if not c.missing][:1]
    if not registers:
        raise _explain_missing(max(candidates, key=lambda c: (-len(c.missing), len(c.layout.columns))), own_words)
    why = {sheet.name: "elle est masquée" for sheet in sheets if sheet not in shown}
    why |= _set_aside(registers)
    kept = [candidate for candidate in registers if candidate.name not in why]
    for candidate in kept:
        check_headers(candidate.layout)
    questions = [question for candidate in kept for question in candidate.layout.questions]
    partial = [candidate for candidate in candidates if candidate.missing and _holds_cases(candidate)]
    known = {case[0] for candidate in kept for case in candidate.cases} if partial else set()
    for candidate in partial:
        why[candidate.name] = f"il y manque {named(candidate.missing)}"
        unknown = {case[0] for case in candidate.cases} - known
        if unknown and own_words.answers.get(_answer_key(candidate)) is None:
            questions.append(_ask_sheet(candidate, len(unknown)))
    of = {candidate.name: candidate for candidate in candidates}
    readings = []
    for sheet in sheets:
        is_read = any(candidate.name == sheet.name for candidate in kept)
        n_rows = of[sheet.name].n_rows if sheet.name in of and "case_number" in of[sheet.name].layout.columns else 0
        reason = "" if is_read else why.get(sheet.name, "ce n’est pas un registre")
        readings.append(SheetReading(sheet.name, n_rows or max(len(sheet.rows) - 1, 0), is_read, reason))
    return Chosen(tuple(candidate.layout for candidate in kept), tuple(readings), tuple(questions))


def _judge(sheet: Sheet, own_words: OwnWords, is_school: Callable[[str], object]) -> _Candidate | None:
    if not (layout := lay_out_register(sheet, own_words, is_school)):
        return None
    return _weigh(fill(layout, is_school, own_words))


def _weigh(layout: Layout) -> _Candidate:
    missing = missing_fields(layout, REGISTER)
    if "action" in layout.columns:  # the report of a case may be one of its actions
        missing = [field for field in missing if field.code != "reported"]
    n_rows = len(data_rows(layout)) if "case_number" in layout.columns else 0
    if any(
        not any(map(text, layout.cells(code) or [])) for code in ("case_number", "reported") if code in layout.columns
    ):
        n_rows = 0  # a sheet of statistics may have the headers of a register, and no case
    return _Candidate(layout, n_rows, tuple(field.header for field in missing))


def _set_aside(registers: list[_Candidate]) -> dict[str, str]:
    """Why sheets with the columns of a register are none: models, and copies of another one."""
    why = {}
    if len(registers) > 1:
        for candidate in registers:
            is_school = any(text(cell) == candidate.name for cell in candidate.layout.cells("school") or [])
            if candidate.n_rows <= _MAX_MODEL_ROWS and _MODEL.search(normalise(candidate.name)) and not is_school:
                why[candidate.name] = "c’est un modèle"
    for place, candidate in enumerate(registers):
        for other_place, other in enumerate(registers):
            if other is candidate or {other.name, candidate.name} & set(why) or not candidate.cases <= other.cases:
                continue
            is_same = candidate.cases == other.cases
            if not is_same or (bool(_COPY.search(normalise(candidate.name))), place) > (
                bool(_COPY.search(normalise(other.name))),
                other_place,
            ):
                why[candidate.name] = f"ses dossiers sont déjà dans « {other.name} »"
    return why


def _holds_cases(candidate: _Candidate) -> bool:
    """Whether a sheet that lacks a column holds cases all the same: numbers, and days of report, step or closure."""
    dated = [code for code in candidate.layout.columns if code in ("reported", "closed") or code.startswith("step:")]
    return candidate.n_rows > 0 and "case_number" in candidate.layout.columns and bool(dated)


def _answer_key(candidate: _Candidate) -> str:
    return f"sheet {normalise(candidate.name)}"


def _ask_sheet(candidate: _Candidate, n_cases: int) -> Question:
    return file_question(
        "sheet",
        f"La feuille « {candidate.name} » contient {count(n_cases, 'dossier')} qui ne sont pas dans les autres feuilles, "
        f"mais Relais n’y trouve pas {named(candidate.missing)}. Ajoutez-y ce qui manque, ou laissez cette feuille de côté.",
        {IGNORED: "La laisser de côté"},
        candidate.n_rows,
        _answer_key(candidate),
    )


def _explain_missing(candidate: _Candidate, own_words: OwnWords) -> RefusedFileError:
    """What is missing, as questions about the columns that it may be, else as a refusal."""
    plain = f"Registre : il manque {named(candidate.missing)}."
    if "case_number" not in candidate.layout.columns:
        plain += " Un numéro par dossier (1, 2, 3…), qui ne change pas d’un extrait à l’autre, permet de le retrouver."
    if len(candidate.missing) > 2:
        return RefusedFileError(plain)
    layout = candidate.layout
    rows = sampled_rows(layout.sheet, layout.header_row)
    unread = {header: Profile(rows, i) for i, header in enumerate(layout.headers) if header in layout.ignored}
    questions = []
    for field in (field for field in REGISTER if field.header in candidate.missing):
        likely = [
            (header, profile)
            for header, profile in unread.items()
            if profile.n_filled
            and (profile.dates >= 0.5) == (field.kind == "date")
            and not (field.kind != "date" and never_score(header))
            and fit_of(field, profile, own_words) >= 0.5
        ]
        choices = {field.code: f"Oui : « {field.header} »", IGNORED: "Non : la laisser de côté"}
        for header, profile in likely[:_MAX_ASKED]:
            outline = shape(max(profile.words, key=len))
            what = f"Relais ne trouve pas « {field.header} ». Est-ce la colonne « {header} » ({outline}) ?"
            questions.append(column_question(header, what, choices, profile.n_filled))
    return UnansweredError(tuple(questions)) if questions else RefusedFileError(plain)
