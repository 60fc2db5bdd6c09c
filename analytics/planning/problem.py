"""The planning problem as three tables: the weeks of the team, the schools, and what could be given to each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from analytics.domain.programme import Activity, Programme, Rules
from analytics.domain.school_calendar import SchoolCalendar
from analytics.planning.need import groups, plannable

DAYS_PER_WEEK = 5


@dataclass(frozen=True)
class Team:
    """The hours that a team really has: from the school week of ``first_week`` to the end of its school year.

    ``hours_each`` is what a member can give to prevention in a full week, journeys and preparation included; ``reserve``
    is kept for urgent sessions (hours of the team). ``weeks_off`` are Mondays without the team.
    """

    people: int
    hours_each: float
    reserve: float
    first_week: date
    weeks_off: tuple[date, ...] = ()


@dataclass(frozen=True)
class Problem:
    """A programme to decide. Weeks are numbered from 0, in the order of ``weeks``.

    ``weeks``: week (Monday), class_days, capacity (hours of the team).
    ``schools``: school_id, name, zone, school_network, n (cases), visited (had an action this school year already), due (the
    last week in which it must have an action, NA where it need not).
    ``units``, one row a school and an activity: school_id, activity, groups (sessions), hours (of one), first_week,
    value (of all its sessions, at the start of the plan). A unit is given to all its groups or not at all.
    """

    weeks: pd.DataFrame
    schools: pd.DataFrame
    units: pd.DataFrame
    rules: Rules

    @property
    def time_discount(self) -> np.ndarray:
        """The factor on the value of a session in each week: from 1 down by ``lateness``."""
        return 1 - self.rules.lateness * np.arange(len(self.weeks)) / max(len(self.weeks) - 1, 1)

    @property
    def school_of_unit(self) -> np.ndarray:
        """The position among ``schools`` of the school of each unit."""
        return pd.Index(self.schools["school_id"]).get_indexer(self.units["school_id"])

    @property
    def coverage(self) -> pd.DataFrame:
        """How many schools of each zone and network must have an action: kind, name, n_schools, n_required.

        A school counts when something could be given to it or it was visited already.
        """
        reachable = self.schools[self.schools["school_id"].isin(self.units["school_id"]) | self.schools["visited"]]
        counted = [
            reachable.groupby(kind, as_index=False)
            .agg(n_schools=("school_id", "size"))
            .rename(columns={kind: "name"})
            .assign(kind=kind)
            for kind in ("zone", "school_network")
        ]
        answer = pd.concat(counted, ignore_index=True)
        answer["n_required"] = [math.ceil(round(self.rules.minimum_share * n, 9)) for n in answer["n_schools"]]
        return answer[["kind", "name", "n_schools", "n_required"]]


def class_weeks(start: date, end: date, calendar: SchoolCalendar) -> pd.DataFrame:
    """The school weeks from the Monday of ``start`` to ``end``: week, class_days. Raises OutsideCalendarError beyond the
    known school years.
    """
    monday = pd.Timestamp(start) - pd.Timedelta(days=start.weekday())
    mondays = pd.Series(pd.date_range(monday, pd.Timestamp(end), freq="7D"))
    for day in (mondays.iloc[0], mondays.iloc[-1] + pd.Timedelta(days=4)) if len(mondays) else ():
        calendar.is_class_day(day.date())  # beyond the calendar, nobody knows
    weeks = pd.DataFrame({"week": mondays, "class_days": calendar.class_days_of_weeks(mondays.to_numpy())})
    return weeks[weeks["class_days"] > 0].reset_index(drop=True)


def team_weeks(team: Team, end: date, calendar: SchoolCalendar) -> pd.DataFrame:
    """The school weeks of a team up to ``end`` (:func:`class_weeks`), with its capacity in hours: a week with fewer class
    days has as much less, a week off none.
    """
    weeks = class_weeks(team.first_week, end, calendar)
    full = max(team.people * team.hours_each - team.reserve, 0.0)
    off = weeks["week"].isin([pd.Timestamp(week) for week in team.weeks_off])
    return weeks.assign(capacity=(full * weeks["class_days"] / DAYS_PER_WEEK).where(~off, 0.0))


def build_problem(
    weeks: pd.DataFrame,
    schools: pd.DataFrame,
    need: pd.DataFrame,
    given: pd.DataFrame,
    *,
    as_of: date,
    records_start: date,
    year_start: date,
    programme: Programme,
) -> Problem:
    """The problem of these weeks (:func:`team_weeks`).

    ``schools``: what :meth:`Snapshot.school_counts` returns. ``need``: :func:`analytics.planning.need.need`. ``given``:
    school_id, activity, week, n_groups. ``records_start``: the first day that the register covers, since when a school
    without any action counts as left out. ``year_start``: the first day of the school year of the plan.
    """
    known, rules = schools[plannable(schools)].reset_index(drop=True), programme.rules
    units = pd.concat(
        [_units_of(activity, known, given, weeks, as_of, rules) for activity in programme.planned], ignore_index=True
    )
    units["value"] = answered(units, need, programme) @ need["need"].to_numpy("float64")
    return Problem(weeks, _obligations(known, given, weeks, records_start, year_start, rules), units, rules)


def _units_of(
    activity: Activity, schools: pd.DataFrame, given: pd.DataFrame, weeks: pd.DataFrame, as_of: date, rules: Rules
) -> pd.DataFrame:
    """The schools that can have ``activity``, how many sessions each still needs, and from which week on."""
    chosen = schools[schools["school_level"].isin(activity.teaching)]
    if activity.postvention:  # what follows a case needs one
        chosen = chosen[chosen["last_week"].notna()]
    n_groups = groups(chosen["n_pupils"], activity.people_per_pupil, activity.group_size)
    repeat = pd.Timedelta(weeks=activity.repeat_weeks)
    mine = given[(given["activity"] == activity.code) & (given["week"] + repeat > weeks["week"].min())]
    done = mine.groupby("school_id")["n_groups"].sum().reindex(chosen["school_id"]).fillna(0).to_numpy("float64")
    again = mine.groupby("school_id")["week"].max().reindex(chosen["school_id"]) + repeat
    complete = done >= n_groups.to_numpy()
    not_before = pd.Series(np.where(complete, again.to_numpy(), np.datetime64("NaT", "us")), chosen.index)
    if activity.postvention:
        last = pd.to_datetime(chosen["last_week"]).where(chosen["n_open"] == 0, pd.Timestamp(as_of))
        calm = last + pd.Timedelta(weeks=rules.calm_weeks)
        not_before = pd.concat([not_before, calm], axis=1).max(axis=1)
    first = np.searchsorted(weeks["week"].to_numpy(), not_before.to_numpy(weeks["week"].dtype))
    units = pd.DataFrame(
        {
            "school_id": chosen["school_id"],
            "activity": activity.code,
            "groups": (n_groups - np.where(complete, 0, done)).astype("int64"),
            "hours": activity.team_hours,
            "first_week": np.where(not_before.isna(), 0, first),
        }
    )
    return units[units["first_week"] < len(weeks)]


def answered(units: pd.DataFrame, need: pd.DataFrame, programme: Programme) -> csr_array:
    """What each unit answers of each row of ``need`` (school_id, school_level): the weight of its activity, or nothing."""
    levels = pd.DataFrame(
        [(a.code, level, a.weight) for a in programme.planned for level in a.levels],
        columns=["activity", "school_level", "weight"],
    )
    rows = need[["school_id", "school_level"]].assign(row=np.arange(len(need)))
    pairs = units.reset_index(names="unit").merge(levels, on="activity").merge(rows, on=["school_id", "school_level"])
    return csr_array((pairs["weight"].astype("float64"), (pairs["unit"], pairs["row"])), shape=(len(units), len(need)))


def _obligations(
    schools: pd.DataFrame,
    given: pd.DataFrame,
    weeks: pd.DataFrame,
    records_start: date,
    year_start: date,
    rules: Rules,
) -> pd.DataFrame:
    """Which schools were visited this school year, and by which week each must have had an action."""
    last = given.groupby("school_id")["week"].max().reindex(schools["school_id"]).to_numpy()
    since = pd.Series(last).fillna(pd.Timestamp(records_start))
    limit = since + pd.Timedelta(weeks=rules.left_out_weeks)
    due = np.searchsorted(weeks["week"].to_numpy(), limit.to_numpy(weeks["week"].dtype), side="right") - 1
    late = (due < 0) & (len(weeks) > 0)  # past already: as soon as can be, at the latest in the last week
    answer = schools[["school_id", "name", "zone", "school_network", "n"]].copy()
    answer["visited"] = (pd.Series(last) >= pd.Timestamp(year_start)).to_numpy()
    within = limit.to_numpy() <= weeks["week"].max()
    answer["due"] = pd.Series(np.where(late, len(weeks) - 1, due), dtype="Int64").where(within)
    return answer
