"""The evaluation: known answers, an estimate that finds what was put in, and honesty where the data cannot tell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from analytics.domain.school_calendar import calendar
from analytics.planning.evaluation import effect, expected_without_action, panel, poisson, terms
from analytics.planning.power import power


def test_two_groups_before_and_after_give_the_ratio_of_ratios():
    """Saturated two by two: the estimate is (30/40) / (55/50), and its log variance the sum of inverse counts."""
    counts = np.array([40.0, 30.0, 50.0, 55.0])
    columns = np.array([[0, 1, 0, 0], [1, 1, 0, 1], [0, 0, 1, 0], [0, 0, 1, 1]], dtype=float)
    fit = poisson(counts, columns, np.zeros(4), np.arange(4))
    assert np.exp(fit.coefficients[0]) == pytest.approx((30 / 40) / (55 / 50))


def test_coefficients_are_those_that_a_general_optimiser_finds():
    rng = np.random.default_rng(8)
    columns = np.column_stack([rng.integers(0, 2, 60), np.ones(60), rng.normal(size=60)]).astype(float)
    offset = rng.normal(size=60)
    counts = rng.poisson(np.exp(columns @ [0.5, 0.2, -0.3] + offset)).astype(float)

    def loss(b):
        linear = columns @ b + offset
        return (np.exp(linear) - counts * linear).sum()

    expected = minimize(loss, np.zeros(3), method="BFGS").x
    assert poisson(counts, columns, offset, np.arange(60)).coefficients == pytest.approx(expected, abs=1e-4)


def test_clustered_errors_are_the_sandwich_written_out_by_hand():
    """One rate, its log the only coefficient: the error is sqrt(sum of squared cluster residuals x G/(G-1)) / total."""
    counts, cluster = np.array([3.0, 5.0, 1.0, 7.0, 2.0, 6.0]), np.array([0, 0, 1, 1, 2, 2])
    fit = poisson(counts, np.ones((6, 1)), np.zeros(6), cluster)
    residual = counts - 4
    sums = np.array([residual[cluster == g].sum() for g in range(3)])
    assert fit.errors[0] == pytest.approx(np.sqrt((sums**2).sum() * 3 / 2) / 24)


def test_clustered_errors_are_near_those_of_leaving_out_one_school_at_a_time():
    table = simulated(40, 4, 6.0, 0.8, np.random.default_rng(3))
    answer = effect(table)
    ids = table["school_id"].unique()
    logs = np.array([np.log(effect(table[table["school_id"] != one]).ratio) for one in ids])
    jackknife = np.sqrt((len(ids) - 1) / len(ids) * ((logs - logs.mean()) ** 2).sum())
    error = np.log(answer.upper / answer.lower) / (2 * 2.093)  # Student's t, 19 degrees of freedom
    assert error == pytest.approx(jackknife, rel=0.2)


def test_dependent_columns_give_no_answer():
    assert poisson(np.ones(4), np.ones((4, 2)), np.zeros(4), np.arange(4)) is None


def simulated(n_schools: int, n_terms: int, cases: float, ratio: float, rng: np.random.Generator) -> pd.DataFrame:
    """A panel whose first half of schools is visited from the middle term on, with a season and schools that differ."""
    school, term = np.divmod(np.arange(n_schools * n_terms), n_terms)
    visited = (school < n_schools // 2) & (term >= n_terms // 2)
    level = rng.gamma(4, 1 / 4, n_schools)[school] * (1 + 0.3 * (term % 3)) / 1.3
    return pd.DataFrame(
        {
            "school_id": [f"s{i:03}" for i in school],
            "term": [f"t{i}" for i in term],
            "n": rng.poisson(cases * level * np.where(visited, ratio, 1.0)),
            "exposure": 1000.0,
            "visited": visited,
            "just_before": (school < n_schools // 2) & (term == n_terms // 2 - 1),
        }
    )


def test_a_fall_that_was_put_in_is_found():
    answer = effect(simulated(200, 6, 5.0, 0.7, np.random.default_rng(1)))
    assert answer.lower < 0.7 < answer.upper < 1
    assert (answer.n_visited, answer.n_compared, answer.n_terms) == (100, 100, 6)


def test_limits_hold_the_truth_nineteen_times_in_twenty():
    rng = np.random.default_rng(20)
    answers = [effect(simulated(40, 4, 3.0, 0.8, rng)) for _ in range(150)]
    assert np.mean([a.lower <= 0.8 <= a.upper for a in answers]) == pytest.approx(0.95, abs=0.05)


def test_limits_are_student_s_with_the_smaller_side_less_one():
    """Twelve schools against twenty: 2.201 errors (Student's t, 11 degrees of freedom, in any table), not 1.96."""
    table = simulated(40, 4, 6.0, 0.8, np.random.default_rng(3))
    table = table[~table["school_id"].isin([f"s{i:03}" for i in range(8)])]
    answer = effect(table)
    columns = [table["visited"], *(table["school_id"] == s for s in table["school_id"].unique())]
    columns += [table["term"] == t for t in ("t1", "t2", "t3")]
    fit = poisson(
        table["n"].to_numpy(float),
        np.column_stack(columns).astype(float),
        np.log(table["exposure"].to_numpy()),
        pd.factorize(table["school_id"])[0],
    )
    assert (answer.n_visited, answer.n_compared) == (12, 20)
    assert np.log(answer.upper / answer.ratio) / fit.errors[0] == pytest.approx(2.201, abs=5e-4)


def test_no_report_at_all_after_the_session_is_no_estimate():
    """The ratio of reports would be 0 with no error at all: the data cannot tell."""
    table = simulated(40, 4, 6.0, 0.8, np.random.default_rng(3))
    assert not effect(table.assign(n=table["n"].where(~table["visited"], 0))).is_known


def test_power_is_the_share_of_simulated_studies_that_see_the_fall():
    rng = np.random.default_rng(7)
    table = [effect(simulated(40, 4, 4.0, 0.75, rng)) for _ in range(100)]
    seen = np.mean([a.upper < 1 or a.lower > 1 for a in table])
    assert power(20, 20, 2, 2, 4.0, 0.25, 1.0) == pytest.approx(seen, abs=0.1)


def test_too_few_schools_give_no_estimate():
    answer = effect(simulated(12, 4, 3.0, 0.8, np.random.default_rng(0)))
    assert not answer.is_known
    assert answer.n_visited == 6


def test_the_highest_schools_are_expected_to_fall_without_any_action(table):
    schools = table("""
        school_id | n | exposure
        A         | 9 |      300
        B         | 2 |      300
        C         | 3 |      300
        D         | 1 |      300
        E         | 2 |      300
    """)
    chosen = expected_without_action(schools, 2)
    assert list(chosen["school_id"]) == ["A", "C"]
    assert chosen.loc[0, "change"] < 0


def test_regression_to_the_mean_is_what_a_simulation_shows():
    """True rates do not move: the thirty schools highest in the first year fall in the second about as much as foreseen."""
    rng = np.random.default_rng(11)
    rates = rng.gamma(2, 1 / 100, 300)
    first, second = rng.poisson(rates * 300), rng.poisson(rates * 300)
    schools = pd.DataFrame({"school_id": [f"{i:03}" for i in range(300)], "n": first, "exposure": 300.0})
    chosen = expected_without_action(schools, 30)
    later = pd.Series(second, index=schools["school_id"]).reindex(chosen["school_id"]) / 300
    assert chosen["expected"].mean() == pytest.approx(later.mean(), rel=0.12)
    assert later.mean() < chosen["rate"].mean()


def test_terms_end_with_the_winter_and_the_spring_holidays():
    weeks = pd.Series(pd.to_datetime(["2025-08-25", "2025-12-15", "2026-01-05", "2026-04-20", "2026-05-11"]))
    assert list(terms(weeks, calendar()).str[-2:]) == ["T1", "T1", "T2", "T2", "T3"]


YEAR = pd.Series(pd.date_range("2025-08-25", "2026-06-29", freq="7D").astype("datetime64[us]"))
T1, T2, T3 = "2025-2026 T1", "2025-2026 T2", "2025-2026 T3"


def year_panel(visits: dict[str, str]) -> pd.DataFrame:
    """Three schools over one year; A has four cases in its first week."""
    schools = pd.DataFrame({"school_id": ["A", "B", "C"], "n_pupils": pd.array([100, 200, 300], dtype="Int64")})
    cases = pd.DataFrame({"school_id": ["A"], "report_week": YEAR[[0]].to_numpy(), "n": [4]})
    given = pd.DataFrame({"school_id": list(visits), "week": pd.to_datetime(list(visits.values()))})
    return panel(schools, cases, given.astype({"school_id": "str", "week": "datetime64[us]"}), YEAR, calendar())


@pytest.mark.parametrize(
    ("first_session", "before", "after"),
    [
        ("2025-08-25", [], [T2, T3]),
        ("2025-12-15", [], [T2, T3]),
        ("2026-02-02", [T1], [T3]),
        ("2026-06-29", [T1, T2], []),
    ],
)
def test_the_term_of_the_first_session_is_dropped_and_no_other(first_session, before, after):
    rows = year_panel({"A": first_session}).query("school_id == 'A'")
    assert rows.loc[~rows["visited"], "term"].tolist() == before
    assert rows.loc[rows["visited"], "term"].tolist() == after
    assert rows.loc[rows["just_before"], "term"].tolist() == before[-1:]


def test_a_school_without_a_session_keeps_every_term_and_one_visited_before_the_records_is_always_after():
    rows = year_panel({"A": "2026-02-02", "C": "2025-06-02"})
    assert rows.groupby("school_id")["term"].agg(list).to_dict() == {
        "A": [T1, T3],
        "B": [T1, T2, T3],
        "C": [T1, T2, T3],
    }
    assert rows.groupby("school_id")["visited"].agg(list)["C"] == [True, True, True]
    assert not rows.loc[rows["school_id"] == "B", ["visited", "just_before"]].any().any()
    assert rows.loc[rows["school_id"] == "A", "n"].tolist() == [4, 0]


def test_exposure_is_pupils_times_weeks_of_the_term():
    """By the calendar of 2025-2026: 17 Mondays up to the winter holidays, 17 up to the spring ones, 10 after."""
    exposure = year_panel({}).query("school_id == 'A'").set_index("term")["exposure"]
    n_weeks = terms(YEAR, calendar()).value_counts()
    assert exposure.to_dict() == {term: 100 * n_weeks[term] for term in (T1, T2, T3)}
    assert n_weeks.sum() == len(YEAR)


def test_what_says_nothing_is_dropped_from_the_estimate():
    """Of 20 + 20 schools: one without a case, one seen in one term, one visited all along; a term without a case."""
    rows = simulated(40, 4, 6.0, 0.8, np.random.default_rng(3))
    rows["n"] = rows["n"].mask(rows["term"] == "t3", 0).mask(rows["school_id"] == "s039", 0)
    rows = rows[(rows["school_id"] != "s038") | (rows["term"] == "t0")]
    rows.loc[rows["school_id"] == "s037", "visited"] = True
    answer = effect(rows)
    assert (answer.n_visited, answer.n_compared, answer.n_terms) == (20, 17, 3)
