"""A register's bytes become the tables of a store: understood, checked row by row, anonymised, nothing identifying kept."""

from __future__ import annotations

import gc
import re
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, islice

import numpy as np
import pandas as pd

from analytics.domain.schema import SCHOOL_ACTIONS, SCHOOL_DEADLINES, SCHOOLS, Tables
from analytics.domain.school_calendar import SchoolCalendar, calendar
from analytics.domain.vocabulary import OFFICES, PRINCIPAL, TEACHING_LEVELS, normalise
from analytics.intake.actions import ACTIONS, read_actions
from analytics.intake.anonymising import Key, number_of_office, number_of_year, restarts_each_year
from analytics.intake.cells import text
from analytics.intake.checking import AHEAD, Fault, Faults, data_rows
from analytics.intake.choosing import choose_sheets
from analytics.intake.columns import OPEN_CLASSES, Columns, has_number, read_columns
from analytics.intake.journal import unfold
from analytics.intake.layout import Layout, extraction_day, field_code, holds_corrections
from analytics.intake.levels import Classes
from analytics.intake.mapping import REGISTER, OwnWords, named
from analytics.intake.mapping import SCHOOLS as SCHOOL_FIELDS
from analytics.intake.merging import BY_YEAR
from analytics.intake.ordering import orders_of
from analytics.intake.previewing import understand
from analytics.intake.proposing import word_questions
from analytics.intake.questions import Question, SheetReading, UnansweredError, Understanding
from analytics.intake.records import record_tables
from analytics.intake.schools import SchoolNames, read_schools, resolve_schools
from analytics.intake.weighing import lay_out, lay_out_register, missing_fields
from analytics.intake.years import complete_days
from analytics.spreadsheets.reading import RefusedFileError, Sheet, read

Progress = Callable[[float, str], None]  # the share of the time that a large register takes, from 0 to 1; what is done
_READING = 0.55  # of the time that an import takes
CLASS_P = "class_p"  # where the answer stands to what « 4P » is
NUMBERS = "numbers"  # where the answer to it stands that case numbers begin again each school year


@dataclass(frozen=True)
class Extract:
    """What a register holds, as of ``as_of``: the tables of the accepted rows, and why the others were refused.

    ``tables`` are those of :mod:`analytics.domain.schema` but ``imports``. ``as_of_given`` is False when neither the caller
    nor the file said the day of the extraction, and today was taken. ``is_partial`` is True for a file of corrected rows,
    which says nothing about the cases that it does not hold. ``numbers_by_year`` is True where the school year is a part
    of the case numbers, ``own_numbers`` where the ``office`` is. ``ids`` has a row per case, in their order: row (the name
    of its row of the spreadsheet); with ``numbers_by_year`` plain_id, the pseudonym of its number without the year; with
    several offices service_id and office_id, those of its number without and with the office. ``fields`` are the codes of
    what the register has columns for. ``questions`` block nothing: their rows are refused, or unknown, until they are
    answered.
    """

    tables: Tables
    as_of: date
    as_of_given: bool
    digest: str
    refused_digest: str
    n_read: int
    faults: list[Fault]
    school_faults: list[Fault]
    action_faults: list[Fault]
    layouts: tuple[Layout, ...]
    is_partial: bool
    numbers_by_year: bool
    office: str
    own_numbers: bool
    ids: pd.DataFrame
    fields: frozenset[str]
    questions: tuple[Question, ...]
    understanding: Understanding

    @property
    def n_accepted(self) -> int:
        return len(self.tables["cases"])

    @property
    def n_refused(self) -> int:
        return self.n_read - self.n_accepted

    @property
    def layout(self) -> Layout:
        """The layout of the first sheet of the register."""
        return self.layouts[0]

    @property
    def tells_closure(self) -> bool:
        """Whether the register says which cases are closed."""
        return self.understanding.tells_closure


@contextmanager
def _no_garbage_collection() -> Generator[None]:
    """Disable the cyclic GC while a register is in memory: it rescans millions of live cells."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@_no_garbage_collection()
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
    office: str = PRINCIPAL,
    own_numbers: bool = False,
    progress: Progress = lambda share, what: None,
) -> Extract:
    """Read, check and anonymise a register.

    The schools come from ``schools_content``, else from a sheet of the same file, else from ``known_schools`` (table
    ``schools`` of an earlier import), else from the names of the register itself. ``by_year`` and
    ``own_numbers`` are what an earlier import of the ``office`` says of the numbers. Raises RefusedFileError when the file
    as a whole cannot be taken, and UnansweredError when it could mean two things.
    """
    own_words = own_words or OwnWords()
    progress(0.0, "Lecture du fichier")
    sheets = read(content, lambda share: progress(_READING * share, "Lecture du fichier"))
    progress(_READING, "Vérification des colonnes")
    listed, deadlines, school_faults, list_name = _read_school_list(sheets, schools_content, own_words)
    schools = listed if listed is not None else known_schools if known_schools is not None else SCHOOLS.empty
    chosen = choose_sheets(
        [sheet for sheet in sheets if sheet.name != list_name or len(sheets) == 1],
        own_words,
        SchoolNames(schools, own_words.schools).find,
    )
    sheets_read = chosen.readings
    if list_name:
        n_listed = next(len(sheet.rows) for sheet in sheets if sheet.name == list_name) - 1
        sheets_read += (SheetReading(list_name, n_listed, False, "c’est la liste des écoles"),)
    given = as_of or next(
        filter(None, (extraction_day(layout.sheet, layout.header_row) for layout in chosen.layouts)), None
    )
    as_of = given or today
    days = calendar()
    if not days.first_day <= as_of <= days.last_day:
        raise RefusedFileError(
            f"Le jour de l’extrait ({as_of:%d/%m/%Y}) est hors du calendrier scolaire connu, qui va du "
            f"{days.first_day:%d/%m/%Y} au {days.last_day:%d/%m/%Y}."
        )
    orders, order_questions = orders_of(chosen.layouts, own_words, as_of)
    completed, year_questions = complete_days(chosen.layouts, orders, own_words, as_of)
    unfolded = [unfold(layout, own_words, orders.any) for layout in completed]
    layouts = tuple(part.layout for part in unfolded)
    notes = list(dict.fromkeys(note for part in unfolded for note in (*part.layout.notes, part.note) if note))
    asked = [
        *chosen.questions,
        *order_questions,
        *year_questions,
        *(question for part in unfolded for question in part.questions),
    ]
    if any(question.blocking for question in asked):
        raise UnansweredError(tuple(asked), Understanding(sheets=sheets_read))
    for layout in layouts:
        if missing := missing_fields(layout, REGISTER):
            raise RefusedFileError(f"Registre : il manque {named([missing[0].header])}.")

    used = {layout.sheet.name for layout in layouts}
    others = [sheet for sheet in sheets if sheet.name not in used]
    progress(0.62, "Vérification des lignes")
    if n_ahead := sum(len(layout.entries.get(AHEAD, ())) for layout in chosen.layouts):
        notes.append(f"{n_ahead} lignes, à la fin, ne portent qu’un numéro : elles ne comptent pas comme des dossiers.")
    classes = _classes_of(layouts, own_words)
    of_rows, added, school_questions = resolve_schools(*_school_cells(layouts, classes), schools, own_words.schools)
    every_school = pd.concat([schools, added], ignore_index=True) if len(added) else schools
    codes = np.split(of_rows, np.cumsum([len(data_rows(layout)) for layout in layouts])[:-1])
    parts, every_faults, set_aside, unread = [], [], Counter(), []
    for layout, part, school in zip(layouts, unfolded, codes, strict=True):
        faults = Faults(layout, data_rows(layout), layout.sheet.name if len(layouts) > 1 else "")
        columns, unknown = read_columns(
            layout, faults, school, every_school, own_words, as_of, days, orders.of(layout), classes
        )
        faults.add("case_number", "conflict", np.isin(data_rows(layout), list(part.conflicts)))
        parts.append(columns)
        every_faults.append(faults)
        faulty = {fault.column for fault in faults.sorted()}
        unread.append({code for code, column in layout.columns.items() if column in faulty or code in unknown})
        set_aside.update(unknown)
    columns = Columns.stack(parts)
    plain = columns.case_number
    columns, by_year = _tell_numbers_apart(columns, every_faults, own_words, days, by_year=by_year)
    in_service = columns.case_number
    if own_numbers:
        columns, plain = replace(columns, case_number=_of_office(office, in_service)), _of_office(office, plain)
    keep = np.concatenate([faults.clean for faults in every_faults])
    progress(0.7, "Anonymisation")
    tables, accepted = record_tables(columns, keep, key, as_of, days, office)
    numbers = {"plain_id": plain} if by_year else {}
    if len(OFFICES) > 1:
        numbers |= {"service_id": in_service, "office_id": _of_office(office, in_service)}
    # Schools known from before are told again by none of the tables: what is known of them stays.
    tables |= {
        "schools": SCHOOLS.conform(pd.concat([listed, added], ignore_index=True) if listed is not None else added),
        "school_deadlines": deadlines,
    }
    tables["school_actions"], action_faults = _read_action_sheet(others, own_words, every_school, as_of, days, office)
    if by_year:
        notes.append("Les numéros recommencent chaque année scolaire : l’année fait partie du numéro.")
    if own_numbers:
        notes.append("Ce bureau a ses propres numéros : le bureau fait partie du numéro.")
    questions = [
        *asked,
        *school_questions,
        *_ask_classes(layouts, classes, set_aside.pop(OPEN_CLASSES, 0)),
        *chain.from_iterable(
            word_questions(layout, own_words, codes) for layout, codes in zip(layouts, unread, strict=True)
        ),
    ]
    return Extract(
        tables,
        as_of,
        given is not None,
        key.digest(content + (schools_content or b"")),
        _digest_refused(key, every_faults, plain),
        len(keep),
        sorted(fault for faults in every_faults for fault in faults.sorted()),
        school_faults,
        action_faults,
        layouts,
        any(holds_corrections(layout.sheet, layout.header_row) for layout in layouts),
        by_year,
        office,
        own_numbers,
        pd.DataFrame(
            {"row": _row_names(layouts)[accepted]}
            | {name: key.pseudonyms(of_rows[accepted]).astype("U") for name, of_rows in numbers.items()},
            dtype="str",
        ),
        frozenset(field_code(code) for layout in layouts for code in layout.columns),
        tuple({question.place: question for question in questions}.values()),
        understand(layouts, columns, orders, set_aside, sheets_read, notes, tables["cases"]),
    )


def _of_office(office: str, numbers: np.ndarray) -> np.ndarray:
    return np.fromiter((number_of_office(office, number) for number in numbers), object, len(numbers))


def _school_cells(layouts: Sequence[Layout], classes: Classes) -> tuple[list[str], list[str | None], list[int]]:
    """The word for the school of each row, the level that its class tells alone, and the number of the row."""
    words, is_ditto, years = [], [], []
    for layout in layouts:
        of_rows = layout.cells("school", data_rows(layout)).map(text)
        words += of_rows
        is_ditto += of_rows.map(lambda word: word.strip("'\"»“”〃") == "" != word or normalise(word) in ("idem", "id"))
        years += layout.cells(layout.class_code, data_rows(layout)).map(text)
    above = np.maximum.accumulate(np.where(is_ditto, 0, np.arange(len(words))))
    words = [words[place] for place in above]
    levels = {pair: classes.find(pair[0], school=pair[1]) for pair in set(zip(years, words, strict=True))}
    numbers = [row + 1 for layout in layouts for row in data_rows(layout).tolist()]
    return words, [levels[pair] for pair in zip(years, words, strict=True)], numbers


def _digest_refused(key: Key, every_faults: Sequence[Faults], numbers: np.ndarray) -> str:
    """A keyed digest of the case numbers of the refused rows and of why each is; "" when none is refused."""
    of_sheets = np.split(numbers, np.cumsum([len(faults) for faults in every_faults])[:-1])
    refused = [
        (of_sheet[faults.place(fault)], fault.header, fault.rule)
        for faults, of_sheet in zip(every_faults, of_sheets, strict=True)
        for fault in faults.sorted()
    ]
    return key.digest(repr(sorted(refused)).encode()) if refused else ""


def _classes_of(layouts: Sequence[Layout], own_words: OwnWords) -> Classes:
    """How the register writes its classes."""
    columns = [layout.cells(layout.class_code, data_rows(layout)).map(text) for layout in layouts]
    words = {word for column in columns for word, _ in column.counted()} - {""}
    answer = own_words.answers.get(CLASS_P, "")
    return Classes.of(words, answer if answer in TEACHING_LEVELS else "")


def _ask_classes(layouts: Sequence[Layout], classes: Classes, n_rows: int) -> list[Question]:
    """The question what a « P » after a year is, where nothing tells in ``n_rows`` rows."""
    if not n_rows:
        return []
    headers = [layout.header(layout.class_code) for layout in layouts if layout.class_code in layout.columns]
    choices = {
        "secondary": "Professionnelle : « 4P » est en secondaire",
        "fundamental": "Primaire : « 4P » est en primaire",
    }
    if not classes.has_sections:
        choices = dict(reversed(choices.items()))
    what = f"Dans la colonne « {headers[0]} », que veut dire le P d’une classe comme « 4P » ?"
    return [Question(CLASS_P, f"{what} Jusque-là son niveau est inconnu.", choices, ("answers", CLASS_P), n_rows)]


def _row_names(layouts: Sequence[Layout]) -> np.ndarray:
    """The number of each row as the spreadsheet shows it, after the name of its sheet where there are several."""
    names = [f"{layout.sheet.name}, " if len(layouts) > 1 else "" for layout in layouts]
    rows = map(data_rows, layouts)
    return np.array([f"{name}{row + 1}" for name, of_sheet in zip(names, rows, strict=True) for row in of_sheet])


def _tell_numbers_apart(
    columns: Columns, every_faults: Sequence[Faults], own_words: OwnWords, days: SchoolCalendar, *, by_year: bool
) -> tuple[Columns, bool]:
    """Make the school year a part of the numbers where they begin again each year; else refuse a number that comes back."""
    numbers, reported = columns.case_number, columns.reported.days
    by_year = by_year or own_words.answers.get(NUMBERS) == BY_YEAR

    def again() -> np.ndarray:
        return pd.Index(numbers, dtype=object).duplicated() & has_number(columns.case_number)

    if by_year or again().any():
        dated = days.covers(reported).to_numpy()
        years = np.full(len(numbers), "", dtype=object)
        years[dated] = days.school_year(reported[dated]).to_numpy()
        by_year = by_year or (NUMBERS not in own_words.answers and restarts_each_year(numbers[dated], years[dated]))
        if by_year:
            of_years = (number_of_year(year, n) if n else n for year, n in zip(years, numbers, strict=True))
            numbers = np.fromiter(of_years, object, len(numbers))
    is_again = again()
    start = 0
    for faults in every_faults:
        faults.add("case_number", "duplicate", is_again[start : start + len(faults)])
        start += len(faults)
    return replace(columns, case_number=numbers), by_year


def _read_school_list(
    sheets: Sequence[Sheet], content: bytes | None, own_words: OwnWords
) -> tuple[pd.DataFrame | None, pd.DataFrame, list[Fault], str]:
    """The schools and deadlines of ``content``, else of a sheet Écoles; None when there is neither. Last the sheet's name.

    A sheet of another name is one when its headers say so beyond doubt: a list of people has names and codes too.
    """
    sheets = sorted(sheets, key=lambda sheet: sheet.hidden)

    def lists(is_list: Callable[[Sheet], object]) -> Iterator[Sheet]:
        return (sheet for sheet in sheets if is_list(sheet) and not _holds_reports(sheet, own_words))

    candidates = read(content) if content else list(lists(lambda sheet: _SCHOOLS_NAME.search(normalise(sheet.name))))
    if not candidates:
        candidates = list(islice(lists(lambda sheet: _describes_schools(sheet, own_words)), 1))
    if not candidates:
        return None, SCHOOL_DEADLINES.empty, [], ""
    layout = lay_out(candidates, SCHOOL_FIELDS, own_words, "Écoles")
    return *read_schools(layout, own_words), "" if content else layout.sheet.name


_SCHOOLS_NAME = re.compile(r"\b(?:ecole|etablissement|implantation)")


def _holds_reports(sheet: Sheet, own_words: OwnWords) -> bool:
    """Whether a sheet is a register, whatever its name."""
    layout = lay_out_register(sheet, own_words, lambda word: False)
    return layout is not None and {"case_number", "reported"} <= set(layout.columns)


def _describes_schools(sheet: Sheet, own_words: OwnWords) -> bool:
    try:
        columns: Mapping[str, int] = lay_out([sheet], SCHOOL_FIELDS, own_words, "Écoles").columns
    except RefusedFileError:
        return False
    return len({"network", "teaching", "zone", "pupils"} & set(columns)) >= 3


def _read_action_sheet(
    others: Sequence[Sheet],
    own_words: OwnWords,
    schools: pd.DataFrame,
    as_of: date,
    days: SchoolCalendar,
    office: str,
) -> tuple[pd.DataFrame, list[Fault]]:
    """What a sheet Actions of the same file says was given in the schools; nothing when there is none, or an empty one."""
    named = [sheet for sheet in others if normalise(sheet.name).startswith("action")]
    filled = [sheet for sheet in named if any(str(cell).strip() for row in sheet.rows for cell in row)]
    if not filled:
        return SCHOOL_ACTIONS.empty, []
    return read_actions(lay_out(filled, ACTIONS, own_words, "Actions"), schools, as_of, days, office)
