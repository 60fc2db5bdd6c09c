"""The problem: real weeks, real hours, what may not start yet, what was given already."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from analytics.domain.programme import programme
from analytics.domain.schema import SCHOOL_ACTIONS
from analytics.domain.school_calendar import OutsideCalendarError, calendar
from analytics.planning.need import need
from analytics.planning.problem import Problem, Team, build_problem, team_weeks

AS_OF = date(2026, 8, 21)


def weeks(end: date = date(2026, 12, 18), off: tuple[date, ...] = ()) -> pd.DataFrame:
    return team_weeks(Team(2, 10, 4, date(2026, 8, 24), off), end, calendar())


def test_a_week_of_holiday_is_not_there_and_a_short_week_has_fewer_hours():
    """11 November 2026 is a Wednesday: four class days. The autumn holiday takes two weeks."""
    answer = weeks().set_index("week")
    assert pd.Timestamp("2026-10-19") not in answer.index
    assert answer.loc["2026-08-24", "capacity"] == 16
    assert answer.loc["2026-11-09", "capacity"] == pytest.approx(16 * 4 / 5)


def test_a_week_off_has_no_hours():
    assert weeks(off=(date(2026, 9, 7),)).set_index("week").loc["2026-09-07", "capacity"] == 0


def test_a_reserve_larger_than_the_hours_leaves_none_rather_than_less():
    answer = team_weeks(Team(1, 3, 5, date(2026, 8, 24)), date(2026, 9, 30), calendar())
    assert (answer["capacity"] == 0).all()


def test_a_plan_beyond_the_known_calendar_is_refused():
    with pytest.raises(OutsideCalendarError):
        weeks(end=date(2035, 1, 1))


def problem(
    given: pd.DataFrame = SCHOOL_ACTIONS.empty, records_start: date = date(2025, 8, 25), **columns: object
) -> Problem:
    schools = pd.DataFrame(
        {
            "school_id": ["A", "B"],
            "name": ["École A", "École B"],
            "school_network": "wbe",
            "school_level": ["fundamental", "secondary"],
            "zone": ["Ath", "Mons"],
            "n_pupils": pd.array([250, 600], dtype="Int64"),
            "n": [2, 3],
            "n_open": [0, 0],
            "last_week": pd.to_datetime(["2025-10-06", None]),
        }
    ).assign(**columns)
    cases = pd.DataFrame(
        {
            "school_id": ["A", "B"],
            "school_level": ["fundamental", "secondary_1"],
            "danger": False,
            "report_week": pd.to_datetime(["2025-10-06"] * 2),
            "n": [2, 3],
        }
    )
    program = programme()
    return build_problem(
        weeks(),
        schools,
        need(schools, cases, given, AS_OF, 1.0, program),
        given,
        as_of=AS_OF,
        records_start=records_start,
        year_start=date(2026, 8, 24),
        programme=replace(program, rules=program.rules.replace(minimum_share=0.5)),
    )


def given(*rows: tuple[str, str, str, int]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["school_id", "activity", "week", "n_groups"])
    return frame.assign(week=pd.to_datetime(frame["week"]), office="principal").astype(
        SCHOOL_ACTIONS.empty.dtypes.to_dict()
    )


def unit(of: Problem, school: str, activity: str) -> pd.Series:
    return of.units[(of.units["school_id"] == school) & (of.units["activity"] == activity)].iloc[0]


def test_a_school_is_offered_what_is_for_the_levels_that_it_teaches():
    by_school = problem().units.groupby("school_id")["activity"].agg(set)
    assert by_school["A"] == {"awareness_fundamental", "staff_training", "parents_evening"}
    assert "awareness_fundamental" not in by_school["B"]
    assert "urgent_class_session" not in by_school["A"] | by_school["B"]


def test_groups_follow_from_the_pupils():
    assert unit(problem(), "A", "awareness_fundamental")["groups"] == 3
    assert unit(problem(), "B", "staff_training")["groups"] == 2


def test_a_parents_evening_waits_for_the_calm_after_the_last_case():
    late = problem(last_week=pd.to_datetime(["2026-08-17", None]))
    assert late.weeks["week"][unit(late, "A", "parents_evening")["first_week"]] == pd.Timestamp("2026-10-12")
    assert unit(late, "A", "staff_training")["first_week"] == 0


def test_a_school_without_any_case_has_no_postvention():
    assert "parents_evening" not in set(problem().units.loc[problem().units["school_id"] == "B", "activity"])


def test_an_open_case_is_not_calm_yet_on_the_day_of_the_extract():
    still_open = problem(n_open=[1, 0])
    start = still_open.weeks["week"][unit(still_open, "A", "parents_evening")["first_week"]]
    assert start >= pd.Timestamp(AS_OF) + pd.Timedelta(weeks=8)


def test_groups_that_were_reached_are_not_planned_again():
    answer = problem(given(("A", "awareness_fundamental", "2026-05-25", 1)))
    assert unit(answer, "A", "awareness_fundamental")["groups"] == 2


def test_what_was_given_to_all_waits_until_it_may_be_repeated():
    answer = problem(given(("A", "awareness_fundamental", "2026-01-05", 3)))
    start = answer.weeks["week"][unit(answer, "A", "awareness_fundamental")["first_week"]]
    assert start == pd.Timestamp("2026-10-12")
    recent = problem(given(("A", "awareness_fundamental", "2026-06-01", 3)))
    assert "awareness_fundamental" not in set(recent.units.loc[recent.units["school_id"] == "A", "activity"])


def test_a_school_left_out_for_two_years_is_due_by_that_week():
    answer = problem(given(("A", "staff_training", "2024-10-07", 1)))
    due = answer.schools.set_index("school_id")["due"]
    assert answer.weeks["week"][due["A"]] == pd.Timestamp("2026-10-05")
    assert pd.isna(due["B"])


def test_without_any_action_the_two_years_run_from_the_start_of_the_register():
    assert problem().schools["due"].isna().all()
    assert problem(records_start=date(2024, 8, 26)).schools["due"].eq(0).all()
    overdue = problem(records_start=date(2022, 8, 29))
    assert overdue.schools["due"].eq(len(overdue.weeks) - 1).all()


def test_a_school_visited_this_school_year_is_marked():
    answer = problem(given(("A", "staff_training", "2026-08-24", 1)))
    assert list(answer.schools["visited"]) == [True, False]


def test_the_value_is_the_need_of_the_levels_answered():
    answer = problem()
    awareness, parents = unit(answer, "A", "awareness_fundamental"), unit(answer, "A", "parents_evening")
    assert parents["value"] == pytest.approx(0.4 * awareness["value"])


def test_each_zone_and_network_must_have_its_share_rounded_up():
    coverage = problem().coverage
    assert set(coverage["kind"]) == {"zone", "school_network"}
    assert list(coverage["n_required"]) == [1, 1, 1]
