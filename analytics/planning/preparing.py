"""From the records to the tables of planning and evaluation, for the page, the command line and the notebooks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd

from analytics.domain.programme import Programme, programme
from analytics.domain.school_calendar import OutsideCalendarError, SchoolCalendar, SchoolYear
from analytics.planning.kept import read_kept
from analytics.planning.lots import Draw, with_draw
from analytics.planning.need import BY, need, observed_years, plannable
from analytics.planning.problem import Problem, Team, build_problem, class_weeks, team_weeks
from analytics.planning.school_terms import panel
from analytics.store import Snapshot

WORTH_PLANNING = 4
"""Weeks: with less of a school year left, one plans the next."""


@dataclass(frozen=True)
class Preparation:
    """The need of each school and level, the problem that follows, and the schools that cannot be planned.

    ``n_cases_left_out`` are the cases of the schools that cannot be planned, and those of a level that is not known or that
    their school does not teach.
    """

    need: pd.DataFrame
    problem: Problem
    unplannable: pd.DataFrame
    n_cases_left_out: int
    given: pd.DataFrame
    year: SchoolYear
    team: Team
    programme: Programme
    draw: Draw | None = None


def prepare(
    snapshot: Snapshot, team: Team, programme: Programme, calendar: SchoolCalendar, draw: Draw | None = None
) -> Preparation:
    """The need and the problem for the records of ``snapshot``, whose schools were drawn by ``draw`` if there is one;
    OutsideCalendarError beyond the known school years."""
    schools = snapshot.school_counts()
    given = snapshot.table("school_actions")
    as_of = snapshot.as_of
    start = records_start(snapshot, calendar)
    year = school_year_of(team.first_week, calendar)
    cases = snapshot.case_counts(by=BY)
    needs = need(schools, cases, given, as_of, observed_years(start, as_of, calendar), programme)
    problem = build_problem(
        team_weeks(team, year.last_day, calendar),
        schools,
        needs,
        given,
        as_of=as_of,
        records_start=start,
        year_start=year.first_day,
        programme=programme,
    )
    if draw is not None:
        problem = with_draw(problem, draw)
    unplannable = schools[~plannable(schools)].reset_index(drop=True)
    n_left_out = int(cases["n"].sum() - needs["n"].sum())
    return Preparation(needs, problem, unplannable, n_left_out, given, year, team, programme, draw)


def prepare_usual(
    snapshot: Snapshot,
    calendar: SchoolCalendar,
    people: int,
    hours_each: float,
    reserve: float | None = None,
    first_week: date | str = "",
    minimum_share: float | None = None,
) -> Preparation:
    """:func:`prepare` with the usual choices for what is not given: the first open week after the records, the hours that
    urgent sessions took in them as the reserve, and what was kept on the page: weights, rules, activities and lots.
    """
    start = date.fromisoformat(str(first_week)) if first_week else open_weeks(snapshot.as_of, calendar)[0]
    kept = read_kept(snapshot)
    content = kept.programme
    if minimum_share is not None:
        content = replace(content, rules=content.rules.replace(minimum_share=minimum_share))
    hours = round(urgent_hours(snapshot, calendar) if reserve is None else reserve)
    draw = kept.draw_of(school_year_of(start, calendar).name)
    return prepare(snapshot, Team(people, hours_each, hours, start), content, calendar, draw)


def records_start(snapshot: Snapshot, calendar: SchoolCalendar) -> date:
    """The first day of the first school year of the records; the day of the extract when there is no case."""
    first = snapshot.choices().first_week
    return snapshot.as_of if first is None else school_year_of(first, calendar).first_day


def school_year_of(day: date, calendar: SchoolCalendar) -> SchoolYear:
    """The school year of ``day``; OutsideCalendarError beyond the known ones."""
    return calendar[calendar.school_year(pd.Series([pd.Timestamp(day)]))[0]]


def open_weeks(today: date, calendar: SchoolCalendar) -> list[date]:
    """The Mondays, after ``today``, of the weeks of class of the school year that is running, or of the next one when less
    than four weeks are left. Raises OutsideCalendarError when that one is not known.
    """
    monday = today + timedelta(days=7 - today.weekday())
    for year in calendar.years:
        if year.last_day >= monday + timedelta(weeks=WORTH_PLANNING):
            first = max(monday, year.first_day - timedelta(days=year.first_day.weekday()))
            return [week.date() for week in class_weeks(first, year.last_day, calendar)["week"]]
    raise OutsideCalendarError("Le calendrier de la prochaine année scolaire n’est pas encore connu.")


def urgent_hours(snapshot: Snapshot, calendar: SchoolCalendar) -> float:
    """Hours of the team that urgent sessions took in a mean class week of the records: what a plan should keep for them."""
    start = records_start(snapshot, calendar)
    weeks = class_weeks(start, snapshot.as_of, calendar)
    steps = snapshot.step_counts("hours")
    hours = 0.0
    for activity in (activity for activity in programme().activities.values() if activity.on_demand):
        done = steps.loc[(steps["step"] == activity.step) & steps["event"].isin(("done", "undated")), "n"].sum()
        hours += float(done) * activity.team_hours
    return hours / max(len(weeks), 1)


def observed_panel(snapshot: Snapshot, calendar: SchoolCalendar) -> pd.DataFrame:
    """Schools by term for the whole weeks of the records (:func:`analytics.planning.school_terms.panel`)."""
    start = records_start(snapshot, calendar)
    last_sunday = snapshot.as_of - timedelta(days=snapshot.as_of.isoweekday() % 7)
    weeks = pd.Series(pd.date_range(start, last_sunday, freq="W-MON"))
    cases = snapshot.case_counts(by=("school_id", "report_week"))
    return panel(snapshot.school_counts(), cases, snapshot.table("school_actions"), weeks, calendar)


def observed_rates(snapshot: Snapshot, calendar: SchoolCalendar) -> pd.DataFrame:
    """Schools with what a rate a pupil and year needs: school_id, name, school_level, n, exposure."""
    schools = snapshot.school_counts()
    known = schools[schools["n_pupils"].fillna(0) > 0].reset_index(drop=True)
    years = observed_years(records_start(snapshot, calendar), snapshot.as_of, calendar)
    known["exposure"] = known["n_pupils"].astype("float64") * years
    return known[["school_id", "name", "school_level", "n", "exposure"]]
