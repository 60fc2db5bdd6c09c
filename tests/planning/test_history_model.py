"""The regression of counts on the past: the likelihood that another optimiser climbs, and what it draws a school towards."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import gammaln

from analytics.planning.history_model import Grid, dispersion, fit, fitted


def grid(seed: int, n_schools: int = 40, n_terms: int = 5, shape: float = 2.0, ratio: float = 0.7) -> Grid:
    """Half of the schools visited from the third term on; schools differ by a gamma variable of this shape."""
    rng = np.random.default_rng(seed)
    visited = np.zeros((n_schools, n_terms))
    visited[: n_schools // 2, 2:] = 1
    exposure = rng.uniform(100, 600, (n_schools, 1)) * rng.uniform(10, 17, n_terms)
    level = (np.arange(n_schools) % 3 == 0).astype("float64")[:, None]
    own = rng.gamma(shape, 1 / shape, (n_schools, 1))
    n = rng.poisson(exposure * 1e-3 * own * np.exp(0.8 * level) * ratio**visited).astype("float64")
    return Grid(n, exposure, visited, level)


def test_the_likelihood_is_the_highest_that_a_general_optimiser_finds():
    known, prior = grid(1), 2.5

    def loss(b: np.ndarray) -> float:
        """Minus the log-likelihood of counts whose rates follow a gamma distribution, up to a constant."""
        mean = known.exposure * np.exp(known.visited * b[0] + b[1:6] + known.level * b[6])
        total, expected = known.n.sum(axis=1), mean.sum(axis=1)
        own = gammaln(prior + total) - (prior + total) * np.log(prior + expected)
        return -float((known.n * np.log(mean)).sum() + own.sum())

    expected = minimize(loss, np.r_[0, np.full(5, -7.0), 0], method="BFGS").x
    assert fit(known, prior).coefficients == pytest.approx(expected, abs=1e-3)


def test_a_school_is_drawn_towards_all_by_what_its_past_does_not_say():
    answer = fit(grid(2), 3.0)
    total, expected = answer.grid.n.sum(axis=1), answer.mean.sum(axis=1)
    weight = expected / (3 + expected)
    assert answer.own == pytest.approx(weight * total / expected + (1 - weight))


def test_the_error_is_near_that_of_fitting_again_without_one_school_at_a_time():
    known = grid(3)
    left = np.arange(len(known.n))
    logs = np.array(
        [
            fit(
                Grid(*(part[left != i] for part in (known.n, known.exposure, known.visited, known.level))), 2.0
            ).coefficients[0]
            for i in left
        ]
    )
    jackknife = np.sqrt((len(left) - 1) / len(left) * ((logs - logs.mean()) ** 2).sum())
    assert fit(known, 2.0).error == pytest.approx(jackknife, rel=0.05)


def test_the_spread_of_schools_that_was_put_in_is_found():
    answer, phi = fitted(grid(4, n_schools=2000, shape=2.0))
    assert answer.prior / phi == pytest.approx(2.0, rel=0.15)
    assert phi == pytest.approx(1.0, abs=0.05)


def test_bunches_are_dispersion():
    """Each event brings four reports: the variance is four times Poisson's."""
    known = grid(5, n_schools=500)
    rng = np.random.default_rng(5)
    assert dispersion(replace(known, n=4.0 * rng.poisson(known.n.mean(axis=1, keepdims=True) + 0 * known.n))) == (
        pytest.approx(4, rel=0.1)
    )
