"""The chart of individual values, against the NHS's limits and rules, Montgomery's data, and breaks put in by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.measures import signals
from analytics.measures.signals import SIGNALS, xmr
from tests.benchmarks.claims import signals as claims

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "13_xmr_and_shewhart_limits.json").read_text())
RULES = REFERENCE["nhs_run_rules"]


def weeks(values, first: str = "2025-01-06") -> pd.DataFrame:
    period = pd.date_range(first, periods=len(values), freq="7D")
    return pd.DataFrame({"period": period, "value": values, "provisional": False}).astype({"value": float})


SCREENED = [case for case in REFERENCE["nhs_xmr"]["cases"] if case["screen_outliers"]]


@pytest.mark.parametrize("case", SCREENED)
def test_limits_are_the_nhs_ones_with_screened_moving_ranges(case):
    chart = xmr(weeks(case["y"]))
    expected = case["expected"]
    for column, name in (("centre", "mean"), ("lower", "lpl"), ("upper", "upl")):
        assert chart[column].to_list() == pytest.approx([expected[name]] * len(chart), abs=1e-6)


def test_limits_of_montgomerys_table_6_5():
    """Published with 3 / 1.128, ours with the rounded 2.66."""
    data = REFERENCE["montgomery"]["I_6_5"]
    chart = xmr(weeks(data["y"][:20]))
    half_width = (data["ucl"] - data["cl"]) * 1.128 / 3 * 2.66
    assert chart["centre"][0] == pytest.approx(data["cl"], rel=1e-9)
    assert chart["upper"][0] == pytest.approx(data["cl"] + half_width, rel=1e-9)
    assert chart["lower"][0] == pytest.approx(data["cl"] - half_width, rel=1e-9)


@pytest.mark.parametrize("case", RULES["seven_one_side"])
def test_seven_on_one_side(case):
    assert signals._run(np.array(case["sign"], float)).tolist() == np.array(case["out"], bool).tolist()


@pytest.mark.parametrize("case", RULES["seven_trend"])
def test_seven_that_rise_or_fall(case):
    assert signals._trend(np.array(case["y"], float)).tolist() == np.array(case["out"], bool).tolist()


@pytest.mark.parametrize("case", RULES["two_in_three"])
def test_two_of_three_in_the_outer_third(case):
    ours = signals._two_of_three(np.array(case["near"], bool), np.array(case["sign"], float))
    assert ours.tolist() == np.array(case["out"], bool).tolist()


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ([30], ["outside"]),
        ([15.4], ["outside"]),
        ([14.5], ["none"]),
        ([14.5, 11, 14.5], ["two_of_three"] * 3),
        ([14.5, 9, 14.5], ["none"] * 3),
        ([9, 11, 12, 11, 12, 11, 12, 11, 9], ["none"] * 7 + ["run", "none"]),
        ([9, 7.5, 8, 8.5, 9, 11, 11.5, 12, 9], ["none"] * 7 + ["trend", "none"]),
    ],
)
def test_each_signal_on_a_chart(last, expected):
    """After 400 weeks of 9 and 11 by turns: centre 10, limits near 10 +- 5.32, the outer third from 10 +- 3.55 on."""
    signal = xmr(weeks([9, 11] * 200 + last))["signal"]
    assert signal[:400].eq("none").all()
    assert signal[400:].tolist() == expected
    assert set(signal) <= set(SIGNALS)


def test_a_break_put_in_by_hand_splits_the_baseline_and_nothing_else_does():
    values = [9.0, 11.0] * 10 + [29.0, 31.0] * 10
    points = weeks(values)
    alone = xmr(points)
    assert alone["centre"].unique().tolist() == [20]
    assert alone["baseline"].isna().all()
    assert alone["signal"].ne("none").any()
    breaks = pd.DataFrame(
        {"on": [points["period"][20] - pd.Timedelta(days=2)], "reason": ["Interdiction du téléphone"]}
    )
    split = xmr(points, breaks)
    assert split["centre"].to_list() == [10] * 20 + [30] * 20
    assert split["baseline"][:20].isna().all()
    assert split["baseline"][20:].eq("Interdiction du téléphone").all()
    assert split["signal"].eq("none").all()


def test_a_period_that_contains_the_break_belongs_to_what_was_before():
    points = weeks([9.0, 11.0] * 13)
    breaks = pd.DataFrame({"on": [points["period"][13] + pd.Timedelta(days=1)], "reason": ["Nouvelle procédure"]})
    assert xmr(points, breaks)["baseline"].isna().sum() == 14


def test_a_running_week_is_shown_but_neither_counted_nor_signalled():
    points = weeks([9.0, 11.0] * 10 + [0.0])
    points.loc[20, "provisional"] = True
    chart = xmr(points)
    assert chart["value"][20] == 0
    assert chart["signal"][20] == "none"
    assert chart["centre"].eq(10).all()
    points["provisional"] = False
    assert xmr(points)["signal"][20] == "outside"


def test_a_month_without_a_median_is_a_gap():
    values = [9.0, 11.0] * 10
    chart = xmr(weeks([*values[:7], np.nan, *values[7:]]))
    assert np.isnan(chart["value"][7])
    assert chart["centre"].eq(10).all()
    assert chart["upper"].to_list() == pytest.approx([15.32] * 21)


def test_fewer_than_twelve_whole_periods_give_no_limits_and_no_alarm():
    chart = xmr(weeks([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 99]))
    assert chart[["centre", "lower", "upper"]].isna().all(axis=None)
    assert chart["signal"].eq("none").all()
    assert xmr(weeks([])).empty


def test_a_count_has_no_negative_limit():
    chart = xmr(weeks([0, 3, 0, 4, 1, 5, 0, 3, 0, 4, 1, 5]))
    assert chart["lower"].eq(0).all()


def test_values_that_never_vary_raise_no_alarm():
    assert xmr(weeks([3] * 20))["signal"].eq("none").all()


def test_chance_alone_is_signalled_rarely():
    """Two points in a hundred on 104 calm weeks, of which four in a thousand are beyond a limit (1,000 simulated charts)."""
    rng = np.random.default_rng(25)
    found = pd.concat([xmr(weeks(rng.normal(50, 8, 104)))["signal"] for _ in range(60)]).value_counts(normalize=True)
    assert found["outside"] < 0.01
    assert found.drop("none").sum() < 0.05


def test_weeks_since_a_break_that_are_too_few_have_no_limits():
    """Twenty weeks before the break have limits; the eight since then, at thrice the level, have none."""
    points = weeks([9.0, 11.0] * 10 + [29.0, 31.0] * 4)
    breaks = pd.DataFrame({"on": [points["period"][20]], "reason": ["Nouvelle procédure"]})
    chart = xmr(points, breaks)
    assert chart["centre"].notna().sum() == 20
    assert chart["signal"].eq("none").all()


def test_a_chart_is_told_in_words():
    """Fourteen calm points, and one far beyond that counts only once it is whole."""
    calm = weeks([9.0, 11.0] * 7)
    assert signals.finding(xmr(calm)) == "Pas de changement sûr : le hasard suffit à expliquer les 14 mois jugés."
    assert (
        signals.finding(xmr(calm[:8])) == "Trop peu de mois entiers pour savoir ce qui est ordinaire : il en faut 12."
    )
    loud = weeks([9.0, 11.0] * 7 + [20.0])
    assert signals.finding(xmr(loud)) == "Hors de l’ordinaire : 1 mois sur 15 jugés, le dernier en 04/2025."
    assert signals.finding(xmr(loud.assign(provisional=loud.index == 14))).startswith("Pas de changement sûr")


def test_what_is_given_is_not_changed():
    points = weeks([9.0, 11.0] * 10)[::-1]
    before = points.copy()
    chart = xmr(points, pd.DataFrame({"on": [pd.Timestamp("2025-02-03")], "reason": ["x"]}))
    pd.testing.assert_frame_equal(points, before)
    assert chart["period"].is_monotonic_increasing


def test_monthly_medians_by_chance_alone_are_signalled_as_often_as_the_page_says():
    """Two to eight months of 100, by step; the claim of ``tests/benchmarks/claims/signals.py`` on a few registers."""
    assert claims.monthly_rate(12, "school_mediation") < 8
