"""Tables of a plan: what readers are shown adds up to the plan."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.planning import plans
from tests.planned import edition, preparation


def test_weeks_add_up_to_the_plan_and_leave_what_is_left():
    weeks = plans.by_week(preparation().problem, edition().plan.sessions)
    assert weeks["hours"].sum() == pytest.approx(edition().plan.sessions["hours"].sum())
    assert weeks["n_groups"].sum() == edition().plan.sessions["n_groups"].sum()
    assert set(weeks["week"]) == set(preparation().problem.weeks["week"])
    assert (weeks["left"] >= -1e-6).all()


def test_schools_add_up_to_the_plan_and_to_the_need():
    schools = plans.by_school(preparation().problem, edition().plan.sessions, preparation().need, preparation().given)
    assert schools["n_groups"].sum() == edition().plan.sessions["n_groups"].sum()
    assert schools["need"].sum() == pytest.approx(preparation().need["need"].sum())
    assert schools["school_id"].is_unique
    assert len(schools) == len(preparation().problem.schools)


def test_the_parts_of_a_need_add_up_to_it():
    first = plans.largest_needs(preparation().need, preparation().problem.schools)
    total = first["expected"] + first["by_danger"] + first["by_recency"] + first["by_given"]
    assert total.to_numpy() == pytest.approx(first["need"].to_numpy())


def test_no_simpler_plan_answers_more_of_the_need():
    """The two rivals keep the hours but not the other rules; on the demonstration the optimum still answers more."""
    beside = plans.compare_plans(preparation().problem, edition().plan.sessions).set_index("plan")
    assert beside.loc["optimum", "value"] > beside.loc["most_cases_first", "value"]
    assert beside.loc["most_cases_first", "value"] > beside.loc["same_for_all", "value"]
    assert beside.loc["optimum", ["n_left_out", "n_short"]].sum() == 0


def test_a_choice_is_close_between_one_and_nine_times_in_ten():
    problem = preparation().problem
    ids = problem.schools["school_id"].head(3).tolist()
    shares = pd.DataFrame({"school_id": ids, "chosen_share": [0.95, 0.5, 0.05]})
    answer = plans.choice_stability(shares, problem, edition().plan.sessions)
    assert answer["close"].tolist() == [False, True, False]
    assert answer["planned"].tolist() == [school in set(edition().plan.sessions["school_id"]) for school in ids]
