"""Evaluation: reports after a first action beside those to expect without, and what that cannot say.

Reports are counted, not harm: after a session pupils may trust adults more and report more. Schools are chosen when they
are high and would have come down by themselves: what to expect of each is drawn from its past and from the other schools
(:mod:`analytics.planning.history_model`), so that the choice does not pass for an effect. Leaving out the term before the
session is not enough where the whole past decides. A placebo stands beside the estimate: the same choice where nothing was
done.

Source: Barnett, van der Pols and Dobson (2005), Int J Epidemiol 34, 215 (regression to the mean).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from analytics.measures.funnel import shrunken_rates
from analytics.planning.history_model import Array, Fit, Grid, dispersion, fit, fitted

MINIMUM_SCHOOLS = 10
"""With fewer visited or fewer comparison schools, errors are too small to be trusted: no estimate is given."""
N_PLACEBOS = 200

Verdict = Literal["unknown", "fewer", "more", "disagree", "unsure"]
VERDICT_WORDS: Mapping[Verdict, str] = {
    "unknown": "On ne peut pas le dire.",
    "fewer": "Moins de signalements qu’attendu : cela dépasse le hasard et le choix des écoles.",
    "more": "Plus de signalements qu’attendu, peut-être par confiance : cela dépasse le hasard et le choix des écoles.",
    "disagree": "On ne peut pas le dire : l’estimation et l’essai à blanc ne vont pas dans le même sens.",
    "unsure": "Pas de changement sûr.",
}


@dataclass(frozen=True)
class Effect:
    """Reports after a first session, as a ratio of what was to be expected without, with its 95 % interval. NaN when the
    data cannot tell. ``placebo_lower`` and ``placebo_upper`` hold 95 % of the ratios that the same choice gives where
    nothing was done.
    """

    n_visited: int
    n_compared: int
    n_terms: int
    ratio: float = np.nan
    lower: float = np.nan
    upper: float = np.nan
    placebo_lower: float = np.nan
    placebo_upper: float = np.nan

    @property
    def verdict(self) -> Verdict:
        """``fewer`` or ``more`` reports only where interval and placebo both say so; ``disagree`` where one of them does."""
        said = direction(self.lower, self.upper)
        beyond = not self.placebo_lower <= self.ratio <= self.placebo_upper
        return "disagree" if said != "unknown" and beyond == (said == "unsure") else said


def direction(lower: float, upper: float) -> Literal["unknown", "fewer", "more", "unsure"]:
    """On which side of 1 an interval lies."""
    if np.isnan(lower):
        return "unknown"
    return "fewer" if upper < 1 else "more" if lower > 1 else "unsure"


def effect(table: pd.DataFrame, seed: int, n_placebos: int = N_PLACEBOS) -> Effect:
    """The ratio of reports in visited schools to those expected from their past, their level and the other schools.

    ``table``: :func:`analytics.planning.school_terms.panel`. Schools visited before the register begins and terms or levels
    without any case say nothing and are left out. Without ten schools seen before and after a first session and ten others
    there is no estimate, nor when fewer than two of the first have a report afterwards. Limits use Student's t with one
    degree of freedom less than the smaller side has schools.
    """
    rows = _informative(table)
    seen = rows.groupby("school_id")["since"].agg(["min", "max"])
    n_visited = int(((seen["min"] < 0) & (seen["max"] > 0)).sum())
    numbers = n_visited, len(seen) - n_visited, rows["term"].nunique()
    reporting = rows.loc[(rows["since"] > 0) & (rows["n"] > 0), "school_id"].nunique()
    if min(numbers[:2]) < MINIMUM_SCHOOLS or reporting < 2:
        return Effect(*numbers)
    found, phi = fitted(Grid.of(rows))
    t = stdtrit(min(numbers[:2]) - 1, 0.975)
    limits = np.exp(found.coefficients[0] + found.error * np.array([0, -t, t]))
    placebo = np.quantile(placebo_ratios(rows, found, phi, seed, n_placebos), [0.025, 0.975])
    return Effect(*numbers, *map(float, limits), *map(float, placebo))


def placebo_ratios(rows: pd.DataFrame, found: Fit, phi: float, seed: int, n: int) -> Array:
    """What the estimate says of the same choice where nothing was done.

    The cases of each school are dealt anew to the terms, in bunches that give the dispersion ``phi``. Then, term after
    term, the schools chosen are those whose rate so far has the rank, among the schools not chosen yet, that the rate of
    the schools really chosen had.
    """
    rng = np.random.default_rng(seed)
    since = rows["since"].to_numpy("float64").reshape(found.grid.n.shape)
    counts, exposure = (rows[name].to_numpy("float64").reshape(since.shape) for name in ("n", "exposure"))
    number = np.nanmax(since - since[:, :1], axis=0)  # of each term; one without any case is not among them
    began = np.where(np.isnan(since[:, 0]), np.inf, -since[:, 0])
    starts = np.unique(began[np.isfinite(began)])
    ranks = [_ranks(rng, counts, exposure * (number < start), began >= start)[began == start] for start in starts]
    share = exposure * np.exp(found.coefficients[1 : 1 + since.shape[1]])
    share /= share.sum(axis=1, keepdims=True)
    total = counts.sum(axis=1)
    bunches = np.clip((total - phi) / (phi - 1), 0.1, 1e6) if phi > 1 else np.full(len(total), 1e6)
    ratios = []
    for _ in range(n):
        weights = np.maximum(rng.gamma(np.maximum(bunches[:, None] * share, 1e-9)), 1e-300)
        dealt = rng.multinomial(total.astype(int), weights / weights.sum(axis=1, keepdims=True)).astype("float64")
        chosen = np.full(len(total), np.inf)
        for start, wanted in zip(starts, ranks, strict=True):
            free = np.isinf(chosen)
            chosen[free & np.isin(_ranks(rng, dealt, exposure * (number < start), free), wanted)] = start
        position = number - chosen[:, None]
        kept = exposure * (position != 0)
        grid = replace(found.grid, n=dealt * (kept > 0), exposure=kept, visited=(position > 0).astype("float64"))
        ratios.append(np.exp(fit(grid, found.prior, found.coefficients).coefficients[0]))
    return np.array(ratios)


def _ranks(rng: np.random.Generator, counts: Array, before: Array, free: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The rank from 0 of each ``free`` school by its rate over the exposure ``before``, ties by lot; the others follow."""
    rate = (counts * (before > 0)).sum(axis=1) / np.maximum(before.sum(axis=1), 1)
    return np.argsort(np.lexsort((rng.random(len(rate)), -rate, ~free)))


def baseline(table: pd.DataFrame) -> tuple[float, float]:
    """Mean cases of a school in a term, and how much more they vary than Poisson's once school and term are known: what a
    power calculation starts from. The dispersion is at least 1, and 1 where it cannot be told."""
    rows = _informative(table)
    return float(table["n"].mean()) if len(table) else 0.0, dispersion(Grid.of(rows)) if len(rows) else 1.0


def _informative(table: pd.DataFrame) -> pd.DataFrame:
    """The rows that inform the estimate: schools of a level with cases, not visited all along; terms with cases."""
    never_before = table.groupby("school_id")["since"].transform("min") >= 0
    rows = table[~never_before]
    rows = rows[rows.groupby("school_level", dropna=False)["n"].transform("sum") > 0]
    return rows[rows.groupby("term")["n"].transform("sum") > 0]


def expected_without_action(schools: pd.DataFrame, n_chosen: int, bunching: float = 1.0) -> pd.DataFrame:
    """What becomes of the schools with the highest rates if nothing is done: regression to the mean of their level.

    ``schools``: school_id, school_level, n (cases), exposure; ``bunching``: of the reports (:func:`funnel.bunching`). Of the
    ``n_chosen`` highest rates above 0 returns school_id, n, rate, expected (the rate to expect next, the one best believed),
    change (expected over rate, less 1: negative is a fall).
    """
    levels = schools.assign(count=schools["n"]).groupby("school_level", dropna=False, observed=True)
    rates = pd.concat(
        [shrunken_rates(level, bunching) for _, level in levels] or [shrunken_rates(schools.assign(count=0))]
    )
    rates = rates.sort_index().sort_values("rate", ascending=False, kind="stable")
    chosen = rates[rates["rate"] > 0].head(n_chosen).rename(columns={"shrunken_rate": "expected"})
    chosen["change"] = chosen["expected"] / chosen["rate"] - 1
    return chosen[["school_id", "n", "rate", "expected", "change"]].reset_index(drop=True)
