"""A fictitious register: names, remarks, dates typed three ways, schools by code or by name.

It goes through the same import as a real register, which drops from it what it would drop from a real one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics.domain.entries import Habit, WeighedTerm
from analytics.domain.school_calendar import SchoolYear, calendar
from analytics.domain.vocabulary import (
    CHANNELS,
    DANGER_TYPES,
    INCIDENT_TYPES,
    MINORS,
    REPORTERS,
    SCHOOL_NETWORKS,
    STEPS,
    TEACHING_LEVELS,
    Vocabulary,
)
from analytics.intake.mapping import REGISTER
from analytics.spreadsheets.reading import Cell
from analytics.spreadsheets.writing import Book
from analytics.synthetic import assumptions as assumed
from analytics.synthetic.actions import action_rows
from analytics.synthetic.days import Days
from analytics.synthetic.people import People

TITLE = "Service de médiation – registre des situations (données fictives)"

_NEVER = np.datetime64("NaT")


def synthetic_register(
    seed: int = 1,
    n_cases: int = 1_200,
    n_schools: int = 60,
    school_years: Sequence[str] = ("2024-2025", "2025-2026", "2026-2027"),
    as_of: date = date(2026, 11, 20),
    n_duplicates: int = 0,
) -> bytes:
    """A register (XLSX) of consecutive ``school_years``, extracted on the evening of ``as_of``.

    ``n_cases`` are the cases of the whole school years; those reported after ``as_of`` are left out. The same seed with a
    later ``as_of`` gives a later extract of the same register. ``n_duplicates`` cases stand there a second time, by another
    reporter and under a number of their own that ends in « bis ».
    """
    rng = np.random.default_rng(seed)
    people = People(seed, rng)
    schools = _schools(rng, n_schools, people)
    cases = _draw(rng, n_cases, schools, [calendar()[name] for name in school_years], Days(calendar()))
    names = people.names(n_cases)
    cells = _known_at_report(rng, cases, schools, _facts(seed, cases.reported), names)
    cells |= _steps(rng, cases, as_of)
    closed_on = np.where(cases.closed_on <= np.datetime64(as_of), cases.closed_on, _NEVER)
    cells |= {"closed": _date_cells(rng, closed_on, without_time=1.0), "Remarques": people.remarks(names)}
    headers = {field.code: field.header for field in REGISTER if field.code != "level"}
    number, *others = headers
    columns = [number, "Élève", "Date de naissance", *others, "Remarques"]
    n_reported = int((cases.reported.astype("datetime64[D]") <= np.datetime64(as_of)).sum())
    rows = [[cells[code][i] if code in cells else "" for code in columns] for i in range(n_reported)]
    rows += _reported_twice(np.random.default_rng(seed), rows, columns, n_duplicates)

    book = Book(is_fictitious=True)
    register = book.workbook.add_worksheet("Registre")
    book.write_rows(
        register, 0, [[TITLE], [f"Extrait du {as_of:%d/%m/%Y}"], [], [headers.get(c, c) for c in columns], *rows]
    )
    sheet = book.workbook.add_worksheet("Écoles")
    book.write_rows(sheet, 0, [list(schools.columns), *schools.astype(object).to_numpy().tolist()])
    years = [calendar()[name] for name in school_years]
    sheet = book.workbook.add_worksheet("Actions")
    book.write_rows(sheet, 0, action_rows(seed, schools, years, as_of))
    book.workbook.set_properties({"created": pd.Timestamp(as_of).to_pydatetime()})  # the same bytes each time
    return book.close()


def _schools(rng: np.random.Generator, n: int, people: People) -> pd.DataFrame:
    """The sheet Écoles: its headings and cells."""
    secondary = rng.random(n) < assumed.SECONDARY_SHARE
    sizes = np.where(secondary, assumed.PUPILS_SECONDARY, assumed.PUPILS_FUNDAMENTAL)
    pupils = (sizes * rng.lognormal(0, assumed.PUPILS_SPREAD, n)).astype(int)
    kinds = np.where(secondary, "Institut", "École fondamentale")
    names = zip(kinds, rng.choice(people.last_names, n), range(1, n + 1), strict=True)
    return pd.DataFrame(
        {
            "Code": [str(9_000 + i) for i in range(n)],
            "Nom": [f"{kind} {name} {number}" for kind, name, number in names],
            "Réseau": _labels(SCHOOL_NETWORKS, _pick(rng, _weights(SCHOOL_NETWORKS), n)),
            "Niveau": _labels(TEACHING_LEVELS, np.where(secondary, "secondary", "fundamental")),
            "Zone": rng.choice(assumed.ZONES, n),
            "Élèves": pupils,
        }
        | {header: rng.choice(words, n) for header, words in assumed.OWN_DEADLINES.items()}
    )


@dataclass(frozen=True)
class _Cases:
    """What happens in each case, one entry a case, in the order of the reports."""

    reported: np.ndarray
    school: np.ndarray
    grade: np.ndarray
    types: list[list[str]]
    danger: np.ndarray
    pace: np.ndarray
    closed_on: np.ndarray
    days: Days


def _draw(rng: np.random.Generator, n: int, schools: pd.DataFrame, years: list[SchoolYear], days: Days) -> _Cases:
    reported, year_rank = _reports(rng, n, years, days)
    secondary = (schools["Niveau"] == TEACHING_LEVELS.label("secondary")).to_numpy()
    rates = schools["Élèves"].to_numpy() * np.where(secondary, assumed.SECONDARY_RATE, 1.0)
    rates = rates * rng.gamma(assumed.SCHOOL_SHAPE, size=len(schools))
    school = rng.choice(len(schools), n, p=rates / rates.sum())
    grades = _pick(rng, assumed.GRADES_SECONDARY, n), _pick(rng, assumed.GRADES_FUNDAMENTAL, n)
    types = _incident_types(rng, n)
    danger = np.array([any(code in DANGER_TYPES for code in listed) for listed in types])
    pace = rng.lognormal(0, assumed.SCHOOL_PACE_SPREAD, len(schools))[school] * assumed.YEARLY_PACE**year_rank
    closed_on = days.at_work(rng, reported + _delays(rng, assumed.CLOSURE, np.ones(n)), 0).astype("datetime64[D]")
    closed_on[rng.random(n) > assumed.CLOSURE.done] = _NEVER
    return _Cases(
        reported,
        school,
        np.where(secondary[school], *grades),
        types,
        danger,
        pace * np.where(danger, assumed.DANGER_HASTE, 1.0),
        closed_on,
        days,
    )


def _reports(rng: np.random.Generator, n: int, years: list[SchoolYear], days: Days) -> tuple[np.ndarray, np.ndarray]:
    """When the cases are reported (datetime64[m], in order), and the rank of their school year."""
    listed = [np.arange(np.datetime64(year.first_day), np.datetime64(year.last_day)) for year in years]
    every = np.concatenate(listed)
    rank = np.repeat(np.arange(len(years)), [len(dates) for dates in listed])
    week = np.concatenate([np.arange(len(dates)) // 7 for dates in listed])
    weekday = (every.astype(int) + 3) % 7
    weights = assumed.season(week) * np.array(assumed.WEEKDAY_WEIGHTS)[weekday] * assumed.YEARLY_GROWTH**rank
    weights *= np.where(days.teaches[days.number(every)] | (weekday > 4), 1.0, assumed.HOLIDAY_WEIGHT)
    chosen = np.sort(rng.choice(len(every), n, p=weights / weights.sum()))
    hours = rng.choice(24, n, p=np.array(assumed.HOUR_WEIGHTS) / sum(assumed.HOUR_WEIGHTS))
    return every[chosen] + (hours * 60 + 5 * rng.integers(0, 12, n)).astype("timedelta64[m]"), rank[chosen]


def _incident_types(rng: np.random.Generator, n: int) -> list[list[str]]:
    """Distinct types by weight (the largest of perturbed logarithms), one to three a case."""
    codes = list(INCIDENT_TYPES)
    scores = np.log(list(_weights(INCIDENT_TYPES).values())) + rng.gumbel(size=(n, len(codes)))
    n_types = rng.choice([1, 2, 3], n, p=assumed.N_TYPES_SHARES)
    return [[codes[i] for i in row[:k]] for row, k in zip(np.argsort(-scores, axis=1), n_types, strict=True)]


def _delays(rng: np.random.Generator, habit: Habit, pace: np.ndarray) -> np.ndarray:
    hours = rng.lognormal(np.log(habit.median_hours * pace), habit.spread)
    return np.maximum(hours * 60, 1).astype("timedelta64[m]")


def _reported_twice(
    rng: np.random.Generator, rows: Sequence[list[Cell]], columns: Sequence[str], n: int
) -> list[list[Cell]]:
    """Some rows again, as another person reports them under another number."""
    number, reporter = (columns.index(code) for code in ("case_number", "reporter"))
    again = []
    for place in rng.choice(len(rows), n, replace=False):
        row = list(rows[place])
        row[number] = f"{row[number]} bis"
        row[reporter] = next(label for label in REPORTERS.labels.values() if label != row[reporter])
        again.append(row)
    return again


def _known_at_report(
    rng: np.random.Generator, cases: _Cases, schools: pd.DataFrame, facts: Sequence[Cell], names: list[str]
) -> dict[str, Sequence[Cell]]:
    """The columns from the case number to "Mineur", by the code of their field or by their header."""
    n = len(cases.reported)
    by_code = rng.random(n) < 0.5
    schools_as_typed = np.where(by_code, *(schools[column].to_numpy(str)[cases.school] for column in ("Code", "Nom")))
    age = np.array([int(grade[1]) + (11 if grade[0] == "S" else 5) for grade in cases.grade])
    days_lived = (age * 365.25 + rng.integers(0, 365, n)).astype("timedelta64[D]")
    minor = np.where(rng.random(n) < assumed.MINOR_UNKNOWN, "unknown", np.where(age < 18, "yes", "no"))
    return {
        "case_number": _case_numbers(cases.reported),
        "Élève": names,
        "Date de naissance": (cases.reported.astype("datetime64[D]") - days_lived).tolist(),
        "school": schools_as_typed.tolist(),
        "year": cases.grade.tolist(),
        "facts_on": facts,
        "reported": _date_cells(rng, cases.reported, assumed.REPORT_WITHOUT_TIME),
        "reporter": _labels(REPORTERS, _pick(rng, _weights(REPORTERS), n)),
        "incidents": _as_typed(rng, ["; ".join(_labels(INCIDENT_TYPES, listed)) for listed in cases.types]),
        "channel": _labels(CHANNELS, _pick(rng, _weights(CHANNELS), n)),
        "minor": [label.lower() for label in _labels(MINORS, minor)],
    }


def _facts(seed: int, reported: np.ndarray) -> list[Cell]:
    """The day of the facts, on or before that of the report; "" where nobody knows it. A draw of its own."""
    rng = np.random.default_rng([seed, 1])
    n_days = rng.lognormal(np.log(assumed.DETECTION_MEDIAN_DAYS), assumed.DETECTION_SPREAD, len(reported)).astype(int)
    days = reported.astype("datetime64[D]") - n_days
    return _date_cells(rng, np.where(rng.random(len(days)) < assumed.DETECTION_UNKNOWN, _NEVER, days), without_time=1.0)


def _case_numbers(reported: np.ndarray) -> list[str]:
    """Numbers as services give them: the civil year, then one by one."""
    year = pd.Series(reported.astype("datetime64[Y]").astype(int) + 1970)
    return [f"{y}/{rank:04d}" for y, rank in zip(year, year.groupby(year).cumcount() + 1, strict=True)]


def _steps(rng: np.random.Generator, cases: _Cases, as_of: date) -> dict[str, Sequence[Cell]]:
    """A column a step. Everything is drawn for all cases; then what lies after ``as_of`` or the closure is left out."""
    n = len(cases.reported)
    columns: dict[str, Sequence[Cell]] = {}
    for code, step in STEPS.items():
        habit = step.assumed
        share = np.where(cases.danger, habit.done if habit.done_in_danger is None else habit.done_in_danger, habit.done)
        done = rng.random(n) < share
        at = cases.days.at_work(rng, cases.reported + _delays(rng, habit, cases.pace), assumed.ANY_HOUR_SHARE)
        day = at.astype("datetime64[D]")
        in_time = (day <= cases.closed_on) | np.isnat(cases.closed_on) | step.postvention
        cells = _date_cells(
            rng, np.where(in_time & (day <= np.datetime64(as_of)), at, _NEVER), assumed.STEP_WITHOUT_TIME
        )
        # A step that is not done may be out of place, or simply not known.
        chance = rng.random(n) * (1 - habit.done)
        not_recorded = np.where(chance < habit.not_applicable + habit.not_recorded, "inconnu", "")
        words = np.where(chance < habit.not_applicable, "sans objet", not_recorded)
        drawn = zip(cells, done, words.tolist(), strict=True)
        columns[f"step:{code}"] = [cell if is_done else word for cell, is_done, word in drawn]
    return columns


def _pick(rng: np.random.Generator, weights: Mapping[str, float], n: int) -> np.ndarray:
    shares = np.array(list(weights.values()), dtype=float)
    return rng.choice(list(weights), n, p=shares / shares.sum())


def _weights(vocabulary: Vocabulary) -> dict[str, float]:
    return {code: term.assumed.weight for code, term in vocabulary.items() if isinstance(term, WeighedTerm)}


def _labels(vocabulary: Vocabulary, codes: Iterable[str]) -> list[str]:
    return [vocabulary.label(code) for code in codes]


def _as_typed(rng: np.random.Generator, words: list[str]) -> list[str]:
    """Words as hands type them: as they are, in capitals, in small letters, with spaces around."""
    ways = (str, str, str.upper, str.lower, " {} ".format)
    return [ways[way](word) for word, way in zip(words, rng.integers(0, len(ways), len(words)), strict=True)]


def _date_cells(rng: np.random.Generator, moments: np.ndarray, without_time: float) -> list[Cell]:
    """Moments as a register holds them: a date with or without a time, a true date cell or a text; "" for NaT."""
    timed = rng.random(len(moments)) >= without_time
    as_text = rng.random(len(moments)) < assumed.TYPED_AS_TEXT
    cells: list[Cell] = []
    for moment, has_time, is_text in zip(moments.astype("datetime64[s]").tolist(), timed, as_text, strict=True):
        if moment is None:
            cells.append("")
        elif is_text:
            cells.append(f"{moment:%d/%m/%Y %H:%M}" if has_time else f"{moment:%d/%m/%Y}")
        else:
            cells.append(moment if has_time else moment.date())
    return cells
