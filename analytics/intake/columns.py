"""The register's columns, read and checked: all the faults of a row at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import chain

import numpy as np
import pandas as pd

from analytics.domain.school_calendar import SchoolCalendar
from analytics.domain.vocabulary import (
    CHANNELS,
    INCIDENT_TYPES,
    MINORS,
    OUTCOMES,
    REPORTERS,
    STATUSES,
    STEPS,
    TEACHING_LEVELS,
)
from analytics.intake.anonymising import canonical_number
from analytics.intake.checking import (
    Faults,
    Moments,
    before,
    check_moments,
    code_word_lists,
    code_words,
    find_level,
    read_moments,
    text,
)
from analytics.intake.mapping import Layout, OwnWords
from analytics.intake.schools import find_school

REPORT_HOUR = 8  # a report without a time counts from 08:00,
STEP_HOUR = 16  # a step, a closure or the extraction up to 16:00: a delay is never flattered


@dataclass(frozen=True)
class Columns:
    """The register's columns, read and checked, one entry a row. ``case_number`` is canonical."""

    case_number: np.ndarray
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


def read_columns(
    layout: Layout,
    rows: np.ndarray,
    faults: Faults,
    schools: pd.DataFrame,
    own_words: OwnWords,
    as_of: date,
    days: SchoolCalendar,
) -> Columns:
    """Read every column, adding what is wrong to ``faults``: all the faults of a row at once."""
    width = len(layout.sheet.rows[layout.header_row])
    every_cell = chain.from_iterable(chain.from_iterable((layout.sheet.rows[row], ("",)) for row in rows))
    table = np.fromiter(every_cell, object, len(rows) * (width + 1)).reshape(len(rows), width + 1)

    def cells(*codes: str) -> np.ndarray:
        """The cells of fields, row by row; empty ones for a field that has no column."""
        return table[:, [layout.columns.get(code, width) for code in codes]].ravel()

    def words(code: str, find: Callable[[str], str | None], default: str) -> np.ndarray:
        codes = code_words(cells(code), find)
        if code in layout.columns:
            faults.add(code, "unknown_term", codes == None)  # noqa: E711 (element by element)
        return np.where(codes == "", default, codes)

    for code, column in layout.columns.items():
        for rule, marked in (("formula", layout.sheet.formulas), ("merged", layout.sheet.merged)):
            if marked:
                faults.add(code, rule, np.array([(row, column) in marked for row in rows], dtype=bool))

    case_number = np.fromiter((canonical_number(text(cell)) for cell in cells("case_number")), object, len(rows))
    has_name = np.fromiter((any(map(str.isalnum, number)) for number in case_number), bool, len(rows))  # a dash is none
    faults.add("case_number", "missing", ~has_name)

    find, nearest = find_school(schools)
    school_cells = cells("school")
    school = code_words(school_cells, find)
    faults.add("school", "missing", school == "")
    faults.add("school", "unknown_school", school == None, lambda i: nearest(text(school_cells[i])))  # noqa: E711

    level = _levels(cells, layout, faults, school, schools)

    incidents = code_word_lists(cells("incidents"), lambda word: own_words.find(INCIDENT_TYPES, word))
    faults.add("incidents", "missing", np.array([not found for found in incidents], dtype=bool))
    faults.add("incidents", "unknown_term", np.array([None in found for found in incidents], dtype=bool))

    reported = read_moments(cells("reported"), lambda word: None)
    faults.add("reported", "missing", reported.missing)
    reported_at = check_moments(faults, "reported", reported, REPORT_HOUR, as_of, days)

    def checked(code: str, read_: Moments) -> tuple[Moments, pd.Series]:
        if code not in layout.columns:
            return read_, read_.instants(STEP_HOUR)
        instants = check_moments(faults, code, read_, STEP_HOUR, as_of, days)
        faults.add(code, "before_report", before(read_, instants, reported, reported_at))
        return read_, instants

    def outcome(word: str) -> str | None:
        code = own_words.find(OUTCOMES, word)
        return {"not_applicable": code, "not_recorded": code, "not_done": ""}.get(code or "")

    def still_open(word: str) -> str | None:
        return "" if own_words.find(STATUSES, word) == "open" else None

    closed, closed_at = checked("closed", read_moments(cells("closed"), still_open))
    # All steps at once, row by row, as the reader has laid the cells in memory: column by column takes twice as long.
    codes = [f"step:{step}" for step in STEPS]
    steps = read_moments(cells(*codes), outcome)
    return Columns(
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
        {step: checked(code, steps[i :: len(codes)]) for i, (step, code) in enumerate(zip(STEPS, codes, strict=True))},
    )


def _levels(
    cells: Callable[[str], np.ndarray],
    layout: Layout,
    faults: Faults,
    school: np.ndarray,
    schools: pd.DataFrame,
) -> np.ndarray:
    """The level from the pupil's year, else from the level column, else from a school that teaches only one.

    A level column may say no more than what the school teaches (« Secondaire ») where another column holds the year.
    """
    told = schools.dropna(subset="school_level").set_index("school_id")["school_level"].to_dict()
    teaching = [told.get(code) for code in school]
    given = [code for code in ("year", "level") if code in layout.columns]
    level = np.full(len(school), "", dtype=object)
    for code in given:
        pairs = list(zip(map(text, cells(code)), teaching, strict=True))
        known = {pair: find_level(*pair) if pair[0] else "" for pair in set(pairs)}
        if code == "level" and "year" in given:
            known = {
                (word, of): "" if TEACHING_LEVELS.find(word) == "secondary" else k for (word, of), k in known.items()
            }
        found = np.array([known[pair] for pair in pairs], dtype=object)
        faults.add(code, "unknown_term", found == None)  # noqa: E711 (element by element)
        level = np.where(level == "", found, level)
    level = np.where((level == "") & (np.array(teaching, dtype=object) == "fundamental"), "fundamental", level)
    faults.add(given[0] if given else "school", "missing" if given else "no_level", level == "")
    return level
