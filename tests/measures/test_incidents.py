"""What happens, on tables that can be counted by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analytics.measures import incidents
from analytics.school_calendar import calendar


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


def test_a_crossing_divides_by_the_cases_of_its_column(table):
    counts = table("""
        incident_type | school_level | n
        insults       | fundamental  | 1
        insults       | secondary_1  | 6
    """)
    totals = table("""
        school_level | n
        fundamental  | 4
        secondary_1  | 8
    """)
    answer = incidents.crossing(counts, "incident_type", "school_level", totals).set_index("school_level")["share"]
    assert answer.to_dict() == {"fundamental": 0.25, "secondary_1": 0.75}


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


def test_a_week_without_class_carries_the_name_of_its_holiday(two_years):
    weeks = incidents.by_week(two_years, calendar(), "2025-2026", date(2026, 1, 11)).set_index("week")["holiday"]
    assert weeks["2025-10-20"] == "Congé d'automne"
    assert weeks["2025-11-10"] == ""  # closed on the 11th only


def test_a_first_year_has_no_year_before(two_years):
    weeks = incidents.by_week(two_years, calendar(), "2024-2025", date(2025, 1, 1))
    assert weeks["n_before"].isna().all()
