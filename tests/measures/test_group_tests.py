"""Do groups differ more than schools do by chance: against R, and on registers of which we drew the truth."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.measures.group_tests import _Scores, between_schools, false_discovery_rates, within_schools

REFERENCE = Path(__file__).parents[1] / "reference"
BY_R = json.loads((REFERENCE / "21_group_tests_by_r.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def mgus() -> pd.DataFrame:
    """1,384 patients by sex and a school of our own: progression (done), death without it (closed), followed (pending)."""
    data = pd.read_csv(REFERENCE / "10_mgus2.csv").rename(columns={"etime": "delay"})
    data["event"] = data["event"].map({0: "pending", 1: "done", 2: "closed"})
    return data.assign(school_id=data["id"] % 20, n=1)


def of_sex(counts: pd.DataFrame) -> np.ndarray:
    return np.column_stack([counts["sex"] == "F", counts["sex"] == "M"]) * counts["n"].to_numpy(float)[:, None]


def test_scores_by_school_are_those_of_coxph_on_finegray(mgus):
    """R survival: the call stands in the reference file."""
    ours = _Scores(mgus).within(of_sex(mgus), mgus["school_id"].to_numpy(), 20)
    np.testing.assert_allclose(ours[:, 1], BY_R["cluster_scores"]["score"], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(ours.sum(axis=1), 0, atol=1e-9)


def test_without_closures_scores_are_petos(mgus):
    """R survival: survdiff with rho = 1."""
    followed = mgus[mgus["event"] != "closed"]
    scores = _Scores(followed)
    ours = pd.Series(scores.of_rows).groupby(followed["sex"].to_numpy()).sum()
    np.testing.assert_allclose(ours[["F", "M"]], BY_R["peto_without_competing"]["score"], rtol=1e-7)


def test_counts_say_what_their_cases_say(mgus):
    counted = mgus.drop(columns="id").groupby(["school_id", "sex", "event", "delay"]).size().rename("n").reset_index()
    one, other = (within_schools(table, of_sex(table)) for table in (mgus, counted))
    assert one == other
    sex_of_school = pd.Series(np.arange(20) % 3, index=range(20))
    assert between_schools(mgus, sex_of_school) == between_schools(counted, sex_of_school)


def test_whole_schools_are_dealt_out():
    """Six schools, three fast and three slow: all fast ones in one network happen in 2 of 20 ways to deal them."""
    delay = [1, 2, 3, 40, 41, 42]
    counts = pd.DataFrame({"school_id": list("abcdef"), "event": "done", "delay": delay, "n": 1})
    networks = pd.Series(list("xxxyyy"), index=list("abcdef"))
    exact = np.mean([{"".join(deal[:3])} <= {"xxx", "yyy"} for deal in permutations("xxxyyy")])
    assert exact == 0.1
    assert between_schools(counts, networks) == pytest.approx(exact, abs=0.03)


def test_schools_of_one_pace_each_make_no_network(drawn):
    """Cases by the hundred, yet three schools a network: Gray's test would call this certain."""
    paces = np.exp(np.random.default_rng(2).normal(0, 1, 12))
    counts = drawn(3, paces, 100)
    networks = pd.Series(np.arange(12) % 3, index=range(12))
    assert between_schools(counts, networks) > 0.05


@pytest.fixture
def drawn():
    def draw(seed: int, paces: np.ndarray, n: int) -> pd.DataFrame:
        rng = np.random.default_rng(seed)
        school = np.repeat(np.arange(len(paces)), n)
        delay = np.floor(np.log2(1 + rng.lognormal(3, 1.2, len(school)) * paces[school]))
        event = rng.choice(["done", "closed", "pending"], len(school), p=[0.8, 0.15, 0.05])
        return pd.DataFrame({"school_id": school, "event": event, "delay": delay, "n": 1})

    return draw


def test_a_slow_network_is_found(drawn):
    slow = np.where(np.arange(30) % 3 == 0, 3.0, 1.0)
    networks = pd.Series(np.arange(30) % 3, index=range(30))
    assert between_schools(drawn(4, slow, 30), networks) == 0.001


def test_a_level_that_is_slow_in_each_school_is_found(drawn):
    counts = drawn(5, np.ones(20), 40)
    slow = np.arange(len(counts)) % 2 == 0
    counts["delay"] += 2 * slow
    members = np.column_stack([slow, ~slow]).astype(float)
    assert within_schools(counts, members) == 0.001
    shuffled = np.random.default_rng(6).permutation(members)
    assert within_schools(counts, shuffled) > 0.05


def test_a_case_may_be_in_several_groups(drawn):
    counts = drawn(7, np.ones(20), 40)
    types = (np.random.default_rng(8).random((len(counts), 4)) < 0.4).astype(float)
    assert within_schools(counts, types) > 0.05
    slow = counts.assign(delay=counts["delay"] + 2 * types[:, 2])
    assert within_schools(slow, types) == 0.001


def test_the_same_counts_have_the_same_answer(drawn):
    counts = drawn(9, np.ones(12), 20)
    networks = pd.Series(np.arange(12) % 3, index=range(12))
    assert between_schools(counts, networks) == between_schools(counts.copy(), networks)


@pytest.mark.parametrize(("n_schools", "n_groups"), [(0, 2), (5, 2), (12, 1)])
def test_few_schools_or_one_group_are_not_compared(drawn, n_schools, n_groups):
    counts = drawn(1, np.ones(n_schools), 20)
    groups = pd.Series(np.arange(n_schools) % n_groups, index=range(n_schools))
    members = np.eye(n_groups)[np.arange(len(counts)) % n_groups]
    assert np.isnan(between_schools(counts, groups))
    assert np.isnan(within_schools(counts, members))


def test_where_nothing_is_done_there_is_nothing_to_compare(drawn):
    counts = drawn(1, np.ones(12), 20).assign(event="pending")
    assert np.isnan(between_schools(counts, pd.Series(np.arange(12) % 3, index=range(12))))
    assert np.isnan(within_schools(counts, np.eye(2)[np.arange(len(counts)) % 2]))


def test_false_discovery_rates_are_those_of_r():
    found = BY_R["false_discovery"]
    np.testing.assert_allclose(false_discovery_rates(found["p"]), found["adjusted"])
    np.testing.assert_allclose(false_discovery_rates([*found["p"], np.nan])[:-1], found["adjusted"])
    assert np.isnan(false_discovery_rates([np.nan, np.nan])).all()
