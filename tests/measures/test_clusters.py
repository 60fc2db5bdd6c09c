"""How much less alike cases tell: against R, and on registers of which we drew the truth."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import stdtrit

from analytics.measures import relays
from analytics.measures.clusters import design_effects
from tests.benchmarks.claims.shares import covered, covered_of_one, reached

REFERENCE = Path(__file__).parents[1] / "reference"
BY_R = json.loads((REFERENCE / "22_design_effects_by_r.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def cases() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "22_cases_by_school.csv").assign(step="cpms", n=1)


def student(n_cases: np.ndarray) -> float:
    """By how much Student's law widens the square of an interval, for schools of these sizes."""
    return (stdtrit(n_cases.sum() ** 2 / (n_cases**2).sum() - 1, 0.975) / 1.959963984540054) ** 2


def test_a_share_has_the_design_effect_of_sandwich(cases):
    """R sandwich: the call stands in the reference file."""
    by_school = cases.groupby("school_id")["counted"].agg(["sum", "count"]).to_numpy()
    ours = design_effects(by_school[:, :1], by_school[:, 1]) / student(by_school[:, 1])
    assert ours == pytest.approx([BY_R["share"]["design_effect"]], rel=1e-6)


def test_a_curve_has_those_of_survival_although_its_delays_are_rounded(cases):
    """R survival leaves no school out, and follows the censored: within a tenth, and a quarter where few still wait."""
    ours = relays.design_effects(reached(cases)).set_index("delay")["effect"] / student(
        cases.groupby("school_id").size()
    )
    theirs = BY_R["curve"]["design_effect"]  # at delays of 2**4 - 1 to 2**8 - 1
    assert ours.loc[4:7].tolist() == pytest.approx(theirs[:4], rel=0.1)
    assert ours[8] == pytest.approx(theirs[4], rel=0.25)


def test_effects_widen_the_band_and_grow_with_the_cases_that_a_sample_stands_for(cases):
    effects = relays.design_effects(reached(cases))
    twice = cases.assign(n=2, n_time_completed=0)
    alone, alike, of_half = (
        relays.curves(counts, effects=used).at((31,)).iloc[0]
        for counts, used in ((cases, 1.0), (cases, effects), (twice, effects))
    )
    width, wider, of_more = (row["upper"] - row["lower"] for row in (alone, alike, of_half))
    assert wider / width == pytest.approx(np.sqrt(effects.set_index("delay").loc[5, "effect"]), rel=0.02)
    assert of_more == pytest.approx(wider, rel=0.07)  # of the same schools twice as many cases tell little more


def test_of_few_schools_bunches_alone_are_known():
    n, n_cases = np.array([[4, 1], [0, 3]]), np.array([10, 8])
    assert design_effects(n, n_cases, 2.5).tolist() == [2.5, 2.5]
    assert design_effects(n[:0], n_cases[:0]).tolist() == [1, 1]


def test_schools_that_do_not_differ_cost_no_case_and_a_share_of_none_takes_that_of_the_others():
    n_cases = np.full(30, 20)
    alike = np.column_stack([np.full(30, 10), np.zeros(30)])
    assert design_effects(alike, n_cases).tolist() == [1, 1]
    apart = np.column_stack([np.repeat([0, 20], 15), np.zeros(30)])
    effect = design_effects(apart, n_cases)
    assert effect[0] > 20
    assert effect[1] == pytest.approx(effect[0])


def test_an_interval_holds_the_share_of_all_schools_where_cases_come_in_bunches():
    """The whole of it, in claims.toml: 93 to 97, to one; here in few registers."""
    assert covered(12, 40, 450, bunched=True).min() >= 80


def test_an_interval_of_one_school_holds_its_share_where_cases_come_in_bunches():
    assert covered_of_one(1, 600, bunched=True)[["incident_type", "within", "median"]].min() >= 88
