"""Registers drawn by the generator's own mechanism (season, spread between schools, paces, closures), as tables of cases.

Nothing goes through a file, so hundreds of registers cost seconds. Two things are added to the mechanism: the pace of a
network, and bunches, in which one event brings several reports of its school within four weeks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from analytics.domain.school_calendar import calendar
from analytics.domain.vocabulary import SCHOOL_NETWORKS, STEPS, TEACHING_LEVELS
from analytics.synthetic import assumptions as assumed
from analytics.synthetic import register
from analytics.synthetic.days import Days
from analytics.synthetic.people import People

YEARS = [calendar()[name] for name in ("2024-2025", "2025-2026", "2026-2027")]
AS_OF = date(2027, 7, 2)
DAYS = Days(calendar())
PEOPLE = People(1, np.random.default_rng(1))
COMPANIONS = 1.0
"""Reports that follow the first of an event, on average (Poisson): a school's count then varies 2.5 times as much."""
BUNCH_DAYS = 28
LEVELS = np.array(["fundamental", "secondary_1", "secondary_2", "secondary_3"])


@dataclass(frozen=True)
class Drawn:
    """A register: its schools (school_id, school_network, school_level, zone, n_pupils) and its cases, a row each."""

    schools: pd.DataFrame
    cases: pd.DataFrame


def draw_schools(rng: np.random.Generator, n: int) -> pd.DataFrame:
    drawn = register._schools(rng, n, PEOPLE)
    codes = {label: code for v in (SCHOOL_NETWORKS, TEACHING_LEVELS) for code, label in v.labels.items()}
    return pd.DataFrame(
        {
            "school_id": drawn["Code"],
            "school_network": drawn["Réseau"].map(codes),
            "school_level": drawn["Niveau"].map(codes),
            "zone": drawn["Zone"],
            "n_pupils": drawn["Élèves"],
        }
    )


def draw(
    rng: np.random.Generator,
    n_cases: int,
    n_schools: int,
    paces: Mapping[str, float] | None = None,
    step: str = "cpms",
) -> Drawn:
    """A register of ``n_cases`` over three school years; ``paces`` multiplies the delays of networks.

    Cases: school (row of schools), school_id, school_network, zone, school_level, school_year, danger, types, report_week,
    event and delay (hours) of ``step``.
    """
    drawn = register._schools(rng, n_schools, PEOPLE)
    cases = register._draw(rng, n_cases, drawn, YEARS, DAYS)
    codes = {label: code for v in (SCHOOL_NETWORKS, TEACHING_LEVELS) for code, label in v.labels.items()}
    network = drawn["Réseau"].map(codes).to_numpy()[cases.school]
    pace = cases.pace * pd.Series(network).map(lambda code: (paces or {}).get(code, 1.0)).to_numpy()
    event, delay = _step(rng, replace(cases, pace=pace), step)
    grade = np.array([int(g[1]) for g in cases.grade])
    secondary = np.array([g[0] == "S" for g in cases.grade])
    level = LEVELS[np.where(secondary, 1 + np.minimum((grade - 1) // 2, 2), 0)]
    day = cases.reported.astype("datetime64[D]")
    week = day - (day.astype(int) + 3) % 7
    table = pd.DataFrame(
        {
            "school": cases.school,
            "school_id": drawn["Code"].to_numpy()[cases.school],
            "school_network": network,
            "zone": drawn["Zone"].to_numpy()[cases.school],
            "school_level": level,
            "school_year": np.searchsorted([np.datetime64(y.first_day) for y in YEARS], day, "right"),
            "danger": cases.danger,
            "report_week": week,
            "event": event,
            "delay": delay,
        }
    )
    return Drawn(drawn, table[table["event"] != ""])


def _step(rng: np.random.Generator, cases: register._Cases, step: str) -> tuple[np.ndarray, np.ndarray]:
    """What became of a step in each case, as the generator decides it: event ("" where it does not apply) and hours."""
    n, habit = len(cases.reported), STEPS[step].assumed
    share = np.where(cases.danger, habit.done if habit.done_in_danger is None else habit.done_in_danger, habit.done)
    at = cases.days.at_work(rng, cases.reported + register._delays(rng, habit, cases.pace), assumed.ANY_HOUR_SHARE)
    closed = np.where(
        np.isnat(cases.closed_on), np.datetime64(AS_OF), np.minimum(cases.closed_on, np.datetime64(AS_OF))
    )
    is_open = np.isnat(cases.closed_on) | (cases.closed_on > np.datetime64(AS_OF))
    wanted = rng.random(n) < share
    done = wanted & (at.astype("datetime64[D]") <= closed)
    out = ~wanted & (rng.random(n) * (1 - habit.done) < habit.not_applicable + habit.not_recorded)
    until = np.where(done, at, closed.astype("datetime64[m]") + np.timedelta64(16, "h"))
    hours = np.maximum(np.ceil((until - cases.reported).astype("timedelta64[m]").astype(float) / 60), 0)
    return np.select([out, done, is_open], ["", "done", "pending"], "closed"), hours
