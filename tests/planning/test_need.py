"""The need: each part worked out by hand, and what it never depends on."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analytics.domain.programme import programme
from analytics.domain.schema import SCHOOL_ACTIONS
from analytics.domain.school_calendar import calendar
from analytics.planning.need import groups, need, observed_years, pupils_by_level

AS_OF = date(2026, 3, 2)


@pytest.fixture
def schools():
    return pd.DataFrame(
        {
            "school_id": ["A", "B", "C", "D"],
            "school_level": ["fundamental", "fundamental", "secondary", None],
            "n_pupils": pd.array([200, 200, 1000, 300], dtype="Int64"),
        }
    )


@pytest.fixture
def cases(table):
    drawn = table("""
        school_id | school_level | danger | report_week | n
        A         | fundamental  |      0 | 2026-03-02  | 3
        A         | fundamental  |      1 | 2025-09-01  | 1
        B         | fundamental  |      0 | 2025-09-01  | 1
        C         | secondary_1  |      0 | 2025-09-01  | 2
    """)
    return drawn.assign(danger=drawn["danger"].astype(bool), report_week=pd.to_datetime(drawn["report_week"]))


def given(*rows: tuple[str, str, str, int]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["school_id", "activity", "week", "n_groups"])
    return frame.assign(week=pd.to_datetime(frame["week"]), office="principal").astype(
        SCHOOL_ACTIONS.empty.dtypes.to_dict()
    )


def row(answer: pd.DataFrame, school: str, level: str = "fundamental") -> pd.Series:
    return answer[(answer["school_id"] == school) & (answer["school_level"] == level)].iloc[0]


def test_the_need_is_the_product_of_its_visible_parts(schools, cases):
    answer = need(schools, cases, SCHOOL_ACTIONS.empty, AS_OF, 1.0, programme())
    product = answer["expected"] * answer["danger_factor"] * answer["recency_factor"] * answer["given_factor"]
    pd.testing.assert_series_equal(answer["need"], product, check_names=False)
    assert answer["need"].is_monotonic_decreasing


def test_expected_cases_are_between_the_own_rate_and_the_common_one(schools, cases):
    answer = need(schools, cases, SCHOOL_ACTIONS.empty, AS_OF, 1.0, programme())
    assert 1 < row(answer, "B")["expected"] < 2.5 < row(answer, "A")["expected"] < 4


def test_the_danger_share_is_drawn_towards_the_share_of_all(schools, cases):
    """One dangerous case in seven overall; school A has one in four, and four cases at the common share are added."""
    answer = need(schools, cases, SCHOOL_ACTIONS.empty, AS_OF, 1.0, programme())
    assert row(answer, "A")["danger_share"] == pytest.approx((1 + 4 / 7) / 8)
    assert row(answer, "B")["danger_share"] == pytest.approx((4 / 7) / 5)


def test_recency_halves_in_half_a_year(schools, cases):
    answer = need(schools, cases, SCHOOL_ACTIONS.empty, AS_OF, 1.0, programme())
    assert row(answer, "A")["recency_factor"] == pytest.approx(1.5)
    assert row(answer, "B")["recency_factor"] == pytest.approx(1.25)
    assert row(answer, "C", "secondary_3")["recency_factor"] == 1


def test_what_was_given_lowers_the_need_and_fades(schools, cases):
    """School A has two groups: one was reached in the week of the extraction, and one school B's a year ago."""
    sessions = given(("A", "awareness_fundamental", "2026-03-02", 1), ("B", "awareness_fundamental", "2025-03-03", 2))
    answer = need(schools, cases, sessions, AS_OF, 1.0, programme())
    assert row(answer, "A")["given_share"] == pytest.approx(0.5)
    assert row(answer, "B")["given_share"] == pytest.approx(0.5)
    assert row(answer, "A")["given_factor"] == pytest.approx(0.75)


def test_a_training_of_the_staff_counts_for_every_level(schools, cases):
    answer = need(schools, cases, given(("C", "staff_training", "2026-03-02", 3)), AS_OF, 1.0, programme())
    assert set(answer.loc[answer["school_id"] == "C", "given_share"]) == {0.5}


def test_a_school_that_cannot_be_sized_has_no_row(schools, cases):
    assert "D" not in set(need(schools, cases, SCHOOL_ACTIONS.empty, AS_OF, 1.0, programme())["school_id"])


def test_pupils_of_a_secondary_school_spread_over_its_three_degrees(schools):
    pupils = pupils_by_level(schools, programme())
    assert pupils.loc[pupils["school_id"] == "C", "n_pupils"].sum() == pytest.approx(1000)


def test_without_any_school_the_answer_is_empty_and_has_its_columns(schools, cases):
    answer = need(schools[3:], cases[:0], SCHOOL_ACTIONS.empty, AS_OF, 1.0, programme())
    assert answer.empty
    assert {"need", "expected", "given_factor"} <= set(answer.columns)


def test_its_input_is_left_as_it_was(schools, cases):
    before = schools.copy(), cases.copy()
    need(schools, cases, SCHOOL_ACTIONS.empty, AS_OF, 1.0, programme())
    pd.testing.assert_frame_equal(schools, before[0])
    pd.testing.assert_frame_equal(cases, before[1])


def test_groups_are_whole_and_at_least_one():
    assert list(groups(pd.Series([225, 226, 10]), 2 / 9, 25)) == [2, 3, 1]


def test_a_whole_school_year_counts_as_one():
    assert observed_years(date(2025, 9, 8), date(2026, 7, 3), calendar()) == pytest.approx(1, abs=0.01)
    assert observed_years(date(2024, 9, 9), date(2026, 7, 3), calendar()) == pytest.approx(2, abs=0.02)
