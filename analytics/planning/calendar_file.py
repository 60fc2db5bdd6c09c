"""A plan as an iCalendar file (RFC 5545), which any ordinary calendar imports."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import pandas as pd
from icalendar import Calendar, Event

from analytics.domain.french import count, number
from analytics.domain.programme import Programme


def plan_calendar(
    sessions: pd.DataFrame, schools: pd.DataFrame, year: str, stamp: datetime, programme: Programme
) -> bytes:
    """One event per school, activity and week: the class week as whole days, so that no time zone can move it.

    ``sessions``: school_id, activity, week, n_groups, hours. ``schools``: school_id, name. ``stamp`` is when the file was
    made (UTC). The n-th week of a school and an activity in the school year ``year`` keeps its UID in each new plan, so
    that a calendar moves the event rather than doubling it.
    """
    names = schools.set_index("school_id")["name"]
    ordered = sessions.sort_values(["week", "school_id", "activity"], ignore_index=True)
    ordered["rank"] = ordered.groupby(["school_id", "activity"]).cumcount()
    calendar = Calendar({"version": "2.0", "prodid": "-//Relais//Programme de prevention//FR", "calscale": "GREGORIAN"})
    columns = ("school_id", "activity", "week", "n_groups", "hours", "rank")
    for school, code, week, n_groups, hours, rank in zip(*(ordered[column] for column in columns), strict=True):
        event = Event()
        event.add("uid", _uid(year, school, code, rank))
        event.add("dtstamp", stamp)
        event.add("dtstart", week.date())
        event.add("dtend", (week + timedelta(days=5)).date())  # the first day that is not part of it
        event.add("summary", _text(f"{programme.activities[code].label} · {names[school]}"))
        length = f"{count(n_groups, 'séance')}, {number(hours, 1)} h pour l’équipe"
        event.add("description", f"{length}. Jour et heure à fixer.")
        event.add("categories", ["Prévention"])
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return calendar.to_ical()


def _uid(year: str, school: str, activity: str, rank: int) -> str:
    """A stable identifier that does not spell the school."""
    digest = hashlib.sha256(f"{year}/{school}/{activity}/{rank}".encode()).hexdigest()
    return f"{digest[:32]}@relais"


def _text(value: str) -> str:
    """Without control characters but line breaks, which the library would write as they are."""
    return "".join(character for character in value if character == "\n" or " " <= character != "\x7f")
