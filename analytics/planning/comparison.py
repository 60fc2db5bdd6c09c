"""Two simple rival plans, and the measure by which every plan is judged."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.planning.allocation import as_sessions
from analytics.planning.problem import Problem

_TOLERANCE = 1e-6


def same_for_all(problem: Problem) -> pd.DataFrame:
    """Sessions when every school has one action, then every school a second one, and so on, in the order of their codes."""
    turn = problem.units.groupby("school_id").cumcount()
    order = problem.units.assign(turn=turn).sort_values(["turn", "school_id"], kind="stable")
    return _in_order(problem, order.index)


def most_cases_first(problem: Problem) -> pd.DataFrame:
    """Sessions when the schools with the most cases have all that can be given, one after the other."""
    n_cases = problem.schools.set_index("school_id")["n"].reindex(problem.units["school_id"]).to_numpy()
    order = problem.units.assign(n=n_cases).sort_values(["n", "school_id"], ascending=[False, True], kind="stable")
    return _in_order(problem, order.index)


def _in_order(problem: Problem, order: pd.Index) -> pd.DataFrame:
    """Units one after the other, each in the first weeks with hours left; one that does not fit whole is skipped."""
    left = problem.weeks["capacity"].to_numpy("float64").copy()
    placed = []
    for position, unit in problem.units.loc[order].iterrows():
        fits = np.minimum((left + _TOLERANCE) // unit["hours"], problem.rules.groups_per_week)
        fits[: unit["first_week"]] = 0
        n_groups = np.diff(np.minimum(np.cumsum(fits), unit["groups"]), prepend=0)
        if n_groups.sum() < unit["groups"]:
            continue
        left -= n_groups * unit["hours"]
        placed += [(position, week, n_groups[week]) for week in np.flatnonzero(n_groups)]
    chosen, week, n_groups = (
        np.array(column, dtype=int) for column in (zip(*placed, strict=True) if placed else [()] * 3)
    )
    return as_sessions(problem, problem.units.loc[chosen], week, n_groups)


def appraise(problem: Problem, sessions: pd.DataFrame) -> pd.DataFrame:
    """What a plan comes to, one row: value (need answered, as the optimum counts it), share (of what answering all of it at
    once would be), n_schools (with an action, this plan or earlier this school year), n_sessions, hours, hours_share (of
    the team's), n_left_out (schools due that have no action in time), n_short (zones and networks below their minimum).
    """
    numbered = _numbered(problem, sessions)
    discount = problem.time_discount[numbered["week_number"].to_numpy(int)]
    value = float((numbered["value"] / numbered["groups"] * numbered["n_groups"] * discount).sum())
    broken = violations(problem, sessions)["kind"]
    visited = problem.schools.loc[problem.schools["visited"], "school_id"]
    return pd.DataFrame(
        {
            "value": [value],
            "share": [value / max(problem.units["value"].sum(), _TOLERANCE)],
            "n_schools": [len({*visited, *sessions["school_id"]})],
            "n_sessions": [int(sessions["n_groups"].sum())],
            "hours": [float(sessions["hours"].sum())],
            "hours_share": [float(sessions["hours"].sum() / max(problem.weeks["capacity"].sum(), _TOLERANCE))],
            "n_left_out": [int((broken == "due").sum())],
            "n_short": [int(broken.isin(["zone", "school_network"]).sum())],
        }
    )


def violations(problem: Problem, sessions: pd.DataFrame) -> pd.DataFrame:
    """The rules that a plan breaks, a row each: kind, name. Knows nothing of how a plan is found.

    Kinds: week (more hours than the team has), unit (not all groups, or too many at once), early (before its first week),
    due, zone, school_network.
    """
    numbered = _numbered(problem, sessions)
    week_hours = (numbered["n_groups"] * numbered["hours"]).groupby(numbered["week_number"]).sum()
    over = week_hours > problem.weeks["capacity"].reindex(week_hours.index) + _TOLERANCE
    per_unit = numbered.groupby("unit").agg(n=("n_groups", "sum"), most=("n_groups", "max"), groups=("groups", "first"))
    odd = (per_unit["n"] != per_unit["groups"]) | (per_unit["most"] > problem.rules.groups_per_week)
    early = numbered["week_number"] < numbered["first_week"]
    schools = problem.schools
    first = schools["school_id"].map(numbered.groupby("school_id")["week_number"].min())
    left_out = schools["due"].notna() & ~(first <= schools["due"].astype("float64"))
    broken = [
        ("week", problem.weeks["week"].dt.strftime("%Y-%m-%d").loc[over.index[over]]),
        ("unit", problem.units.loc[odd.index[odd], "school_id"]),
        ("early", numbered.loc[early, "school_id"]),
        ("due", schools.loc[left_out, "school_id"]),
    ]
    covered = coverage(problem, sessions)
    short = covered.loc[covered["n_planned"] < covered["n_required"], ["kind", "name"]]
    found = [pd.DataFrame({"kind": kind, "name": names}) for kind, names in broken]
    return pd.concat([*found, short], ignore_index=True)


def coverage(problem: Problem, sessions: pd.DataFrame) -> pd.DataFrame:
    """Schools with an action in each zone and network: kind, name, n_schools, n_required, n_planned (this plan or earlier
    this school year), share."""
    schools, answer = problem.schools, problem.coverage
    with_action = schools[schools["visited"] | schools["school_id"].isin(sessions["school_id"])]
    answer["n_planned"] = [
        int((with_action[kind] == name).sum()) for kind, name in zip(answer["kind"], answer["name"], strict=True)
    ]
    return answer.assign(share=answer["n_planned"] / answer["n_schools"])


def _numbered(problem: Problem, sessions: pd.DataFrame) -> pd.DataFrame:
    """Sessions with the number of their week and what the problem says of their unit."""
    number = pd.Series(problem.weeks.index, index=problem.weeks["week"], name="week_number")
    units = problem.units.reset_index(names="unit")
    found = sessions.drop(columns="hours").merge(units, on=["school_id", "activity"], validate="many_to_one")
    return found.join(number, on="week")
