"""Which schools are concerned: tables that can be counted by hand, and a real city's schools."""

from __future__ import annotations

from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from analytics.measures import schools
from analytics.measures.funnel import funnel, shrunken_rates
from tests.benchmarks.claims.schools import bunching_claim, by_chance, covered, is_beyond


@pytest.fixture
def counted(table) -> pd.DataFrame:
    drawn = table("""
        school_id | school_network | school_level | n_pupils | n
        1         | wbe            | secondary    |      500 | 2
        2         | wbe            | secondary    |     1000 | 0
        3         | municipal      | secondary    |          | 3
    """)
    return drawn.assign(n_pupils=pd.to_numeric(drawn["n_pupils"], errors="coerce").astype("Int64"))


@pytest.fixture(scope="module")
def new_york() -> pd.DataFrame:
    """1,799 schools, 1,069,589 pupils, 4,105 incidents; source in the file's first lines."""
    path = Path(__file__).parents[1] / "reference" / "nyc_schools_2016_17.csv"
    drawn = pd.read_csv(path, comment="#").rename(columns={"enrolment": "n_pupils", "total": "n"})
    return drawn.assign(school_id=drawn.index.astype("str"), school_network="wbe", school_level="secondary")


def test_a_rate_is_per_thousand_pupils_with_an_exact_interval(counted):
    rates = schools.rates(counted, 1.0).set_index("school_id")
    assert rates.loc[1, "rate"] == 4
    # 2 events: exact Poisson limits 0.2422 and 7.2247 (Garwood 1936), over 500 pupils
    assert rates.loc[1, ["lower", "upper"]].to_list() == pytest.approx([0.4844, 14.4494], abs=1e-3)
    assert rates.loc[2, "lower"] == 0


def test_a_school_whose_pupils_are_not_known_keeps_its_cases_and_has_no_rate(counted):
    rates = schools.rates(counted, 1.0).set_index("school_id")
    assert rates.loc[3, "n"] == 3
    assert rates.loc[3, ["rate", "lower", "upper", "shrunken_rate", "expected", "flag"]].isna().all()


def test_schools_stay_in_the_order_of_the_table(counted):
    assert schools.rates(counted, 1.0)["school_id"].to_list() == [1, 2, 3]


def test_schools_without_a_case_are_counted(counted):
    networks = schools.concerned(counted, "school_network").set_index("school_network")
    assert networks.loc["wbe", ["n_schools", "n_concerned", "n_silent", "n_cases"]].to_list() == [2, 1, 1, 2]
    assert networks.loc["wbe", "share"] == 0.5


def test_new_york_goes_through_the_same_functions(new_york):
    """831 schools without an incident and the totals are sums over the published file; the rest are the references' own."""
    rates = schools.rates(new_york, 1.0)
    renamed = new_york.rename(columns={"n": "count", "n_pupils": "exposure"})
    assert rates["flag"].to_list() == funnel(renamed)["flag"].to_list()
    np.testing.assert_allclose(rates["shrunken_rate"], 1000 * shrunken_rates(renamed)["shrunken_rate"])
    whole = schools.concerned(new_york, "school_network").iloc[0]
    assert whole[["n_schools", "n_silent", "n_cases"]].to_list() == [1799, 831, 4105]
    lines = schools.funnel_lines(rates, 1.0)
    assert lines["spread"].iloc[0] == rates["spread"].iloc[0] > 0.5
    assert (lines["lower_998"] <= lines["lower_95"]).all()
    assert lines["expected"].iloc[0] < rates["expected"].min() < rates["expected"].max() < lines["expected"].iloc[-1]


def test_no_school_with_known_pupils_draws_no_funnel(counted):
    assert schools.funnel_lines(schools.rates(counted.iloc[2:], 1.0), 1.0).empty


def two_levels() -> pd.DataFrame:
    """Ten secondary schools with 10 cases for 1,000 pupils, ten fundamental ones with 2, alike but for the first, with 8."""
    levels = ["secondary"] * 10 + ["fundamental"] * 10
    n = [10] * 10 + [8] + [2] * 9
    return pd.DataFrame({"school_id": map(str, range(20)), "school_level": levels, "n_pupils": 1000, "n": n})


def test_a_school_is_compared_with_those_of_its_level():
    """The first expects 26 / 10 cases: the exact Poisson probability of 8 or more is 0.005. Beside the schools of the other
    level, which expect 10, it would be an average one.
    """
    rated = schools.rates(two_levels(), 1.0)
    first = rated.iloc[10]
    assert first["expected"] == pytest.approx(2.6)
    assert first["ratio"] == pytest.approx(8 / 2.6)
    assert rated["flag"].to_list() == ["within"] * 10 + ["above_95"] + ["within"] * 9
    assert schools.outliers(rated)["school_id"].to_list() == ["10"]
    assert (rated["spread"] == 0).all()
    assert rated["shrunken_rate"].iloc[9] > rated["shrunken_rate"].iloc[11]


def test_reports_in_bunches_tell_less():
    alone, bunched = (schools.rates(two_levels(), bunching).iloc[10] for bunching in (1.0, 2.5))
    assert bunched["flag"] == "within"
    assert bunched["rate"] == alone["rate"]
    assert bunched["upper"] - bunched["lower"] > 1.4 * (alone["upper"] - alone["lower"])
    assert bunched["shrunken_rate"] < alone["shrunken_rate"]


def test_a_school_whose_level_is_not_known_has_no_rate():
    unknown = two_levels().assign(school_level=lambda t: t["school_level"].where(t["school_id"] != "10"))
    rated = schools.rates(unknown, 1.0)
    assert rated.loc[10, ["expected", "ratio", "rate", "shrunken_rate", "flag"]].isna().all()
    assert rated["rate"].notna().sum() == 19
    assert rated.loc[11, "expected"] == pytest.approx(2)


@pytest.mark.parametrize("bunched", [False, True])
def test_the_cautious_interval_holds_the_true_rate_as_often_as_promised(bunched):
    """93 to 97 of 100 are promised, and measured over many registers; these are 1,800 schools."""
    is_covered = pd.concat([covered(seed, 60, 600, bunched=bunched) for seed in range(30)])
    assert 0.92 < is_covered.mean() < 0.98
    own = pd.concat([covered(seed, 60, 600, bunched=bunched, rate="") for seed in range(8)])
    assert own.mean() > 0.92


def test_a_fundamental_school_at_four_times_its_level_leaves_the_funnel_and_one_at_its_level_does_not():
    assert sum(is_beyond(seed, 600, 4.0, bunched=False) for seed in range(60)) >= 10
    assert not any(is_beyond(seed, 600, 1.0, bunched=True) for seed in range(60))


@pytest.mark.parametrize("bunched", [False, True])
def test_where_schools_of_a_level_are_alike_the_page_says_that_chance_is_enough(bunched):
    """Of 40 registers two are promised outside; seven or more, once in a hundred times."""
    found = pd.DataFrame([by_chance(seed, 40, 300, bunched=bunched) for seed in range(40)]).astype(float)
    assert (1 - found["tenth"]).sum() < 7
    assert found["apart"].sum() < 7
    assert found["beyond"].mean() <= 0.05
    if not bunched:
        assert abs(found["repeats"].mean()) < 0.015


def test_bunches_are_told_where_they_are_and_as_large_as_they_are():
    assert bunching_claim(4).held


def test_the_others_of_a_network_are_not_the_school_itself(counted):
    assert schools.peers(counted, 1, "school_network") == (2,)
    assert schools.peers(counted, 3, "school_network") == ()


def test_no_school_with_a_case_or_of_unknown_level_is_left_out():
    table = pd.DataFrame(
        {
            "school_id": list("ABCD"),
            "school_level": pd.array(["fundamental", "fundamental", None, "secondary"], dtype="str"),
            "n": [0, 1, 0, 0],
        }
    )
    assert schools.teaching(table, ["secondary_1"])["school_id"].to_list() == ["B", "C", "D"]
    assert schools.teaching(table, ["fundamental", "secondary_3"])["school_id"].to_list() == list("ABCD")
    assert schools.teaching(table, [])["school_id"].to_list() == list("ABCD")
    assert schools.teaching(table, ["secondary_1", "unknown"])["school_id"].to_list() == list("ABCD")


# The most concerned tenth


def test_chance_alone_gathers_cases_in_few_schools(table):
    """Ten schools alike and two cases: one school has both one time in ten. Its tenth then has 1.1 of 2 cases."""
    alike = pd.DataFrame({"expected": 0.2, "n": [2] + [0] * 9})
    answer = schools.concentration(alike, 1.0).iloc[0]
    assert answer[["n_schools", "n_top", "n_top_cases", "share"]].to_list() == [10, 1, 2, 1.0]
    assert answer["expected"] == pytest.approx(0.55, abs=3 * np.sqrt(0.1 * 0.9 / schools.N_DRAWS) / 2)
    assert (answer["lower"], answer["upper"]) == (0.5, 1.0)


def test_large_schools_have_more_cases_by_chance(table):
    """One school of 900 pupils among nine of 100: its tenth has at least what falls on it, half of the cases."""
    answer = schools.concentration(pd.DataFrame({"expected": [100.0] + [100 / 9] * 9, "n": [200] + [0] * 9}), 1.0).iloc[
        0
    ]
    lower, upper = binom.ppf([0.025, 0.975], 200, 0.5) / 200
    assert answer["expected"] == pytest.approx(0.5, abs=0.005)
    assert answer[["lower", "upper"]].to_list() == pytest.approx([lower, upper], abs=0.011)


def test_new_yorks_tenth_has_far_more_than_chance_gives(new_york):
    """The truth by another route: each school's count as a binomial of its own, the tenth's threshold in expectation."""
    answer = schools.concentration(schools.rates(new_york, 1.0), 1.0).iloc[0]
    # On the file itself: grep -v '^#' | cut -d, -f2 | sort -nr | head -180 | awk '{s += $1} END {print s}'
    assert answer[["n_top", "n_top_cases"]].to_list() == [180, 2162]
    share = new_york["n_pupils"] / new_york["n_pupils"].sum()
    counts = np.arange(200)
    chance = binom.pmf(counts[:, None], 4105, share.to_numpy()[None, :]).sum(axis=1)  # schools expected with each count
    above = np.cumsum(chance[::-1])[::-1]
    threshold = counts[above <= 180].min()
    expected = (counts * chance)[threshold:].sum() + (threshold - 1) * (180 - above[threshold])
    assert answer["expected"] == pytest.approx(expected / 4105, abs=0.003)
    assert answer["share"] > 1.5 * answer["upper"]


def test_schools_without_pupils_are_left_out_of_the_tenth_and_counted(counted):
    answer = schools.concentration(schools.rates(counted, 1.0), 1.0).iloc[0]
    assert answer[["n_schools", "n_left_out", "n_cases"]].to_list() == [2, 1, 2]


@pytest.mark.parametrize("n_schools", [0, 3])
def test_without_a_case_there_is_no_share(n_schools):
    nothing = pd.DataFrame({"expected": [0.0] * n_schools, "n": [0] * n_schools})
    assert np.isnan(schools.concentration(nothing, 1.0)["share"].iloc[0])


# Repeat cases


def weeks(*rows: tuple[str, int, int]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["school_id", "report_week", "n"])
    return table.assign(report_week=pd.Timestamp("2025-09-01") + pd.to_timedelta(7 * table["report_week"], unit="D"))


def test_a_case_follows_another_of_its_school_by_four_weeks_at_most():
    answer = schools.repeats(weeks(("a", 0, 1), ("a", 4, 2), ("a", 9, 1), ("b", 1, 1))).iloc[0]
    assert answer[["n", "n_cases", "n_schools_again"]].to_list() == [2, 5, 1]  # both of week 4; week 9 comes too late
    assert answer["share"] == 0.4


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 6)), min_size=1, max_size=5),
    st.integers(0, 3),
)
def test_what_chance_gives_is_what_all_ways_of_falling_give(cases, within):
    """Each case of each school is put in each week in turn, as often as all cases have it: counted one by one."""
    counts = pd.DataFrame(cases, columns=["school_id", "week"]).value_counts().reset_index(name="n")
    answer = schools.repeats(weeks(*counts.itertuples(index=False)), within).iloc[0]
    of_all = [week for _, week in cases]
    follows = 0.0
    for school in {school for school, _ in cases}:
        size = sum(one == school for one, _ in cases)
        ways = list(product(of_all, repeat=size))
        follows += sum(_followers(sorted(way), within) for way in ways) / len(ways)
    assert answer["expected"] == pytest.approx(follows / len(cases))


def _followers(ordered: list[int], within: int) -> int:
    return sum(later - earlier <= within for earlier, later in pairwise(ordered))


def test_no_case_has_no_share_of_repeats():
    answer = schools.repeats(weeks()).iloc[0]
    assert answer["n_cases"] == 0
    assert np.isnan(answer["share"])


def test_a_measure_leaves_its_table_as_it_was(counted):
    before = counted.copy()
    schools.rates(counted, 1.0)
    schools.concerned(counted, "school_network")
    schools.concentration(schools.rates(counted, 1.0), 1.0)
    pd.testing.assert_frame_equal(counted, before)
