"""The SQL of the questions about the steps of the protocol: each function returns a statement and its parameters.

What they answer is said where they are asked, in :class:`analytics.store.snapshot.Snapshot`. Cases are counted by the
numbers of :mod:`analytics.store.layout`; what a number means is read after, once per number and not once per case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from analytics.domain.selection import Selection
from analytics.domain.vocabulary import (
    DETECTION_TARGET_DAYS,
    INCIDENT_TYPES,
    POSTVENTION_FOLLOWED,
    RELAYS,
    RESPONSES,
    STEPS,
)
from analytics.store import layout
from analytics.store.layout import BITS, EVENTS, IN_ORDER, is_event, of_step, of_type
from analytics.store.selecting import CaseQuery

CLOCKS = (*layout.CLOCKS, "deadline")
"""Hours elapsed, class days, or the part of its deadline that a step took: 1 is the last moment in time."""

COMPARED = 100_000
"""Cases of which schools are compared, the first by pseudonym, which are chosen by chance: of more nothing new is learnt."""
ENOUGH = 20_000
"""Cases that tell how often times of day are missing, and how alike those of a school are: the first by pseudonym."""

Statement = tuple[str, dict[str, object]]

_EVENT = f"{list(EVENTS)}[1 + {layout.event('number')}]::event"
_N_TIME_COMPLETED = f"coalesce(sum(n) FILTER ({layout.time_completed('number')}), 0)::BIGINT AS n_time_completed"
_POSTVENTION = f"step IN ({', '.join(repr(code) for code, step in STEPS.items() if step.postvention) or 'NULL'})"


def _each_step(query: CaseQuery, steps: Iterable[str], clock: str) -> str:
    """One row per chosen case and step of ``steps`` that the register tells of, with its number by a clock."""
    return " UNION ALL ".join(
        "FROM "
        + query.rows(
            f"'{step}'::step AS step",
            f"{of_step(step, clock)} AS number",
            where=f"{of_step(step, clock)} IS NOT NULL",
        )
        for step in steps
    )


def limit_of(step: str) -> str:
    """The deadline of a step as one number (:func:`layout.limit`): the school's own where it has one, else the service's."""
    deadline = STEPS[step].deadline
    hours, days = (getattr(deadline, unit, None) for unit in ("hours", "school_days"))
    in_danger, else_ = (layout.limit(hours, days, danger=danger) for danger in (True, False))
    of_service = f"CASE WHEN danger THEN {in_danger} ELSE {else_} END" if in_danger != else_ else str(else_)
    return f"coalesce({of_step(step, 'own')}, {of_service})"


def is_in_hours(limits: str = "limits") -> str:
    """Whether what :func:`limit_of` says is in hours, in SQL."""
    return f"({limits} & 1 = 1)"


def deadline(limits: str = "limits") -> str:
    """The delay that :func:`limit_of` says, in SQL."""
    return f"(nullif({limits} >> 1, 0) - 1)"


def elapsed(hours: str, school_days: str, limits: str = "limits") -> str:
    """The delay that a step's numbers tell, by the clock that what :func:`limit_of` says is in, in SQL."""
    return f"""CASE WHEN {is_in_hours(limits)} THEN {layout.delay(hours, "hours")}
                    ELSE {layout.delay(school_days, "school_days")} END"""


def number_of(step: str) -> str:
    """The number of a step by the clock that its deadline, called ``limits``, is in."""
    hours, school_days = (of_step(step, clock) for clock in layout.CLOCKS)
    return f"CASE WHEN {is_in_hours()} THEN {hours} ELSE {school_days} END"


def _asked(clock: str, step: str | Sequence[str] | None) -> list[str]:
    """The steps that are asked for; ValueError where one of them, or the clock, is unknown."""
    if clock not in CLOCKS:
        raise ValueError(f"unknown clock: {clock}")
    steps = [step] if isinstance(step, str) else list(step or STEPS)
    if unknown := set(steps) - set(STEPS):
        raise ValueError(f"unknown step: {', '.join(sorted(unknown))}")
    return steps


def step_counts(clock: str, selection: Selection, by: Sequence[str], step: str | Sequence[str] | None) -> Statement:
    """:meth:`Snapshot.step_counts`."""
    steps, query = _asked(clock, step), CaseQuery(selection, ("step", *by))
    if clock == "deadline":
        return _deadline_counts(query, steps)
    return _counted(query, _each_step(query, steps, clock), clock)


def first_relay_counts(clock: str, selection: Selection, by: Sequence[str]) -> Statement:
    """:meth:`Snapshot.first_relay_counts`."""
    query = CaseQuery(selection, ("step", *by))
    number = f"{_of_response('first_relay', clock)} AS number"
    return _counted(query, "FROM " + query.rows("'first_relay' AS step", number), clock)


def _of_response(code: str, clock: str) -> str:
    return f"coalesce({of_step(layout.of_response(code), clock)}, {EVENTS.index('not_applicable')})"


def steps_reached(
    clock: str, selection: Selection, by: Sequence[str], step: str | Sequence[str] | None, lots: int | None
) -> Statement:
    """:meth:`Snapshot.steps_reached`."""
    steps, query = _asked(clock, step), CaseQuery(selection, ("school_id", *by), lots)
    if clock == "deadline":
        rows = _against_deadlines(query, steps)
        return _reached(query, {one: (of_step(one, "hours"), f"part_{one}", "true") for one in steps}, rows)
    numbers = {one: (of_step(one, clock), layout.delay(of_step(one, clock), clock)) for one in steps}
    most = POSTVENTION_FOLLOWED[clock]
    told = {
        one: (number, f"least({took}, {most} + 0 * {took})", f"{took} <= {most}")
        if STEPS[one].postvention
        else (number, took, "true")
        for one, (number, took) in numbers.items()
    }
    return _reached(query, told, query.rows(*(number for number, _ in numbers.values())))


def first_relay_reached(clock: str, selection: Selection, by: Sequence[str], lots: int | None) -> Statement:
    """:meth:`Snapshot.first_relay_reached`."""
    query = CaseQuery(selection, ("school_id", *by), lots)
    rows = query.rows(f"{_of_response('first_relay', clock)} AS number")
    return _reached(query, {"first_relay": ("number", layout.delay("number", clock), "true")}, rows)


def responses_reached(selection: Selection, by: Sequence[str], lots: int | None) -> Statement:
    """:meth:`Snapshot.responses_reached`."""
    query = CaseQuery(selection, ("school_id", *by), lots)
    done = str(EVENTS.index("done"))
    told = {"detection": (done, "detection_days", "true"), "detection_part": (done, _detection_part(), "true")}
    for code, steps in RESPONSES.items():
        number = f"number_{code}"  # a code may be a word of SQL
        told[code] = number, layout.delay(number, "hours"), "true"
        told[f"{code}_part"] = number, _least(number, "part", steps), "true"
    named = ("detection_days", *(f"{_of_response(code, 'hours')} AS number_{code}" for code in RESPONSES))
    asked = dict.fromkeys(step for steps in RESPONSES.values() for step in steps)
    return _reached(query, told, _against_deadlines(query, asked, *named))


def _reached(query: CaseQuery, told: Mapping[str, tuple[str, str, str]], rows: str) -> Statement:
    """How far each case came, by name: of its number, its delay, and whether what is done is soon enough to count."""
    each = ", ".join(
        f"""coalesce(CASE WHEN {is_event(number, "done", "pending", "closed")} THEN 2 * ceil(log2(1 + {delay}))::INTEGER
                     + ({is_event(number, "done")} AND {counts})::INTEGER END, -1)::TINYINT AS "{name}" """
        for name, (number, delay, counts) in told.items()
    )
    return f"SELECT {query.columns} {each} FROM {rows}", query.parameters


def _counted(query: CaseQuery, each: str, clock: str) -> Statement:
    """Cases by step and number, and what the numbers say."""
    most, delay = POSTVENTION_FOLLOWED[clock], layout.delay("number", clock)
    is_late = f"{_POSTVENTION} AND {delay} > {most}"
    completed = "((number >> 5) & 31)" if clock == "hours" else "0"
    return (
        f"""
        WITH counted AS (SELECT {query.columns} number, count(*) AS n FROM ({each}) GROUP BY ALL)
        SELECT {query.columns}
               CASE WHEN {is_late} AND {is_event("number", "done")} THEN 'done_later'::event ELSE {_EVENT} END AS event,
               CASE WHEN {is_late} THEN {most} ELSE {delay} END AS delay,
               delay - least(delay, {completed}) AS earliest,
               sum(n)::BIGINT AS n, {_N_TIME_COMPLETED}
        FROM counted GROUP BY ALL ORDER BY ALL
        """,
        query.parameters,
    )


def school_step_counts(clock: str, selection: Selection, step: str, by_type: bool, lots: int | None) -> Statement:
    """:meth:`Snapshot.school_step_counts`. ``lots``: among them are COMPARED of the chosen cases, which are more."""
    by = ("school_id", "danger") if by_type else ("school_id", "danger", "school_level", "school_year")
    types = [of_type(code) for code in INCIDENT_TYPES] if by_type else []
    query = CaseQuery(selection, by, lots)
    number, delay = of_step(step, clock), layout.delay(of_step(step, clock), clock)
    became = layout.event(number)
    if STEPS[step].postvention:
        most, pending = POSTVENTION_FOLLOWED[clock], EVENTS.index("pending")
        became = f"CASE WHEN {delay} > {most} AND {is_event(number, 'done')} THEN {pending} ELSE {became} END"
        delay = f"least({delay}, {most} + 0 * {delay})"
    # An event and a power of two as one number, which is faster to group by than two.
    reached = f"(32 * ({became}) + floor(log2(1 + {delay})))::SMALLINT"
    recorded = f"CASE WHEN {is_event(number, 'done', 'pending', 'closed')} THEN {reached} END AS reached"
    first = "" if lots is None else f"ORDER BY lot LIMIT {COMPARED}"
    rows = query.rows("lot", recorded, *types, where=f"{number} IS NOT NULL")
    of_types = "".join(f", count(*) FILTER ({name}) AS {name}" for name in types)
    return (
        f"""
        WITH counted AS (
            SELECT {query.columns} reached, count(*) AS n {of_types} FROM (FROM {rows} {first}) GROUP BY ALL
        )
        SELECT * EXCLUDE (reached), {list(EVENTS)}[1 + reached // 32]::event AS event, reached % 32 AS delay
        FROM counted ORDER BY ALL
        """,
        query.parameters,
    )


def _deadline_counts(query: CaseQuery, steps: Iterable[str]) -> Statement:
    """:func:`step_counts` by the clock of deadlines."""
    each = " UNION ALL ".join(
        "FROM "
        + query.rows(
            f"'{step}'::step AS step",
            f"{limit_of(step)} AS limits",
            f"{number_of(step)} AS number",
            where=f"{of_step(step, 'hours')} IS NOT NULL",
        )
        for step in steps
    )
    return (
        f"""
        WITH counted AS (
            SELECT {query.columns} limits, number, count(*) AS n FROM ({each}) GROUP BY ALL
        ),
        judged AS (
            SELECT *, {deadline()} AS deadline, {elapsed("number", "number")} AS elapsed,
                   CASE WHEN {is_in_hours()} THEN {layout.earliest("number")} ELSE elapsed END AS soonest
            FROM counted
        )
        SELECT {query.columns}
               CASE WHEN deadline IS NULL AND NOT {is_event("number", "not_applicable", "not_recorded")} THEN 'no_deadline'
                    ELSE {_EVENT} END AS event,
               {_part("elapsed", "deadline")} AS delay, {_part("soonest", "deadline")} AS earliest,
               sum(n)::BIGINT AS n, {_N_TIME_COMPLETED}
        FROM judged GROUP BY ALL ORDER BY ALL
        """,
        query.parameters,
    )


def _part(elapsed: str, deadline: str) -> str:
    """The part of its deadline that a step took; what is late for a deadline of 0 is beyond 1."""
    late = f"({deadline} = 0 AND {elapsed} > 0)::INTEGER"
    return f"CASE WHEN {deadline} >= 0 THEN ({elapsed} + {late}) / greatest({deadline}, 1) END"


def relay_times() -> str:
    """:meth:`Snapshot.relay_times`."""
    numbers = [of_step(relay, "hours") for relay in RELAYS]
    is_done = [is_event(number, "done", "undated") for number in numbers]
    without = [
        f"{done} AND ({is_event(number, 'undated')} OR {layout.time_completed(number)})"
        for number, done in zip(numbers, is_done, strict=True)
    ]
    n_done, n_without = (" + ".join(f"count_if({one})" for one in each) for each in (is_done, without))
    counts = f"({n_done})::BIGINT AS n_done, ({n_without})::BIGINT AS n_without_time"
    return f"SELECT {counts} FROM records WHERE lot < {ENOUGH}"


def _against_deadlines(query: CaseQuery, steps: Iterable[str], *named: str) -> str:
    """The chosen cases with what is ``named``, the hours of ``steps``, and the part of its deadline that each took:
    part_cpms, and earliest_cpms counted as early as it can be.
    """
    steps = list(steps)
    rows = query.rows(
        *named,
        *(of_step(step, clock) for step in steps for clock in layout.CLOCKS),
        *(f"{limit_of(step)} AS limits_{step}" for step in steps),
    )

    def judged(step: str) -> str:
        limits, hours = f"limits_{step}", of_step(step, "hours")
        return f"""{deadline(limits)} AS deadline_{step},
            {elapsed(hours, of_step(step, "school_days"), limits)} AS elapsed_{step},
            CASE WHEN {is_in_hours(limits)} THEN ({hours} >> 5) & 31 ELSE 0 END AS completed_{step}"""

    def parts(step: str) -> str:
        soonest = f"(elapsed_{step} - least(elapsed_{step}, completed_{step}))"
        return f"""{_part(f"elapsed_{step}", f"deadline_{step}")} AS part_{step},
            {_part(soonest, f"deadline_{step}")} AS earliest_{step}"""

    # Level by level: what has a name is planned once, and planning is most of what a few cases cost.
    return f"(SELECT *, {', '.join(map(parts, steps))} FROM (SELECT *, {', '.join(map(judged, steps))} FROM {rows}))"


def _least(number: str, part: str, steps: Sequence[str]) -> str:
    """The least part of its deadline that one of ``steps`` took: of those that are done, where one is; where none is, of
    those that wait or are closed without it. ``number`` is that of the response.
    """
    last_event = f"CASE WHEN {is_event(number, 'done')} THEN 0 WHEN {is_event(number, 'undated')} THEN -1 ELSE 2 END"
    counted = (
        f"CASE WHEN {layout.event(of_step(step, 'hours'))} <= {last_event} THEN {part}_{step} END" for step in steps
    )
    return f"least({', '.join(counted)}, NULL)"


def response_counts(selection: Selection, by: Sequence[str]) -> Statement:
    """:meth:`Snapshot.response_counts`."""
    query = CaseQuery(selection, by)

    def response(code: str, steps: Sequence[str]) -> str:
        return f"""
            SELECT '{code}' AS interval, {query.columns} {_EVENT} AS event, {layout.delay("number", "hours")} AS delay,
                   {layout.earliest("number")} AS earliest, part, earliest_part,
                   sum(n)::BIGINT AS n, {_N_TIME_COMPLETED}
            FROM (
                SELECT {query.columns} number, {_least("number", "part", steps)} AS part,
                       {_least("number", "earliest", steps)} AS earliest_part, count(*) AS n
                FROM {_against_deadlines(query, steps, f"{_of_response(code, 'hours')} AS number")} GROUP BY ALL
            ) GROUP BY ALL
        """

    detection = f"""
        SELECT 'detection' AS interval, {query.columns}
               CASE WHEN detection_days IS NULL THEN 'not_recorded'::event ELSE 'done'::event END AS event,
               detection_days AS delay, delay AS earliest, {_detection_part()} AS part, part AS earliest_part,
               count(*) AS n, 0 AS n_time_completed
        FROM {query.rows("detection_days")} GROUP BY ALL
    """
    every = " UNION ALL ".join([detection, *(response(code, steps) for code, steps in RESPONSES.items())])
    return f"{every} ORDER BY ALL", query.parameters


def _detection_part() -> str:
    return _part("detection_days", "NULL" if DETECTION_TARGET_DAYS is None else str(int(DETECTION_TARGET_DAYS)))


def order_counts(selection: Selection) -> Statement:
    """:meth:`Snapshot.order_counts`. Cases are counted by their sets of steps, which are few."""
    query = CaseQuery(selection, ())
    in_sets = {
        "n_done": (layout.DONE, "true"),
        "n_undated": (layout.UNDATED, "true"),
        "n_overtaken": (layout.OVERTAKEN, "true"),
        "n_done_closed": (layout.DONE, "status = 'closed'"),  # what an open case has not done may still come
        "n_skipped": (layout.SKIPPED, "true"),
    }
    each = " UNION ALL ".join(
        "FROM " + query.rows(f"'{name}' AS kind", f"{steps} AS steps", where=where)
        for name, (steps, where) in in_sets.items()
    )
    counts = ", ".join(
        f"coalesce(sum(n) FILTER (kind = '{name}' AND steps & bit <> 0), 0)::BIGINT AS {name}" for name in in_sets
    )
    protocol = ", ".join(f"('{step}', {place}, {BITS[step]})" for place, step in enumerate(IN_ORDER))
    return (
        f"""
        WITH kinds AS (SELECT kind, steps, count(*) AS n FROM ({each}) GROUP BY ALL)
        SELECT step, {counts} FROM kinds, (VALUES {protocol}) AS protocol (step, place, bit)
        GROUP BY step, place ORDER BY place
        """,
        query.parameters,
    )


def transition_counts(selection: Selection) -> Statement:
    """:meth:`Snapshot.transition_counts`."""
    query = CaseQuery(selection, ())
    hours = {step: of_step(step, "hours") for step in IN_ORDER}
    pairs = " UNION ALL ".join(
        "FROM "
        + query.rows(
            f"'{step}'::step AS step",
            f"'{after}'::step AS next_step",
            f"{layout.event(hours[after])} AS number",
            f"greatest({layout.lasted(hours[after], 'hours')} - {layout.lasted(hours[step], 'hours')}, 0) AS delay",
            where=f"{is_event(hours[step], 'done')} AND {is_event(hours[after], 'done', 'pending', 'closed')} "
            f"AND {layout.lasted(hours[after], 'hours')} > 0",
        )
        for step, after in pairwise(IN_ORDER)
    )
    return (
        f"""
        WITH counted AS (SELECT step, next_step, number, delay, count(*) AS n FROM ({pairs}) GROUP BY ALL)
        SELECT step, next_step, {_EVENT} AS event, delay, n FROM counted ORDER BY ALL
        """,
        query.parameters,
    )
