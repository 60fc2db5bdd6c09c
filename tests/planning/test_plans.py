"""What readers are shown of a plan adds up to the plan, and the activities say where they come from."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from analytics.charts import planning as charts
from analytics.domain.programme import programme
from analytics.domain.school_calendar import OutsideCalendarError, calendar
from analytics.domain.vocabulary import SCHOOL_LEVELS
from analytics.planning import plans
from analytics.planning.allocation import allocate, loosen
from analytics.planning.comparison import coverage, most_cases_first, same_for_all
from analytics.planning.preparing import Team, open_weeks, prepare
from analytics.planning.relaxation_text import describe_relaxations
from analytics.store import Store
from analytics.workflows.demo import build_demo

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def preparation(tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("store"))
    build_demo(store, NOW)
    with store.snapshot() as snapshot:
        team = Team(4, 14.0, 20.0, open_weeks(NOW.date(), calendar())[0])
        return prepare(snapshot, team, programme().rules, calendar())


@pytest.fixture(scope="module")
def sessions(preparation):
    return allocate(preparation.problem, gap=0.02).sessions


def test_weeks_add_up_to_the_plan_and_leave_what_is_left(preparation, sessions):
    weeks = plans.by_week(preparation.problem, sessions)
    assert weeks["hours"].sum() == pytest.approx(sessions["hours"].sum())
    assert weeks["n_groups"].sum() == sessions["n_groups"].sum()
    assert set(weeks["week"]) == set(preparation.problem.weeks["week"])
    assert (weeks["left"] >= -1e-6).all()


def test_schools_add_up_to_the_plan_and_to_the_need(preparation, sessions):
    schools = plans.by_school(preparation.problem, sessions, preparation.need, preparation.given)
    assert schools["n_groups"].sum() == sessions["n_groups"].sum()
    assert schools["need"].sum() == pytest.approx(preparation.need["need"].sum())
    assert schools["school_id"].is_unique
    assert len(schools) == len(preparation.problem.schools)


def test_the_parts_of_a_need_add_up_to_it(preparation):
    first = plans.largest_needs(preparation.need, preparation.problem.schools)
    total = first["expected"] + first["by_danger"] + first["by_recency"] + first["by_given"]
    assert total.to_numpy() == pytest.approx(first["need"].to_numpy())


def test_no_simpler_plan_answers_more_of_the_need(preparation, sessions):
    """The two rivals keep the hours but not the other rules; on the demonstration the optimum still answers more."""
    beside = plans.compare_plans(preparation.problem, sessions).set_index("plan")
    assert beside.loc["optimum", "value"] > beside.loc["most_cases_first", "value"]
    assert beside.loc["most_cases_first", "value"] > beside.loc["same_for_all", "value"]
    assert beside.loc["optimum", ["n_left_out", "n_short"]].sum() == 0


def test_every_zone_and_network_has_its_minimum(preparation, sessions):
    reached = coverage(preparation.problem, sessions)
    assert (reached["n_planned"] >= reached["n_required"]).all()


def test_the_rivals_are_whole_plans_too(preparation):
    for rival in (same_for_all(preparation.problem), most_cases_first(preparation.problem)):
        assert plans.by_week(preparation.problem, rival)["left"].min() >= -1e-6


def test_the_charts_draw_what_they_are_given(preparation, sessions):
    chart = charts.hours_by_week(plans.by_week(preparation.problem, sessions), programme().labels)
    bars = [trace for trace in chart.data if trace.type == "bar"]
    assert sum(sum(trace.y) for trace in bars) == pytest.approx(sessions["hours"].sum())
    needs = charts.need_bars(plans.largest_needs(preparation.need, preparation.problem.schools), SCHOOL_LEVELS.labels)
    assert len(needs.data) == 4


def test_what_to_loosen_is_said_with_both_ways(preparation):
    tight = preparation.problem
    poor = replace(tight, weeks=tight.weeks.assign(capacity=6.0))
    first, second = describe_relaxations(loosen(poor, time_limit=20), poor)
    assert first.startswith("Ajouter des heures")
    assert second.startswith("Ou assouplir les règles")


def test_each_activity_has_a_source_a_definition_and_a_cost():
    for activity in programme().activities.values():
        assert activity.source in ("procedure", "relais")
        assert activity.definition
        assert activity.team_hours > 0
    assert [a.code for a in programme().planned if a.postvention] == ["parents_evening"]
    assert [a.code for a in programme().activities.values() if a.on_demand] == ["urgent_class_session"]


def test_the_pupils_of_each_kind_of_school_are_all_in_a_level():
    for shares in programme().pupils_by_level.values():
        assert sum(shares.values()) == pytest.approx(1)


def test_late_in_a_year_one_plans_the_next(preparation):
    assert open_weeks(datetime(2026, 6, 12, tzinfo=UTC).date(), calendar())[0].isoformat() == "2026-08-24"
    assert open_weeks(datetime(2026, 3, 4, tzinfo=UTC).date(), calendar())[0].isoformat() == "2026-03-09"
    with pytest.raises(OutsideCalendarError):
        open_weeks(datetime(2027, 6, 20, tzinfo=UTC).date(), calendar())
