"""Registers drawn by the generator's own mechanism (season, spread between schools, paces, closures), as counts.

Nothing goes through a file, so that hundreds of registers cost a minute. Two things are added to the mechanism: the pace
of a network, and bunches, in which one event brings several reports of its school within four weeks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.domain.school_calendar import calendar
from analytics.domain.vocabulary import INCIDENT_TYPES, SCHOOL_LEVELS, SCHOOL_NETWORKS, STEPS, TEACHING_LEVELS
from analytics.synthetic import assumptions as assumed
from analytics.synthetic import register
from analytics.synthetic.days import Days
from analytics.synthetic.people import People

AS_OF = date(2027, 7, 2)
STEP = STEPS["cpms"]
COMPANIONS = 1.0
"""Reports that follow the first one of an event, on average (Poisson): a school's count then varies 2.5 times as much."""
BUNCH_DAYS = 28

YEARS = [calendar()[name] for name in ("2024-2025", "2025-2026", "2026-2027")]
FIRST_DAYS = np.array([year.first_day for year in YEARS], dtype="datetime64[D]")
CODES = {label: code for words in (SCHOOL_NETWORKS, TEACHING_LEVELS) for code, label in words.labels.items()}


@cache
def _fixed() -> tuple[Days, People]:
    return Days(calendar()), People(1, np.random.default_rng(1))


def draw_schools(rng: np.random.Generator, n: int) -> pd.DataFrame:
    """The generator's sheet Écoles, with at least a school of each level."""
    drawn = register._schools(rng, n, _fixed()[1])
    return drawn if drawn["Niveau"].nunique() == 2 else draw_schools(rng, n)


@dataclass(frozen=True)
class Paces:
    """What is known of one step in a register, as :meth:`Snapshot.school_step_counts` tells it, and its schools."""

    counts: pd.DataFrame
    by_type: pd.DataFrame
    schools: pd.DataFrame


def draw_paces(
    rng: np.random.Generator,
    n_cases: int,
    n_schools: int,
    paces: Mapping[str, float] | None = None,
    *,
    alike: bool = False,
) -> Paces:
    """``paces`` multiplies the delays of networks; where cases are ``alike`` only the school changes them, neither danger
    nor the year.
    """
    sheet = draw_schools(rng, n_schools)
    cases = register._draw(rng, n_cases, sheet, YEARS, _fixed()[0])
    day = cases.reported.astype("datetime64[D]")
    year = np.searchsorted(FIRST_DAYS, day, "right") - 1
    network = sheet["Réseau"].map(CODES)
    pace = cases.pace * network.map(lambda code: (paces or {}).get(code, 1.0)).to_numpy()[cases.school]
    if alike:
        pace = pace / np.where(cases.danger, assumed.DANGER_HASTE, 1.0) / assumed.YEARLY_PACE**year
    event, hours = step(rng, cases, pace)
    table = pd.DataFrame(
        {
            "school_id": sheet["Code"].to_numpy()[cases.school],
            "school_level": levels(cases),
            "school_year": year,
            "danger": cases.danger,
            "event": event,
            "delay": np.floor(np.log2(1 + hours)),
            "n": 1,
        }
    )
    types = pd.DataFrame({f"type_{code}": [code in listed for listed in cases.types] for code in INCIDENT_TYPES})
    applies = event != ""
    by_type = pd.concat([table[["school_id", "event", "delay", "n"]], types.astype(int)], axis=1)[applies]
    schools = pd.DataFrame({"school_id": sheet["Code"], "school_network": network, "zone": sheet["Zone"]})
    return Paces(_summed(table[applies], ["n"]), _summed(by_type, ["n", *types]), schools)


def draw_cases(
    rng: np.random.Generator, n_cases: int, n_schools: int, *, bunched: bool = False, paced: bool = True
) -> tuple[pd.DataFrame, register._Cases, NDArray[np.int64]]:
    """The sheet Écoles, ``n_cases`` cases (on average, where ``bunched``: those of an event share all but their day), and
    the event of each. Where they are not ``paced`` all schools have the same pace.
    """
    sheet = draw_schools(rng, n_schools)
    cases = register._draw(rng, round(n_cases / (1 + COMPANIONS)) if bunched else n_cases, sheet, YEARS, _fixed()[0])
    if not paced:
        year = np.searchsorted(FIRST_DAYS, cases.reported.astype("datetime64[D]"), "right") - 1
        pace = np.where(cases.danger, assumed.DANGER_HASTE, 1.0) * assumed.YEARLY_PACE**year
        cases = replace(cases, pace=pace)
    return sheet, *(_bunched(rng, cases) if bunched else (cases, np.arange(len(cases.school))))


def _bunched(rng: np.random.Generator, events: register._Cases) -> tuple[register._Cases, NDArray[np.int64]]:
    n_reports = 1 + rng.poisson(COMPANIONS, len(events.school))
    of = np.repeat(np.arange(len(n_reports)), n_reports)
    is_first = np.diff(of, prepend=-1) > 0
    later = np.where(is_first, 0, rng.integers(0, BUNCH_DAYS, len(of))).astype("timedelta64[D]")
    arrays = {name: getattr(events, name)[of] for name in ("school", "grade", "danger", "pace")}
    cases = replace(
        events,
        reported=events.reported[of] + later,
        closed_on=events.closed_on[of] + later,
        types=[events.types[event] for event in of],
        **arrays,
    )
    return cases, of


def levels(cases: register._Cases) -> NDArray[np.str_]:
    """The level of each case."""
    grade = np.array([0 if grade[0] == "P" else (int(grade[1]) + 1) // 2 for grade in cases.grade])
    return np.array(list(SCHOOL_LEVELS))[np.minimum(grade, 3)]


def _summed(cases: pd.DataFrame, numbers: list[str]) -> pd.DataFrame:
    return cases.groupby([name for name in cases if name not in numbers], as_index=False)[numbers].sum()


def step(
    rng: np.random.Generator, cases: register._Cases, pace: NDArray[np.float64]
) -> tuple[NDArray[np.str_], NDArray[np.float64]]:
    """What became of the step in each case, as the generator decides it: event ("" where it does not apply) and hours."""
    n, habit, as_of = len(cases.reported), STEP.assumed, np.datetime64(AS_OF)
    at = cases.days.at_work(rng, cases.reported + register._delays(rng, habit, pace), assumed.ANY_HOUR_SHARE)
    is_open = np.isnat(cases.closed_on) | (cases.closed_on > as_of)
    end = np.where(is_open, as_of, cases.closed_on)
    is_done = rng.random(n) < habit.done
    in_time = is_done & (at.astype("datetime64[D]") <= end)
    is_out = ~is_done & (rng.random(n) * (1 - habit.done) < habit.not_applicable + habit.not_recorded)
    until = np.where(in_time, at, end.astype("datetime64[m]") + np.timedelta64(16, "h"))
    hours = np.maximum(np.ceil((until - cases.reported).astype("timedelta64[m]").astype(float) / 60), 0)
    return np.select([is_out, in_time, is_open], ["", "done", "pending"], "closed"), hours


@dataclass(frozen=True)
class Reports:
    """A register's schools (school_id, school_level, n_pupils, n), its cases by school and week, the true rate of each
    school (cases per pupil), and the place of the fundamental school whose rate was set.
    """

    schools: pd.DataFrame
    weekly: pd.DataFrame
    truth: NDArray[np.float64]
    place: int


def draw_reports(
    rng: np.random.Generator,
    n_cases: int,
    n_schools: int,
    *,
    bunched: bool = False,
    ratio: float | None = None,
    alike: bool = False,
) -> Reports:
    """``n_cases`` (on average, where ``bunched``) fall on schools as the generator has it. With ``ratio`` the rate of one
    fundamental school is that many times its level's; where they are ``alike`` all schools of a level share its rate.
    """
    sheet = draw_schools(rng, n_schools)
    secondary = (sheet["Niveau"] == TEACHING_LEVELS.label("secondary")).to_numpy()
    of_school = np.ones(n_schools) if alike else rng.gamma(assumed.SCHOOL_SHAPE, 1 / assumed.SCHOOL_SHAPE, n_schools)
    place = rng.choice(np.flatnonzero(~secondary))
    if ratio is not None:
        of_school[place] = ratio
    pupils = sheet["Élèves"].to_numpy(float)
    rates = np.where(secondary, assumed.SECONDARY_RATE, 1.0) * of_school
    rates *= n_cases / (rates * pupils).sum()
    n_events = round(n_cases / (1 + COMPANIONS)) if bunched else n_cases
    reported = register._reports(rng, n_events, YEARS, _fixed()[0])[0]
    school = rng.choice(n_schools, n_events, p=rates * pupils / n_cases)
    if bunched:
        n_reports = 1 + rng.poisson(COMPANIONS, n_events)
        is_first = np.arange(n_reports.sum()) == np.repeat(np.cumsum(n_reports) - n_reports, n_reports)
        later = np.where(is_first, 0, rng.integers(0, BUNCH_DAYS, len(is_first))).astype("timedelta64[D]")
        reported, school = np.repeat(reported, n_reports) + later, np.repeat(school, n_reports)
    day = reported.astype("datetime64[D]")
    weekly = pd.DataFrame({"school_id": school, "report_week": day - (day.astype(int) + 3) % 7, "n": 1})
    schools = pd.DataFrame(
        {
            "school_id": np.arange(n_schools),
            "school_level": sheet["Niveau"].map(CODES),
            "n_pupils": sheet["Élèves"],
            "n": np.bincount(school, minlength=n_schools),
        }
    )
    return Reports(schools, weekly, rates, int(place))
