"""The charts, against the NHS's published limits and rules, Montgomery's textbook data, and breaks put in by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.measures import signals
from analytics.measures.signals import LEAST_COUNT, QUIET, SIGNALS, g_chart, why_unjudged, xmr

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


def test_rare_counts_have_no_limits_and_say_why():
    """Two a week on average: below three, so no limits. Five on average: limits."""
    rare = xmr(weeks([1, 3] * 10), least_mean=LEAST_COUNT)
    assert rare[["centre", "lower", "upper"]].isna().all(axis=None)
    assert why_unjudged(rare) == "rare"
    assert why_unjudged(xmr(weeks([4, 6] * 10), least_mean=LEAST_COUNT)) == ""


def test_four_weeks_without_a_change_hold_a_signal_about_one_time_in_ten_at_most():
    rng = np.random.default_rng(4)
    for mean in (LEAST_COUNT, 8):
        charts = [xmr(weeks(rng.poisson(mean, 37)))["signal"].tail(4) for _ in range(200)]
        assert np.mean([chart.ne("none").any() for chart in charts]) < 0.15


def test_weeks_since_a_break_that_are_too_few_are_not_said_to_be_calm():
    """Twenty weeks before the break have limits; the eight since then, at thrice the level, have none."""
    points = weeks([9.0, 11.0] * 10 + [29.0, 31.0] * 4)
    breaks = pd.DataFrame({"on": [points["period"][20]], "reason": ["Nouvelle procédure"]})
    chart = xmr(points, breaks)
    assert chart["centre"].notna().sum() == 20
    assert chart["signal"].eq("none").all()
    assert why_unjudged(chart) == "short"
    assert why_unjudged(chart[:20]) == ""
    assert why_unjudged(xmr(weeks([3] * 20))) == "still"
    assert why_unjudged(xmr(weeks([]))) == "short"


def test_what_is_given_is_not_changed():
    points = weeks([9.0, 11.0] * 10)[::-1]
    before = points.copy()
    g_chart(points)
    chart = xmr(points, pd.DataFrame({"on": [pd.Timestamp("2025-02-03")], "reason": ["x"]}))
    pd.testing.assert_frame_equal(points, before)
    assert chart["period"].is_monotonic_increasing


MEAN_OF_NINE = [9, 0, 18, 9, 3, 15, 9, 9, 12, 6, 9, 9, 9, 9]


def test_limits_of_waits_that_last_nine_weeks_on_average():
    """p = 1 / 10. 0.9 ** 7 = 0.478 is the first power below a half, 0.9 ** 63 = 0.00131 the first below 0.00135."""
    chart = g_chart(weeks(MEAN_OF_NINE))
    assert chart["centre"].eq(6).all()
    assert chart["upper"].eq(62).all()
    assert chart["lower"].isna().all()
    assert chart["signal"].eq("none").all()


@pytest.mark.parametrize("mean", [1.5, 2, 5, 9, 40])
def test_limits_are_those_of_the_geometric_law_added_up_term_by_term(mean):
    chart = g_chart(weeks([0, 2 * mean] * 10))
    odds = 1 / (1 + mean)
    passed = 1 - np.cumsum(odds * (1 - odds) ** np.arange(2000))
    for column, chance in (("centre", 0.5), ("upper", QUIET)):
        assert chart[column][0] == np.flatnonzero(passed <= chance)[0]


def test_a_long_quiet_is_outside_and_events_that_draw_closer_are_a_run():
    chart = g_chart(weeks([*MEAN_OF_NINE, 1, 0, 2, 1, 0, 3, 1, 0, 70]))
    assert chart["signal"].iloc[len(MEAN_OF_NINE) :].to_list() == ["none"] * 6 + ["run"] * 2 + ["outside"]


def test_weeks_one_after_the_other_are_no_news_by_themselves():
    assert g_chart(weeks([9, 0, 0, 18, 3, 9, 15, 0, 12, 9, 1, 18]))["signal"].eq("none").all()


def test_what_happens_in_half_of_the_weeks_or_in_few_waits_has_no_limits():
    assert g_chart(weeks([0, 2] * 10))["upper"].isna().all()
    assert g_chart(weeks([9] * 11))["upper"].isna().all()
    assert g_chart(weeks([])).empty


def test_a_running_wait_is_shown_but_neither_counted_nor_signalled():
    points = weeks([*MEAN_OF_NINE, 70])
    points.loc[len(MEAN_OF_NINE), "provisional"] = True
    chart = g_chart(points)
    assert chart["upper"].eq(62).all()
    assert chart["signal"].eq("none").all()


def test_waits_by_chance_alone_are_signalled_rarely():
    """One in 20 or so, mostly by a run of seven, whatever the odds of an event (40 charts of 60 waits each)."""
    rng = np.random.default_rng(8)
    for odds in (0.05, 0.2, 0.4):
        charts = [g_chart(weeks(rng.geometric(odds, 60) - 1))["signal"] for _ in range(40)]
        found = pd.concat(charts).value_counts(normalize=True)
        assert found.get("outside", 0) < 0.01
        assert found.drop("none").sum() < 0.05


def test_a_wait_is_a_whole_number_of_weeks():
    for value in (-1, 0.5):
        with pytest.raises(ValueError, match="counted"):
            g_chart(weeks([1, value]))
