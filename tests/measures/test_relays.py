"""How fast the relays are activated, on tables that can be counted by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analytics.measures import relays
from tests.benchmarks.claims.comparisons import p_values


@pytest.fixture
def counts(table) -> pd.DataFrame:
    drawn = table("""
        step    | event          | delay | n | n_time_completed
        parents | done           |     2 | 3 | 1
        parents | pending        |    30 | 1 | 0
        cpms    | done           |     4 | 1 | 0
        cpms    | done           |    30 | 1 | 1
        cpms    | pending        |    72 | 1 | 0
        cpms    | closed         |    50 | 1 | 0
        cpms    | not_applicable |       | 2 | 0
        cpms    | not_recorded   |       | 5 | 0
    """)
    return drawn.assign(delay=pd.to_numeric(drawn["delay"], errors="coerce"))


def test_every_case_is_in_one_part_and_only_three_parts_are_the_denominator(counts):
    cpms = relays.outcomes(counts).set_index("step").loc["cpms"]
    parts = ["n_done", "n_pending", "n_closed", "n_not_applicable", "n_not_recorded"]
    assert cpms[parts].to_list() == [2, 1, 1, 2, 5]
    assert cpms["n_total"] == 11
    assert cpms["n_cases"] == 4
    assert cpms["n_time_completed"] == 1


def test_counts_less_some_of_them_are_those_of_the_other_cases(counts):
    some = counts.iloc[[1, 5, 6]].assign(n=1, n_time_completed=0)
    left = relays.without(counts, some)
    assert left["n"].to_list() == [3, 1, 1, 1, 1, 5]
    assert left["event"].to_list() == ["done", "done", "done", "pending", "not_applicable", "not_recorded"]
    assert left["n_time_completed"].to_list() == [1, 0, 1, 0, 0, 0]


def test_steps_come_in_the_order_of_the_protocol(counts):
    assert relays.outcomes(counts)["step"].to_list() == ["cpms", "parents"]


def test_a_case_closed_without_the_relay_keeps_the_median_from_being_flattered(counts):
    medians = relays.curves(counts).quantile().set_index("step")["delay"]
    assert medians["cpms"] == 30  # two of four; without the closed case it would be reached by two of three
    assert medians["parents"] == 2


def test_a_share_counts_what_was_done_up_to_the_delay_included(counts):
    shares = relays.shares_within(counts, (3, 4, 30)).set_index(["step", "delay"])["incidence"]
    assert shares["cpms"].to_list() == pytest.approx([0, 1 / 4, 1 / 2])


def test_a_step_without_a_case_to_follow_has_outcomes_and_no_share(table):
    counts = table("""
        step   | event          | delay | n | n_time_completed
        cpms   | done           |     4 | 1 | 0
        police_contact | not_applicable | | 2 | 0
    """)
    counts["delay"] = pd.to_numeric(counts["delay"], errors="coerce")
    summary = relays.summary(counts, (24,)).set_index("step")
    assert summary.loc["police_contact", "n_total"] == 2
    assert pd.isna(summary.loc["police_contact", "within_24"])


@pytest.fixture
def by_school() -> pd.DataFrame:
    """Twelve schools with a case of each level and year: the first level is fast, the years and schools are alike."""
    rows = [
        (f"{school}", level, year, False, "done", 1 if level == "secondary_1" else 6, 3)
        for school in range(12)
        for level in ("secondary_1", "secondary_2")
        for year in ("2024-2025", "2025-2026")
    ]
    columns = ["school_id", "school_level", "school_year", "danger", "event", "delay", "n"]
    return pd.DataFrame([*rows, ("0", "secondary_1", "2024-2025", False, "undated", None, 9)], columns=columns)


@pytest.fixture
def two_networks() -> pd.DataFrame:
    networks = ["wbe", "municipal"] * 6
    return pd.DataFrame({"school_id": map(str, range(12)), "school_network": networks, "zone": None})


def test_the_clearest_difference_comes_first(by_school, two_networks):
    found = relays.comparisons(by_school, two_networks)
    assert found.loc[0, ["group", "p_value"]].to_list() == ["school_level", 0.001]
    rates = found.set_index("group")["false_discovery_rate"]
    assert rates["school_level"] == pytest.approx(0.001 * rates.notna().sum())
    assert rates["school_network"] > 0.05
    assert rates[["zone", "danger"]].isna().all()  # no zone is known, and no case is in danger


def test_types_are_compared_though_a_case_has_several(by_school):
    counts = by_school.assign(type_insults=by_school["n"], type_threats=by_school["n"].where(by_school["delay"] > 1, 0))
    assert relays.type_comparison(counts) == 0.001


def test_rare_is_said_as_often_as_promised_where_nothing_differs():
    """Six comparisons of forty registers: twelve of 240 are called rare; 3 or 24, once in a thousand times."""
    found = pd.DataFrame([p_values(seed, 40, 450) for seed in range(40)])
    single = found[["school_network", "zone", "school_level", "danger", "school_year", "incident_type"]]
    assert 3 < (single < 0.05).sum().sum() < 24
    assert (found["any"] < 0.05).sum() < 8
    assert (single < 0.01).sum().sum() < 9


def test_a_network_three_times_as_slow_is_found():
    found = pd.DataFrame([p_values(seed, 60, 1_500, "denominational") for seed in range(6)])
    assert (found["rate_school_network"] < 0.05).sum() >= 4


def test_those_who_threaten_life_and_the_others_stand_together_where_all_do(table):
    counts = table("""
        step    | danger | event        | delay | n
        parents | True   | done         |   0.5 | 3
        parents | False  | done         |   1.5 | 4
        cpms    | True   | done         |     1 | 2
        cpms    | True   | pending      |   1.2 | 1
        cpms    | False  | pending      |   0.2 | 5
        cpms    | False  | closed       |     3 | 6
        cpms    | False  | no_deadline  |       | 7
        cpms    | False  | not_recorded |       | 8
    """)
    counts = counts.assign(delay=pd.to_numeric(counts["delay"], errors="coerce"), danger=counts["danger"] == "True")
    everybody = relays.deadline_status(counts).set_index("step")
    cpms = everybody.loc["cpms", ["n_in_time", "n_late", "n_waiting", "n_overdue", "n_closed", "n_total", "n_cases"]]
    assert cpms.to_list() == [2, 0, 5, 1, 6, 29, 14]
    by_danger = relays.deadline_status(counts, ["danger"]).drop(columns="danger").groupby("step").sum()
    pd.testing.assert_frame_equal(by_danger.loc[everybody.index], everybody)


@pytest.mark.parametrize("as_of", [date(2026, 3, 1), date(2026, 3, 31)])
def test_the_month_of_the_extraction_and_the_one_before_are_provisional(table, as_of):
    """A week counts in the month of its Thursday: that of Monday 29 December 2025 is in January."""
    counts = table("""
        step | report_week | event | delay | n
        cpms | 2025-12-22  | done  |     4 | 6
        cpms | 2025-12-29  | done  |     8 | 5
        cpms | 2026-02-02  | done  |     6 | 4
        cpms | 2026-03-02  | done  |     2 | 9
    """)
    counts["report_week"] = pd.to_datetime(counts["report_week"])
    months = relays.monthly_median(counts, as_of).set_index("period")
    assert [f"{month:%Y-%m}" for month in months.index] == ["2025-12", "2026-01", "2026-02", "2026-03"]
    assert months["provisional"].tolist() == [False, False, True, True]
    assert months["n_cases"].tolist() == [6, 5, 4, 9]
    assert months["value"].isna().tolist() == [False, False, True, False]


def test_a_share_has_a_bound_as_early_as_times_can_be_where_more_than_a_tenth_has_none(table):
    def bounds(n_without: int, n_undated: int = 0) -> list[float]:
        counts = table(f"""
            step | event   | delay | earliest | n                              | n_time_completed
            cpms | done    |    20 |       20 | {10 - n_without - n_undated}   | 0
            cpms | done    |    30 |       22 | {n_without}                    | {n_without}
            cpms | undated |       |          | {n_undated}                    | 0
            cpms | closed  |    90 |       90 | 10                             | 0
        """)
        counts["delay"] = pd.to_numeric(counts["delay"], errors="coerce")
        return relays.shares_within(counts[counts["n"] > 0], (24,)).loc[0, ["incidence", "most"]].tolist()

    assert bounds(1) == pytest.approx([9 / 20, 9 / 20])  # one in ten is not more than a tenth
    assert bounds(2) == pytest.approx([8 / 20, 10 / 20])
    assert bounds(1, 1) == pytest.approx([8 / 20, 10 / 20])  # what has no day has no time of day


def test_postvention_done_after_its_follow_up_is_done_and_no_curve_knows_when(table):
    counts = table("""
        step      | event      | delay | n  | n_time_completed
        awareness | done       |   100 |  2 | 0
        awareness | done_later |   720 |  6 | 1
        awareness | pending    |   720 |  2 | 0
    """)
    row = relays.summary(counts, (720,)).iloc[0]
    assert row[["n_done", "n_pending", "n_cases", "n_time_completed"]].tolist() == [8, 2, 10, 1]
    assert row["within_720"] == pytest.approx(2 / 10)
    assert pd.isna(row["median"])


def test_a_register_lacks_times_where_more_than_a_tenth_of_its_relays_has_none():
    for n_without, lacks in ((10, False), (11, True)):
        assert relays.lacks_times(pd.DataFrame({"n_done": [100], "n_without_time": [n_without]})) is lacks
    assert relays.lacks_times(pd.DataFrame({"n_done": [0], "n_without_time": [0]})) is False
