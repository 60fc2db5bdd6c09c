"""Counts of schools by term, each school's rate drawn towards all schools' by what its own past does not say.

A gamma-Poisson regression: a school's rate is that of its teaching level times a gamma variable, each term has a factor
common to all schools, and a visited school one of its own. Its likelihood holds however schools were chosen from their
past counts; a regression with a parameter for each school does not, since a school chosen when it was high comes down by
itself. Reports come in bunches, so that counts vary more than Poisson's: what a school's own counts weigh is divided by it.

Sources: Hausman, Hall and Griliches (1984), Econometrica 52, 909 (the likelihood); Hauer (1997), Observational
Before-After Studies in Road Safety (the expected count of what was chosen when high); Breslow (1984), Appl Stat 33, 38
(moments for the shape); Bell and McCaffrey (2002), Survey Methodology 28, 169 (leaving out one cluster at a time).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]

FARTHEST = 30.0
"""The log of an expected count beyond which an estimate runs away."""
_HARDLY_ANY = 1e-3  # prior cases: each school then has its own rate
_RIDGE = 1e-7  # for columns that the data do not tell apart


@dataclass(frozen=True)
class Grid:
    """Counts, exposure (0 where a term is left out) and whether visited, schools by terms; indicators of the levels, schools
    by levels but the first."""

    n: Array
    exposure: Array
    visited: Array
    level: Array

    @classmethod
    def of(cls, table: pd.DataFrame, counts: str = "n_kept", exposures: str = "exposure_kept") -> Grid:
        """The grid of a panel (:func:`analytics.planning.school_terms.panel`) from two of its columns."""
        school, ids = pd.factorize(table["school_id"])
        term, names = pd.factorize(table["term"])
        n, exposure, since = (np.zeros((len(ids), len(names))) for _ in range(3))
        for array, column in ((n, counts), (exposure, exposures), (since, "since")):
            array[school, term] = table[column].to_numpy("float64", na_value=0.0)
        levels = pd.get_dummies(table.drop_duplicates("school_id")["school_level"].fillna("")).iloc[:, 1:]
        return cls(n * (exposure > 0), exposure, (since > 0).astype("float64"), levels.to_numpy("float64"))

    @property
    def columns(self) -> Array:
        """The regression's columns, schools by terms by columns: visited, the terms, the levels."""
        n_schools, n_terms = self.n.shape
        of_term = np.broadcast_to(np.eye(n_terms), (n_schools, n_terms, n_terms))
        of_level = np.broadcast_to(self.level[:, None, :], (n_schools, n_terms, self.level.shape[1]))
        return np.concatenate([self.visited[:, :, None], of_term, of_level], axis=2)


@dataclass(frozen=True)
class Fit:
    """A regression with ``prior``, the expected cases that the common rate weighs in each school's. ``mean`` are the counts
    expected of a school without a past; ``own`` is what its past makes of them, as a factor."""

    grid: Grid
    prior: float
    coefficients: Array
    mean: Array

    @property
    def own(self) -> Array:
        return (self.prior + self.grid.n.sum(axis=1)) / (self.prior + self.mean.sum(axis=1))

    @property
    def error(self) -> float:
        """The standard error of the coefficient of the visit: what leaving out one school at a time would change, each by
        one step of Newton's."""
        columns = self.grid.columns
        score, sums, spread = self._pieces(columns)
        information = (columns * (self.mean * self.own[:, None])[:, :, None]).transpose(0, 2, 1) @ columns
        information -= sums[:, :, None] * sums[:, None, :] * spread[:, None, None]
        left = information.sum(axis=0) + _RIDGE * np.eye(columns.shape[2]) - information
        change = np.linalg.solve(left, score[:, :, None])[:, 0, 0]
        return float(np.sqrt((len(change) - 1) / len(change) * ((change - change.mean()) ** 2).sum()))

    def step(self, columns: Array) -> Array:
        """The step of Newton's method from these coefficients."""
        score, sums, spread = self._pieces(columns)
        flat, weight = columns.reshape(-1, columns.shape[2]), (self.mean * self.own[:, None]).reshape(-1, 1)
        information = flat.T @ (flat * weight) - sums.T @ (sums * spread[:, None])
        return np.linalg.solve(information + _RIDGE * np.eye(len(information)), score.sum(axis=0))

    def _pieces(self, columns: Array) -> tuple[Array, Array, Array]:
        """By school: the score, the sums of the columns weighted by the mean, and what their product takes from the
        information, since the past of a school tells its rate."""
        score = np.einsum("st,stp->sp", self.grid.n - self.mean * self.own[:, None], columns)
        sums = np.einsum("st,stp->sp", self.mean, columns)
        return score, sums, self.own / (self.prior + self.mean.sum(axis=1))


def fit(grid: Grid, prior: float, start: Array | None = None) -> Fit:
    """Maximise the likelihood, which is concave, by Newton's method in steps of at most 2."""
    columns = grid.columns
    if start is None:
        rates = np.maximum(grid.n.sum(axis=0), 0.5) / np.maximum(grid.exposure.sum(axis=0), 1)
        start = np.r_[0, np.log(rates), np.zeros(grid.level.shape[1])]
    for _ in range(100):
        mean = grid.exposure * np.exp(np.clip(columns @ start, -FARTHEST, FARTHEST))
        answer = Fit(grid, prior, start, mean)
        step = np.clip(answer.step(columns), -2, 2)
        if np.abs(step).max() < 1e-7:
            break
        start = start + step
    return answer


def dispersion(grid: Grid) -> float:
    """How much more a school's counts vary than Poisson's, once school, term and visit are known; at least 1."""
    mean = fit(grid, _HARDLY_ANY).mean
    share = mean / np.maximum(mean.sum(axis=1, keepdims=True), np.finfo(float).tiny)
    expected = share * grid.n.sum(axis=1, keepdims=True)
    chance = (expected * (1 - share)).sum()
    n_counts = (grid.exposure > 0).sum() - len(grid.n)
    if chance <= 0 or n_counts <= grid.n.shape[1]:
        return 1.0
    return max(float(((grid.n - expected) ** 2).sum() / chance * n_counts / (n_counts - grid.n.shape[1])), 1.0)


def fitted(grid: Grid) -> tuple[Fit, float]:
    """The regression with the weight of the common rate that the spread of the schools tells, and the dispersion."""
    phi = dispersion(grid)
    answer = fit(grid, 2.0 * phi)
    total, free = grid.n.sum(axis=1), len(grid.n) - 1 - grid.level.shape[1]
    for _ in range(3):
        expected = answer.mean.sum(axis=1)
        low, high = np.log(0.01), np.log(1e4)
        for _ in range(40):
            shape = np.exp((low + high) / 2)
            variance = phi * expected + expected**2 / shape
            spread = ((total - expected) ** 2 / np.maximum(variance, np.finfo(float).tiny)).sum()
            low, high = (low, np.log(shape)) if spread > free else (np.log(shape), high)
        answer = fit(grid, float(shape) * phi, answer.coefficients)
    return answer, phi
