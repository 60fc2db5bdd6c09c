"""Do groups of cases differ in pace more than their schools do by chance?

The cases of a school share its pace, and those of a network share schools: a test that takes cases for independent (Gray's)
calls a difference "rare" in 22 to 50 of 100 registers where there is none. Here the school is the unit. Each case has a
score, how early it was done beside what all cases together let expect, closures competing. Whole schools are then dealt out
anew to the groups where a group is made of schools, and the scores of whole schools change sign where groups lie within
schools. Draws have a fixed seed: the same counts always have the same answer.

Sources: Fine and Gray (1999), J Am Stat Assoc 94, 496 (the risk set with competing events); Prentice (1978), Biometrika 65,
167 (scores that weigh early events most); Lin and Wei (1989), J Am Stat Assoc 84, 1074 (scores by cluster); Kline and Santos
(2012), J Econometric Methods 1, 23 (their signs drawn at random); Westfall and Young (1993), Resampling-Based Multiple
Testing (the largest of several); DerSimonian and Laird (1986), Controlled Clinical Trials 7, 177 (differences between
schools); Benjamini and Hochberg (1995), J R Stat Soc B 57, 289 (false discovery rate).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.measures.grouping import places
from analytics.measures.incidence import EVENTS

N_DRAWS = 999
SEED = 20_260_824
FEWEST_SCHOOLS = 6
"""With fewer, no draw of signs is rarer than one in twenty: nothing can be told."""
_ALIKE = 1e-9  # draws that differ by rounding alone are ties


class _Scores:
    """How early each row of counts was done (1) or not (-1) beside what all rows together let expect, by case."""

    def __init__(self, counts: pd.DataFrame) -> None:
        """``counts``: event (done, closed, pending), delay (any unit), n."""
        self.event = places(counts["event"], EVENTS)
        self.delay = pd.factorize(counts["delay"], sort=True)[0]
        self.n = counts["n"].to_numpy(float)
        self.n_delays = int(self.delay.max(initial=-1)) + 1
        done, closed, pending = self._by_delay(self.n)
        waiting = (done + closed + pending)[::-1].cumsum()[::-1] - done - closed
        followed = np.cumprod(1 - np.divide(pending, waiting, out=np.zeros_like(waiting), where=waiting > 0))
        self._followed = np.append(1.0, followed[:-1])  # the share that an extract at that delay would still follow
        self._at_risk = self._risk_set(self.n)
        self._hazard = np.divide(done, self._at_risk, out=np.zeros_like(done), where=self._at_risk > 0)
        self._weight = np.append(1.0, np.cumprod(1 - self._hazard)[:-1])
        self.of_rows = self._residuals(self._weight)
        information = self._compensator(self._weight**2)
        self.variance = float(self.n @ information / self.n.sum()) if len(self.n) else 0.0

    def _by_delay(self, n: NDArray[np.float64]) -> NDArray[np.float64]:
        shape = len(EVENTS), self.n_delays
        cells = np.bincount(self.event * self.n_delays + self.delay, n, shape[0] * shape[1])
        return cells.astype(float).reshape(shape)

    def _risk_set(self, n: NDArray[np.float64]) -> NDArray[np.float64]:
        """Those still waiting at each delay, and of those closed the share that would still be followed."""
        done, closed, pending = self._by_delay(n)
        left = np.divide(closed, self._followed, out=np.zeros_like(closed), where=self._followed > 0)
        return (done + closed + pending)[::-1].cumsum()[::-1] + self._followed * (np.cumsum(left) - left)

    def _compensator(self, weight: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each row was expected to gather: up to its delay, and after it where it closed."""
        step = weight * self._hazard
        upto, later = np.cumsum(step), np.cumsum((self._followed * step)[::-1])[::-1]
        later = np.divide(np.append(later[1:], 0.0), self._followed, out=np.zeros_like(step), where=self._followed > 0)
        return upto[self.delay] + np.where(self.event == 1, later[self.delay], 0.0)

    def _residuals(self, weight: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(self.event == 0, weight[self.delay], 0.0) - self._compensator(weight)

    def within(self, members: NDArray[np.float64], school: NDArray[np.int64], n_schools: int) -> NDArray[np.float64]:
        """The score of each school (rows) for each group (columns): that of its cases of the group, less what the group's
        part in the risk set gives to all its cases. ``members``: the cases of each row in each group.
        """
        found = np.zeros((n_schools, members.shape[1]))
        for group, n in enumerate(members.T):
            part = np.divide(self._risk_set(n), self._at_risk, out=np.zeros(self.n_delays), where=self._at_risk > 0)
            scores = n * self.of_rows - self.n * self._residuals(self._weight * part)
            found[:, group] = np.bincount(school, scores, n_schools)
        return found


def between_schools(counts: pd.DataFrame, group_of_school: pd.Series) -> float:
    """How often schools dealt out at random to the groups differ as much as they do: a p value, NaN with nothing to compare.

    ``counts``: school_id, event, delay, n. ``group_of_school``: by school_id; schools whose group is missing are left out.
    A school weighs by its cases, the less each, the more schools differ (random effects); the groups differ by the largest
    distance of one of them from the others, in its own standard deviations.
    """
    counts = _events(counts)
    counts = counts[counts["school_id"].map(group_of_school).notna()]
    school, schools = pd.factorize(counts["school_id"], sort=True)
    group, groups = pd.factorize(group_of_school.reindex(schools), sort=True)
    if len(groups) < 2 or len(schools) < FEWEST_SCHOOLS:
        return np.nan
    scores = _Scores(counts)
    n = np.bincount(school, scores.n, len(schools))
    mean = np.bincount(school, scores.n * scores.of_rows, len(schools)) / n
    if not scores.variance:
        return np.nan
    precision = n / scores.variance
    excess = float(precision @ mean**2) - (len(n) - 1)
    between = max(excess / float(precision.sum() - (precision**2).sum() / precision.sum()), 0.0)
    weight = precision / (1 + between * precision)
    score = weight * (mean - np.average(mean, weights=weight))
    order = np.random.default_rng(SEED).permuted(np.tile(np.arange(len(n)), (N_DRAWS, 1)), axis=1)
    order = np.vstack([np.arange(len(n)), order])
    member = np.eye(len(groups))[group]
    part = (weight / weight.sum())[order] @ member
    spread = np.sqrt(weight.sum() * part * (1 - part))
    return _p_value((np.abs(score[order] @ member) / np.maximum(spread, _ALIKE)).max(axis=1))


def within_schools(counts: pd.DataFrame, members: NDArray[np.float64]) -> float:
    """How often the scores of schools, their signs drawn at random, differ as much between groups as they do: a p value.

    ``counts``: school_id, event, delay, n. ``members``: one row per row of ``counts``, one column per group: how many of its
    cases are in it; a case may be in several. NaN with nothing to compare.
    """
    kept = _kept(counts)
    counts, members = counts[kept], members[kept]
    school, schools = pd.factorize(counts["school_id"], sort=True)
    members = members[:, members.sum(axis=0) > 0]
    if members.shape[1] < 2 or len(schools) < FEWEST_SCHOOLS:
        return np.nan
    scores = _Scores(counts).within(members, school, len(schools))
    spread = np.sqrt((scores**2).sum(axis=0))
    scores = scores[:, spread > _ALIKE] / spread[spread > _ALIKE]
    if not scores.shape[1]:
        return np.nan
    signs = np.random.default_rng(SEED).choice([-1.0, 1.0], (N_DRAWS, len(schools)))
    return _p_value(np.abs(np.vstack([np.ones(len(schools)), signs]) @ scores).max(axis=1))


def false_discovery_rates(p_values: Sequence[float]) -> NDArray[np.float64]:
    """The share of false discoveries among the comparisons at least as clear as each; NaN stays NaN, and does not count."""
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p)[: np.count_nonzero(~np.isnan(p))]
    scaled = p[order] * len(order) / np.arange(1, len(order) + 1)
    found = np.full_like(p, np.nan)
    found[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    return found


def _p_value(statistics: NDArray[np.float64]) -> float:
    """The share of draws at least as large as the first, which is the observed one."""
    return float(np.mean(statistics >= statistics[0] * (1 - _ALIKE)))


def _kept(counts: pd.DataFrame) -> NDArray[np.bool_]:
    return (places(counts["event"], EVENTS) >= 0) & counts["delay"].notna().to_numpy()


def _events(counts: pd.DataFrame) -> pd.DataFrame:
    return counts[_kept(counts)]
