"""The programme as a file, from the records to the bytes: what the page of prevention and ``relais plan`` do."""

from __future__ import annotations

from datetime import UTC, datetime

from analytics.documents.plan_pdf import plan_pdf
from analytics.documents.plan_workbook import Edition, plan_workbook
from analytics.domain.errors import RefusedError
from analytics.domain.school_calendar import calendar
from analytics.planning.allocation import TIME_LIMIT, NoPlanError, Plan, Progress, allocate, loosen
from analytics.planning.calendar_file import plan_calendar
from analytics.planning.preparing import Preparation, open_weeks, prepare_usual
from analytics.planning.relaxation_text import describe_relaxations
from analytics.store import Snapshot


def written_plan(
    snapshot: Snapshot,
    suffix: str,
    people: int,
    hours_each: float,
    reserve: float | None,
    now: datetime,
    progress: Progress,
    time_limit: float = TIME_LIMIT,
) -> bytes:
    """The programme for the rest of the school year after ``now``, as a workbook, a calendar or one page.

    Without a ``reserve`` the hours that urgent sessions took in the records are kept for them. Raises RefusedError when no
    programme keeps the rules (its message says what to loosen), OutsideCalendarError when no school year follows.
    """
    days = calendar()
    start = open_weeks(max(now.date(), snapshot.as_of), days)[0]
    preparation = prepare_usual(snapshot, days, people, hours_each, reserve, start)
    try:
        plan = allocate(preparation.problem, time_limit=time_limit, progress=progress)
    except NoPlanError as error:
        if error.out_of_time:
            raise
        lines = describe_relaxations(
            loosen(preparation.problem, time_limit=time_limit, progress=progress), preparation.problem
        )
        raise RefusedError(" ".join([str(error), *lines])) from None
    return plan_file(snapshot, preparation, plan, suffix, now)


def plan_file(snapshot: Snapshot, preparation: Preparation, plan: Plan, suffix: str, now: datetime) -> bytes:
    """A plan as ``.xlsx``, ``.ics`` or ``.pdf``."""
    if suffix == ".ics":
        schools, content = preparation.problem.schools, preparation.programme
        return plan_calendar(plan.sessions, schools, preparation.year.name, now.astimezone(UTC), content)
    edition = Edition(plan, preparation, snapshot.as_of, now.date(), snapshot.is_demo)
    return plan_pdf(edition) if suffix == ".pdf" else plan_workbook(edition)
