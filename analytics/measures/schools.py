"""Which schools are concerned. A row a school in, answers out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.domain.vocabulary import STEPS
from analytics.measures.funnel import overdispersion, rate_funnel, rate_limits, shrunken_rates
from analytics.measures.grouping import groups, totals, with_columns
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


def rates(schools: pd.DataFrame) -> pd.DataFrame:
    """Cases per 1,000 pupils of each school beside what chance allows, in the order of the table: nobody is ranked.

    ``schools`` is what :meth:`Snapshot.school_counts` returns. Returns its columns and, per 1,000 pupils, rate with its
    95 % interval lower and upper (exact below ten cases, Byar's from ten on), shrunken_rate with shrunken_lower and
    shrunken_upper (the one to compare and choose by, see :func:`funnel.shrunken_rates`), the funnel's lower_95, upper_95,
    lower_998, upper_998, widened by the over-dispersion, and flag (one of funnel.FLAGS). All are NaN for a school whose
    number of pupils is not known.
    """
    measured = _measured(schools)
    shrunken, funnel = shrunken_rates(measured), rate_funnel(measured, overdispersion(measured))
    interval = rate_interval(measured["count"], measured["exposure"], per=PER)
    answer = {
        "rate": PER * funnel["rate"],
        "shrunken_rate": PER * shrunken["shrunken_rate"],
        "shrunken_lower": PER * shrunken["lower"],
        "shrunken_upper": PER * shrunken["upper"],
        "flag": funnel["flag"],
        "lower": interval.lower,
        "upper": interval.upper,
        **{limit: PER * funnel[limit] for limit in ("lower_95", "upper_95", "lower_998", "upper_998")},
    }
    return with_columns(schools, answer)


def funnel_lines(schools: pd.DataFrame, n_points: int = 120) -> pd.DataFrame:
    """The curves of the funnel of ``schools``, from the smallest to the largest: n_pupils, overall, lower_95, upper_95,
    lower_998, upper_998 per 1,000 pupils, and over_dispersion (1 where the schools differ no more than chance makes them).

    Without a row when no school has a known number of pupils.
    """
    measured = _measured(schools).dropna()
    if measured.empty:
        columns = ["n_pupils", "overall", "lower_95", "upper_95", "lower_998", "upper_998", "over_dispersion"]
        return pd.DataFrame({column: pd.Series(dtype="float64") for column in columns})
    phi = overdispersion(measured)
    overall = measured["count"].sum() / measured["exposure"].sum()
    sizes = np.geomspace(0.9 * measured["exposure"].min(), 1.05 * measured["exposure"].max(), n_points)
    limits = rate_limits(sizes, overall, phi)
    lines = {name: PER * limits[name].to_numpy() for name in limits.columns[1:]}
    return pd.DataFrame({"n_pupils": sizes, **lines, "overall": PER * overall, "over_dispersion": phi})


def outliers(rated: pd.DataFrame) -> pd.DataFrame:
    """The schools of :func:`rates` above the funnel, the highest shrunken rate first: those where to look.

    Those above the 99.8 % limit; where there is none, those above the 95 % one, of which chance alone makes some.
    """
    for flag in ("above_998", "above_95"):
        row = np.flatnonzero(rated["flag"] == flag)
        if len(row):
            highest_first = np.argsort(-rated["shrunken_rate"].to_numpy()[row], kind="stable")
            return rated.iloc[row[highest_first]].reset_index(drop=True)
    return rated.iloc[:0]


def peers(schools: pd.DataFrame, school_id: str, column: str) -> tuple[str, ...]:
    """The codes of the schools that share a school's value of ``column``, itself included; none where it is not known."""
    value = dict(zip(schools["school_id"], schools[column], strict=True))
    own = value[school_id]
    return tuple(code for code in value if value[code] == own) if pd.notna(own) else ()


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


def concerned(schools: pd.DataFrame, by: str) -> pd.DataFrame:
    """How many schools have at least one case, by a column of ``schools`` (:meth:`Snapshot.school_counts`).

    Returns ``by`` (missing where it is not known), n_schools, n_concerned, n_silent, n_cases, share (of the schools, with at
    least one case), lower, upper.
    """
    group, names = groups(schools, [by])
    n_schools = np.bincount(group, minlength=len(names))
    n_concerned = np.bincount(group[(schools["n"] > 0).to_numpy(bool)], minlength=len(names))
    lower, upper = wilson(n_concerned, n_schools)
    answer = {
        "n_schools": n_schools,
        "n_concerned": n_concerned,
        "n_silent": n_schools - n_concerned,
        "n_cases": totals(group, schools["n"], len(names)),
        "share": n_concerned / n_schools,
        "lower": lower,
        "upper": upper,
    }
    return with_columns(names, answer)


def concentration(schools: pd.DataFrame) -> pd.DataFrame:
    """The share of the cases that the most concerned tenth of the schools has, beside what chance alone would give.

    By chance each case falls on any pupil alike. What the tenth with the most cases then has is simulated, with a fixed
    seed: expected is its mean, lower and upper hold 95 % of the draws. Schools without a known number of pupils are left
    out. Returns one row n_schools, n_left_out, n_top, n_cases, n_top_cases, share, expected, lower, upper; shares are NaN
    without a case.
    """
    measured = _measured(schools).dropna()
    counts, pupils = measured["count"].to_numpy("int64"), measured["exposure"].to_numpy("float64")
    n_top, n_cases = -(-len(counts) // 10), int(counts.sum())
    answer = {
        "n_schools": len(counts),
        "n_left_out": len(schools) - len(counts),
        "n_top": n_top,
        "n_cases": n_cases,
        "n_top_cases": int(_top(counts, n_top)) if n_top else 0,
        **dict.fromkeys(("share", "expected", "lower", "upper"), np.nan),
    }
    if n_cases:
        draws = np.random.default_rng(SEED).multinomial(n_cases, pupils / pupils.sum(), N_DRAWS)
        by_chance = _top(draws, n_top) / n_cases
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
    """The sum of the ``n_top`` largest counts, along the last axis."""
    return np.partition(counts, -n_top, axis=-1)[..., -n_top:].sum(axis=-1)


def _measured(schools: pd.DataFrame) -> pd.DataFrame:
    """count and exposure of each school, as the funnel takes them; no exposure where its pupils are not known."""
    pupils = schools["n_pupils"].to_numpy(float, na_value=np.nan)
    exposure = np.where(pupils > 0, pupils, np.nan)
    return pd.DataFrame({"count": schools["n"].to_numpy(float), "exposure": exposure}, schools.index)
