"""Schools drawn by lot among those that are close in need, and what became of them beside the others of the draw.

Between schools that are close, what is known does not choose; a lot does, and makes the two groups comparable. The estimate
redraws the lots and asks how often chance alone does as much: it assumes nothing of the counts. A drawn school counts as
drawn whether or not it has had its session.

Sources: Fisher (1935), The Design of Experiments, ch. II; Rosenbaum (2002), Stat Sci 17, 286 (adjusting for what was known
before the draw); Ernst (2004), Stat Sci 19, 676 (the interval is what a test does not refuse).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from analytics.planning.evaluation import MINIMUM_SCHOOLS, Verdict, direction
from analytics.planning.history_model import Array, Grid, fitted
from analytics.planning.problem import Problem

N_DRAWS = 1999
MOST_VISITED = 0.1
"""The share of the schools not drawn that may have a session before the comparison ends."""
RATIOS = np.exp(np.linspace(-4, 4, 401))
"""The ratios that are tried: from a fiftieth to fifty times, in steps of 2 %."""


@dataclass(frozen=True)
class Draw:
    """A draw: its seed, its day, the school year and first week of the plan that it is for, the schools that took part and
    those drawn."""

    seed: int
    drawn_on: date
    year: str
    first_week: date
    schools: tuple[str, ...]
    drawn: tuple[str, ...]

    @property
    def others(self) -> tuple[str, ...]:
        return tuple(sorted({*self.schools} - {*self.drawn}))


def close_in_need(need: pd.DataFrame, problem: Problem) -> tuple[str, ...]:
    """The schools (ids) that are close: the most whose intervals of the need have a value in common, the greatest such
    value. Only those that could be given something and have had no action this school year."""
    schools = problem.schools.loc[~problem.schools["visited"], "school_id"]
    open_to = need[need["school_id"].isin(schools) & need["school_id"].isin(problem.units["school_id"])]
    per_rate = (open_to["need"] / open_to["shrunken_rate"].where(open_to["shrunken_rate"] > 0)).fillna(0)
    limits = open_to[["lower", "upper"]].mul(per_rate, axis=0).groupby(open_to["school_id"]).sum()
    low, high = limits["lower"].to_numpy(), limits["upper"].to_numpy()
    holds = (low <= low[:, None]) & (low[:, None] <= high)  # one row for each value that could be common
    if not len(low):
        return ()
    return tuple(limits.index[holds[np.lexsort((low, holds.sum(axis=1)))[-1]]])


def with_draw(problem: Problem, draw: Draw) -> Problem:
    """The problem in which every drawn school that can be given something must have an action, and the others can have none
    before its end: their need still counts."""
    drawn = problem.schools["school_id"].isin({*draw.drawn} & {*problem.units["school_id"]})
    due = problem.schools["due"].mask(drawn & problem.schools["due"].isna(), len(problem.weeks) - 1)
    due = due.mask(problem.schools["school_id"].isin(draw.others))
    first_week = problem.units["first_week"].mask(problem.units["school_id"].isin(draw.others), len(problem.weeks))
    return replace(problem, units=problem.units.assign(first_week=first_week), schools=problem.schools.assign(due=due))


def draw_lots(schools: Collection[str], n: int, seed: int, drawn_on: date, year: str, first_week: date) -> Draw:
    """Draw ``n`` of the schools (their ids). The same schools and seed give the same draw, in whatever order they come."""
    listed = tuple(sorted(schools))
    drawn = np.random.default_rng(seed).permutation(listed)[:n]
    return Draw(seed, drawn_on, year, first_week, listed, tuple(sorted(map(str, drawn))))


@dataclass(frozen=True)
class DrawnEffect:
    """Reports of drawn schools after the draw, as a ratio of those to expect from the others of the draw, with its 95 %
    interval; NaN while the data cannot tell. ``n_given`` drawn schools have had a session since."""

    n_drawn: int
    n_others: int
    n_terms: int
    n_given: int
    ratio: float = np.nan
    lower: float = np.nan
    upper: float = np.nan

    @property
    def verdict(self) -> Verdict:
        return direction(self.lower, self.upper)


def drawn_effect(table: pd.DataFrame, given: pd.DataFrame, draw: Draw) -> DrawnEffect:
    """The ratio of reports in drawn schools, by randomisation.

    ``table``: :func:`analytics.planning.school_terms.panel`. ``given``: school_id, week (of each session). Counted are the
    whole terms after the one in which the plan begins, until more than a tenth of the schools not drawn have had a session.
    Each school's count is set beside what its past let expect on the day of the draw, and weighs by how sure that is.
    Without ten schools on each side in the register, or without reports on both sides, there is no estimate.
    """
    rows = table[table["school_id"].isin(draw.schools)]
    starts = np.unique(rows["starts"].to_numpy("datetime64[us]"))
    rows = rows.assign(number=np.searchsorted(starts, rows["starts"].to_numpy("datetime64[us]")))
    first_week = np.datetime64(draw.first_week, "us")
    plan = int(np.searchsorted(starts, first_week, side="right")) - 1
    visit = given[given["week"] >= first_week].groupby("school_id")["week"].min()
    visited_in = np.sort(np.searchsorted(starts, visit[visit.index.isin(draw.others)].to_numpy(), side="right") - 1)
    allowed = int(MOST_VISITED * len(draw.others))
    n_terms = int(visited_in[allowed]) if len(visited_in) > allowed else len(starts)
    n_given = int(visit.index.isin(draw.drawn).sum())
    before = rows[rows["number"] < plan]
    after = rows[(rows["number"] > plan) & (rows["number"] < n_terms)].groupby("school_id")[["n", "exposure"]].sum()
    is_drawn = np.isin(np.sort(rows["school_id"].unique()), draw.drawn).astype("float64")
    numbers = int(is_drawn.sum()), int((1 - is_drawn).sum()), max(n_terms - plan - 1, 0), n_given
    if min(numbers[:2]) < MINIMUM_SCHOOLS or not numbers[2] or not before["n"].sum():
        return DrawnEffect(*numbers)
    grid = Grid.of(before.assign(since=np.nan), "n", "exposure")
    past, _ = fitted(grid)
    rate = past.own * past.mean.sum(axis=1) / grid.exposure.sum(axis=1)
    count, expected = after["n"].to_numpy("float64"), rate * after["exposure"].to_numpy("float64")
    expected *= count.sum() / expected.sum()
    known = past.prior + grid.n.sum(axis=1)
    weight = known / (known + expected)
    if not (count @ is_drawn and count @ (1 - is_drawn)):
        return DrawnEffect(*numbers)
    return DrawnEffect(*numbers, *_randomised(weight * count, weight * expected, is_drawn, draw.seed, N_DRAWS))


def _randomised(count: Array, expected: Array, is_drawn: Array, seed: int, n_draws: int) -> tuple[float, float, float]:
    """The ratio, and the least and greatest one that redrawing the lots does not refuse at the 5 % level.

    A ratio is refused when, once the counts of the drawn schools are divided by it, fewer than one draw in twenty sets the
    two groups as far apart as the real one does.
    """
    rng = np.random.default_rng([seed, 1])
    lots = np.vstack([is_drawn, rng.permuted(np.tile(is_drawn, (n_draws, 1)), axis=1)])
    treated, untreated = count * is_drawn, count * (1 - is_drawn)
    ratio = (treated.sum() / (expected @ is_drawn)) / (untreated.sum() / (expected @ (1 - is_drawn)))
    tried = RATIOS[:, None]
    with np.errstate(divide="ignore"):
        drawn = np.log((lots @ treated) / tried + lots @ untreated) - np.log(lots @ expected)
        others = np.log(((1 - lots) @ treated) / tried + (1 - lots) @ untreated) - np.log((1 - lots) @ expected)
    apart = np.abs(drawn - others)
    kept = RATIOS[(apart >= apart[:, :1] - 1e-9).mean(axis=1) > 0.05]
    return float(ratio), float(min(kept.min(initial=ratio), ratio)), float(max(kept.max(initial=ratio), ratio))
