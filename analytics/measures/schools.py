"""Which schools are concerned. One row per school in, answers out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.domain.vocabulary import STEPS
from analytics.measures.funnel import funnel, limits, shrunken_rates
from analytics.measures.grouping import groups, numbers, picked, places, sums, taken, totals, with_columns
from analytics.measures.intervals import rate_interval, wilson

PER = 1000
"""Rates are cases per this many pupils, over the period chosen."""
N_DRAWS = 1000
SEED = 20_260_824
"""The same question always has the same answer."""


def teaching(schools: pd.DataFrame, levels: Sequence[str]) -> pd.DataFrame:
    """The rows of ``schools`` that can have a case of the pupils' ``levels``; all of them when ``levels`` is empty.

    Beside schools that do not teach a level, those that do would all look high. A school whose level is not known stays, and
    so does one with a case; where the pupil's level is not known, any school can have it.
    """
    if not levels or "unknown" in levels:
        return schools
    taught = {level.partition("_")[0] for level in levels}  # secondary_2 is taught by a secondary school
    can_have = schools["school_level"].isna() | schools["school_level"].isin(taught) | (schools["n"] > 0)
    return schools[can_have].reset_index(drop=True)


def rates(schools: pd.DataFrame, bunching: float) -> pd.DataFrame:
    """The cases of each school beside those to expect of its pupils and level, in the order of the table: nobody is ranked.

    ``schools`` is what :meth:`Snapshot.school_counts` returns, ``bunching`` that of the whole register
    (:func:`funnel.bunching`). Each level stands alone: its schools are compared with each other. Returns the columns of
    ``schools`` and: expected (cases), ratio (to these), spread (of the schools of the level, see :func:`funnel.spread`),
    flag (one of funnel.FLAGS); per 1,000 pupils rate with its 95 % interval lower and upper (exact below ten cases, Byar's
    from ten on, of as many times fewer cases as they come in bunches), and shrunken_rate with shrunken_lower and
    shrunken_upper (the one to compare and choose by, see :func:`funnel.shrunken_rates`). All are missing for a school whose
    number of pupils or level is not known.
    """
    measured, (level, levels) = _measured(schools), groups(schools, ["school_level"])
    rows = [np.flatnonzero(level == place) for place in range(len(levels))] or [level]
    of_level = [shrunken_rates(funnel(taken(measured, of), bunching), bunching) for of in rows]
    found = pd.concat(of_level).iloc[np.argsort(np.concatenate(rows))].set_axis(schools.index)
    interval = rate_interval(found["count"] / bunching, found["exposure"] / bunching, per=PER)
    answer = {
        "expected": found["expected"],
        "ratio": found["ratio"],
        "spread": found["spread"],
        "flag": found["flag"],
        "rate": PER * found["rate"],
        "lower": interval.lower,
        "upper": interval.upper,
        "shrunken_rate": PER * found["shrunken_rate"],
        "shrunken_lower": PER * found["lower"],
        "shrunken_upper": PER * found["upper"],
    }
    return with_columns(schools, answer)


def funnel_lines(rated: pd.DataFrame, bunching: float, n_points: int = 120) -> pd.DataFrame:
    """The curves of the funnel of each level of ``rated`` (:func:`rates`), from the smallest to the largest school:
    school_level, expected (cases), lower_95, upper_95, lower_998, upper_998 (ratios to it) and spread (0 where the schools
    of the level differ no more than chance makes them).

    Without a row when nothing is expected of any school.
    """
    known = picked(rated, ["school_level", "spread", "expected"], np.flatnonzero(rated["expected"] > 0))
    level, levels = groups(known, ["school_level", "spread"])
    of_level = (known["expected"].to_numpy()[level == place] for place in range(len(levels)))
    sizes = [np.geomspace(0.9 * expected.min(), 1.1 * expected.max(), n_points) for expected in of_level]
    each, between = (picked(levels, [name], np.repeat(levels.index, n_points)) for name in levels)
    lines = limits(np.concatenate([[], *sizes]), bunching, between["spread"])
    return with_columns(each, {**lines, **between})


def outliers(rated: pd.DataFrame) -> pd.DataFrame:
    """The schools of :func:`rates` above the funnel, those furthest above what is expected first: where to look.

    Those above the 99.8 % limit; where there is none, those above the 95 % one, of which chance alone makes some. How far
    is judged by the shrunken rate.
    """
    beyond = rated["shrunken_rate"] * rated["n_pupils"].astype("float64") / rated["expected"]
    for flag in ("above_998", "above_95"):
        row = np.flatnonzero(rated["flag"] == flag)
        if len(row):
            return rated.iloc[row[np.argsort(-beyond.to_numpy()[row], kind="stable")]].reset_index(drop=True)
    return rated.iloc[:0]


def peers(schools: pd.DataFrame, school_id: str, column: str) -> tuple[str, ...]:
    """The codes of the other schools that share a school's value of ``column``; none where it is not known."""
    codes, values = schools["school_id"].to_numpy(), schools[column].to_numpy()
    is_own = codes == school_id
    return tuple(codes[(values == values[is_own]) & ~is_own].tolist())


def deadlines(school_deadlines: pd.DataFrame, school_id: str) -> pd.DataFrame:
    """The maximum delay of each step for a school: step, max_hours, max_school_days, is_own.

    ``school_deadlines`` is the table of the store. A step has the school's own deadline, else the service's, else none.
    """
    of_school = school_deadlines[school_deadlines["school_id"] == school_id]
    own = dict(
        zip(of_school["step"], zip(of_school["max_hours"], of_school["max_school_days"], strict=True), strict=True)
    )
    service = {
        code: (step.deadline.hours, step.deadline.school_days) if step.deadline else (None, None)
        for code, step in STEPS.items()
    }
    hours, school_days = zip(*(service | own).values(), strict=True)
    return pd.DataFrame(
        {
            "step": list(service),
            "max_hours": pd.array(hours, dtype="Int64"),
            "max_school_days": pd.array(school_days, dtype="Int64"),
            "is_own": [code in own for code in service],
        }
    )


def by_year(counts: pd.DataFrame, school_years: Sequence[str]) -> pd.DataFrame:
    """The cases of each of ``school_years``, 0 where there is none: school_year, n, n_danger (life is threatened).

    ``counts``: school_year, danger, n, from :meth:`Snapshot.case_counts`.
    """
    place, danger = places(counts["school_year"], list(school_years)), counts["danger"].to_numpy(bool).astype(int)
    table = sums(place, danger, counts["n"], (len(school_years), 2))
    return pd.DataFrame({"school_year": list(school_years), "n": table.sum(axis=1), "n_danger": table[:, 1]})


def concerned(schools: pd.DataFrame, by: str) -> pd.DataFrame:
    """How many schools have at least one case, by a column of ``schools`` (:meth:`Snapshot.school_counts`).

    Returns ``by`` (missing where it is not known), n_schools, n_concerned, n_silent, n_cases, share (of the schools, with at
    least one case), lower, upper.
    """
    group, answer = groups(schools, [by])
    n = schools["n"].to_numpy(np.int64)
    n_schools, n_concerned, n_cases = (
        np.bincount(group, each, len(answer)).astype(np.int64) for each in (None, n > 0, n)
    )
    lower, upper = wilson(n_concerned, n_schools)
    columns = {
        "n_schools": n_schools,
        "n_concerned": n_concerned,
        "n_silent": n_schools - n_concerned,
        "n_cases": n_cases,
        "share": n_concerned / n_schools,
        "lower": lower,
        "upper": upper,
    }
    return with_columns(answer, columns)


def concentration(rated: pd.DataFrame, bunching: float) -> pd.DataFrame:
    """The share of the cases that the most concerned tenth of the schools has, beside what chance alone would give.

    ``rated``: n and expected (:func:`rates`). By chance a case falls on any pupil of a level alike, and brings its bunch.
    What the tenth with the most cases then has is simulated, with a fixed seed: expected is its mean, lower and upper hold
    95 % of the draws. Schools without a known number of pupils or level are left out. Returns one row n_schools, n_left_out,
    n_top, n_cases, n_top_cases, share, expected, lower, upper; shares are NaN without a case.
    """
    measured = rated.loc[rated["expected"].notna(), ["n", "expected"]]
    counts, expected = measured["n"].to_numpy("int64"), measured["expected"].to_numpy("float64")
    n_top, n_cases = -(-len(counts) // 10), int(counts.sum())
    answer = {
        "n_schools": len(counts),
        "n_left_out": len(rated) - len(counts),
        "n_top": n_top,
        "n_cases": n_cases,
        "n_top_cases": int(_top(counts, n_top)) if n_top else 0,
        **dict.fromkeys(("share", "expected", "lower", "upper"), np.nan),
    }
    if n_cases:
        n_events = max(round(n_cases / bunching), 1)
        draws = np.random.default_rng(SEED).multinomial(n_events, expected / expected.sum(), N_DRAWS)
        by_chance = _top(draws, n_top) / n_events
        lower, upper = np.quantile(by_chance, [0.025, 0.975])
        share = answer["n_top_cases"] / n_cases
        answer |= {"share": share, "expected": by_chance.mean(), "lower": lower, "upper": upper}
    return pd.DataFrame([answer])


def repeats(counts: pd.DataFrame, within: int = 4) -> pd.DataFrame:
    """How many cases follow another of the same school by at most ``within`` weeks, beside what chance alone would give.

    ``counts``: school_id, report_week, n (:meth:`Snapshot.case_counts`). Of several cases of one week the first may be new,
    the others follow it. By chance the cases of each school fall in any week as those of all schools together do: the
    expected number is then exact, no simulation.
    Returns one row n (cases that follow another), n_cases, share, lower, upper, expected (a share), n_schools_again
    (schools with more than one case); shares are NaN without a case.
    """
    school, found = groups(counts, ["school_id"])
    by_school = totals(school, counts["n"], len(found))
    n_cases = int(by_school.sum())
    if not n_cases:
        zeros = dict.fromkeys(("n", "n_cases", "n_schools_again"), 0)
        return pd.DataFrame([zeros | dict.fromkeys(("share", "lower", "upper", "expected"), np.nan)])
    week = counts["report_week"].to_numpy("datetime64[D]")
    order = np.lexsort((week, school))
    is_same, waited = np.diff(school[order]) == 0, np.diff(week[order])
    n_new = len(counts) - np.count_nonzero(is_same & (waited <= np.timedelta64(7 * within, "D")))
    lower, upper = wilson(n_cases - n_new, n_cases)
    return pd.DataFrame(
        {
            "n": [n_cases - n_new],
            "n_cases": n_cases,
            "share": 1 - n_new / n_cases,
            "lower": lower,
            "upper": upper,
            "expected": 1 - _new_by_chance(week, counts["n"], by_school, within) / n_cases,
            "n_schools_again": int((by_school > 1).sum()),
        }
    )


def _new_by_chance(week: NDArray[np.datetime64], n: pd.Series, by_school: NDArray[np.int64], within: int) -> float:
    """Expected number of cases without another of their school in the ``within`` weeks before, or before them in their week.

    With n cases drawn alike, a week opens with a new one when some of them fall in it and none in the weeks before.
    """
    weekly = np.bincount((week - week.min()) // np.timedelta64(7, "D"), n.to_numpy(float))
    total = np.concatenate([np.zeros(within + 1), np.cumsum(weekly)]) / weekly.sum()
    before = total[within:-1] - total[: -within - 1]
    up_to = total[within + 1 :] - total[: -within - 1]
    sizes, n_schools = np.unique(by_school, return_counts=True)
    new = [((1 - before) ** size - np.maximum(1 - up_to, 0) ** size).sum() for size in sizes]
    return float(np.dot(new, n_schools))


def _top(counts: np.ndarray, n_top: int) -> np.ndarray:
    """The sum of the ``n_top`` largest counts, along the last axis. Numbers of few bits are sorted soonest."""
    few_bits = counts.astype(np.min_scalar_type(counts.max()))
    return np.sort(few_bits, axis=-1, kind="stable")[..., -n_top:].sum(axis=-1)


def _measured(schools: pd.DataFrame) -> pd.DataFrame:
    """count and exposure of each school, as the funnel takes them; no exposure where its pupils or level are not known."""
    pupils = numbers(schools["n_pupils"])
    exposure = np.where((pupils > 0) & schools["school_level"].notna().to_numpy(), pupils, np.nan)
    return pd.DataFrame({"count": schools["n"].to_numpy(float), "exposure": exposure})
