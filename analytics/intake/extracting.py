"""A register's bytes become the tables of a store: checked row by row, anonymised, nothing identifying kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd

from analytics.domain.schema import SCHOOL_ACTIONS, TABLES
from analytics.domain.school_calendar import SchoolCalendar, calendar
from analytics.domain.vocabulary import normalise
from analytics.intake.actions import ACTIONS, read_actions
from analytics.intake.anonymising import Key, begins_again, number_of_year
from analytics.intake.checking import Fault, Faults, data_rows
from analytics.intake.columns import read_columns
from analytics.intake.mapping import REGISTER, SCHOOLS, Layout, OwnWords, extraction_day, holds_corrections, lay_out
from analytics.intake.merging import BY_YEAR
from analytics.intake.questions import Question, Understanding
from analytics.intake.records import record_tables
from analytics.intake.schools import deadline_table, read_schools
from analytics.spreadsheets.reading import RefusedFileError, Sheet, read

Progress = Callable[[float, str], None]  # the share of the time that a large register takes, from 0 to 1; what is done


@dataclass(frozen=True)
class Extract:
    """What a register holds, as of ``as_of``: the tables of the accepted rows, and why the others were refused.

    ``tables`` are those of :mod:`analytics.domain.schema` but ``imports``. ``as_of_given`` is False when neither the caller
    nor the file said the day of the extraction, and today was taken. ``is_partial`` is True for a file of corrected rows,
    which says nothing about the cases that it does not hold. ``fields`` are the codes of the columns that were read.

    Where numbers begin again each school year (``by_year``), the year is a part of them; ``plain_ids`` are then the
    pseudonyms of the numbers alone. Both they and ``rows``, the numbers that the spreadsheet shows, are in the order of
    the cases.
    """

    tables: dict[str, pd.DataFrame]
    as_of: date
    as_of_given: bool
    digest: str
    n_read: int
    faults: list[Fault]
    school_faults: list[Fault]
    action_faults: list[Fault]
    layout: Layout
    is_partial: bool
    fields: frozenset[str]
    rows: np.ndarray
    by_year: bool = False
    plain_ids: np.ndarray = field(default_factory=lambda: np.array([], dtype="object"))
    questions: tuple[Question, ...] = ()
    understanding: Understanding = field(default_factory=Understanding)

    @property
    def n_accepted(self) -> int:
        return len(self.tables["cases"])

    @property
    def n_refused(self) -> int:
        return self.n_read - self.n_accepted

    @property
    def tells_closure(self) -> bool:
        """Whether the register says which cases are closed."""
        return "closed" in self.layout.columns


def extract(
    content: bytes,
    key: Key,
    today: date,
    *,
    schools_content: bytes | None = None,
    known_schools: pd.DataFrame | None = None,
    own_words: OwnWords | None = None,
    as_of: date | None = None,
    by_year: bool = False,
    progress: Progress = lambda share, what: None,
) -> Extract:
    """Read, check and anonymise a register.

    The schools come from ``schools_content``, else from a sheet of the same file, else from ``known_schools`` (table
    ``schools`` of an earlier import). ``by_year`` is what an earlier import says of the numbers. Raises RefusedFileError
    when the file as a whole cannot be taken.
    """
    own_words = own_words or OwnWords()
    progress(0.0, "Lecture du fichier")
    sheets = read(content)
    progress(0.5, "Vérification des écoles")
    layout = _lay_out_register(sheets, own_words)
    told, deadlines, school_faults = _told_schools(sheets, layout, schools_content, own_words)
    schools = known_schools if told is None else told
    if schools is None or (schools is known_schools and schools.empty):
        raise RefusedFileError(
            "La liste des écoles manque : ajoutez au classeur une feuille Écoles (Code, Nom, Réseau, Niveau, Zone, "
            "Élèves), ou donnez-la dans un autre fichier."
        )
    given = as_of or extraction_day(layout.sheet, layout.header_row)
    as_of = given or today
    days = calendar()
    if not days.first_day <= as_of <= days.last_day:
        raise RefusedFileError(
            f"Le jour de l’extrait ({as_of:%d/%m/%Y}) est hors du calendrier scolaire connu, qui va du "
            f"{days.first_day:%d/%m/%Y} au {days.last_day:%d/%m/%Y}."
        )
    progress(0.52, "Vérification des lignes")
    rows = data_rows(layout, "case_number")
    faults = Faults(layout, rows)
    columns = read_columns(layout, rows, faults, schools, own_words, as_of, days)
    numbers, reported_on = columns.case_number, columns.reported.days
    is_dated = days.covers(reported_on)
    years = days.school_year(reported_on[is_dated]).reindex(reported_on.index, fill_value="").to_numpy(str)
    by_year = by_year or own_words.answers.get("numbers") == BY_YEAR or begins_again(numbers[is_dated], years[is_dated])
    if by_year:
        in_year = np.array(list(map(number_of_year, years, numbers)), dtype=object)
        columns = replace(columns, case_number=in_year)
    has_number = np.fromiter((any(map(str.isalnum, number)) for number in numbers), bool, len(rows))
    again = pd.Index(columns.case_number, dtype=object).duplicated()
    faults.add("case_number", "duplicate", again & has_number)
    progress(0.7, "Anonymisation")
    tables, accepted = record_tables(columns, faults.clean, key, as_of, days)
    # Schools known from before are told again by none of the tables: what is known of them stays.
    tables |= {"schools": schools if told is not None else schools.iloc[:0], "school_deadlines": deadlines}
    tables["school_actions"], action_faults = _told_actions(sheets, layout, own_words, schools, as_of, days)
    return Extract(
        {name: TABLES[name].conform(table) for name, table in tables.items()},
        as_of,
        given is not None,
        key.digest(content + (schools_content or b"")),
        len(rows),
        faults.sorted(),
        school_faults,
        action_faults,
        layout,
        holds_corrections(layout.sheet, layout.header_row),
        frozenset(layout.columns),
        rows[accepted] + 1,
        by_year,
        key.pseudonyms(numbers[accepted]).astype("U") if by_year else np.array([], dtype="object"),
    )


def _lay_out_register(sheets: Sequence[Sheet], own_words: OwnWords) -> Layout:
    """The one sheet that holds the register, which nobody hides; RefusedFileError when two hold cases: one would be lost."""
    shown = [sheet for sheet in sheets if not sheet.hidden] or sheets
    layout = lay_out(shown, REGISTER, own_words, "Registre")
    if any(_has_cases(sheet, own_words) for sheet in shown if sheet.name != layout.sheet.name):
        raise RefusedFileError(
            "Plusieurs feuilles du classeur contiennent des dossiers, et une seule serait lue. Laissez-en une, et importez "
            "chaque autre dans son propre fichier."
        )
    return layout


def _has_cases(sheet: Sheet, own_words: OwnWords) -> bool:
    try:
        layout = lay_out([sheet], REGISTER, own_words, "Registre")
    except RefusedFileError:
        return False
    return len(data_rows(layout, "case_number")) > 0


def _told_schools(
    sheets: Sequence[Sheet], register: Layout, content: bytes | None, own_words: OwnWords
) -> tuple[pd.DataFrame | None, pd.DataFrame, list[Fault]]:
    """The schools and deadlines of ``content``, else of a sheet Écoles; None when there is neither.

    A sheet of another name is one when its headers say so beyond doubt: a list of people has names and codes too.
    """
    others = sorted((sheet for sheet in sheets if sheet.name != register.sheet.name), key=lambda sheet: sheet.hidden)
    candidates = (
        read(content) if content else [sheet for sheet in others if _SCHOOLS_NAME.search(normalise(sheet.name))]
    )
    if not candidates:
        candidates = [sheet for sheet in others if _describes_schools(sheet, own_words)][:1]
    if not candidates:
        return None, deadline_table([]), []
    return read_schools(lay_out(candidates, SCHOOLS, own_words, "Écoles"), own_words)


_SCHOOLS_NAME = re.compile(r"\b(?:ecole|etablissement|implantation)")


def _describes_schools(sheet: Sheet, own_words: OwnWords) -> bool:
    try:
        columns = lay_out([sheet], SCHOOLS, own_words, "Écoles").columns
    except RefusedFileError:
        return False
    return len({"network", "teaching", "zone", "pupils"} & set(columns)) >= 3


def _told_actions(
    sheets: Sequence[Sheet],
    register: Layout,
    own_words: OwnWords,
    schools: pd.DataFrame,
    as_of: date,
    days: SchoolCalendar,
) -> tuple[pd.DataFrame, list[Fault]]:
    """What a sheet Actions of the same file says was given in the schools; nothing when there is none, or an empty one."""
    named = [
        sheet for sheet in sheets if sheet.name != register.sheet.name and normalise(sheet.name).startswith("action")
    ]
    told = [sheet for sheet in named if any(str(cell).strip() for row in sheet.rows for cell in row)]
    if not told:
        return SCHOOL_ACTIONS.empty, []
    return read_actions(lay_out(told, ACTIONS, own_words, "Actions"), schools, as_of, days)
