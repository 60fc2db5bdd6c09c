"""From the records to the tables of planning and evaluation."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analytics.domain.programme import programme
from analytics.domain.school_calendar import OutsideCalendarError, calendar
from analytics.planning.preparing import (
    Team,
    observed_panel,
    observed_rates,
    open_weeks,
    prepare,
    records_start,
    school_year_of,
    urgent_hours,
)
from tests.planned import TEAM, demo_store, preparation


def test_late_in_a_year_one_plans_the_next():
    assert open_weeks(date(2026, 6, 12), calendar())[0] == date(2026, 8, 24)
    assert open_weeks(date(2026, 3, 4), calendar())[0] == date(2026, 3, 9)
    with pytest.raises(OutsideCalendarError):
        open_weeks(date(2027, 6, 20), calendar())


def test_the_weeks_of_a_plan_go_from_its_first_week_to_the_end_of_the_school_year():
    weeks = preparation().problem.weeks["week"]
    assert weeks.iloc[0].date() == TEAM.first_week
    assert weeks.iloc[-1].date() == date(2027, 6, 28)
    assert preparation().year == school_year_of(date(2027, 6, 28), calendar())


def test_every_school_is_planned_or_said_not_to_be():
    with demo_store().snapshot() as snapshot:
        every = set(snapshot.school_counts()["school_id"])
    planned = set(preparation().problem.schools["school_id"])
    assert planned.isdisjoint(preparation().unplannable["school_id"])
    assert planned | set(preparation().unplannable["school_id"]) == every


def test_urgent_hours_are_those_of_the_class_sessions_done_per_class_week():
    with demo_store().snapshot() as snapshot:
        steps = snapshot.step_counts("hours")
        done = steps.loc[(steps["step"] == "class_session") & (steps["event"] == "done"), "n"].sum()
        start = records_start(snapshot, calendar())
        mondays = pd.date_range(start, snapshot.as_of, freq="W-MON")
        of_class = sum(
            any(calendar().is_class_day((m + pd.Timedelta(days=d)).date()) for d in range(5)) for m in mondays
        )
        hours = urgent_hours(snapshot, calendar())
    of_one = programme().activities["urgent_class_session"].team_hours
    assert hours == pytest.approx(done * of_one / of_class)


def test_the_panel_holds_whole_weeks_alone_and_rates_the_schools_with_pupils():
    with demo_store().snapshot() as snapshot:
        panel, rates = observed_panel(snapshot, calendar()), observed_rates(snapshot, calendar())
        sized = snapshot.school_counts()
    assert panel["n"].sum() <= sized["n"].sum()
    assert set(rates["school_id"]) == set(sized.loc[sized["n_pupils"].fillna(0) > 0, "school_id"])
    assert (rates["exposure"] > 0).all()


def test_cases_without_a_level_or_whose_school_has_no_size_are_counted_and_left_out(publish, table, tmp_path):
    cases = table("""
        case_id | school_id | school_level
        A       | sized     | secondary_1
        B       | sized     | secondary_1
        C       | sized     | unknown
        D       | unsized   | secondary_1
    """)
    schools = pd.DataFrame({"school_id": ["sized", "unsized"], "n_pupils": [500, pd.NA], "provisional": [False, True]})
    snapshot = publish(
        tmp_path,
        cases=cases,
        case_steps=cases[["case_id"]].assign(step="cpms", outcome="not_done"),
        schools=schools,
    )
    preparation = prepare(snapshot, Team(2, 10.0, 5.0, date(2025, 10, 6)), programme(), calendar())
    assert preparation.n_cases_left_out == 2
    assert preparation.need["n"].sum() == 2
    assert preparation.unplannable["school_id"].tolist() == ["unsized"]
