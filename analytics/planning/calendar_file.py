"""A plan as an iCalendar file (RFC 5545), which any ordinary calendar imports."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import pandas as pd

from analytics.domain.french import count, number
from analytics.domain.programme import Programme

_LINE = 75  # octets of a line, its end not counted (RFC 5545, 3.1)


def icalendar(sessions: pd.DataFrame, schools: pd.DataFrame, year: str, stamp: datetime, programme: Programme) -> bytes:
    """One event a school, an activity and a week: the class week as whole days, so that no time zone can move it.

    ``sessions``: school_id, activity, week, n_groups, hours. ``schools``: school_id, name. ``stamp`` is when the file was
    made (UTC). The n-th week of a school and an activity in the school year ``year`` keeps its UID in each new plan, so
    that a calendar moves the event rather than doubling it.
    """
    names = schools.set_index("school_id")["name"]
    ordered = sessions.sort_values(["week", "school_id", "activity"], ignore_index=True)
    turn = ordered.groupby(["school_id", "activity"]).cumcount()
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Relais//Programme de prevention//FR", "CALSCALE:GREGORIAN"]
    for school, code, week, n_groups, hours, rank in zip(
        *(ordered[column] for column in ("school_id", "activity", "week", "n_groups", "hours")), turn, strict=True
    ):
        activity, sessions_words = programme.activities[code], count(n_groups, "séance")
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_uid(year, school, code, rank)}",
            f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{week:%Y%m%d}",
            f"DTEND;VALUE=DATE:{week + timedelta(days=5):%Y%m%d}",  # the first day that is not part of it
            f"SUMMARY:{_text(f'{activity.label} · {names[school]}')}",
            f"DESCRIPTION:{_text(f'{sessions_words}, {number(hours, 1)} h pour l’équipe. Jour et heure à fixer.')}",
            "CATEGORIES:Prévention",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _uid(year: str, school: str, activity: str, rank: int) -> str:
    """A stable identifier that does not spell the school."""
    digest = hashlib.sha256(f"{year}/{school}/{activity}/{rank}".encode()).hexdigest()
    return f"{digest[:32]}@relais"


def _text(value: str) -> str:
    """A TEXT value: backslash, semicolon, comma and line breaks escaped, other control characters dropped."""
    escaped = value.replace("\\", "\\\\").replace(";", r"\;").replace(",", r"\,")
    escaped = escaped.replace("\r\n", r"\n").replace("\r", r"\n").replace("\n", r"\n")
    return "".join(character for character in escaped if character >= " " and character != "\x7f")


def _folded(line: str) -> bytes:
    """A content line, its end CRLF, cut before the 76th octet and never within a character."""
    parts, part, room = [], b"", _LINE
    for character in line:
        octets = character.encode()
        if len(part) + len(octets) > room:
            parts.append(part)
            part, room = b"", _LINE - 1  # a continuation begins with a space
        part += octets
    return b"\r\n ".join([*parts, part]) + b"\r\n"
