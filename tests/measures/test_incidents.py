"""What happens, on tables that can be counted by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analytics.domain.school_calendar import calendar
from analytics.measures import incidents

CASES = pd.DataFrame({"school_id": ["a", "b"], "n": [2, 2]})


def test_a_case_with_two_types_counts_in_both_shares(table):
    counts = table("""
        incident_type | school_id | n
        insults       | a         | 2
        insults       | b         | 1
        threats       | b         | 2
    """)
    shares = incidents.shares(counts, "incident_type", CASES, ["threats", "insults", "other"])
    assert shares["incident_type"].to_list() == ["insults", "threats", "other"]
    assert shares["share"].to_list() == [0.75, 0.5, 0]
    assert (shares["lower"] <= shares["share"]).all()
    assert (shares["share"] <= shares["upper"]).all()


def test_without_a_case_there_is_no_share():
    empty = pd.DataFrame({"incident_type": [], "school_id": [], "n": []}, dtype="str").astype({"n": "int64"})
    shares = incidents.shares(empty, "incident_type", CASES[:0], ["insults"])
    assert shares["n"].to_list() == [0]
    assert shares["share"].isna().all()


def test_how_many_cases_have_several_types_and_what_the_types_add_to(table):
    several = incidents.several_types(
        table("""
        n_types | n
        1       | 6
        2       | 3
        3       | 1
    """)
    ).iloc[0]
    assert (several["n"], several["n_cases"], several["share"], several["n_types"]) == (4, 10, 0.4, 15)


def test_a_crossing_divides_by_the_cases_of_its_column_and_has_its_zeros(table):
    counts = table("""
        incident_type | school_level | school_id | n
        insults       | fundamental  | a         | 1
        insults       | secondary_1  | b         | 6
        threats       | secondary_1  | b         | 2
    """)
    cases = table("""
        school_level | school_id | n
        fundamental  | a         | 4
        secondary_1  | b         | 7
        secondary_1  | c         | 1
    """)
    answer = incidents.cross_tabulate(counts, "incident_type", "school_level", cases, ["insults", "threats"])
    shares = answer.set_index(["incident_type", "school_level"])["share"]
    assert shares["insults"].to_dict() == {"fundamental": 0.25, "secondary_1": 0.75}
    assert shares["threats"].to_dict() == {"fundamental": 0.0, "secondary_1": 0.25}


def test_types_that_go_together_are_counted_once_a_pair(table):
    pairs = table("""
        incident_type | other_type | n
        insults       | threats    | 2
        threats       | insults    | 2
        threats       | other      | 3
        other         | threats    | 3
    """)
    answer = incidents.co_occurrence(pairs, 10, ["insults", "threats", "other"])
    assert answer[["incident_type", "other_type", "n", "share"]].to_numpy().tolist() == [
        ["threats", "other", 3, 0.3],
        ["insults", "threats", 2, 0.2],
    ]


def test_groups_stand_side_by_side_in_the_order_of_the_first(table):
    own = table("""
        incident_type | school_id | n
        threats       | a         | 2
    """)
    network = table("""
        incident_type | school_id | n
        insults       | b         | 9
        threats       | b         | 1
    """)
    answers = {
        name: incidents.shares(counts, "incident_type", counts, ["insults", "threats"])
        for name, counts in (("school", own), ("network", network))
    }
    answer = incidents.compare_groups(answers, "incident_type")
    assert list(zip(answer["incident_type"], answer["group"], answer["share"], strict=True)) == [
        ("threats", "school", 1.0),
        ("threats", "network", 0.1),
        ("insults", "school", 0.0),
        ("insults", "network", 0.9),
    ]


def test_what_moved_since_the_last_extraction(table):
    now = table("""
        incident_type | n
        insults       | 9
        threats       | 1
    """)
    before = table("""
        incident_type | n
        insults       | 5
        threats       | 2
    """)
    answer = incidents.change(now, before, "incident_type", ["threats", "insults", "other"])
    assert answer[["incident_type", "difference"]].to_numpy().tolist() == [
        ["insults", 4],
        ["other", 0],
        ["threats", -1],
    ]


@pytest.fixture
def two_years(table) -> pd.DataFrame:
    counts = table("""
        school_year | report_week | n
        2024-2025   | 2024-08-26  | 2
        2024-2025   | 2024-09-02  | 7
        2025-2026   | 2025-08-25  | 3
        2025-2026   | 2025-09-08  | 4
    """)
    return counts.assign(report_week=pd.to_datetime(counts["report_week"]).astype("datetime64[ms]"))


def test_the_first_week_of_school_meets_the_first_week_of_school(two_years):
    weeks = incidents.by_week(two_years, calendar(), "2025-2026", date(2025, 9, 12))
    assert weeks["n"].to_list() == [3, 0, 4]
    assert weeks["n_before"].to_list() == [2, 7, 0]


def test_the_week_of_the_extraction_is_provisional_until_it_is_over(two_years):
    running = incidents.by_week(two_years, calendar(), "2025-2026", date(2025, 9, 12))
    over = incidents.by_week(two_years, calendar(), "2025-2026", date(2025, 9, 14))
    assert running["provisional"].to_list() == [False, False, True]
    assert not over["provisional"].any()


def test_weeks_outside_the_chosen_period_are_not_zero_but_absent(two_years):
    weeks = incidents.by_week(two_years, calendar(), "2025-2026", date(2025, 9, 28))
    chosen = incidents.between(weeks, date(2025, 9, 1), date(2025, 9, 15))
    assert chosen["week"].dt.date.to_list() == [date(2025, 9, 1), date(2025, 9, 8), date(2025, 9, 15)]
    assert chosen["rank"].to_list() == [2, 3, 4]
    pd.testing.assert_frame_equal(incidents.between(weeks, None, None), weeks)


def test_a_week_without_class_carries_the_name_of_its_holiday(two_years):
    weeks = incidents.by_week(two_years, calendar(), "2025-2026", date(2026, 1, 11)).set_index("week")["holiday"]
    assert weeks["2025-10-20"] == "Congé d’automne"
    assert weeks["2025-11-10"] == ""  # closed on the 11th only


def test_weeks_of_the_year_before_that_were_not_counted_are_not_0():
    """From 19 May 2025 on: a year later the weeks up to 11 May 2026 have nothing before them, that of 18 May has 2."""
    counts = pd.DataFrame(
        {
            "school_year": ["2024-2025", "2025-2026"],
            "report_week": pd.to_datetime(["2025-05-19", "2025-09-01"]),
            "n": [2, 3],
        }
    )
    weeks = incidents.by_week(counts, calendar(), "2025-2026", date(2026, 6, 1), first_week=date(2025, 5, 19))
    before = weeks.set_index("week")["n_before"]
    assert before[: pd.Timestamp("2026-05-11")].isna().all()
    assert before[pd.Timestamp("2026-05-18") :].to_list() == [2, 0, 0]
    assert weeks["n"].sum() == 3


def test_a_first_year_has_no_year_before(two_years):
    weeks = incidents.by_week(two_years, calendar(), "2024-2025", date(2025, 1, 1))
    assert weeks["n_before"].isna().all()


def test_each_type_has_each_week_of_the_year(table):
    counts = table("""
        incident_type | school_year | report_week | n
        insults       | 2025-2026   | 2025-09-01  | 2
    """)
    counts = counts.assign(report_week=pd.to_datetime(counts["report_week"]).astype("datetime64[ms]"))
    weeks = incidents.types_by_week(counts, calendar(), "2025-2026", date(2025, 9, 14), ["insults", "threats"])
    assert weeks.groupby("incident_type")["n"].apply(list).to_dict() == {"insults": [0, 2, 0], "threats": [0, 0, 0]}


def test_weeks_of_school_have_their_class_days_and_their_rank_in_the_year():
    """30 June to 4 July ends the year; 25 August begins the next. The running week and the one before are open."""
    weeks = incidents.school_weeks(
        calendar(), ["2024-2025", "2025-2026"], date(2025, 10, 31), n_open=2, first_week=date(2025, 6, 30)
    )
    assert weeks["period"].dt.date.map(str).to_list()[:2] == ["2025-06-30", "2025-08-25"]
    assert weeks["period"].dt.date.map(str).to_list()[-1] == "2025-10-13"  # then the autumn holiday
    assert weeks["rank"].to_list() == [44, 0, 1, 2, 3, 4, 5, 6, 7]
    assert weeks["school_year"].to_list() == ["2024-2025"] + ["2025-2026"] * 8
    assert weeks["class_days"].to_list() == [5] * 9
    assert not weeks["provisional"].any()


def test_the_last_weeks_are_open_and_a_day_off_is_no_class_day():
    weeks = incidents.school_weeks(calendar(), ["2025-2026"], date(2025, 11, 19), 2, date(2025, 10, 6))
    assert weeks["class_days"].to_list() == [5, 5, 5, 4, 5]  # 11 November
    assert weeks["provisional"].to_list() == [False, False, False, True, True]


def test_the_measures_leave_their_tables_as_they_were(two_years):
    before = two_years.copy()
    incidents.by_week(two_years, calendar(), "2025-2026", date(2025, 9, 12))
    pd.testing.assert_frame_equal(two_years, before)
