"""The curves, against published values, exact fractions, and delays whose truth is known because we drew them."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analytics.measures.incidence import (
    EVENTS,
    cumulative_incidence,
)
from analytics.measures.intervals import wilson

REFERENCE = Path(__file__).parents[1] / "reference"
SWAPPED = {"done": "closed", "closed": "done", "pending": "pending"}


@pytest.fixture(scope="module")
def freireich() -> dict:
    return json.loads((REFERENCE / "08_freireich_kaplan_meier_logrank.json").read_text())


@pytest.fixture(scope="module")
def remissions(freireich) -> pd.DataFrame:
    data = pd.DataFrame(freireich["data"]).rename(columns={"time": "delay"})
    return data.assign(event=data["status"].map({1: "done", 0: "pending"}), n=1)


@pytest.fixture(scope="module")
def competing() -> dict:
    return json.loads((REFERENCE / "10_competing_risks_aalen_johansen.json").read_text())


@pytest.fixture(scope="module")
def mgus() -> pd.DataFrame:
    """1,384 patients by sex: progression (done), death without it (closed), still followed (pending); months."""
    data = pd.read_csv(REFERENCE / "10_mgus2.csv").rename(columns={"etime": "delay"})
    data["event"] = data["event"].map({0: "pending", 1: "done", 2: "closed"})
    return data.value_counts(["sex", "delay", "event"]).rename("n").reset_index()


# Kaplan-Meier: nothing closes


def test_without_closures_it_is_kaplan_meier_with_greenwoods_error(remissions, freireich):
    curve = cumulative_incidence(remissions, ["arm"]).table().query("n_done > 0")
    expected = freireich["km_log"]
    assert curve["n_at_risk"].tolist() == expected["n.risk"]
    assert curve["n_done"].tolist() == expected["n.event"]
    np.testing.assert_allclose(1 - curve["incidence"], expected["surv"], rtol=1e-6, atol=1e-12)
    greenwood = np.array(expected["std.err"], dtype=float)
    np.testing.assert_allclose(curve["std_error"], np.nan_to_num(greenwood), rtol=1e-6, atol=1e-12)


def test_its_error_gives_the_published_log_log_limits(remissions, freireich):
    """Ours are Wilson's; the limits that R prints follow from the same estimate and error, so they are rebuilt here."""
    curve = cumulative_incidence(remissions, ["arm"]).table().query("n_done > 0 and incidence < 1")
    survival = 1 - curve["incidence"]
    half_width = 1.959963984540054 * curve["std_error"] / (survival * np.log(survival))
    expected = pd.DataFrame(freireich["km_loglog"]).dropna()
    np.testing.assert_allclose(survival ** np.exp(-half_width), expected["lower"], rtol=1e-6)
    np.testing.assert_allclose(survival ** np.exp(half_width), expected["upper"], rtol=1e-6)


def test_medians_of_the_freireich_trial(remissions):
    medians = cumulative_incidence(remissions, ["arm"]).quantile().set_index("arm")
    assert medians["delay"].to_dict() == {"6-MP": 23, "placebo": 8}
    # R's log-log intervals: (13, none) and (4, 11). Wilson's crosses one half at the same delays.
    assert medians["lower"].to_dict() == {"6-MP": 13, "placebo": 4}
    assert np.isnan(medians.loc["6-MP", "upper"])
    assert medians.loc["placebo", "upper"] == 11


@pytest.mark.parametrize(("q", "column"), [(0.25, 0), (0.5, 1), (0.75, 2)])
def test_quartiles_of_the_freireich_trial(remissions, freireich, q, column):
    ours = cumulative_incidence(remissions, ["arm"]).quantile(q)["delay"]
    expected = [row[column] for row in freireich["median_log"]["quantile"]]
    np.testing.assert_array_equal(ours, np.array(expected, dtype=float))


# Aalen-Johansen: closure competes


@pytest.mark.parametrize("cause", ["pcm", "death"])
def test_incidence_and_error_of_mgus_by_sex(mgus, competing, cause):
    counts = mgus if cause == "pcm" else mgus.assign(event=mgus["event"].map(SWAPPED))
    expected = competing["aalen_johansen"]
    ours = cumulative_incidence(counts, ["sex"]).at([0, 60, 120, 180, 240, 360])
    assert ("sex=" + ours["sex"]).tolist() == expected["strata"]
    np.testing.assert_allclose(ours["incidence"], expected[f"p_{cause}"], rtol=1e-9)
    np.testing.assert_allclose(ours["std_error"], expected[f"se_{cause}"], rtol=1e-9)


def test_one_minus_kaplan_meier_would_overstate(mgus, competing):
    counts = mgus.assign(event=mgus["event"].replace("closed", "pending"))
    wrong = cumulative_incidence(counts, ["sex"]).at([120, 240, 360])["incidence"]
    np.testing.assert_allclose(wrong, competing["wrong_1_minus_KM"]["val"], rtol=1e-9)
    right = cumulative_incidence(mgus, ["sex"]).at([120, 240, 360])["incidence"]
    assert (wrong > right * 1.3).all()


def test_the_hand_case_in_fractions(competing):
    hand = competing["hand_case"]
    counts = pd.DataFrame(
        {"delay": hand["time"], "event": [("pending", "done", "closed")[e] for e in hand["event"]], "n": 1}
    )
    done = [Fraction(*f) for f in ((1, 6), (1, 6), (1, 6), (7, 18), (7, 18), (11, 18))]
    closed = [Fraction(*f) for f in ((0, 1), (1, 6), (1, 6), (1, 6), (7, 18), (7, 18))]
    swapped = counts.assign(event=counts["event"].map(SWAPPED))
    np.testing.assert_allclose(
        cumulative_incidence(counts).table()["incidence"], np.array(done, dtype=float), rtol=1e-15
    )
    np.testing.assert_allclose(
        cumulative_incidence(swapped).table()["incidence"], np.array(closed, dtype=float), rtol=1e-15
    )


# What a curve says


def test_at_the_same_delay_an_event_comes_before_censoring(table):
    counts = table("""
        delay | event   | n
            4 | pending | 1
            4 | done    | 1
    """)
    (row,) = cumulative_incidence(counts).table().to_dict("records")
    assert (row["n_at_risk"], row["n_done"], row["n_pending"], row["incidence"]) == (2, 1, 1, 0.5)


def test_an_exact_half_is_reached(table):
    """1/12 + 11/12 * 5/11 is one half, and a little less in binary."""
    counts = table("""
        delay | event   | n
            1 | done    | 1
            4 | done    | 5
            6 | closed  | 6
    """)
    curve = cumulative_incidence(counts)
    assert 0.5 - 1e-15 < curve.table()["incidence"][1] < 0.5
    assert curve.quantile()["delay"].item() == 4


def test_a_median_is_missing_while_fewer_than_half_are_done(table):
    counts = table("""
        step | delay | event   | n
        cpms |     4 | done    | 4
        cpms |    30 | closed  | 6
        po   |     4 | done    | 6
        po   |    30 | closed  | 4
    """)
    medians = cumulative_incidence(counts, ["step"]).quantile().set_index("step")["delay"]
    assert np.isnan(medians["cpms"])
    assert medians["po"] == 4


def test_between_steps_the_curve_keeps_its_value_and_counts_those_still_followed(table):
    counts = table("""
        delay | event   | n
            4 | done    | 2
           10 | closed  | 1
           30 | done    | 1
           72 | pending | 6
    """)
    answer = cumulative_incidence(counts).at([48, 0, 4, 29.5])
    assert answer["delay"].tolist() == [48, 0, 4, 29.5]
    assert answer["n_at_risk"].tolist() == [6, 10, 10, 7]
    np.testing.assert_allclose(answer["incidence"], [0.3, 0, 0.2, 0.2])
    np.testing.assert_allclose(answer.loc[1, ["lower", "upper"]].astype(float), np.ravel(wilson(0, 10)), atol=1e-12)


def test_beyond_the_longest_follow_up_the_band_says_nothing(table):
    counts = table("""
        step | delay | event   | n
        cpms |     4 | done    | 2
        cpms |    72 | pending | 2
        po   |     4 | done    | 2
        po   |    72 | closed  | 2
    """)
    answer = cumulative_incidence(counts, ["step"]).at(100).set_index("step")
    assert answer["n_at_risk"].tolist() == [0, 0]
    assert answer["incidence"].tolist() == [0.5, 0.5]
    assert answer.loc["cpms", ["std_error", "lower", "upper"]].isna().all()
    assert answer.loc["po", ["std_error", "lower", "upper"]].notna().all()  # nobody is left to wait for


def test_a_group_is_the_same_alone_and_among_others(mgus):
    together = cumulative_incidence(mgus, ["sex"]).table()
    alone = cumulative_incidence(mgus.query("sex == 'M'")).table()
    expected = together.query("sex == 'M'").drop(columns="sex").reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, expected, check_exact=True)


def test_no_case_gives_no_row():
    nobody = pd.DataFrame({"step": [], "delay": [], "event": [], "n": []})
    curve = cumulative_incidence(nobody, ["step"])
    assert curve.table().empty
    assert curve.at([24]).empty
    assert curve.quantile().empty


def test_tables_that_are_given_are_not_changed(mgus):
    before = mgus.copy()
    curve = cumulative_incidence(mgus, ["sex"])
    drawn = curve.table()
    curve.at([24])
    curve.quantile()
    pd.testing.assert_frame_equal(mgus, before)
    pd.testing.assert_frame_equal(curve.table(), drawn)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("event", "lost", "done, closed, pending"),
        ("delay", -1, "never negative"),
        ("delay", None, "known"),
        ("n", -1, "n"),
    ],
)
def test_impossible_counts_are_refused(column, value, message):
    counts = pd.DataFrame({"delay": [1.0], "event": ["done"], "n": [1]})
    with pytest.raises(ValueError, match=message):
        cumulative_incidence(counts.assign(**{column: value}))
    with pytest.raises(ValueError, match=f"lack {column}"):
        cumulative_incidence(counts.drop(columns=column))


# The band


def draw(rng: np.random.Generator, n_registers: int, n_cases: int) -> pd.DataFrame:
    """Cases of which 80 % would be done, 40 h after the report on average, 20 % closed, after 80 h; whole hours, up.

    Reports are spread evenly over the last 200 h before the extraction, and so is the time for which each was followed.
    """
    size = n_registers * n_cases
    to_be_done = rng.random(size) < 0.8
    delay = np.ceil(np.where(to_be_done, rng.exponential(40, size), rng.exponential(80, size)))
    followed = np.floor(rng.uniform(0, 200, size))
    return pd.DataFrame(
        {
            "register": np.repeat(np.arange(n_registers), n_cases),
            "delay": np.minimum(delay, followed),
            "event": np.where(delay > followed, "pending", np.where(to_be_done, "done", "closed")),
            "n": 1,
        }
    )


@pytest.mark.parametrize(
    ("n_cases", "times"), [(40, [8, 24, 48, 72]), (100, [4, 24, 48, 120]), (400, [4, 24, 72, 120])]
)
def test_the_band_holds_the_truth_93_to_97_times_in_100(n_cases, times):
    counts = draw(np.random.default_rng(2026), 3000, n_cases)
    answer = cumulative_incidence(counts, ["register"]).at(times)
    truth = 0.8 * (1 - np.exp(-answer["delay"] / 40))
    covered = (answer["lower"] <= truth) & (truth <= answer["upper"])
    coverage = covered.groupby(answer["delay"]).mean()
    assert coverage.between(0.93, 0.97).all(), coverage.to_dict()


# Properties

ROWS = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from(EVENTS), st.integers(0, 30)), min_size=1, max_size=25
).filter(lambda rows: any(n for _, _, n in rows))


def tabled(rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["delay", "event", "n"])


@settings(deadline=None)
@given(ROWS)
def test_it_is_what_the_definition_gives_in_exact_fractions(rows):
    """Aalen-Johansen case by case, with fractions: another route to the same curve and to its variance."""
    curve = cumulative_incidence(tabled(rows)).table()
    share, waiting, steps = Fraction(0), Fraction(1), []
    for delay in sorted({d for d, _, n in rows if n}):
        at_risk = sum(n for d, _, n in rows if d >= delay)
        done = sum(n for d, e, n in rows if d == delay and e == "done")
        closed = sum(n for d, e, n in rows if d == delay and e == "closed")
        share += waiting * Fraction(done, at_risk)
        steps.append((share, waiting, at_risk, done, done + closed))
        waiting *= 1 - Fraction(done + closed, at_risk)
    variances = []
    for i, (now, *_) in enumerate(steps):
        variance = Fraction(0)
        for then, waited, at_risk, done, leaving in steps[: i + 1]:
            if leaving < at_risk:
                variance += (now - then) ** 2 * Fraction(leaving, at_risk * (at_risk - leaving))
            variance += waited**2 * Fraction(done * (at_risk - done), at_risk**3)
            variance -= 2 * (now - then) * waited * Fraction(done, at_risk**2)
        variances.append(variance)
    np.testing.assert_allclose(curve["incidence"], [float(now) for now, *_ in steps], rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(curve["std_error"] ** 2, np.array(variances, dtype=float), rtol=1e-9, atol=1e-15)


@settings(deadline=None)
@given(ROWS)
@example([(0, "done", 1), (0, "pending", 29), (1, "done", 3), (2, "closed", 19)])  # a compensated sum that falls
def test_it_rises_within_its_band_and_with_the_closures_never_passes_one(rows):
    counts = tabled(rows)
    curve = cumulative_incidence(counts).table()
    closed = cumulative_incidence(counts.assign(event=counts["event"].map(SWAPPED))).table()
    assert curve["incidence"].is_monotonic_increasing
    assert curve["incidence"].between(0, 1).all()
    assert (curve["incidence"] + closed["incidence"] <= 1 + 1e-12).all()
    assert (curve["lower"] <= curve["incidence"] + 1e-12).all()
    assert (curve["incidence"] <= curve["upper"] + 1e-12).all()
    assert curve["lower"].ge(0).all()
    assert curve["upper"].le(1).all()


@settings(deadline=None)
@given(ROWS)
def test_with_nothing_pending_it_is_the_plain_proportion_with_wilsons_interval(rows):
    counts = tabled(rows)
    counts["event"] = counts["event"].replace("pending", "closed")
    curve = cumulative_incidence(counts).table()
    done, total = curve["n_done"].cumsum(), counts["n"].sum()
    np.testing.assert_allclose(curve["incidence"], done / total, rtol=1e-12)
    limits = wilson(done, np.full(len(done), total))
    np.testing.assert_allclose(curve["lower"], limits.lower, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(curve["upper"], limits.upper, rtol=1e-9, atol=1e-12)


@settings(deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_how_the_rows_are_split_and_ordered_does_not_matter(rows, random):
    split = [(d, e, part) for d, e, n in rows for part in (n // 3, n - n // 3)]
    random.shuffle(split)
    pd.testing.assert_frame_equal(
        cumulative_incidence(tabled(rows)).table(), cumulative_incidence(tabled(split)).table(), check_exact=True
    )


@settings(deadline=None)
@given(ROWS, st.integers(1, 20))
def test_how_long_the_last_ones_have_waited_does_not_change_what_came_before(rows, longer):
    """The same pending cases, followed longer without an event, leave the earlier curve as it was."""
    last = max(d for d, _, _ in rows)
    with_last = [*rows, (last + 1, "pending", 4)]
    later = [*rows, (last + 1 + longer, "pending", 4)]
    ours, theirs = (cumulative_incidence(tabled(r)).table().iloc[:-1] for r in (with_last, later))
    pd.testing.assert_frame_equal(ours, theirs, rtol=1e-12, atol=1e-15)


def test_a_grouped_median_lies_within_the_unit_that_reaches_it(table):
    """Of 10, 2 on day 0 and 4 on day 1: half is reached three quarters into day 1. Of 4, 2 on day 0: at its end."""
    counts = table("""
        step | event   | delay | n
        a    | done    |     0 | 2
        a    | done    |     1 | 4
        a    | pending |     9 | 4
        b    | done    |     0 | 2
        b    | done    |     5 | 2
        c    | done    |     1 | 1
        c    | pending |     3 | 2
    """)
    medians = cumulative_incidence(counts, ["step"]).grouped_median()
    assert medians[:2].tolist() == pytest.approx([1.75, 1])
    assert np.isnan(medians[2])
