"""A register's bytes become the tables of a store: checked row by row, anonymised, nothing identifying kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics.intake.anonymising import Key
from analytics.intake.checking import (
    Fault,
    Faults,
    Moments,
    _data_rows,
    before,
    check_moments,
    code_word_lists,
    code_words,
    find_level,
    find_school,
    read_moments,
    read_schools,
    text,
)
from analytics.intake.mapping import REGISTER, SCHOOLS, Layout, OwnWords, extraction_day, holds_corrections, lay_out
from analytics.intake.reading import RefusedFileError, Sheet, read
from analytics.schema import TABLES
from analytics.school_calendar import SchoolCalendar, calendar, elapsed_hours
from analytics.vocabulary import CHANNELS, DANGER_TYPES, INCIDENT_TYPES, MINORS, OUTCOMES, REPORTERS, STEPS, normalise

REPORT_HOUR = 8  # a report without a time counts from 08:00,
STEP_HOUR = 16  # a step, a closure or the extraction up to 16:00: a delay is never flattered

EXAMPLE_CASE = "exemple"  # the case number of the template's example row, which is skipped

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Extract:
    """What a register holds, as of ``as_of``: the tables of the accepted rows, and why the others were refused.

    ``tables`` are those of :mod:`analytics.schema` but ``imports``. ``as_of_given`` is False when neither the caller nor
    the file said the day of the extraction, and today was taken. ``is_partial`` is True for a file of corrected rows, which
    says nothing about the cases that it does not hold.
    """

    tables: dict[str, pd.DataFrame]
    as_of: date
    as_of_given: bool
    digest: str
    n_read: int
    faults: list[Fault]
    school_faults: list[Fault]
    layout: Layout
    is_partial: bool

    @property
    def n_accepted(self) -> int:
        return len(self.tables["cases"])

    @property
    def n_refused(self) -> int:
        return self.n_read - self.n_accepted


def extract(
    content: bytes,
    key: Key,
    today: date,
    *,
    schools_content: bytes | None = None,
    known_schools: pd.DataFrame | None = None,
    own_words: OwnWords | None = None,
    as_of: date | None = None,
    progress: Progress = lambda share, what: None,
) -> Extract:
    """Read, check and anonymise a register.

    The schools come from ``schools_content``, else from a sheet of the same file, else from ``known_schools`` (table
    ``schools`` of an earlier import). Raises RefusedFileError when the file as a whole cannot be taken.
    """
    own_words = own_words or OwnWords()
    progress(0.0, "Lecture du fichier")
    sheets = read(content)
    progress(0.3, "Vérification des écoles")
    layout = lay_out(sheets, REGISTER, own_words, "Registre")
    schools, deadlines, school_faults = _schools(sheets, layout, schools_content, known_schools, own_words)
    given = as_of or extraction_day(layout.sheet, layout.header_row)
    as_of = given or today
    days = calendar()
    if not days.first_day <= as_of <= days.last_day:
        raise RefusedFileError(
            f"Le jour de l'extrait ({as_of:%d/%m/%Y}) est hors du calendrier scolaire connu, qui va du "
            f"{days.first_day:%d/%m/%Y} au {days.last_day:%d/%m/%Y}."
        )
    progress(0.35, "Vérification des lignes")
    rows = _case_rows(layout)
    faults = Faults(layout, rows)
    columns = _read_columns(layout, rows, faults, schools, own_words, as_of, days)
    keep = faults.clean
    progress(0.6, "Anonymisation")
    tables = _tables(columns, keep, key, as_of, days) | {"schools": schools, "school_deadlines": deadlines}
    return Extract(
        {name: TABLES[name].conform(table) for name, table in tables.items()},
        as_of,
        given is not None,
        key.digest(content + (schools_content or b"")),
        len(rows),
        faults.sorted(),
        school_faults,
        layout,
        holds_corrections(layout.sheet, layout.header_row),
    )


def _schools(
    sheets: list[Sheet],
    register: Layout,
    content: bytes | None,
    known: pd.DataFrame | None,
    own_words: OwnWords,
) -> tuple[pd.DataFrame, pd.DataFrame, list[Fault]]:
    others = [sheet for sheet in sheets if sheet is not register.sheet]
    candidates = read(content) if content else [sheet for sheet in others if normalise(sheet.name).startswith("ecole")]
    if candidates:
        return read_schools(lay_out(candidates, SCHOOLS, own_words, "Écoles"), own_words)
    if known is not None and len(known):
        no_deadlines = pd.DataFrame({"school_id": [], "step": [], "max_hours": [], "max_school_days": []})
        return known, no_deadlines.astype({"max_hours": "Int64", "max_school_days": "Int64"}), []
    raise RefusedFileError(
        "La liste des écoles manque : ajoutez au classeur une feuille Écoles (Code, Nom, Réseau, Niveau, Zone, Élèves), "
        "ou donnez-la dans un autre fichier."
    )


def _case_rows(layout: Layout) -> np.ndarray:
    rows = _data_rows(layout)
    column = layout.columns["case_number"]
    numbers = [text(layout.sheet.rows[row][column]) for row in rows]
    return rows[np.array([normalise(number) != EXAMPLE_CASE for number in numbers], dtype=bool)]


@dataclass(frozen=True)
class _Columns:
    """The register's columns, read and checked, one entry a row."""

    case_number: list[str]
    school: np.ndarray
    level: np.ndarray
    reporter: np.ndarray
    channel: np.ndarray
    minor: np.ndarray
    incidents: list[tuple[str | None, ...]]
    reported: Moments
    reported_at: pd.Series
    closed: Moments
    closed_at: pd.Series
    steps: dict[str, tuple[Moments, pd.Series]]


def _read_columns(
    layout: Layout,
    rows: np.ndarray,
    faults: Faults,
    schools: pd.DataFrame,
    own_words: OwnWords,
    as_of: date,
    days: SchoolCalendar,
) -> _Columns:
    """Read every column, adding what is wrong to ``faults``: all the faults of a row at once."""
    n = len(rows)

    def cells(code: str) -> list:
        column = layout.columns.get(code)
        return [""] * n if column is None else [layout.sheet.rows[row][column] for row in rows]

    def words(code: str, find: Callable[[str], str | None], default: str) -> np.ndarray:
        codes = code_words(cells(code), find)
        if code in layout.columns:
            faults.add(code, "unknown_term", codes == None)  # noqa: E711 (element by element)
        return np.where(codes == "", default, codes)

    for code, column in layout.columns.items():
        for rule, marked in (("formula", layout.sheet.formulas), ("merged", layout.sheet.merged)):
            if marked:
                faults.add(code, rule, np.array([(row, column) in marked for row in rows], dtype=bool))

    case_number = [text(cell) for cell in cells("case_number")]
    numbers = pd.Series(case_number, dtype="str")
    faults.add("case_number", "missing", (numbers == "").to_numpy())
    canonical = numbers.str.casefold().str.replace(r"\s", "", regex=True)
    faults.add("case_number", "duplicate", (canonical.duplicated() & (numbers != "")).to_numpy())

    school_words = [text(cell) for cell in cells("school")]
    find, nearest = find_school(schools)
    school = code_words(school_words, find)
    faults.add("school", "missing", school == "")
    faults.add("school", "unknown_school", school == None, lambda i: nearest(school_words[i]))  # noqa: E711

    level = _levels(layout, words, school, schools)
    faults.add(next(c for c in ("year", "level", "school") if c in layout.columns), "missing", level == "")

    incidents = code_word_lists(cells("incidents"), lambda word: own_words.find(INCIDENT_TYPES, word))
    faults.add("incidents", "missing", np.array([not found for found in incidents], dtype=bool))
    faults.add("incidents", "unknown_term", np.array([None in found for found in incidents], dtype=bool))

    reported = read_moments(cells("reported"), lambda word: None)
    faults.add("reported", "missing", np.array([text(cell) == "" for cell in cells("reported")], dtype=bool))
    reported_at = check_moments(faults, "reported", reported, REPORT_HOUR, as_of, days)

    def moments(code: str, find: Callable[[str], str | None]) -> tuple[Moments, pd.Series]:
        read_ = read_moments(cells(code), find)
        if code not in layout.columns:
            return read_, read_.instants(STEP_HOUR)
        instants = check_moments(faults, code, read_, STEP_HOUR, as_of, days)
        faults.add(code, "before_report", before(read_, instants, reported, reported_at))
        return read_, instants

    def outcome(word: str) -> str | None:
        code = own_words.find(OUTCOMES, word)
        return code if code in ("not_applicable", "not_recorded") else None

    closed, closed_at = moments("closed", lambda word: None)
    return _Columns(
        case_number,
        school,
        level,
        words("reporter", lambda word: own_words.find(REPORTERS, word), "unknown"),
        words("channel", lambda word: own_words.find(CHANNELS, word), "unknown"),
        words("minor", lambda word: own_words.find(MINORS, word), "unknown"),
        incidents,
        reported,
        reported_at,
        closed,
        closed_at,
        {step: moments(f"step:{step}", outcome) for step in STEPS},
    )


def _levels(layout: Layout, words: Callable, school: np.ndarray, schools: pd.DataFrame) -> np.ndarray:
    """The level from the pupil's year, else from the level column, else from a school that teaches only one."""
    level = np.full(len(school), "", dtype=object)
    for code in ("year", "level"):
        if code in layout.columns:
            level = np.where(level == "", words(code, find_level, ""), level)
    fundamental = schools.loc[schools["school_level"] == "fundamental", "school_id"]
    return np.where((level == "") & np.isin(school.astype(str), fundamental), "fundamental", level)


def _tables(
    columns: _Columns, keep: np.ndarray, key: Key, as_of: date, days: SchoolCalendar
) -> dict[str, pd.DataFrame]:
    """The accepted rows as ``cases``, ``case_incidents`` and ``case_steps``, in the order of their pseudonyms."""
    accepted = np.flatnonzero(keep)
    pseudonyms = np.array([key.pseudonym(columns.case_number[i]) for i in accepted], dtype=object)
    order = np.argsort(pseudonyms)  # so that the order of the register is not kept
    accepted, pseudonyms = accepted[order], pseudonyms[order]
    if len(set(pseudonyms)) < len(pseudonyms):
        raise RefusedFileError("Deux numéros de dossier donnent le même pseudonyme : renommez l'un des deux.")

    def kept(series: pd.Series) -> pd.Series:
        return series.iloc[accepted].reset_index(drop=True)

    reported_at, reported_on = kept(columns.reported_at), kept(columns.reported.days)
    end_of_extract = pd.Timestamp(as_of)
    open_case = kept(columns.closed.local).isna()
    followed_on = kept(columns.closed.days).fillna(end_of_extract)
    extracted_at = (end_of_extract + pd.Timedelta(hours=STEP_HOUR)).tz_localize("Europe/Brussels").tz_convert("UTC")
    incidents = [columns.incidents[i] for i in accepted]
    minors = pd.Series(columns.minor[accepted]).map({"yes": True, "no": False, "unknown": pd.NA})
    cases = pd.DataFrame(
        {
            "case_id": pd.Series(pseudonyms, dtype="str"),
            "school_id": pd.Series(columns.school[accepted], dtype="str"),
            "school_year": days.school_year(reported_on),
            "report_week": reported_on - pd.to_timedelta(reported_on.dt.day_of_week, unit="D"),
            "school_level": pd.Series(columns.level[accepted], dtype="str"),
            "reporter": pd.Series(columns.reporter[accepted], dtype="str"),
            "channel": pd.Series(columns.channel[accepted], dtype="str"),
            "minor": minors.astype("boolean"),
            "danger": pd.Series([any(t in DANGER_TYPES for t in types) for types in incidents], dtype="boolean"),
            "status": np.where(open_case, "open", "closed"),
            "followed_hours": elapsed_hours(reported_at, kept(columns.closed_at).fillna(extracted_at)),
            "followed_school_days": days.school_days(reported_on, followed_on),
        }
    )
    pairs = [(case, kind) for case, types in zip(pseudonyms, incidents, strict=True) for kind in types]
    return {
        "cases": cases,
        "case_incidents": pd.DataFrame(pairs, columns=["case_id", "incident_type"], dtype="str"),
        "case_steps": pd.concat(
            [
                _step_table(step, cases["case_id"], moments, kept, reported_at, reported_on, columns.reported, days, at)
                for step, (moments, at) in columns.steps.items()
            ],
            ignore_index=True,
        ),
    }


def _step_table(
    step: str,
    case_id: pd.Series,
    moments: Moments,
    kept: Callable[[pd.Series], pd.Series],
    reported_at: pd.Series,
    reported_on: pd.Series,
    reported: Moments,
    days: SchoolCalendar,
    at: pd.Series,
) -> pd.DataFrame:
    dated = kept(moments.local).notna()
    words = kept(pd.Series(moments.words))
    timed = kept(pd.Series(moments.has_time & reported.has_time))
    return pd.DataFrame(
        {
            "case_id": case_id,
            "step": step,
            "outcome": np.where(dated, "done", np.where(words == "", "not_done", words)),
            "delay_hours": elapsed_hours(reported_at, kept(at)),
            "delay_school_days": days.school_days(reported_on, kept(moments.days)),
            "time_completed": dated & ~timed,
        }
    )
