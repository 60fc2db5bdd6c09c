"""The programme as a file, from the records to the bytes: what ``relais plan`` does."""

from __future__ import annotations

from datetime import UTC, datetime

from analytics.documents.plan_pdf import plan_pdf
from analytics.documents.plan_workbook import Edition, plan_workbook
from analytics.domain.errors import RefusedError
from analytics.domain.programme import programme
from analytics.domain.school_calendar import calendar
from analytics.planning.allocation import NoPlanError, Progress, allocate, loosen
from analytics.planning.calendar_file import icalendar
from analytics.planning.preparing import Team, open_weeks, prepare, urgent_hours
from analytics.planning.words import what_to_loosen
from analytics.store import Snapshot


def written_plan(
    snapshot: Snapshot,
    suffix: str,
    people: int,
    hours_each: float,
    reserve: float | None,
    now: datetime,
    progress: Progress,
) -> bytes:
    """The programme for the rest of the school year after ``now``, as a workbook, a calendar or one page.

    Without a ``reserve`` the hours that urgent sessions took in the records are kept for them. Raises RefusedError when no
    programme keeps the rules (its message says what to loosen), OutsideCalendarError when no school year follows.
    """
    days, content = calendar(), programme()
    start = open_weeks(max(now.date(), snapshot.as_of), days)[0]
    kept = urgent_hours(snapshot, days) if reserve is None else reserve
    team = Team(people, hours_each, round(kept), start)
    preparation = prepare(snapshot, team, content.rules, days)
    try:
        plan = allocate(preparation.problem, progress=progress)
    except NoPlanError as error:
        if error.out_of_time:
            raise
        lines = what_to_loosen(loosen(preparation.problem, progress=progress), preparation.problem)
        raise RefusedError(" ".join([str(error), *lines])) from None
    if suffix == ".ics":
        return icalendar(
            plan.sessions, preparation.problem.schools, preparation.year.name, now.astimezone(UTC), content
        )
    edition = Edition(plan, preparation, team, content.rules, snapshot.as_of, now.date(), snapshot.is_demo)
    return plan_pdf(edition, content) if suffix == ".pdf" else plan_workbook(edition, content)
