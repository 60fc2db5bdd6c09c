"""Sensitivity: the same seed the same answer, certain choices certain, close ones shared."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.special import gammaincinv

from analytics.domain.programme import programme
from analytics.planning.problem import Problem, build_problem
from analytics.planning.sensitivity import chosen_shares, posterior_shapes


def test_the_shape_is_the_one_of_the_gamma_with_that_quantile():
    shapes = np.array([0.5, 2.0, 40.0])
    means = np.array([1.0, 0.01, 3.0])
    upper = means * gammaincinv(shapes, 0.975) / shapes
    assert posterior_shapes(means, upper) == pytest.approx(shapes, rel=1e-5)


def needs(upper: list[float]) -> pd.DataFrame:
    rates = [0.010, 0.009, 0.001]
    return pd.DataFrame(
        {
            "school_id": ["A", "B", "C"],
            "school_level": "fundamental",
            "shrunken_rate": rates,
            "upper": [rate * up for rate, up in zip(rates, upper, strict=True)],
            "need": [3.0, 2.9, 0.1],
        }
    )


def small_problem(need: pd.DataFrame) -> Problem:
    """Three schools alike, and the hours of one awareness session."""
    schools = pd.DataFrame(
        {
            "school_id": ["A", "B", "C"],
            "name": ["A", "B", "C"],
            "school_network": "wbe",
            "school_level": "fundamental",
            "zone": "Ath",
            "n_pupils": pd.array([100] * 3, dtype="Int64"),
            "n": [1, 1, 1],
            "n_open": [0, 0, 0],
            "last_week": pd.to_datetime(["2025-09-01"] * 3).astype("datetime64[us]"),
        }
    )
    weeks = pd.DataFrame(
        {"week": pd.to_datetime(["2025-11-03"]).astype("datetime64[us]"), "class_days": [5], "capacity": [4.0]}
    )
    given = pd.DataFrame({"school_id": [], "activity": [], "week": pd.to_datetime([]), "n_groups": []})
    return build_problem(
        weeks,
        schools,
        need,
        given.astype({"school_id": "str", "activity": "str", "week": "datetime64[us]", "n_groups": "Int64"}),
        as_of=date(2025, 10, 31),
        records_start=date(2025, 8, 25),
        year_start=date(2025, 8, 25),
        programme=replace(programme(), rules=programme().rules.replace(minimum_share=0.0)),
    )


def test_close_needs_share_the_choice_and_a_low_one_has_little_of_it():
    need = needs([2.0, 2.0, 2.0])
    shares = chosen_shares(small_problem(need), need, programme(), seed=1).set_index("school_id")["chosen_share"]
    assert 0.3 < shares["A"] < 0.8
    assert 0.2 < shares["B"] < 0.7
    assert shares["C"] < 0.1
    assert shares.sum() == pytest.approx(1)


def test_without_uncertainty_the_choice_is_always_the_same():
    need = needs([1.0001] * 3)
    shares = chosen_shares(small_problem(need), need, programme(), seed=1, n_draws=10)
    assert list(shares["chosen_share"]) == [1, 0, 0]


def test_the_same_seed_gives_the_same_answer():
    need = needs([2.0, 2.0, 2.0])
    first, second = (chosen_shares(small_problem(need), need, programme(), seed=5, n_draws=20) for _ in range(2))
    pd.testing.assert_frame_equal(first, second)
