"""The evaluation: finds what was put in, is not taken in by the choice, says where it cannot tell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.planning.evaluation import Effect, baseline, effect, expected_without_action, placebo_ratios
from analytics.planning.history_model import Grid, fitted
from analytics.planning.power import power
from tests.benchmarks.claims.evaluation import RULES, chosen_by


def simulated(n_schools: int, n_terms: int, cases: float, ratio: float, rng: np.random.Generator) -> pd.DataFrame:
    """A panel whose first half of schools is visited before the middle term, with a season and schools that differ."""
    school, term = np.divmod(np.arange(n_schools * n_terms), n_terms)
    since = np.where(school < n_schools // 2, term - n_terms // 2 + 0.5, np.nan)
    since += np.sign(since) / 2  # no term of the session: it lies between two terms
    level = rng.gamma(4, 1 / 4, n_schools)[school] * (1 + 0.3 * (term % 3)) / 1.3
    return pd.DataFrame(
        {
            "school_id": [f"s{i:03}" for i in school],
            "school_level": "secondary",
            "term": [f"t{i}" for i in term],
            "n": rng.poisson(cases * level * np.where(since > 0, ratio, 1.0)),
            "exposure": 1000.0,
            "since": since,
        }
    ).assign(n_kept=lambda rows: rows["n"], exposure_kept=lambda rows: rows["exposure"])


def test_a_fall_that_was_put_in_is_found():
    answer = effect(simulated(200, 6, 5.0, 0.7, np.random.default_rng(1)), 1, 40)
    assert answer.lower < 0.7 < answer.upper < 1
    assert answer.placebo_lower > 0.8
    assert answer.verdict == "fewer"
    assert (answer.n_visited, answer.n_compared, answer.n_terms) == (100, 100, 6)


def test_a_rise_is_told_as_one():
    assert effect(simulated(200, 6, 5.0, 1.4, np.random.default_rng(1)), 1, 40).verdict == "more"


def test_limits_hold_the_truth_nineteen_times_in_twenty():
    rng = np.random.default_rng(20)
    answers = [effect(simulated(40, 4, 3.0, 0.8, rng), 1, 1) for _ in range(150)]
    assert np.mean([a.lower <= 0.8 <= a.upper for a in answers]) == pytest.approx(0.95, abs=0.05)


@pytest.mark.parametrize("rule", RULES)
def test_schools_chosen_when_they_were_high_are_no_effect(rule):
    """Four registers where nothing changed; the benchmark of the claims has the share of hundreds."""
    assert chosen_by(rule, 1, 4).isin(["fewer", "more"]).sum() <= 1


def test_the_placebo_of_schools_chosen_by_chance_is_centred_on_no_effect():
    table = simulated(60, 6, 3.0, 1.0, np.random.default_rng(9))
    ratios = placebo_ratios(table, *fitted(Grid.of(table)), seed=2, n=60)
    assert np.exp(np.log(ratios).mean()) == pytest.approx(1, abs=0.1)


def test_the_same_seed_gives_the_same_placebo_and_a_term_without_cases_moves_nothing():
    table = simulated(40, 6, 3.0, 0.8, np.random.default_rng(5))
    assert effect(table, 3, 10) == effect(table, 3, 10)
    table[["n", "n_kept"]] = table[["n", "n_kept"]].mask(table["term"] == "t1", 0)
    assert effect(table, 3, 10).n_terms == 5


def test_interval_and_placebo_must_agree():
    def verdict(lower: float, upper: float, placebo_lower: float) -> str:
        return Effect(20, 20, 6, 0.7, lower, upper, placebo_lower, 1.3).verdict

    assert verdict(0.5, 0.9, 0.8) == "fewer"
    assert verdict(0.5, 0.9, 0.6) == "disagree"
    assert verdict(0.5, 1.1, 0.8) == "disagree"
    assert verdict(0.5, 1.1, 0.6) == "unsure"


def test_hardly_a_report_after_the_session_is_no_estimate():
    table = simulated(40, 4, 6.0, 0.8, np.random.default_rng(3))
    assert effect(table.assign(n=table["n"].where(~(table["since"] > 0), 0)), 1).verdict == "unknown"


def test_power_is_the_share_of_simulated_studies_that_see_the_fall():
    rng = np.random.default_rng(7)
    table = [effect(simulated(40, 4, 4.0, 0.75, rng), 1, 1) for _ in range(100)]
    seen = np.mean([a.upper < 1 or a.lower > 1 for a in table])
    assert power(20, 20, 2, 2, 4.0, 0.25, 1.0) == pytest.approx(seen, abs=0.1)


def test_too_few_schools_give_no_estimate():
    answer = effect(simulated(12, 4, 3.0, 0.8, np.random.default_rng(0)), 1)
    assert answer.verdict == "unknown"
    assert answer.n_visited == 6


def test_without_any_case_there_is_no_estimate():
    table = simulated(40, 4, 3.0, 0.8, np.random.default_rng(0)).assign(n=0)
    assert effect(table, 1).verdict == "unknown"
    assert baseline(table) == (0.0, 1.0)
    assert baseline(table.head(0)) == (0.0, 1.0)


def test_the_highest_schools_are_expected_to_fall_towards_their_level(table):
    schools = table("""
        school_id | school_level | n | exposure
        A         | secondary    | 9 |      300
        B         | secondary    | 2 |      300
        C         | secondary    | 3 |      300
        D         | secondary    | 1 |      300
        E         | fundamental  | 3 |      300
        F         | fundamental  | 0 |      900
    """)
    chosen = expected_without_action(schools, 3).set_index("school_id")
    assert list(chosen.index) == ["A", "C", "E"]
    assert chosen.loc["A", "change"] < 0
    assert chosen.loc["E", "change"] < chosen.loc["C", "change"]  # the level of E has fewer cases
    bunched = expected_without_action(schools, 3, 2.5).set_index("school_id")
    assert bunched.loc["A", "expected"] < chosen.loc["A", "expected"]  # one event may have brought them all
    assert expected_without_action(schools[:0], 3).empty


def test_regression_to_the_mean_is_what_a_simulation_shows():
    """True rates do not move: the thirty schools highest in the first year fall in the second about as much as foreseen."""
    rng = np.random.default_rng(11)
    rates = rng.gamma(2, 1 / 100, 300)
    first, second = rng.poisson(rates * 300), rng.poisson(rates * 300)
    schools = pd.DataFrame(
        {"school_id": [f"{i:03}" for i in range(300)], "school_level": "", "n": first, "exposure": 300.0}
    )
    chosen = expected_without_action(schools, 30)
    later = pd.Series(second, index=schools["school_id"]).reindex(chosen["school_id"]) / 300
    assert chosen["expected"].mean() == pytest.approx(later.mean(), rel=0.12)
    assert later.mean() < chosen["rate"].mean()


def test_what_says_nothing_is_dropped_from_the_estimate():
    """Of 20 + 20 schools: one visited all along; a term without a case; a level without a case."""
    rows = simulated(40, 4, 6.0, 0.8, np.random.default_rng(3))
    none = (rows["term"] == "t3") | (rows["school_id"] == "s039")
    rows[["n", "n_kept"]] = rows[["n", "n_kept"]].mask(none, 0)
    rows.loc[rows["school_id"] == "s039", "school_level"] = "fundamental"
    rows.loc[rows["school_id"] == "s037", "since"] = 1
    answer = effect(rows, 1, 10)
    assert (answer.n_visited, answer.n_compared, answer.n_terms) == (20, 18, 3)
