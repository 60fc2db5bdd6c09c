"""This school year against the one before, at the same weeks of school: how many more, how sure, and in a word.

Reports come in bunches, so that weekly counts vary more than a Poisson law lets them. How much more is estimated, category
by category, from weeks of the same rank in consecutive years: the season is the same on both sides, what differs is chance.
The number of cases of the two years together being given, those of this year follow a binomial law whose size is divided by
that overdispersion (quasi-likelihood: McCullagh and Nelder 1989, Generalized Linear Models, 4.5; conditional test:
Przyborowski and Wilenski 1940, Biometrika 31, 313). Its exact interval (Clopper and Pearson 1934, Biometrika 26, 404) is
widened by Student's law for what the estimate does not know.

What it promises, and ``tests/benchmarks/claims/years.py`` measures: where nothing changes, about five tables in a hundred
or fewer show a change in any of their rows, also where bunches last three weeks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

from analytics.domain.french import number, percent
from analytics.domain.school_calendar import SchoolCalendar
from analytics.domain.vocabulary import STEPS
from analytics.measures.grouping import numbers, places, sums
from analytics.measures.incidence import EVENTS, TOLERANCE
from analytics.measures.intervals import clopper_pearson
from analytics.measures.relays import UNDATED

VERDICTS = {
    "more": "plus",
    "less": "moins",
    "unsure": "pas de changement sûr",
    "too_few": "trop peu pour le dire",
}
"""What a comparison says. ``too_few``: whatever the year had held, no difference could have been sure."""

LEVEL = 0.05
BLOCK = 4
"""Weeks over which a bunch of reports may spread."""
MOST_OF_WEEKS = 8
"""Degrees of freedom that single weeks give at most: they know nothing of bunches that last."""
UNKNOWN = 2.0
"""Our choice: the overdispersion where no row has cases in both years; a row without them takes that of all rows."""
LEAST_FREEDOM = 3
"""Degrees of freedom, below which the variation of the weeks is not known: four weeks with a report."""


@dataclass(frozen=True)
class SameWeeks:
    """The whole weeks of a school year up to a day, and those of the same rank a year before (first and last Mondays).

    ``class_days`` and ``class_days_before`` are what schools taught in them.
    """

    first: date
    last: date
    first_before: date
    last_before: date
    class_days: int
    class_days_before: int


def same_weeks(calendar: SchoolCalendar, as_of: date, first_report: date) -> SameWeeks | None:
    """The weeks that are compared; from the first one that the register knows, where it begins in the year before.

    None where the calendar does not hold both years, no week is over, or the register begins later.
    """
    spans = calendar.same_weeks(as_of)
    if spans is None:
        return None
    (first, last), (first_before, last_before) = spans
    late = max(first_report - first_before, timedelta(0))
    first, first_before = first + late, first_before + late
    if first > last:
        return None
    taught = (
        calendar.class_days(start, end + timedelta(days=6))
        for start, end in ((first, last), (first_before, last_before))
    )
    return SameWeeks(first, last, first_before, last_before, *taught)


def compare(
    counts: pd.DataFrame, column: str, codes: Sequence[Any], calendar: SchoolCalendar, as_of: date, first_report: date
) -> pd.DataFrame:
    """The number of cases of each of ``codes`` in the running school year, and in the same weeks of school a year before.

    ``counts``: ``column``, report_week, n, of all school years: those before tell how weeks vary. ``first_report`` is the
    Monday of the register's first report. The week of ``as_of`` is left out on both sides until it is over.
    Returns ``column``, n, n_before, difference, lower, upper, verdict (one of VERDICTS), in the order of ``codes``;
    without a row where :func:`same_weeks` is None. lower and upper hold the difference at as many class days, at 95 % for
    all rows together: where the two years have taught differently, they need not lie around n - n_before.
    """
    weeks = same_weeks(calendar, as_of, first_report)
    if weeks is None:
        codes, n, n_before = [], *np.zeros((2, 0), dtype=np.int64)
        lower, upper, verdict = *np.zeros((2, 0)), np.zeros(0, dtype=object)
    else:
        every = _weekly(counts, column, codes, calendar, weeks.last)
        n, n_before = (
            every.between(first, last).sum(axis=1)
            for first, last in ((weeks.first, weeks.last), (weeks.first_before, weeks.last_before))
        )
        exposure = weeks.class_days / max(weeks.class_days_before, 1)
        lower, upper, verdict = _judge(n, n_before, exposure, *_overdispersion(every, first_report))
    columns = {"n": n, "n_before": n_before, "difference": n - n_before, "lower": lower, "upper": upper}
    return pd.DataFrame({column: list(codes), **columns, "verdict": pd.Series(verdict, dtype="str")})


_Counts = NDArray[np.int64]
_Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class _Weekly:
    """``n``: cases of each category (row) in each week from the Monday ``start`` on; ``taught``: class days of each week;
    ``bounds``: the places at which school years begin, and the end.
    """

    start: date
    n: _Counts
    taught: _Numbers
    bounds: list[int]

    def between(self, first: date, last: date) -> _Counts:
        return self.n[:, self.place(first) : self.place(last) + 1]

    def place(self, monday: date) -> int:
        return (monday - self.start).days // 7


def _weekly(counts: pd.DataFrame, column: str, codes: Sequence[Any], calendar: SchoolCalendar, last: date) -> _Weekly:
    starts = [_monday(year.first_day) for year in calendar.years if _monday(year.first_day) <= last]
    mondays = np.arange(np.datetime64(starts[0]), np.datetime64(last) + 7, 7)
    week = (counts["report_week"].to_numpy("datetime64[D]") - mondays[0]).astype(np.int64) // 7
    week = np.where(week < len(mondays), week, -1)
    n = sums(places(counts[column], codes), week, counts["n"], (len(codes), len(mondays)))
    taught = calendar.class_days_of_weeks(mondays).astype(float)
    return _Weekly(starts[0], n, taught, [*((start - starts[0]).days // 7 for start in starts), len(mondays)])


def _overdispersion(every: _Weekly, first_report: date) -> tuple[_Numbers, _Numbers]:
    """How many times more than a binomial law the weeks of each category vary (at least 1), and its degrees of freedom.

    Weeks of the same rank in two consecutive years, both taught: given their sum, those of the second year follow the rate
    ratio of the two years. Squares are summed before they are divided, so that busy weeks count as they do in a total. They
    are taken week by week and of BLOCK weeks together, where a bunch that lasts counts whole: the larger of the two is kept.
    """
    squares, spread, freedom = np.zeros((3, len(every.n), 2))
    for before, now, end in zip(every.bounds, every.bounds[1:], every.bounds[2:], strict=False):
        ranks = np.arange(max(every.place(first_report) - before, 0), min(now - before, end - now))
        ranks = ranks[(every.taught[now + ranks] > 0) & (every.taught[before + ranks] > 0)]
        if not len(ranks):
            continue
        one, other = every.n[:, now + ranks], every.n[:, before + ranks]
        taught, taught_before = every.taught[now + ranks], every.taught[before + ranks]
        odds = one.sum(axis=1) / taught.sum() / np.maximum(other.sum(axis=1) / taught_before.sum(), 1e-12)
        share = odds[:, None] * taught / (odds[:, None] * taught + taught_before)
        total = one + other
        for place, length in enumerate((1, BLOCK)):
            blocks = np.arange(0, len(ranks), length)
            n_blocks = (np.add.reduceat(total, blocks, axis=1) > 0).sum(axis=1)
            counted = (one.sum(axis=1) > 0) & (other.sum(axis=1) > 0) & (n_blocks > 1)  # else nothing is left to vary
            beyond = np.add.reduceat(one - total * share, blocks, axis=1)
            squares[:, place] += counted * (beyond**2).sum(axis=1) * n_blocks / np.maximum(n_blocks - 1, 1)
            spread[:, place] += counted * (total * share * (1 - share)).sum(axis=1)
            freedom[:, place] += np.maximum(n_blocks - 1, 0)
    every_row = squares.sum(axis=0) / np.maximum(spread.sum(axis=0), 1e-12) if spread.any() else UNKNOWN
    times = np.divide(squares, spread, out=np.ones_like(spread) * every_row, where=spread > 0)
    of_weeks, of_blocks = freedom.T
    return np.maximum(times.max(axis=1), 1), np.maximum(np.minimum(of_weeks, MOST_OF_WEEKS), of_blocks)


def _judge(
    n: _Counts, n_before: _Counts, exposure: float, overdispersion: _Numbers, freedom: _Numbers
) -> tuple[_Numbers, _Numbers, NDArray[np.object_]]:
    """Interval and verdict of each difference, at LEVEL for all of them together; ``exposure``: class days now to before.

    Rows that could not reach the level whatever they held are no part of the family (Tarone 1990, Biometrics 46, 515).
    """
    none = exposure / (1 + exposure)  # the share of this year where nothing changes
    size, size_before = n / overdispersion, n_before / overdispersion
    best = 2 * max(none, 1 - none) ** (size + size_before)  # the p-value of a year that held them all
    is_told = freedom >= LEAST_FREEDOM
    n_tests = next((k for k in range(1, len(n) + 1) if (is_told & (best <= LEVEL / k)).sum() <= k), 1)
    tail = ndtr(stdtrit(np.maximum(freedom, 1), LEVEL / n_tests / 2))
    lower, upper = clopper_pearson(size, size + size_before, tail)
    total = n + n_before
    verdict = np.select(
        [~is_told | (best > LEVEL / n_tests), lower > none, upper < none], ["too_few", "more", "less"], "unsure"
    )
    return *(total * (share - (1 - share) * exposure) for share in (lower, upper)), verdict


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def surest_first(answer: pd.DataFrame) -> pd.DataFrame:
    """The rows of :func:`compare` that hold a case, those with a sure change first, then the largest difference."""
    shown = answer[answer["n"] + answer["n_before"] > 0]
    sure = shown["verdict"].isin(["more", "less"])
    order = np.lexsort((-shown["difference"].abs(), ~sure))
    return shown.iloc[order].reset_index(drop=True)


FEWEST_CASES = 20
"""Cases of each year, below which a share within a delay is not compared."""
FEWEST_GROUPS = 8
"""Groups of schools with a case, below which the jackknife tells too little."""


def compare_shares(now: pd.DataFrame, before: pd.DataFrame, delay: float) -> pd.DataFrame:
    """The share of the cases in which each step was done within ``delay``, this year and the year before, one row a step.

    Both tables: what :meth:`Snapshot.step_counts` returns by school_group on any clock, or :func:`timeliness.judged`. Cases
    of a school are alike, and a school has cases in both years: the variance of a difference is a jackknife's that leaves
    out a group of schools at a time, in both years (Efron 1982, The Jackknife, 3), and the interval Student's, of as many
    groups of equal size as say as much (Carter, Schnepel and Steigerwald 2017, Rev Econ Stat 99, 698), at 95 % for all rows
    together. Returns step, n_cases, n_cases_before, share, share_before, difference, lower, upper, verdict;
    ``too_few`` below FEWEST_CASES or FEWEST_GROUPS, where a step has no date, and where no case or each one has it.
    """
    asked = {*now["step"]}
    steps = [*(step for step in STEPS if step in asked), *sorted(asked - {*STEPS})]
    groups = sorted({*now["school_group"], *before["school_group"]})
    cells = np.array([_cells(counts, steps, groups) for counts in (now, before)])
    n, n_before = cells[:, : len(_FOLLOWED)].sum(axis=(1, 3))
    is_dated = cells[:, : len(UNDATED)].sum(axis=(0, 1, 3)) == 0
    share, share_before = (
        np.where(is_dated[:, None], _without_each(counts, steps, groups, delay), np.nan) for counts in (now, before)
    )
    sizes = cells.sum(axis=(0, 1)).astype(float)
    counted, n_equal = (sizes > 0).sum(axis=1), sizes.sum(axis=1) ** 2 / np.maximum((sizes**2).sum(axis=1), 1)
    difference, *without = (share - share_before).T
    error = np.sqrt((len(groups) - 1) * np.var(without, axis=0)) if without else np.full(len(n), np.nan)
    enough = (np.minimum(n, n_before) >= FEWEST_CASES) & (counted >= FEWEST_GROUPS)
    both = share[:, 0] + share_before[:, 0]
    is_told = enough & (both > 0) & (both < 2) & ~np.isnan(error)
    half = stdtrit(np.maximum(n_equal - 1, 1), 1 - LEVEL / max(is_told.sum(), 1) / 2) * error
    lower, upper = (np.where(is_told, difference + side * half, np.nan) for side in (-1, 1))
    columns = {
        "n_cases": n,
        "n_cases_before": n_before,
        "share": share[:, 0],
        "share_before": share_before[:, 0],
        "difference": difference,
        "lower": lower,
        "upper": upper,
        "verdict": np.select([~is_told, lower > 0, upper < 0], ["too_few", "more", "less"], "unsure"),
    }
    return pd.DataFrame({"step": steps, **columns})


_FOLLOWED = (*UNDATED, *EVENTS, "done_later")
"""Events of the cases that a share is of."""


def _cells(counts: pd.DataFrame, steps: list[str], groups: list[int]) -> _Counts:
    """The number of cases by event (of _FOLLOWED, then any other), step and group of schools."""
    shape = (len(_FOLLOWED) + 1, len(steps), len(groups))
    event, step = places(counts["event"], _FOLLOWED) % shape[0], places(counts["step"], steps)
    row = np.where(step < 0, -1, event * len(steps) + step)
    return sums(row, places(counts["school_group"], groups), counts["n"], (shape[0] * shape[1], shape[2])).reshape(
        shape
    )


def _without_each(counts: pd.DataFrame, steps: list[str], groups: list[int], delay: float) -> NDArray[np.float64]:
    """The share of each step (rows) of all schools, then without each group (columns); NaN where there is no case.

    The estimate of :func:`measures.incidence.cumulative_incidence`, of all curves at once: they have their delays in common,
    and what takes longer than ``delay`` is all one.
    """
    event = places(counts["event"].astype("str").replace("done_later", "pending"), EVENTS)
    waited = np.minimum(numbers(counts["delay"]), delay + 1)
    step, group = places(counts["step"], steps), places(counts["school_group"], groups)
    kept = (event >= 0) & (step >= 0) & ~np.isnan(waited)
    delays, place = np.unique(waited[kept], return_inverse=True)
    n = np.zeros((len(EVENTS), len(steps), len(groups), len(delays)))
    np.add.at(n, (event[kept], step[kept], group[kept], place), counts["n"].to_numpy(float)[kept])
    every = n.sum(axis=2, keepdims=True)
    n = np.concatenate([every, every - n], axis=2)
    done, closed, _ = n
    at_risk = n.sum(axis=0)[..., ::-1].cumsum(axis=-1)[..., ::-1]
    divisor = np.maximum(at_risk, 1)
    waiting = np.cumprod(1 - (done + closed) / divisor, axis=-1)
    before = np.concatenate([np.ones_like(waiting[..., :1]), waiting[..., :-1]], axis=-1)
    share = np.where(delays <= delay, before * done / divisor, 0).sum(axis=-1)
    share = np.where(share > 1 - TOLERANCE, 1.0, share)
    return np.where(n.sum(axis=(0, -1)) > 0, share, np.nan)


def sentence(row: pd.Series) -> str:
    """A row of :func:`compare` after its number, or one of :func:`compare_shares`, in words: « 148 l’an dernier aux
    mêmes semaines entières : pas de changement sûr », « 82 %, 78 % l’an dernier : pas de changement sûr ».
    """
    verdict = VERDICTS[row["verdict"]]
    if "share" in row:
        return f"{percent(row['share'])}, {percent(row['share_before'])} l’an dernier : {verdict}"
    return f"{number(row['n_before'])} l’an dernier aux mêmes semaines entières : {verdict}"


def changes(answer: pd.DataFrame, column: str, labels: Mapping[Any, str]) -> str:
    """The rows of :func:`compare` or :func:`compare_shares` in words: those that surely changed with their numbers, then
    the rest; a single row has its numbers in any case. ``labels`` are the words of ``column``. "" where there is no row.
    """
    if answer.empty:
        return ""
    value, written = ("share", percent) if "share" in answer else ("n", number)
    rows = zip(answer[column], answer[value], answer[f"{value}_before"], answer["verdict"], strict=True)
    found = [
        f"« {labels[code]} » {written(now)} contre {written(before)}, {VERDICTS[verdict]}"
        for code, now, before, verdict in rows
        if verdict in ("more", "less") or len(answer) == 1
    ]
    rest = VERDICTS["too_few" if set(answer["verdict"]) == {"too_few"} else "unsure"]
    if not found:
        return f"{_AGAINST} : {rest}."
    return f"{_AGAINST} : {' ; '.join(found)}." + (f" Pour le reste, {rest}." if len(found) < len(answer) else "")


_AGAINST = "Face aux mêmes semaines d’école, un an plus tôt"
