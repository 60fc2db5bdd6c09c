"""Funnels and shrunken rates, against a published funnel, a real city's schools, and schools whose true rates we drew."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.stats import gamma, nbinom

from analytics.measures.funnel import MOST_SPREAD, _profile, bunching, funnel, limits, shrunken_rates, spread
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
def test_a_limit_is_the_ratio_whose_own_interval_just_touches_one(name, confidence):
    expected = np.array([8, 20, 360])
    found = limits(expected)
    np.testing.assert_allclose(exact_poisson(found[f"lower_{name}"] * expected, confidence).upper, expected)
    np.testing.assert_allclose(exact_poisson(found[f"upper_{name}"] * expected, confidence).lower, expected)


def test_limits_widen_with_bunches_and_with_the_spread_of_schools():
    """Ten cases in twos tell as much as five; a spread of 0.3 adds 0.3 * 10 times Poisson's to a variance of 10."""
    plain, bunched, varied = (limits([10], *wider) for wider in ((), (2.0,), (1.0, 0.3)))
    assert bunched["upper_998"].item() == limits([5])["upper_998"].item()
    assert varied["upper_998"].item() - 1 == pytest.approx(np.sqrt(4) * (plain["upper_998"].item() - 1))


def test_a_small_schools_two_cases_are_not_a_crisis(table):
    schools = table("""
        school_id | count | exposure
        petite    |     2 |      150
        moyenne   |     3 |      800
        loin      |    60 |     5000
        a         |    40 |    10000
        b         |    43 |    10000
        c         |    37 |    10000
        d         |    45 |    10000
        e         |    38 |    10000
        f         |    41 |    10000
        g         |    44 |    10000
    """)
    flags = funnel(schools).set_index("school_id")["flag"]
    assert flags["petite"] == "within"  # 13 per 1,000, three times the rate of the large ones
    assert flags["loin"] == "above_998"


def test_a_school_without_a_number_of_pupils_stays_in_the_table_without_an_answer(table):
    schools = table("""
        school_id | count | exposure
        a         |     2 |      150
        b         |     3 |
        c         |     4 |      800
    """)
    beside, shrunken = funnel(schools), shrunken_rates(schools)
    assert beside["expected"].tolist() == pytest.approx([150 * 6 / 950, np.nan, 800 * 6 / 950], nan_ok=True)
    assert beside.loc[1, ["ratio", "expected", "spread", "flag"]].isna().all()
    assert shrunken.loc[1, ["rate", "shrunken_rate", "lower", "upper"]].isna().all()
    assert shrunken["shrunken_rate"].notna().sum() == 2


@pytest.mark.parametrize(
    ("columns", "function"),
    [
        ({"count": [-1], "exposure": [10]}, funnel),
        ({"count": [1], "exposure": [0]}, shrunken_rates),
        ({"count": [1], "exposure": [0]}, funnel),
    ],
)
def test_impossible_schools_are_refused(columns, function):
    with pytest.raises(ValueError, match=r"negative|above zero"):
        function(pd.DataFrame(columns))


# Over-dispersion


def test_chance_alone_at_new_yorks_sizes_is_not_over_dispersion(new_york):
    rng = np.random.default_rng(5)
    expected = 4105 / 1_069_589 * new_york["exposure"].to_numpy(float)
    assert {spread(rng.poisson(expected), expected) for _ in range(50)} == {0.0}


def test_rates_that_truly_vary_spread_by_as_much():
    """Poisson counts of mean 30 whose rates vary by 20 %: a variance of 0.04; in twos, of which half as many tell."""
    rng = np.random.default_rng(6)
    truth = rng.gamma(25, 30 / 25, 4000)
    assert spread(rng.poisson(truth).astype(float), np.full(4000, 30.0)) == pytest.approx(0.04, rel=0.08)
    in_twos = 2.0 * rng.poisson(truth / 2)
    assert spread(in_twos, np.full(4000, 30.0), 2.0) == pytest.approx(0.04, rel=0.15)


def test_new_york_is_over_dispersed_and_its_funnel_widens(new_york):
    wide = funnel(new_york)
    assert wide["spread"].iloc[0] > 0.5
    ratio, narrow = wide["ratio"], limits(wide["expected"])
    assert (wide["flag"] == "above_998").sum() < (ratio > narrow["upper_998"]).sum()


# Bunches


def weekly(rng, n_events, companions, n_schools=40, days=28) -> pd.DataFrame:
    """Events in any week and school, each with a Poisson number of further reports within ``days``."""
    n_more = 1 + rng.poisson(companions, n_events)
    school, day = rng.integers(0, n_schools, n_events), rng.integers(0, 7 * 100, n_events)
    later = np.where(np.arange(n_more.sum()) == np.repeat(np.cumsum(n_more) - n_more, n_more), 0, 1)
    week = (np.repeat(day, n_more) + later * rng.integers(0, days, n_more.sum())) // 7
    found = pd.DataFrame({"school_id": np.repeat(school, n_more), "week": week}).value_counts().reset_index(name="n")
    return found.assign(report_week=pd.Timestamp("2024-09-02") + pd.to_timedelta(7 * found["week"], unit="D"))


@pytest.mark.parametrize(("companions", "factor"), [(0.0, 1.0), (0.5, 11 / 6), (1.0, 2.5)])
def test_how_far_reports_come_in_bunches_is_found(companions, factor):
    """Of 1 + Poisson(m) reports an event: E[K^2] / E[K] = 1 + m + m / (1 + m)."""
    rng = np.random.default_rng(7)
    found = [bunching(weekly(rng, 400, companions)) for _ in range(40)]
    assert np.mean(found) == pytest.approx(factor, abs=0.08)


@pytest.mark.parametrize(("n", "factor"), [(6, 1 + 2 * 14 / 8), (3, 1)])
def test_pairs_are_counted_by_hand(n, factor):
    """Six cases of a in the week of one of b, another of b later: 15 of the 16 pairs of one school are near, and half of
    those of two. So 14 are bunched (15 = 14 + 2 / 2), more than twice the 4 that chance makes. With three cases of a it is
    2 of 4 pairs, and chance makes 2.
    """
    weeks = pd.to_datetime(["2025-09-01", "2025-09-01", "2025-11-10"])
    counts = pd.DataFrame({"school_id": ["a", "b", "b"], "report_week": weeks, "n": [n, 1, 1]})
    assert bunching(counts) == pytest.approx(factor)


@pytest.mark.parametrize("n_schools", [0, 1])
def test_without_two_schools_no_bunch_can_be_told(n_schools):
    assert (
        bunching(pd.DataFrame({"school_id": ["a"] * n_schools, "report_week": pd.Timestamp("2025-09-01"), "n": 9})) == 1
    )


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
    logs = np.meshgrid(np.linspace(-np.log(MOST_SPREAD), 8, 321), np.linspace(-8, -3, 401), indexing="ij")
    shape, mean = (np.exp(log)[..., None] for log in logs)
    log_weight = nbinom.logpmf(count, shape, shape / (shape + mean * exposure)).sum(axis=-1)
    log_weight -= logs[0]  # a variance, one over the shape, that is as likely anywhere
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
    assert funnel(schools)["flag"].tolist() == ["within", "within"]


def test_no_school_and_one_school_have_an_answer():
    nobody = pd.DataFrame({"count": [], "exposure": []})
    assert funnel(nobody).empty
    assert shrunken_rates(nobody).empty
    one = pd.DataFrame({"count": [3], "exposure": [500]})
    assert funnel(one)["flag"].tolist() == ["within"]
    assert shrunken_rates(one)["shrunken_rate"].tolist() == pytest.approx([0.006])


def test_schools_that_are_given_are_not_changed(new_york):
    before = new_york.copy()
    funnel(new_york)
    shrunken_rates(new_york)
    pd.testing.assert_frame_equal(new_york, before)
