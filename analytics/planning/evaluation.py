"""Evaluation: reports before and after a first action, compared with schools not visited yet, and what that cannot say.

Reports are counted, not harm: after a session pupils may trust adults more and report more. Schools are chosen when they
are high and would have come down by themselves (:func:`expected_without_action`). The model compares each school with
itself and each term with the other schools: a Poisson regression with an offset and school and term effects, whose errors
are robust to any dependence within a school.

Sources: Liang and Zeger (1986), Biometrika 73, 13 (clustered errors); Cameron and Miller (2015), J Hum Resources 50, 317
(few clusters); Wooldridge (1999), J Econometrics 90, 77 (Poisson with fixed effects); Barnett, van der Pols and Dobson
(2005), Int J Epidemiol 34, 215 (regression to the mean).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from analytics.domain.school_calendar import SchoolCalendar
from analytics.measures.funnel import shrunken_rates

MINIMUM_SCHOOLS = 10
"""With fewer visited or fewer comparison schools, robust errors are too small to be trusted: no estimate is given."""
FARTHEST = 30
"""The log of an expected count beyond which an estimate runs away."""


def terms(weeks: pd.Series, calendar: SchoolCalendar) -> pd.Series:
    """The term of each week (Monday): ``"2025-2026 T1"``, up to the winter holidays, T2 up to the spring ones, then T3."""
    years = calendar.school_year(weeks)
    ends = {year.name: (year.holidays[1].first_day, year.holidays[3].first_day) for year in calendar.years}
    number = [
        1 + sum(week.date() >= end for end in ends[year])
        for week, year in zip(pd.to_datetime(weeks), years, strict=True)
    ]
    return pd.Series([f"{year} T{n}" for year, n in zip(years, number, strict=True)], index=weeks.index, dtype="str")


def panel(
    schools: pd.DataFrame, cases: pd.DataFrame, given: pd.DataFrame, weeks: pd.Series, calendar: SchoolCalendar
) -> pd.DataFrame:
    """Schools by term: school_id, term, n (cases), exposure (pupils times weeks), visited, just_before.

    ``schools``: school_id, n_pupils. ``cases``: school_id, report_week, n. ``given``: school_id, week. ``weeks``: the
    Mondays that the register covers, whole weeks only. ``visited`` is True from the term after the first session on;
    ``just_before`` marks the term before the session, on which the choice of the school may rest. The term of the session
    itself is before and after at once, and left out.
    """
    dated = pd.DataFrame({"week": weeks, "term": terms(weeks, calendar)})
    of_term = dated.groupby("term", as_index=False).agg(n_weeks=("week", "size"), first=("week", "min"))
    of_term["number"] = range(len(of_term))
    known = schools.loc[schools["n_pupils"].fillna(0) > 0, ["school_id", "n_pupils"]]
    counts = cases.merge(dated, left_on="report_week", right_on="week").groupby(["school_id", "term"])["n"].sum()
    answer = known.merge(of_term, how="cross").join(counts, on=["school_id", "term"]).fillna({"n": 0})
    answer["exposure"] = answer["n_pupils"].astype("float64") * answer["n_weeks"]
    visit = given.groupby("school_id")["week"].min()
    began = pd.Series(np.searchsorted(of_term["first"], visit, side="right") - 1, index=visit.index, dtype="float64")
    since = answer["number"] - answer["school_id"].map(began)
    answer = answer.assign(visited=since > 0, just_before=since == -1)[since != 0]
    return answer[["school_id", "term", "n", "exposure", "visited", "just_before"]].reset_index(drop=True)


@dataclass(frozen=True)
class Effect:
    """Reports after a first session, as a ratio of what was to be expected without. ``ratio`` and limits are NaN when the
    data cannot tell. ``dispersion`` is how much more the counts vary than Poisson's.
    """

    ratio: float
    lower: float
    upper: float
    n_visited: int
    n_compared: int
    n_terms: int
    dispersion: float

    @property
    def is_known(self) -> bool:
        return bool(np.isfinite(self.ratio))


def effect(table: pd.DataFrame, confidence: float = 0.95) -> Effect:
    """The ratio of reports in visited schools, from a Poisson regression with school and term effects.

    ``table``: :func:`panel`. Schools without any case say nothing and are left out, as are schools seen in a single term
    or already visited in all of them. A school is "visited" when it has terms before and after; the others are compared.
    Without ten of each there is no estimate, nor when an estimate runs away (no report at all after the session). Limits
    come from errors clustered by school, with G/(G-1), and Student's t with one degree of freedom less than the smaller
    side has schools: with ten or twelve of them normal limits hold the truth 90 to 92 times in 100, these 94 to 96.
    """
    rows = _informative(table)
    n_visited = len(rows.loc[rows["visited"], "school_id"].unique())
    n_compared = len(rows["school_id"].unique()) - n_visited
    ratio = lower = upper = dispersion = np.nan
    if min(n_visited, n_compared) >= MINIMUM_SCHOOLS:
        fit = _fit(rows, rows[["visited"]].to_numpy(float))
        if fit is not None:
            t = stdtrit(min(n_visited, n_compared) - 1, (1 + confidence) / 2)
            ratio, lower, upper = map(float, np.exp(fit.coefficients[0] + fit.errors[0] * np.array([0, -t, t])))
            dispersion = fit.dispersion
    return Effect(ratio, lower, upper, n_visited, n_compared, rows["term"].nunique(), dispersion)


def baseline(table: pd.DataFrame) -> tuple[float, float]:
    """Mean cases of a school in a term, and how much more they vary than Poisson's once school and term are known: what a
    power calculation starts from. The dispersion is at least 1, and 1 where it cannot be told."""
    rows = _informative(table)
    fit = _fit(rows, np.empty((len(rows), 0))) if len(rows["school_id"].unique()) > 1 else None
    cases = float(table["n"].mean()) if len(table) else 0.0
    return cases, max(fit.dispersion, 1.0) if fit is not None else 1.0


def _informative(table: pd.DataFrame) -> pd.DataFrame:
    """The rows that inform the estimate: schools with cases, seen in several terms, not visited in all; terms with cases."""
    seen = table.groupby("school_id").agg(n=("n", "sum"), terms=("term", "size"), always=("visited", "all"))
    useful = seen.index[(seen["n"] > 0) & (seen["terms"] > 1) & ~seen["always"].astype(bool)]
    rows = table[table["school_id"].isin(useful)]
    return rows[rows.groupby("term")["n"].transform("sum") > 0]


def _fit(rows: pd.DataFrame, first: NDArray[np.float64]) -> Fit | None:
    """Poisson regression of the counts on the columns ``first``, the schools and the terms."""
    columns = np.column_stack([first, _dummies(rows["school_id"]), _dummies(rows["term"])[:, 1:]])
    cluster = pd.factorize(rows["school_id"])[0]
    return poisson(rows["n"].to_numpy(float), columns, np.log(rows["exposure"].to_numpy(float)), cluster)


def _dummies(codes: pd.Series) -> NDArray[np.float64]:
    positions, names = pd.factorize(codes, sort=True)
    return np.eye(len(names))[positions]


@dataclass(frozen=True)
class Fit:
    """A Poisson regression: coefficients, their errors clustered, and Pearson's dispersion."""

    coefficients: NDArray[np.float64]
    errors: NDArray[np.float64]
    dispersion: float


def poisson(
    counts: NDArray[np.float64], columns: NDArray[np.float64], offset: NDArray[np.float64], cluster: NDArray[np.int64]
) -> Fit | None:
    """Poisson regression by iteratively reweighted least squares, errors clustered by ``cluster`` (numbered from 0).

    None when it does not converge, its columns are not independent, or an estimate runs away to no count or to countless
    ones: the data then do not tell.
    """
    if np.linalg.matrix_rank(columns.T @ columns, hermitian=True) < columns.shape[1]:
        return None
    mean = counts + 0.5
    linear = np.log(mean)
    for _ in range(100):
        working = linear - offset + (counts - mean) / mean
        weighted = columns * mean[:, None]
        coefficients = np.linalg.solve(columns.T @ weighted, weighted.T @ working)
        before, linear = linear, np.clip(columns @ coefficients + offset, -FARTHEST, FARTHEST)
        mean = np.exp(linear)
        if np.max(np.abs(linear - before)) < 1e-9:
            break
    else:
        return None
    if np.abs(linear).max() == FARTHEST:
        return None
    bread = np.linalg.inv(columns.T @ (columns * mean[:, None]))
    n_clusters = cluster.max() + 1
    scores = np.zeros((n_clusters, columns.shape[1]))
    np.add.at(scores, cluster, columns * (counts - mean)[:, None])
    meat = scores.T @ scores * n_clusters / (n_clusters - 1)
    errors = np.sqrt(np.maximum(np.diag(bread @ meat @ bread), 0))
    free = max(len(counts) - columns.shape[1], 1)
    return Fit(coefficients, errors, float(((counts - mean) ** 2 / mean).sum() / free))


def expected_without_action(schools: pd.DataFrame, n_chosen: int) -> pd.DataFrame:
    """What becomes of the schools with the highest rates if nothing is done: regression to the mean.

    ``schools``: school_id, n (cases), exposure. Of the ``n_chosen`` highest rates above 0 returns school_id, n, rate,
    expected (the rate to expect next, the one best believed), change (expected over rate, less 1: negative is a fall).
    """
    rates = shrunken_rates(schools.assign(count=schools["n"])).sort_values("rate", ascending=False, kind="stable")
    chosen = rates[rates["rate"] > 0].head(n_chosen).rename(columns={"shrunken_rate": "expected"})
    chosen["change"] = chosen["expected"] / chosen["rate"] - 1
    return chosen[["school_id", "n", "rate", "expected", "change"]].reset_index(drop=True)
