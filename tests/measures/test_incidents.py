"""What happens, on tables that can be counted by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analytics.domain.school_calendar import calendar
from analytics.measures import incidents


def test_a_case_with_two_types_counts_in_both_shares(table):
    counts = table("""
        incident_type | n
        insults       | 3
        threats       | 2
    """)
    shares = incidents.shares(counts, "incident_type", 4, ["threats", "insults", "other"])
    assert shares["incident_type"].to_list() == ["insults", "threats", "other"]
    assert shares["share"].to_list() == [0.75, 0.5, 0]
    assert (shares["lower"] <= shares["share"]).all()
    assert (shares["share"] <= shares["upper"]).all()


def test_without_a_case_there_is_no_share():
    empty = pd.DataFrame({"incident_type": pd.Series(dtype="str"), "n": pd.Series(dtype="int64")})
    shares = incidents.shares(empty, "incident_type", 0, ["insults"])
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
    # Wilson's interval of 4 in 10: 0.1682 to 0.6873 (Newcombe 1998, method 3)
    assert several[["lower", "upper"]].to_list() == pytest.approx([0.1682, 0.6873], abs=1e-4)


def test_a_crossing_divides_by_the_cases_of_its_column_and_has_its_zeros(table):
    counts = table("""
        incident_type | school_level | n
        insults       | fundamental  | 1
        insults       | secondary_1  | 6
        threats       | secondary_1  | 2
    """)
    totals = table("""
        school_level | n
        fundamental  | 4
        secondary_1  | 8
    """)
    answer = incidents.cross_tabulate(counts, "incident_type", "school_level", totals, ["insults", "threats"])
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
    own = incidents.shares(
        table("""
        incident_type | n
        threats       | 2
    """),
        "incident_type",
        2,
        ["insults", "threats"],
    )
    network = incidents.shares(
        table("""
        incident_type | n
        insults       | 9
        threats       | 1
    """),
        "incident_type",
        10,
        ["insults", "threats"],
    )
    answer = incidents.compare_groups({"school": own, "network": network}, "incident_type")
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


def test_weeks_of_holidays_are_no_points_and_weeks_without_a_report_are_zero(two_years):
    points = incidents.weekly_points(
        two_years, calendar(), ["2024-2025", "2025-2026"], date(2025, 6, 30), date(2025, 9, 12)
    )
    assert points["period"].dt.date.map(str).to_list() == ["2025-06-30", "2025-08-25", "2025-09-01", "2025-09-08"]
    assert points["value"].to_list() == [0, 3, 0, 4]
    assert points["provisional"].to_list() == [False, False, False, True]


@pytest.mark.parametrize(("signal", "rises"), [("outside", True), ("trend", False)])
def test_only_the_last_whole_weeks_are_news(table, signal, rises):
    chart = table(f"""
        period | value | centre | lower | upper | signal   | provisional
        1      |    90 |      5 |     0 |    12 | outside  | 0
        2      |    16 |      5 |     0 |    12 | none     | 0
        3      |    15 |      5 |     0 |    12 | {signal} | 0
        4      |    80 |      5 |     0 |    12 | none     | 1
    """)
    news = incidents.recent_signals(chart, n_periods=2)
    assert news[["period", "signal", "rises"]].to_numpy().tolist() == [[3, signal, rises]]


def test_the_fourth_whole_week_before_the_running_one_is_news_and_the_fifth_is_not(table):
    for n_weeks, told in ((4, [2]), (3, [])):
        chart = table("""
            period | value | centre | lower | upper | signal  | provisional
            1      |     5 |      5 |     0 |    12 | none    | 0
            2      |    90 |      5 |     0 |    12 | outside | 0
            3      |     5 |      5 |     0 |    12 | none    | 0
            4      |     5 |      5 |     0 |    12 | none    | 0
            5      |     5 |      5 |     0 |    12 | none    | 0
            6      |     9 |      5 |     0 |    12 | none    | 1
        """)
        assert incidents.recent_signals(chart, n_weeks)["period"].tolist() == told
    fifth = pd.concat([chart[:5], chart[4:5], chart[5:]]).assign(period=range(1, 8))
    assert incidents.recent_signals(fifth).empty


@pytest.fixture
def rare(table):
    """Reports of a rare type around the autumn holiday of 2025, 20 to 31 October."""
    counts = table("""
        report_week | n
        2025-09-08  | 1
        2025-10-13  | 1
        2025-10-27  | 2
        2025-11-03  | 1
        2025-11-10  | 0
        2025-12-01  | 3
    """)
    return counts.assign(report_week=pd.to_datetime(counts["report_week"]).astype("datetime64[ms]"))


def taught(as_of: date) -> pd.DataFrame:
    nothing = pd.DataFrame({"report_week": pd.to_datetime([]), "n": []})
    return incidents.weekly_points(nothing, calendar(), ["2025-2026"], date(2025, 8, 25), as_of)


def test_a_wait_counts_the_weeks_of_school_without_a_report_and_not_the_holidays(rare):
    """15, 22, 29 September and 6 October; none within the holiday; 10, 17, 24 November; then the whole weeks since."""
    waits = incidents.weeks_between(rare, taught(date(2025, 12, 17)))
    assert waits["period"].dt.date.map(str).to_list() == [
        *("2025-10-13", "2025-10-27", "2025-11-03", "2025-12-01"),
        "2025-12-08",
    ]
    assert waits["value"].to_list() == [4, 0, 0, 3, 1]
    assert waits["n"].to_list() == [1, 2, 1, 3, 0]
    assert waits["provisional"].to_list() == [False] * 4 + [True]


def test_a_wait_that_has_not_lasted_a_week_is_not_shown(rare):
    assert not incidents.weeks_between(rare, taught(date(2025, 12, 10)))["provisional"].any()


def test_nothing_and_a_single_report_are_no_wait(rare):
    weeks = taught(date(2025, 9, 12))
    assert incidents.weeks_between(rare[:0], weeks).empty
    assert incidents.weeks_between(rare[:1], weeks).empty


def test_rare_is_less_than_one_week_of_school_in_two(rare):
    assert incidents.is_rare(rare, taught(date(2025, 12, 17)))
    assert not incidents.is_rare(rare, taught(date(2025, 10, 1)))


def test_the_measures_leave_their_tables_as_they_were(two_years):
    before = two_years.copy()
    incidents.by_week(two_years, calendar(), "2025-2026", date(2025, 9, 12))
    incidents.weekly_points(two_years, calendar(), ["2025-2026"], date(2025, 8, 25), date(2025, 9, 12))
    pd.testing.assert_frame_equal(two_years, before)
