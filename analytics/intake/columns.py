"""The register's columns, read and checked: all the faults of a row at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from analytics.domain.school_calendar import SchoolCalendar
from analytics.domain.vocabulary import (
    CHANNELS,
    INCIDENT_TYPES,
    MINORS,
    OUTCOMES,
    REASONS,
    REPORTERS,
    STEPS,
    TEACHING_LEVELS,
    Vocabulary,
    normalise,
)
from analytics.intake.anonymising import canonical_number
from analytics.intake.cells import Words, text
from analytics.intake.checking import Faults, before, check_moments, data_rows
from analytics.intake.dates import Meaning, Moments, Order, read_moments
from analytics.intake.layout import Layout, field_code
from analytics.intake.levels import Classes
from analytics.intake.mapping import OwnWords
from analytics.intake.profiles import find_status
from analytics.intake.schools import SchoolNames
from analytics.spreadsheets.reading import Cell, Column, is_error

OPEN_CLASSES = "open_classes"  # counts the classes that may be primary or professional
REPORT_HOUR = 8  # a report without a time counts from 08:00,
STEP_HOUR = 16  # a step, a closure or the extraction up to 16:00: a delay is never flattered
_DESCRIPTIVE = ("year", "level", "reporter", "channel", "minor", "facts_on")  # what they do not tell is unknown
_MEANS = ("par", "via", "tel", "telephone", "mail", "email", "sms", "courrier")  # how a step was done
_HARMLESS = re.compile(r"[^\W\d_]+(?:[ ,.'’-]+[^\W\d_]+){0,3}")  # a few words without a digit, beside « oui »


@dataclass(frozen=True)
class Columns:
    """The register's columns, read and checked, one entry a row. ``case_number`` is canonical.

    ``closed`` says in words (``done``) that a case is closed on a day that is not known.
    """

    case_number: np.ndarray
    school: np.ndarray
    level: np.ndarray
    reporter: np.ndarray
    channel: np.ndarray
    minor: np.ndarray
    incidents: np.ndarray
    facts: Moments
    reported: Moments
    reported_at: pd.Series
    closed: Moments
    closed_at: pd.Series
    steps: dict[str, tuple[Moments, pd.Series]]

    @staticmethod
    def stack(parts: list[Columns]) -> Columns:
        """The columns of several sheets, one under the other."""
        if len(parts) == 1:
            return parts[0]

        def stacked(values: Sequence[Any]) -> Any:
            first = values[0]
            if isinstance(first, np.ndarray):
                return np.concatenate(values)
            if isinstance(first, Moments):
                return Moments.each(lambda *parts: np.concatenate(parts), *values)
            if isinstance(first, dict):
                return {step: tuple(map(stacked, zip(*(v[step] for v in values), strict=True))) for step in first}
            return pd.concat(values, ignore_index=True)

        return Columns(*(stacked([getattr(part, f.name) for part in parts]) for f in fields(Columns)))


def read_columns(
    layout: Layout,
    faults: Faults,
    school: np.ndarray,
    schools: pd.DataFrame,
    own_words: OwnWords,
    as_of: date,
    days: SchoolCalendar,
    orders: Mapping[str, Order],
    classes: Classes,
) -> tuple[Columns, dict[str, int]]:
    """Read every column, adding what is wrong to ``faults``: all the faults of a row at once.

    ``school`` is the code of each row's school, "" where the cell is empty, None where it is not known among ``schools``.
    ``orders`` gives the order of day and month of each column of dates. A word of an optional column that is not known is
    ``unknown``; the second value counts these cells by field.
    """
    reader = _Reader(layout, faults, own_words, as_of, days, orders)
    reader.check_cells()
    case_number = reader.cells("case_number").map(lambda cell: canonical_number(text(cell))).array()
    faults.add("case_number", "missing", ~has_number(case_number))
    school_words, hint = reader.cells("school").map(text).array(), SchoolNames(schools).hint
    faults.add("school", "missing", school == "")
    faults.add("school", "unknown_school", pd.isna(school), lambda i: hint(school_words[i]))
    incidents = reader.incidents()
    level = reader.levels(school, schools, classes)
    reported = reader.moments("reported", lambda word: None)
    faults.add("reported", "missing", reported.missing)
    reported_at = check_moments(faults, "reported", reported, REPORT_HOUR, days, as_of)
    facts = reader.moments("facts_on", lambda word: None)
    if n := int(facts.invalid.sum()):
        reader.set_aside["facts_on"] = n
    steps = {step: reader.step(step) for step in STEPS}
    closed = reader.closures()
    closed_at = check_moments(faults, "closed", closed, STEP_HOUR, days)
    faults.add("closed", "before_report", before(closed, closed_at, reported, reported_at))
    read = Columns(
        case_number,
        school,
        level,
        reader.words("reporter", REPORTERS),
        reader.words("channel", CHANNELS),
        reader.words("minor", MINORS),
        incidents,
        facts,
        reported,
        reported_at,
        closed,
        closed_at,
        steps,
    )
    return read, reader.set_aside


@dataclass
class _Reader:
    """The columns of one sheet. ``set_aside`` counts by field the cells whose word is not known."""

    layout: Layout
    faults: Faults
    own_words: OwnWords
    as_of: date
    days: SchoolCalendar
    orders: Mapping[str, Order]
    set_aside: dict[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> np.ndarray:
        return data_rows(self.layout)

    def cells(self, code: str) -> Column[Cell]:
        return self.layout.cells(code, self.rows)

    def check_cells(self) -> None:
        """Errors of a spreadsheet where a cell counts, and merged cells."""
        merged = self.layout.sheet.merged
        for code, column in self.layout.columns.items():
            if code not in _DESCRIPTIVE:
                self.faults.add(code, "error", self.cells(code).map(is_error).array(bool))
            if merged:
                self.faults.add(code, "merged", np.array([(row, column) in merged for row in self.rows], dtype=bool))

    def words(self, code: str, terms: Vocabulary) -> np.ndarray:
        """The term of each cell of an optional column; of several the first counts, and it is said."""
        look_up = lookup(terms, self.own_words)
        codes = self.cells(code).map(lambda cell: look_up.codes(text(cell)))
        several = codes.map(lambda found: len(set(filter(None, found))) > 1).array(bool)
        if n := int(several.sum()):
            self.set_aside[f"several:{code}"] = n
        return self._optional(code, codes.map(lambda found: next(filter(None, found), None if found else "")).array())

    def _optional(self, code: str, found: np.ndarray) -> np.ndarray:
        """Codes of an optional column, ``unknown`` where it says nothing that is known."""
        is_unknown = pd.isna(found)
        if n := int(is_unknown.sum()):
            self.set_aside[code] = n
        return np.where((found == "") | is_unknown, "unknown", found)

    def moments(self, code: str, find: Callable[[str], Meaning | None]) -> Moments:
        return read_moments(self.cells(code), find, self.orders.get(code, Order.DAY_FIRST))

    def _done(self, moments: Moments) -> Moments:
        """A day after the extract is a plan, but for one that no calendar knows, which is a typing error."""
        last = pd.Timestamp(self.days.last_day)
        planned = (moments.days > pd.Timestamp(self.as_of)) & (moments.days <= last)
        return moments.where(~planned.to_numpy())

    def step(self, step: str) -> tuple[Moments, pd.Series]:
        """A step in each row, and its instants; what the register has no column for is not known, rather than not done."""
        code = f"step:{step}"

        def meaning(word: str) -> Meaning | None:
            return find_outcome(word, self.own_words)

        found = self.moments(code, meaning)
        if f"also:{code}" in self.layout.columns:
            found = found.or_else(self.moments(f"also:{code}", meaning))
        found = self._done(found)
        if code in self.layout.columns:
            return found, check_moments(self.faults, code, found, STEP_HOUR, self.days)
        return found.with_outcome("not_recorded"), found.instants(STEP_HOUR)

    def closures(self) -> Moments:
        """The closures: a day, or the outcome ``done`` where a register only says that a case is closed."""

        def meaning(word: str) -> Meaning | None:
            status = find_status(word, self.own_words) or {"done": "closed", "not_done": "open"}.get(
                self.own_words.find(OUTCOMES, word) or ""
            )
            return (("done" if status == "closed" else ""), "") if status else None

        closed = self.moments("closed", meaning)
        for code in ("also:closed", "status"):
            if code not in self.layout.columns:
                continue
            words = self.cells(code).map(text)
            said = words.map(lambda word: meaning(word) if word else ("", ""))
            self.faults.add(code, "unknown_term", said.map(lambda found: found is None).array(bool))
            is_closed = said.map(lambda found: found == ("done", "")).array(bool)
            is_open = words.map(lambda word: find_status(word, self.own_words) == "open").array(bool)
            self.faults.add(code, "contradiction", is_open & (closed.dated | (closed.outcomes == 0)))
            closed.outcomes[closed.missing & is_closed] = 0
        return self._done(closed)

    def incidents(self) -> np.ndarray:
        """The incident types of each row, from the columns of facts and from those of one fact each."""
        look_up = lookup(INCIDENT_TYPES, self.own_words)
        found_in: dict[str, Column[tuple[str | None, ...]]] = {}
        for code in self.layout.columns:
            bare = field_code(code)
            if bare == "incidents":
                found = self.cells(code).map(lambda cell: look_up.codes(text(cell)))
            elif bare.startswith("incident:"):
                term = bare.removeprefix("incident:")
                found = self.cells(code).map(lambda cell, term=term: _flag(text(cell), term, self.own_words))
            else:
                continue
            self.faults.add(code, "unknown_term", found.map(lambda codes: None in codes).array(bool))
            found_in[code] = found
        said = list(zip(*found_in.values(), strict=True)) or [()] * len(self.rows)
        types = {codes_of_row: frozenset(chain.from_iterable(codes_of_row)) for codes_of_row in set(said)}
        if found_in:
            lacks = np.array([not types[codes_of_row] for codes_of_row in said], dtype=bool)
            self.faults.add(next(iter(found_in)), "missing", lacks)
        # Few different sets: one object each, so that what follows may look them up.
        listed = {key: tuple(sorted(filter(None, key))) for key in set(types.values())}
        return np.fromiter((listed[types[codes_of_row]] for codes_of_row in said), object, len(said))

    def levels(self, school: np.ndarray, schools: pd.DataFrame, classes: Classes) -> np.ndarray:
        """The level from the pupil's year, else from the level column, else from a school that teaches only one.

        "" where nothing says it, None where what says it is not known. A level column may say no more than what the school
        teaches (« Secondaire ») where another column holds the year. Classes that may be two levels are counted apart.
        """
        taught = schools.dropna(subset="school_level").set_index("school_id")["school_level"].to_dict()
        names = schools.set_index("school_id")["name"].to_dict()
        teaching = np.fromiter(map(taught.get, school), object, len(school))
        of_school, met = pd.factorize(school, use_na_sentinel=False)
        n_open = 0
        level = np.full(len(school), "", dtype=object)
        unread = np.zeros(len(school), dtype=bool)
        for code in ("year", "level"):
            if code not in self.layout.columns:
                continue
            words = self.cells(code).map(text)
            pairs, place, n_rows = np.unique(
                words.places.astype("int64") * len(met) + of_school, return_inverse=True, return_counts=True
            )
            levels = np.empty(len(pairs), dtype=object)
            for i, (of_word, of) in enumerate(zip(*np.divmod(pairs, max(len(met), 1)), strict=True)):
                word = words.distinct[of_word]
                is_vague = not word or (code == "level" and TEACHING_LEVELS.find(word) == "secondary")
                levels[i] = "" if is_vague else classes.find(word, taught.get(met[of]), names.get(met[of], ""))
                n_open += int(n_rows[i]) if levels[i] is None and classes.is_open(word) else 0
            found = levels[place]
            is_unread = pd.isna(found)
            unread |= is_unread
            level = np.where((level == "") & ~is_unread, found, level)
        level = np.where((level == "") & (teaching == "fundamental"), "fundamental", level)
        level[(level == "") & unread] = None
        if n_open:
            self.set_aside[OPEN_CLASSES] = n_open
        return self._optional(self.layout.class_code, level)


def has_number(case_numbers: np.ndarray) -> np.ndarray:
    """True for each case number that holds a letter or a digit: a dash is none."""
    return np.fromiter((number.isalnum() or any(map(str.isalnum, number)) for number in case_numbers), bool)


def lookup(terms: Vocabulary, own_words: OwnWords) -> Words:
    """How the words of a vocabulary are looked up: the service's own, then ours, then by their stems."""
    is_aside: Callable[[str], bool] = lambda word: True  # noqa: E731
    if terms is INCIDENT_TYPES:  # where or by whom, beside a fact, is not a fact
        is_aside = lambda word: bool(CHANNELS.find(word) or CHANNELS.find_by_stem(word) or REPORTERS.find(word))  # noqa: E731
    return Words(lambda word: own_words.find(terms, word), terms.find_by_stem, is_aside)


def find_outcome(word: str, own_words: OwnWords) -> Meaning | None:
    """What a word in a column of steps says became of the step, and the reason that stands beside it.

    « oui, par mail » is done, « sans objet (refus des parents) » not applicable with a reason; None where it is unknown.
    """
    if code := own_words.find(OUTCOMES, word):
        return ("" if code == "not_done" else code), ""
    for found in re.finditer(r"\s*[-–:,;(/]\s*|\s+", word):
        code = own_words.find(OUTCOMES, word[: found.start()])
        rest = word[found.end() :].strip(" ().")
        if not code or not _HARMLESS.fullmatch(rest):
            continue
        if code == "done" and normalise(rest).split()[0] in _MEANS:
            return code, ""
        reason = own_words.find(REASONS, rest)
        if code in ("not_done", "not_applicable") and (reason or found[0].strip()):
            is_plain = own_words.find(OUTCOMES, rest) in ("not_done", "not_applicable")
            return code, "" if is_plain else (reason or "other")
    return None


def _flag(word: str, term: str, own_words: OwnWords) -> tuple[str | None, ...]:
    """What the column of one fact says: the fact, nothing, or None where it is not known."""
    said = own_words.find(MINORS, word) or {"done": "yes", "not_done": "no"}.get(own_words.find(OUTCOMES, word) or "")
    if not word or said in ("no", "unknown"):
        return ()
    return (term,) if said == "yes" or term == "other" else (None,)
