"""The plan as a calendar that any other program reads."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pandas as pd
import pytest
from icalendar import Calendar

from analytics.domain.programme import programme
from analytics.planning.calendar_file import plan_calendar

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOSTILE = "=HYPERLINK(1); «École», à l’œil 👩‍🏫 du très long boulevard \\ des Combattants\nBEGIN:VEVENT"
SCHOOLS = pd.DataFrame({"school_id": ["3000", "3007"], "name": [HOSTILE, "École\x07 du\x7f Parc"]})


@pytest.fixture
def sessions(table):
    drawn = table("""
        school_id | activity              | week       | n_groups | hours
        3000      | awareness_secondary_1 | 2026-11-30 |        2 |     8
        3000      | awareness_secondary_1 | 2026-12-07 |        1 |     4
        3007      | parents_evening       | 2026-12-07 |        1 |     6
    """)
    return drawn.assign(week=pd.to_datetime(drawn["week"]), school_id=drawn["school_id"].astype(str))


def made(sessions: pd.DataFrame, stamp: datetime = NOW) -> bytes:
    return plan_calendar(sessions, SCHOOLS, "2026-2027", stamp, programme())


def test_each_event_is_a_class_week_with_the_activity_and_the_school(sessions):
    events = Calendar.from_ical(made(sessions)).walk("VEVENT")
    assert [event.decoded("DTSTART") for event in events] == [date(2026, 11, 30), date(2026, 12, 7), date(2026, 12, 7)]
    assert [event.decoded("DTEND") for event in events] == [date(2026, 12, 5), date(2026, 12, 12), date(2026, 12, 12)]
    assert str(events[0]["SUMMARY"]) == f"Sensibilisation au 1er degré · {HOSTILE}"
    assert events[0].decoded("DTSTAMP") == NOW
    assert str(events[2]["SUMMARY"]) == "Soirée d’information aux parents · École du Parc"
    assert str(events[0]["DESCRIPTION"]) == "2 séances, 8,0 h pour l’équipe. Jour et heure à fixer."


def test_every_line_ends_with_crlf_and_holds_75_octets_at_most(sessions):
    content = made(sessions)
    lines = content.split(b"\r\n")
    assert lines[-1] == b""
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode("utf-8")


def test_an_event_that_moves_keeps_its_identifier(sessions):
    uids = re.findall(rb"UID:(\S+)", made(sessions))
    moved = sessions.assign(week=sessions["week"] + pd.Timedelta(weeks=2))
    assert len(set(uids)) == 3
    assert re.findall(rb"UID:(\S+)", made(moved)) == uids
    assert b"3007" not in b"".join(uids)


def test_an_identifier_is_the_same_in_every_version():
    """The first one of what the first version wrote: a calendar that holds it moves the event, and adds none."""
    only = pd.DataFrame(
        {
            "school_id": "3000",
            "activity": "parents_evening",
            "week": pd.to_datetime(["2026-11-30"]),
            "n_groups": 1,
            "hours": 6.0,
        }
    )
    assert b"UID:b8c16858fd092a2a654ae2f7189ba2ee@relais" in made(only)


def test_the_same_plan_at_the_same_time_gives_the_same_bytes(sessions):
    assert made(sessions) == made(sessions.sample(frac=1, random_state=1))
