"""How the three tables of cases lie in a file of the store: as one, ``records``, one row per case, by school year and week.

Its columns are those of ``cases``, the network and zone of the school, a yes or no for each incident type
(``type_insults``), what is counted again and again as small numbers, and the reasons:

- ``lot``: the place of the case in the order of the pseudonyms, which are drawn by chance;
- ``cpms_hours``: what became of the step (its place in EVENTS, 4 bits), whether a time of day was completed (1), the
  hours that it counts for it (5), and one more than the hours that the step took or has waited (0: not known);
- ``cpms_school_days``: the same in school days, without the completed hours;
- ``cpms_own``: the school's own deadline for the step, as :func:`limit` writes it; missing where it has none;
- ``first_relay_hours``, ``first_relay_school_days``: the same of the first relay, whichever it was, and so of
  NUMBERS_OF_FIRSTS;
- ``done``, ``undated``, ``overtaken``, ``skipped``: sets of steps (:data:`BITS`), see :meth:`Snapshot.order_counts`.

So no question joins a case to its steps, and ten million cases are read as columns of small numbers. ``cases``,
``case_incidents`` and ``case_steps`` are views on it, of the columns that :mod:`analytics.domain.schema` declares.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from zlib import crc32

from analytics.domain.schema import CASE_INCIDENTS, CASE_STEPS, CASES, TABLES, Column
from analytics.domain.vocabulary import INCIDENT_TYPES, PRINCIPAL, REASONS, RESPONSES, STATUSES, STEPS

EVENTS = (
    *("done", "pending", "closed", "undated", "closed_undated", "done_later"),
    *("not_applicable", "not_recorded", "no_deadline"),
)
NOT_DONE = ("pending", "closed", "closed_undated")
VIEWS = (CASES.name, CASE_INCIDENTS.name, CASE_STEPS.name)
STORED = ("records", *(name for name in TABLES if name not in VIEWS))
"""The tables of a version, without the views on them."""
ROW_GROUP = 122_880
"""Rows that DuckDB writes as one."""
OF_SCHOOL = ("school_network", "zone")
_CASES_A_THREAD = 50_000
BYTES_A_CASE = 110
"""Of a file of many cases, about."""
CLOCKS = {"hours": 10, "school_days": 5}
"""The clocks, each with the place at which the delay begins in a step's number."""
BITS = {step: 1 << place for place, step in enumerate(STEPS)}
"""Each step as a bit: a set of steps is then one number."""
IN_ORDER = tuple(code for code, step in STEPS.items() if not step.postvention)
FIRSTS = {code: steps for code, steps in RESPONSES.items() if len(steps) > 1}
"""What is counted of a case as if it were a step: the first of several, whichever it was."""
NUMBERS_OF_FIRSTS = tuple(
    (code, clock) for clock in CLOCKS for code in FIRSTS if clock == "hours" or code == "first_relay"
)
"""Responses are counted in hours, the first relay by each clock."""
_PROTOCOL = (
    f"{crc32(repr([*FIRSTS.items(), *((code, step.postvention) for code, step in STEPS.items())]).encode()):08x}"
)
# Named after the protocol: a file that was written under another one lacks them, and is of an older layout.
DONE, UNDATED, OVERTAKEN, SKIPPED = SETS = tuple(
    f"{name}_{_PROTOCOL}" for name in ("done", "undated", "overtaken", "skipped")
)

# Closed vocabularies are numbers in the file, which group and compare faster than words.
_ENUMS: dict[str, Iterable[str]] = {
    "status": STATUSES,
    "reason": REASONS,
    "event": EVENTS,
    "incident_type": INCIDENT_TYPES,
    "step": STEPS,
}
WHERE_LACKING = {
    # The earliest extraction of which the case can have been a part.
    "first_seen_on": "(SELECT coalesce(min(as_of) FILTER (as_of >= report_week), max(as_of)) FROM imports)",
    "provisional": "false",
    "tells_closure": "true",
    "fields": "''",
    "refused_digest": "''",
    "by_year": "false",
    "office": f"'{PRINCIPAL}'",
    "own_numbers": "false",
    "completed_hours": "CASE WHEN time_completed THEN 16 ELSE 0 END",  # which of both had no time is not known
}
"""What the columns hold that a file of an older layout has not; where nothing stands here, nothing."""


def reading_threads(n_cases: int) -> int:
    """How many threads read a version: of a few cases, they would only wait for each other."""
    return min(os.cpu_count() or 1, 1 + n_cases // _CASES_A_THREAD)


def of_type(incident_type: str) -> str:
    """The column of ``records`` that tells whether a case has an incident type."""
    return f"type_{incident_type}"


def of_step(step: str, name: str) -> str:
    """The column of ``records`` that holds a number of a step, or its reason: hours, school_days, own, reason."""
    return f"{step}_{name}"


def of_response(code: str) -> str:
    """The step, or what is counted as if it were one, whose numbers are those of a response."""
    return code if code in FIRSTS else RESPONSES[code][0]


def event(number: str) -> str:
    """What became of a step, as its place in EVENTS, in SQL."""
    return f"({number} & 15)"


def is_event(number: str, *names: str) -> str:
    """Whether a step became one of some EVENTS, in SQL. Ranges compare faster than lists."""
    codes = sorted(EVENTS.index(name) for name in names)
    if codes == list(range(codes[0], codes[-1] + 1)):
        return f"{event(number)} BETWEEN {codes[0]} AND {codes[-1]}" if codes[1:] else f"{event(number)} = {codes[0]}"
    return f"({' OR '.join(f'{event(number)} = {code}' for code in codes)})"


def time_completed(number: str) -> str:
    """Whether a time of day was completed, in SQL."""
    return f"({number} & 16 <> 0)"


def lasted(number: str, clock: str) -> str:
    """One more than how long a step took, or has waited, in SQL; 0 where it is not known."""
    return f"({number} >> {CLOCKS[clock]})"


def took(number: str, clock: str) -> str:
    """How long a step took, or has waited, in SQL, where that is known."""
    return f"({lasted(number, clock)} - 1)"


def delay(number: str, clock: str) -> str:
    """How long a step took, or has waited, in SQL; NULL where it is not known."""
    return f"(nullif({lasted(number, clock)}, 0) - 1)"


def earliest(number: str) -> str:
    """The delay in hours, counted as early as it can be where a time of day is missing, in SQL."""
    return f"({delay(number, 'hours')} - least({delay(number, 'hours')}, ({number} >> 5) & 31))"


def limit(hours: int | None, school_days: int | None, *, danger: bool) -> int:
    """A deadline as one number: one more than it (0: none), twice, and 1 where it is in hours. Danger is judged in hours."""
    in_hours = danger or hours is not None
    if danger and hours is None and school_days is not None:
        hours = 24 * school_days
    deadline = hours if in_hours else school_days
    return 2 * (0 if deadline is None else deadline + 1) + in_hours


def columns(*, words_as_text: bool = False) -> dict[str, str]:
    """The columns of ``records``, each with its type; without types of our own where ``words_as_text``."""

    def declared(column: Column) -> str:
        kind = column.type if words_as_text or column.name not in _ENUMS else column.name
        return f"{kind}{'' if column.nullable else ' NOT NULL'}"

    return {
        **{column.name: declared(column) for column in CASES.columns},
        "lot": "INTEGER NOT NULL",
        **dict.fromkeys(OF_SCHOOL, "VARCHAR"),
        **{of_type(code): "BOOLEAN NOT NULL" for code in INCIDENT_TYPES},
        # A step of which the register says nothing is NULL in all of its columns.
        **{of_step(step, name): "INTEGER" for name in (*CLOCKS, "own") for step in STEPS},
        **{of_step(code, clock): "INTEGER NOT NULL" for code, clock in NUMBERS_OF_FIRSTS},
        **{of_step(step, "reason"): "VARCHAR" if words_as_text else "reason" for step in STEPS},
        **dict.fromkeys(SETS, "INTEGER NOT NULL"),
    }


def types() -> list[str]:
    """What makes the types that statements name."""
    return [f"CREATE TYPE {name} AS ENUM ({', '.join(map(repr, codes))})" for name, codes in _ENUMS.items()]


def statements(*, words_as_text: bool = False) -> list[str]:
    """What makes a version: its types, its tables, and the views on ``records``."""
    tables = [table.ddl for table in TABLES.values() if table.name not in VIEWS]
    views = {
        CASES.name: f"SELECT {', '.join(_as_text(c.name) for c in CASES.columns)} FROM records",
        CASE_INCIDENTS.name: " UNION ALL ".join(
            f"SELECT case_id, '{code}' AS incident_type FROM records WHERE {of_type(code)}" for code in INCIDENT_TYPES
        ),
        CASE_STEPS.name: " UNION ALL ".join(map(_rows_of_step, STEPS)),
    }
    declared = columns(words_as_text=words_as_text)
    return [
        *([] if words_as_text else types()),
        *tables,
        f"CREATE TABLE records ({', '.join(f'{name} {kind}' for name, kind in declared.items())})",
        *(f"CREATE VIEW {name} AS {query}" for name, query in views.items()),
    ]


def _as_text(name: str) -> str:
    return f"{name}::VARCHAR AS {name}" if name in _ENUMS else name


def _rows_of_step(step: str) -> str:
    hours, school_days = (of_step(step, clock) for clock in CLOCKS)
    of_outcome = {"done": ("done", "undated"), "not_done": NOT_DONE}
    outcomes = " ".join(f"WHEN {is_event(hours, *events)} THEN '{name}'" for name, events in of_outcome.items())
    other = " ".join(f"WHEN {is_event(hours, name)} THEN '{name}'" for name in ("not_applicable", "not_recorded"))
    delays = ", ".join(
        f"CASE WHEN {is_event(number, 'done')} THEN {delay(number, clock)} END AS delay_{clock}"
        for clock, number in zip(CLOCKS, (hours, school_days), strict=True)
    )
    return f"""
        SELECT case_id, '{step}' AS step, CASE {outcomes} {other} END AS outcome, {delays},
               {time_completed(hours)} AS time_completed, ({hours} >> 5) & 31 AS completed_hours,
               {of_step(step, "reason")}::VARCHAR AS reason
        FROM records WHERE {hours} IS NOT NULL
    """
