"""Funnels and shrunken rates, against a published funnel, a real city's schools, and schools whose true rates we drew."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.stats import gamma, nbinom

from analytics.measures.funnel import (
    _profile,
    overdispersion,
    rate_funnel,
    rate_limits,
    shrunken_rates,
)
from analytics.measures.intervals import exact_poisson

REFERENCE = Path(__file__).parents[1] / "reference"


@pytest.fixture(scope="module")
def new_york() -> pd.DataFrame:
    """1,799 schools: pupils and incidents. Source in the file's first lines."""
    schools = pd.read_csv(REFERENCE / "nyc_schools_2016_17.csv", comment="#")
    assert (len(schools), schools["enrolment"].sum(), schools["total"].sum()) == (1799, 1_069_589, 4_105)
    return schools.rename(columns={"enrolment": "exposure", "total": "count"})


# Funnels


@pytest.mark.parametrize(("name", "confidence"), [("95", 0.95), ("998", 0.998)])
def test_a_limit_is_the_value_whose_own_interval_just_touches_the_overall_one(name, confidence):
    pupils = np.array([2000, 5000, 90_000])
    limits = rate_limits(pupils, 0.004)
    np.testing.assert_allclose(exact_poisson(limits[f"lower_{name}"] * pupils, confidence).upper / pupils, 0.004)
    np.testing.assert_allclose(exact_poisson(limits[f"upper_{name}"] * pupils, confidence).lower / pupils, 0.004)


def test_a_small_schools_two_cases_are_not_a_crisis(table):
    schools = table("""
        school_id | count | exposure
        petite    |     2 |      150
        moyenne   |     3 |      800
        grande    |    40 |    10000
        loin      |    60 |     5000
    """)
    flags = rate_funnel(schools).set_index("school_id")["flag"]
    assert flags["petite"] == "within"  # 13 per 1,000, three times the grande's rate
    assert flags["loin"] == "above_998"


def test_a_school_without_a_number_of_pupils_stays_in_the_table_without_an_answer(table):
    schools = table("""
        school_id | count | exposure
        a         |     2 |      150
        b         |     3 |
        c         |     4 |      800
    """)
    funnel, shrunken = rate_funnel(schools), shrunken_rates(schools)
    assert funnel["overall"].tolist() == [6 / 950] * 3
    assert funnel.loc[1, ["rate", "lower_95", "flag"]].isna().all()
    assert shrunken.loc[1, ["rate", "shrunken_rate", "lower", "upper"]].isna().all()
    assert shrunken["shrunken_rate"].notna().sum() == 2


@pytest.mark.parametrize(
    ("columns", "function"),
    [
        ({"count": [-1], "exposure": [10]}, rate_funnel),
        ({"count": [1], "exposure": [0]}, shrunken_rates),
        ({"count": [1], "exposure": [0]}, overdispersion),
    ],
)
def test_impossible_schools_are_refused(columns, function):
    with pytest.raises(ValueError, match=r"negative|above zero"):
        function(pd.DataFrame(columns))


# Over-dispersion


def test_chance_alone_at_new_yorks_sizes_is_not_over_dispersion(new_york):
    rng = np.random.default_rng(5)
    expected = 4105 / 1_069_589 * new_york["exposure"]
    assert {overdispersion(new_york.assign(count=rng.poisson(expected))) for _ in range(50)} == {1.0}


def test_rates_that_truly_vary_are_over_dispersed_by_as_much():
    """Poisson counts of mean 30 whose rates vary by 20 %: variance 30 + 36, over 30."""
    rng = np.random.default_rng(6)
    counts = rng.poisson(rng.gamma(25, 30 / 25, 4000))
    assert overdispersion(pd.DataFrame({"count": counts, "exposure": 1000})) == pytest.approx(66 / 30, rel=0.05)


def test_new_york_is_over_dispersed_and_its_funnel_widens(new_york):
    phi = overdispersion(new_york)
    assert phi > 2
    narrow, wide = (rate_funnel(new_york, factor)["flag"].value_counts() for factor in (1.0, phi))
    assert wide["within"] > narrow["within"]
    assert wide["above_998"] < narrow["above_998"]


# Shrunken rates


def test_the_fit_to_new_york_is_the_most_likely_one(new_york):
    """The truth by another route: scipy's negative binomial, maximised over both parameters at once by a simplex."""

    def loss(logarithms):
        mean, shape = np.exp(logarithms)
        return -nbinom.logpmf(new_york["count"], shape, shape / (shape + mean * new_york["exposure"])).sum()

    best = minimize(loss, np.log([0.004, 1.0]), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-9})
    np.testing.assert_allclose(np.exp(best.x), [0.0045903, 0.40555], rtol=1e-4)
    shapes = np.exp(best.x[1]) * np.array([0.5, 0.99, 1.0, 1.01, 2.0])
    means, likelihood = _profile(*new_york[["count", "exposure"]].to_numpy(float).T, shapes)
    assert means[2] == pytest.approx(np.exp(best.x[0]), rel=1e-6)
    assert likelihood.argmax() == 2
    same = [-loss(np.log([mean, shape])) for mean, shape in zip(means, shapes, strict=True)]
    np.testing.assert_allclose(likelihood - likelihood[2], np.subtract(same, same[2]), atol=1e-6)


def test_shrunken_rates_are_what_a_full_integration_gives(new_york):
    """The truth by another route: 40 schools, the prior integrated over a fine grid of both its parameters."""
    schools = new_york.iloc[::45].reset_index(drop=True)
    count, exposure = schools[["count", "exposure"]].to_numpy(float).T
    odds, log_mean = np.meshgrid(np.linspace(-8, 8, 321), np.linspace(-8, -3, 401), indexing="ij")
    shape, mean = count.mean() * np.exp(odds)[..., None], np.exp(log_mean)[..., None]
    log_weight = nbinom.logpmf(count, shape, shape / (shape + mean * exposure)).sum(axis=-1)
    log_weight -= np.logaddexp(0, odds) + np.logaddexp(0, -odds)
    weight = np.exp(log_weight - log_weight.max())[..., None]
    rate = (shape + count) / (shape / mean + exposure)
    expected = (weight * rate).sum(axis=(0, 1)) / weight.sum()
    square = (weight * (rate**2 + rate / (shape / mean + exposure))).sum(axis=(0, 1)) / weight.sum()
    ours = shrunken_rates(schools)
    np.testing.assert_allclose(ours["shrunken_rate"], expected, rtol=0.05)
    matched = expected**2 / (square - expected**2)
    np.testing.assert_allclose(ours["upper"], gamma.ppf(0.975, matched, scale=expected / matched), rtol=0.08)


def test_new_yorks_831_schools_without_a_case_keep_a_rate_above_zero(new_york):
    shrunken = shrunken_rates(new_york).query("count == 0")
    assert len(shrunken) == 831
    assert (shrunken["shrunken_rate"] > 0).all()
    # The more pupils a school without a case has, the lower it is believed to be.
    assert shrunken.sort_values("exposure")["shrunken_rate"].is_monotonic_decreasing


def test_shrinkage_goes_from_the_own_rate_towards_the_common_one(new_york):
    schools = shrunken_rates(new_york)
    common = 0.0045903
    towards = (schools["shrunken_rate"] - schools["rate"]) * (common - schools["rate"])
    assert (towards >= 0).all()
    assert (schools["lower"] < schools["shrunken_rate"]).all()
    assert (schools["shrunken_rate"] < schools["upper"]).all()


@pytest.mark.parametrize(
    ("n_schools", "shape", "least", "error"),
    [(300, 0.5, 0.93, 0.8), (300, 4.0, 0.92, 0.4), (40, 4.0, 0.90, 0.5), (40, 1000.0, 0.97, 0.2)],
)
def test_known_true_rates_are_covered_and_better_found_than_by_the_raw_ones(new_york, n_schools, shape, least, error):
    """True rates drawn from a gamma distribution of mean 4 per 1,000, counts from a Poisson, at New York's sizes.

    With few schools that hardly differ (the last case) the interval is wide, since it cannot be sure of that.
    """
    rng = np.random.default_rng(11)
    covered, shrunken_error, raw_error = [], [], []
    for _ in range(60):
        schools = new_york[["exposure"]].sample(n_schools, random_state=rng)
        truth = rng.gamma(shape, 0.004 / shape, n_schools)
        schools["count"] = rng.poisson(truth * schools["exposure"])
        answer = shrunken_rates(schools)
        covered.append(((answer["lower"] <= truth) & (truth <= answer["upper"])).mean())
        shrunken_error.append(((answer["shrunken_rate"] - truth) ** 2).mean())
        raw_error.append(((answer["rate"] - truth) ** 2).mean())
    assert np.mean(covered) >= least
    assert np.mean(shrunken_error) < error * np.mean(raw_error)


def test_counts_that_vary_no_more_than_chance_shrink_to_the_common_rate_without_false_certainty(table):
    schools = table("""
        school_id | count | exposure
        a         |     2 |      500
        b         |     2 |      500
        c         |     2 |      500
        d         |     2 |      500
    """)
    answer = shrunken_rates(schools)
    np.testing.assert_allclose(answer["shrunken_rate"], 0.004)
    alone, together = exact_poisson(2), exact_poisson(8)
    assert (answer["upper"] < alone.upper / 500).all()  # narrower than what a school says by itself
    assert (answer["upper"] > 0.8 * together.upper / 2000).all()  # but no surer than all schools together


def test_no_case_anywhere_is_a_rate_of_zero_with_an_upper_limit(table):
    schools = table("""
        school_id | count | exposure
        a         |     0 |      400
        b         |     0 |      600
    """)
    answer = shrunken_rates(schools)
    assert answer["shrunken_rate"].tolist() == [0, 0]
    assert answer["lower"].tolist() == [0, 0]
    np.testing.assert_allclose(answer["upper"], exact_poisson(0).upper / 1000)
    assert rate_funnel(schools)["flag"].tolist() == ["within", "within"]
    assert overdispersion(schools) == 1


def test_no_school_and_one_school_have_an_answer():
    nobody = pd.DataFrame({"count": [], "exposure": []})
    assert rate_funnel(nobody).empty
    assert shrunken_rates(nobody).empty
    assert overdispersion(nobody) == 1
    one = pd.DataFrame({"count": [3], "exposure": [500]})
    assert rate_funnel(one)["flag"].tolist() == ["within"]
    assert shrunken_rates(one)["shrunken_rate"].tolist() == pytest.approx([0.006])


def test_schools_that_are_given_are_not_changed(new_york):
    before = new_york.copy()
    rate_funnel(new_york)
    shrunken_rates(new_york)
    pd.testing.assert_frame_equal(new_york, before)
