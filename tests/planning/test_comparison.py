"""The rival plans and the measure of every plan."""

from __future__ import annotations

import pandas as pd

from analytics.planning.comparison import appraise, coverage, most_cases_first, same_for_all, violations
from analytics.planning.plans import by_week
from tests.planned import edition, preparation


def test_every_zone_and_network_has_its_minimum():
    reached = coverage(preparation().problem, edition().plan.sessions)
    assert (reached["n_planned"] >= reached["n_required"]).all()


def test_the_rivals_are_whole_plans_too():
    for rival in (same_for_all(preparation().problem), most_cases_first(preparation().problem)):
        assert by_week(preparation().problem, rival)["left"].min() >= -1e-6


def test_coverage_counts_each_school_with_an_action_once():
    problem, sessions = preparation().problem, edition().plan.sessions
    covered = coverage(problem, sessions).set_index(["kind", "name"])["n_planned"]
    schools = problem.schools[
        problem.schools["visited"] | problem.schools["school_id"].isin(set(sessions["school_id"]))
    ]
    expected = pd.concat({kind: schools.groupby(kind).size() for kind in ("zone", "school_network")})
    assert covered[covered > 0].to_dict() == expected.to_dict()


def test_an_empty_plan_answers_nothing_and_leaves_out_every_school_that_is_due():
    problem = preparation().problem
    nothing = edition().plan.sessions[:0]
    answer = appraise(problem, nothing).iloc[0]
    assert answer["value"] == answer["n_sessions"] == 0
    assert answer["n_left_out"] == problem.schools["due"].notna().sum()


def test_more_hours_than_the_team_has_and_half_a_unit_are_violations():
    problem, sessions = preparation().problem, edition().plan.sessions
    doubled = pd.concat([sessions, sessions], ignore_index=True)
    assert {"week", "unit"} <= set(violations(problem, doubled)["kind"])
    assert violations(problem, sessions).empty
