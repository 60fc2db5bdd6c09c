"""Tables of a plan: by week, by school, compared with simpler plans, and the parts of the need."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analytics.planning.comparison import appraise, most_cases_first, same_for_all
from analytics.planning.problem import Problem

LARGEST = 15  # needs that a chart shows
PLAN_LABELS: Mapping[str, str] = {
    "optimum": "Ce programme",
    "same_for_all": "La même chose pour toutes",
    "most_cases_first": "D’abord le plus de dossiers",
}


def by_week(problem: Problem, sessions: pd.DataFrame) -> pd.DataFrame:
    """Hours by week and activity, with a row for a week without any: week, class_days, capacity, activity, n_groups, hours,
    left (hours of the week that stay free)."""
    sums = sessions.groupby(["week", "activity"], as_index=False)[["n_groups", "hours"]].sum()
    answer = problem.weeks.merge(sums, on="week", how="left").fillna({"n_groups": 0, "hours": 0.0})
    answer["left"] = answer["capacity"] - answer.groupby("week")["hours"].transform("sum")
    return answer.astype({"n_groups": "int64"})


def programme_rows(problem: Problem, sessions: pd.DataFrame) -> pd.DataFrame:
    """The plan line by line, in the order of the weeks: week, school_id, name, zone, activity, n_groups, hours."""
    answer = sessions.merge(problem.schools[["school_id", "name", "zone"]], on="school_id", how="left")
    return answer[["week", "school_id", "name", "zone", "activity", "n_groups", "hours"]]


def by_school(problem: Problem, sessions: pd.DataFrame, need: pd.DataFrame, given: pd.DataFrame) -> pd.DataFrame:
    """Every school, the greatest need first: school_id, name, zone, school_network, n, need, n_activities, n_groups, hours,
    first_week and last_week planned, last_given (the last week with a session really given), due."""
    planned = sessions.groupby("school_id").agg(
        n_activities=("activity", "nunique"),
        n_groups=("n_groups", "sum"),
        hours=("hours", "sum"),
        first_week=("week", "min"),
        last_week=("week", "max"),
    )
    answer = problem.schools.join(need.groupby("school_id")["need"].sum(), on="school_id").join(planned, on="school_id")
    answer = answer.join(given.groupby("school_id")["week"].max().rename("last_given"), on="school_id")
    answer = answer.fillna({"need": 0.0, "n_activities": 0, "n_groups": 0, "hours": 0.0})
    answer["due"] = pd.to_datetime(answer["due"].map(problem.weeks["week"]))
    return (
        answer.astype({"n_activities": "int64", "n_groups": "int64"})
        .sort_values(["need", "school_id"], ascending=[False, True], ignore_index=True)
        .drop(columns="visited")
    )


def compare_plans(problem: Problem, sessions: pd.DataFrame) -> pd.DataFrame:
    """This plan and two simple ones, by the same measure: plan, and the columns of
    :func:`analytics.planning.comparison.appraise`."""
    rows = [
        appraise(problem, plan).assign(plan=code)
        for code, plan in zip(PLAN_LABELS, (sessions, same_for_all(problem), most_cases_first(problem)), strict=True)
    ]
    return pd.concat(rows, ignore_index=True)


def largest_needs(need: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """The LARGEST needs and what each part adds: the columns of the need, name, and by_danger, by_recency and
    by_given, which with expected add up to the need."""
    answer = need.head(LARGEST).merge(schools[["school_id", "name"]], on="school_id")
    answer["by_danger"] = answer["expected"] * (answer["danger_factor"] - 1)
    answer["by_recency"] = answer["expected"] * answer["danger_factor"] * (answer["recency_factor"] - 1)
    answer["by_given"] = answer["need"] - answer["expected"] - answer["by_danger"] - answer["by_recency"]
    return answer


def choice_stability(shares: pd.DataFrame, problem: Problem, sessions: pd.DataFrame) -> pd.DataFrame:
    """Each school's chance to be chosen beside this plan: school_id, chosen_share, name, planned, close (neither chosen nor
    left out nine times in ten: another reading of the same figures may choose otherwise)."""
    answer = shares.merge(problem.schools[["school_id", "name"]], on="school_id")
    return answer.assign(
        planned=answer["school_id"].isin(sessions["school_id"]), close=answer["chosen_share"].between(0.1, 0.9)
    )
