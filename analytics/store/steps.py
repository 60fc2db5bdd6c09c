"""The SQL of the questions about the steps of the protocol: each function returns a statement and its parameters.

What they answer is said where they are asked, in :class:`analytics.store.snapshot.Snapshot`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain, pairwise

from analytics.domain.selection import Selection
from analytics.domain.vocabulary import (
    DETECTION_TARGET_DAYS,
    INCIDENT_TYPES,
    POSTVENTION_FOLLOWED,
    RELAYS,
    RESPONSES,
    STEPS,
)
from analytics.store.layout import EVENTS, OF_STEP, of_step, of_type
from analytics.store.selecting import CaseQuery

CLOCKS = ("hours", "school_days", "deadline")
"""Hours elapsed, class days, or the part of its deadline that a step took: 1 is the last moment in time."""

COMPARED = 100_000
"""Cases of which schools are compared, the first by pseudonym, which are chosen by chance: of more nothing new is learnt."""
ENOUGH = 20_000
"""Cases that tell how often times of day are missing, and how alike those of a school are: the first by pseudonym."""

BITS = {step: 1 << place for place, step in enumerate(STEPS)}
"""Each step as a bit: a set of steps is then one number."""

_IN_ORDER = [step.code for step in STEPS.values() if not step.postvention]

Statement = tuple[str, dict[str, object]]


def _event(delay: str = "delay_hours", wait: str = "wait_hours") -> str:
    """What a step counts as: without a day on which it was done, or its case closed, an event of its own."""
    return f"""
        CASE outcome WHEN 'not_done' THEN CASE WHEN is_open THEN 'pending'::event
                                               WHEN {wait} IS NULL THEN 'closed_undated'::event
                                               ELSE 'closed'::event END
                     WHEN 'done' THEN CASE WHEN {delay} IS NULL THEN 'undated'::event ELSE 'done'::event END
                     WHEN 'not_recorded' THEN 'not_recorded'::event
                     ELSE 'not_applicable'::event END
    """


# Danger is judged in hours: a school day is then 24.
JUDGED = """
    judged AS (
        SELECT *, max_hours IS NOT NULL OR danger AS in_hours,
               CASE WHEN in_hours THEN coalesce(max_hours, 24 * max_school_days) ELSE max_school_days END AS deadline,
               CASE WHEN outcome = 'done' AND in_hours THEN delay_hours
                    WHEN outcome = 'done' THEN delay_school_days
                    WHEN outcome = 'not_done' AND in_hours THEN wait_hours
                    WHEN outcome = 'not_done' THEN wait_school_days END AS elapsed,
               CASE WHEN in_hours THEN elapsed - least(elapsed, completed_hours) ELSE elapsed END AS soonest
        FROM limits
    )
"""


def _waits(step: str = "") -> tuple[str, ...]:
    """What a step that is not done waits for, and how long: the closure of its case, if there was one, or the extraction.

    Postvention may follow the closure: it waits until the extraction, as far as a closed case tells.
    """
    if step and STEPS[step].postvention:
        return (
            "status = 'open' OR waited_hours IS NOT NULL AS is_open",
            *(f"coalesce(waited_{unit}, followed_{unit}) AS wait_{unit}" for unit in POSTVENTION_FOLLOWED),
        )
    return "status = 'open' AS is_open", *(f"followed_{unit} AS wait_{unit}" for unit in POSTVENTION_FOLLOWED)


def _each_step(query: CaseQuery, steps: Iterable[str], *named: str) -> str:
    """One row per chosen case and step of ``steps``, with the columns of case_steps and those ``named``."""
    return " UNION ALL ".join(
        "FROM "
        + query.rows(
            *named,
            "danger",
            *_waits(step),
            f"'{step}'::step AS step",
            f"{STEPS[step].postvention} AS postvention",
            *(f"{of_step(step, column.name)} AS {column.name}" for column in OF_STEP),
            where=f"{of_step(step, 'outcome')} IS NOT NULL",
        )
        for step in steps
    )


def _of_service(step: str) -> dict[str, str]:
    """The deadline of the service for a step, in hours and in school days, in SQL."""
    deadline = STEPS[step].deadline
    limits = {unit: getattr(deadline, unit, None) for unit in ("hours", "school_days")}
    return {unit: f"{'NULL' if limit is None else int(limit)}::INTEGER" for unit, limit in limits.items()}


def each_limit(query: CaseQuery, steps: Iterable[str], *named: str) -> str:
    """The same, each step with its bit (:data:`BITS`) and its deadline: the school's own where it has one, else the
    service's.
    """

    def of_service(step: str) -> tuple[str, ...]:
        return (
            *(f"{limit} AS service_{unit}" for unit, limit in _of_service(step).items()),
            f"{BITS[step]} AS bit",
        )

    each = " UNION ALL ".join(_each_step(query, [step], "school_id", *named, *of_service(step)) for step in steps)
    return f"""
        SELECT steps.*, own.step IS NOT NULL AS is_own,
               CASE WHEN is_own THEN own.max_hours ELSE service_hours END AS max_hours,
               CASE WHEN is_own THEN own.max_school_days ELSE service_school_days END AS max_school_days
        FROM ({each}) AS steps
        LEFT JOIN (SELECT * REPLACE (step::step AS step) FROM school_deadlines) AS own USING (school_id, step)
    """


def _elapsed(clock: str) -> str:
    """How long a step took, or what is not done has waited."""
    return f"CASE outcome WHEN 'done' THEN delay_{clock} WHEN 'not_done' THEN wait_{clock} END"


_SOONEST = {"delay": "earliest", "part": "earliest_part"}


def coarse(statement: Statement, *delays: str) -> Statement:
    """The counts of a statement with ``delays`` as powers of two: with school_id among its dimensions, a few rows each."""
    sql, parameters = statement
    rounded = ", ".join(f"ceil(log2(1 + {delay}))::INTEGER AS {delay}" for delay in delays)
    left_out = ", ".join(f"{delay}, {_SOONEST[delay]}" for delay in delays)
    return (
        f"""
        SELECT * EXCLUDE ({left_out}, n, n_time_completed), {rounded}, sum(n)::BIGINT AS n
        FROM ({sql}) GROUP BY ALL ORDER BY ALL
        """,
        parameters,
    )


def step_counts(
    clock: str, selection: Selection, by: Sequence[str], step: str | Sequence[str] | None, most: int | None = None
) -> Statement:
    """:meth:`Snapshot.step_counts`."""
    if clock not in CLOCKS:
        raise ValueError(f"unknown clock: {clock}")
    steps = [step] if isinstance(step, str) else list(step or STEPS)
    if unknown := set(steps) - set(STEPS):
        raise ValueError(f"unknown step: {', '.join(sorted(unknown))}")
    query = CaseQuery(selection, ("step", *by), most)
    if clock == "deadline":
        return _deadline_counts(query, steps)
    is_hours, most = clock == "hours", POSTVENTION_FOLLOWED[clock]
    return (
        f"""
        WITH counted AS (
            SELECT {query.columns} postvention, outcome, is_open, {_elapsed(clock)} AS elapsed,
                   {"completed_hours, " if is_hours else ""} time_completed, count(*) AS n
            FROM ({_each_step(query, steps)}) GROUP BY ALL
        )
        SELECT {query.columns}
               CASE WHEN postvention AND outcome = 'done' AND elapsed > {most} THEN 'done_later'::event
                    ELSE {_event("elapsed", "elapsed")} END AS event,
               CASE WHEN postvention AND elapsed > {most} THEN {most} ELSE elapsed END AS delay,
               {"delay - least(delay, completed_hours)" if is_hours else "delay"} AS earliest,
               sum(n)::BIGINT AS n, coalesce(sum(n) FILTER (time_completed), 0)::BIGINT AS n_time_completed
        FROM counted GROUP BY ALL ORDER BY ALL
        """,
        query.parameters,
    )


def school_step_counts(clock: str, selection: Selection, step: str, by_type: bool) -> Statement:
    """:meth:`Snapshot.school_step_counts`."""
    by = ("school_id", "danger") if by_type else ("school_id", "danger", "school_level", "school_year")
    types = [of_type(code) for code in INCIDENT_TYPES] if by_type else []
    query = CaseQuery(selection, by)
    most = POSTVENTION_FOLLOWED[clock] if STEPS[step].postvention else None

    def reached(event: str, delay: str) -> str:
        """An event and a power of two as one number, which is faster to group by than two."""
        return f"({32 * EVENTS.index(event)} + floor(log2(1 + {delay})))::TINYINT"

    def followed(event: str, delay: str) -> str:
        if most is None:
            return reached(event, delay)
        late = "pending" if event == "done" else event
        return f"CASE WHEN {delay} > {most} THEN {reached(late, str(most))} ELSE {reached(event, delay)} END"

    of_types = "".join(f", count(*) FILTER ({name}) AS {name}" for name in types)
    return (
        f"""
        WITH counted AS (
            SELECT {query.columns}
                   CASE outcome WHEN 'done' THEN {followed("done", f"delay_{clock}")}
                                WHEN 'not_done' THEN CASE WHEN is_open THEN {followed("pending", f"wait_{clock}")}
                                                          ELSE {followed("closed", f"wait_{clock}")} END END AS reached,
                   count(*) AS n {of_types}
            FROM ({_each_step(query, [step], *types)} LIMIT {COMPARED}) GROUP BY ALL
        )
        SELECT * EXCLUDE (reached), CASE WHEN reached < 32 THEN 'done'::event WHEN reached < 64 THEN 'pending'::event
                                         WHEN reached < 96 THEN 'closed'::event END AS event, reached % 32 AS delay
        FROM counted
        """,
        query.parameters,
    )


def _deadline_counts(query: CaseQuery, steps: Iterable[str]) -> Statement:
    """:func:`step_counts` by the clock of deadlines. Cases are counted by whole numbers first, which is faster."""
    return (
        f"""
        WITH limits AS NOT MATERIALIZED ({each_limit(query, steps)}), {JUDGED},
        counted AS (
            SELECT {query.columns} {_event()} AS event, deadline, elapsed, soonest,
                   count(*) AS n, count(*) FILTER (time_completed) AS n_time_completed
            FROM judged GROUP BY ALL
        )
        SELECT {query.columns}
               CASE WHEN deadline IS NULL AND event NOT IN ('not_applicable', 'not_recorded') THEN 'no_deadline'
                    ELSE event END AS event,
               {_part("elapsed", "deadline")} AS delay, {_part("soonest", "deadline")} AS earliest,
               sum(n)::BIGINT AS n, sum(n_time_completed)::BIGINT AS n_time_completed
        FROM counted GROUP BY ALL ORDER BY ALL
        """,
        query.parameters,
    )


def _part(elapsed: str, deadline: str) -> str:
    """The part of its deadline that a step took; what is late for a deadline of 0 is beyond 1."""
    late = f"CASE WHEN {elapsed} > 0 THEN 1 + {elapsed} ELSE {elapsed} END"
    return f"(CASE WHEN {deadline} > 0 THEN {elapsed} / {deadline} WHEN {deadline} = 0 THEN {late} END)::DOUBLE"


def relay_times() -> str:
    """:meth:`Snapshot.relay_times`."""
    is_done = {relay: f"{of_step(relay, 'outcome')} = 'done'" for relay in RELAYS}
    without = (
        f"{done} AND ({of_step(relay, 'delay_hours')} IS NULL OR {of_step(relay, 'time_completed')})"
        for relay, done in is_done.items()
    )
    n_done, n_without = (" + ".join(f"count_if({one})" for one in each) for each in (is_done.values(), without))
    counts = f"({n_done})::BIGINT AS n_done, ({n_without})::BIGINT AS n_without_time"
    return f"SELECT {counts} FROM records WHERE rowid < {ENOUGH}"


def _first_of(steps: Sequence[str]) -> tuple[str, ...]:
    """Columns of one case for the first of several steps that is done: what became of it, and its delays."""

    def any_is(outcome: str) -> str:
        return " OR ".join(f"{of_step(step, 'outcome')} = '{outcome}'" for step in steps)

    def first(delay: Callable[[str], str]) -> str:
        return f"least({', '.join(map(delay, steps))}, NULL)"

    outcomes = " ".join(f"WHEN {any_is(outcome)} THEN '{outcome}'" for outcome in ("done", "not_done", "not_recorded"))
    return (
        f"(CASE {outcomes} ELSE 'not_applicable' END)::outcome AS outcome",
        *(
            f"{first(lambda step, unit=unit: of_step(step, f'delay_{unit}'))} AS delay_{unit}"
            for unit in POSTVENTION_FOLLOWED
        ),
        f"{first(_earliest)} AS earliest_hours",
    )


def _earliest(step: str) -> str:
    """The delay of a step in hours, counted as early as it can be where a time of day is missing."""
    hours = of_step(step, "delay_hours")
    return f"{hours} - least({hours}, {of_step(step, 'completed_hours')})"


def first_relay_counts(clock: str, selection: Selection, by: Sequence[str], most: int | None = None) -> Statement:
    """:meth:`Snapshot.first_relay_counts`."""
    query = CaseQuery(selection, by, most)
    return (
        f"""
        SELECT 'first_relay' AS step, {query.columns} {_event()} AS event,
               {_elapsed(clock)} AS delay,
               {"coalesce(earliest_hours, delay)" if clock == "hours" else "delay"} AS earliest,
               count(*) AS n, count(*) FILTER (earliest_hours < delay_hours) AS n_time_completed
        FROM {query.rows(*_waits(), *_first_of(RELAYS))} GROUP BY ALL ORDER BY ALL
        """,
        query.parameters,
    )


def response_counts(selection: Selection, by: Sequence[str], most: int | None = None) -> Statement:
    """:meth:`Snapshot.response_counts`. What a school has set as its deadlines stands beside its cases, a column each."""
    query = CaseQuery(selection, by, most)
    limited = list(dict.fromkeys(chain.from_iterable(RESPONSES.values())))
    own = ", ".join(
        f"bool_or(step = '{step}') AS {step}_is_own, "
        + ", ".join(f"max(max_{unit}) FILTER (step = '{step}') AS {step}_{unit}" for unit in POSTVENTION_FOLLOWED)
        for step in limited
    )

    def part(step: str, hours: str) -> str:
        """The part of its deadline that a step took, where it shares the outcome of the response."""
        limit = {
            unit: f"CASE WHEN {step}_is_own THEN {step}_{unit} ELSE {limit} END"
            for unit, limit in _of_service(step).items()
        }
        hours = f"CASE outcome WHEN 'done' THEN {hours} ELSE wait_hours END"
        days = f"CASE outcome WHEN 'done' THEN {of_step(step, 'delay_school_days')} ELSE wait_school_days END"
        judged_in_hours = f"coalesce({limit['hours']}, 24 * {limit['school_days']})"
        return f"""
            CASE WHEN {of_step(step, "outcome")} <> outcome THEN NULL
                 WHEN danger OR ({limit["hours"]}) IS NOT NULL THEN {_part(f"({hours})", judged_in_hours)}
                 ELSE {_part(f"({days})", f"({limit['school_days']})")} END"""

    def response(code: str, steps: Sequence[str]) -> str:
        columns = (
            of_step(step, c)
            for step in steps
            for c in ("outcome", "delay_hours", "delay_school_days", "completed_hours")
        )
        rows = query.rows("school_id", "danger", *_waits(), *columns, *_first_of(steps))
        soonest = {
            "part": [part(step, of_step(step, "delay_hours")) for step in steps],
            "earliest_part": [part(step, f"({_earliest(step)})") for step in steps],
        }
        parts = ", ".join(f"least({', '.join(of_steps)}, NULL) AS {name}" for name, of_steps in soonest.items())
        return f"""
            SELECT '{code}' AS interval, {query.columns} {_event()} AS event,
                   {_elapsed("hours")} AS delay,
                   coalesce(earliest_hours, delay) AS earliest, part, earliest_part,
                   count(*) AS n, count(*) FILTER (earliest_hours < delay_hours) AS n_time_completed
            FROM (SELECT *, {parts} FROM {rows} LEFT JOIN own USING (school_id)) GROUP BY ALL
        """

    target = "NULL" if DETECTION_TARGET_DAYS is None else str(int(DETECTION_TARGET_DAYS))
    detection = f"""
        SELECT 'detection' AS interval, {query.columns}
               CASE WHEN detection_days IS NULL THEN 'not_recorded'::event ELSE 'done'::event END AS event,
               detection_days AS delay, delay AS earliest, {_part("detection_days", target)} AS part, part AS earliest_part,
               count(*) AS n, 0 AS n_time_completed
        FROM {query.rows("detection_days")} GROUP BY ALL
    """
    every = " UNION ALL ".join([detection, *(response(code, steps) for code, steps in RESPONSES.items())])
    return (
        f"WITH own AS (SELECT school_id, {own} FROM school_deadlines GROUP BY school_id) {every} ORDER BY ALL",
        query.parameters,
    )


def order_counts(selection: Selection) -> Statement:
    """:meth:`Snapshot.order_counts`. Steps are read from the last to the first, with the soonest of those after each."""
    query = CaseQuery(selection, ())
    last_first = _IN_ORDER[::-1]
    is_done = {step: f"{of_step(step, 'outcome')} = 'done'" for step in _IN_ORDER}
    after = [f"NULL::INTEGER AS days_after_{last_first[0]}, NULL::INTEGER AS timed_after_{last_first[0]}"]
    after.append(f"false AS done_after_{last_first[0]}")
    for step, before in pairwise(last_first):
        timed = f"CASE WHEN NOT {of_step(step, 'time_completed')} THEN {of_step(step, 'delay_hours')} END"
        after.append(f"least(days_after_{step}, {of_step(step, 'delay_school_days')}) AS days_after_{before}")
        after.append(f"least(timed_after_{step}, {timed}) AS timed_after_{before}")
        after.append(f"done_after_{step} OR coalesce({is_done[step]}, false) AS done_after_{before}")
    conditions = {
        "n_done": is_done,
        "n_undated": {step: f"{done} AND {of_step(step, 'delay_hours')} IS NULL" for step, done in is_done.items()},
        "n_overtaken": {
            step: f"""
            {done} AND (
                days_after_{step} < {of_step(step, "delay_school_days")}
                OR (NOT {of_step(step, "time_completed")} AND timed_after_{step} < {of_step(step, "delay_hours")})
            )"""
            for step, done in is_done.items()
        },
        # What an open case has not done may still come.
        "n_done_closed": {step: f"{done} AND status = 'closed'" for step, done in is_done.items()},
        "n_skipped": {
            step: f"{of_step(step, 'outcome')} = 'not_done' AND done_after_{step} AND status = 'closed'"
            for step in _IN_ORDER
        },
    }
    counts = ", ".join(
        f"unnest([{', '.join(f'count_if({condition})::BIGINT' for condition in of_steps.values())}]) AS {name}"
        for name, of_steps in conditions.items()
    )
    columns = (of_step(step, column.name) for step in _IN_ORDER for column in OF_STEP)
    return (
        f"""
        SELECT unnest($steps) AS step, {counts}
        FROM (SELECT *, {", ".join(after)} FROM {query.rows("status", *columns)}) HAVING count(*) > 0
        """,
        query.parameters | {"steps": _IN_ORDER},
    )


def transition_counts(selection: Selection) -> Statement:
    """:meth:`Snapshot.transition_counts`."""
    query = CaseQuery(selection, ())
    pairs = " UNION ALL ".join(
        "FROM "
        + query.rows(
            f"'{step}'::step AS step",
            f"'{after}'::step AS next_step",
            f"{of_step(after, 'outcome')} AS outcome",
            *_waits(),
            f"{of_step(after, 'delay_hours')} AS delay_hours",
            f"CASE outcome WHEN 'done' THEN delay_hours ELSE wait_hours END - {of_step(step, 'delay_hours')} AS waited",
            where=f"{of_step(step, 'outcome')} = 'done' AND {of_step(after, 'outcome')} IN ('done', 'not_done')",
        )
        for step, after in pairwise(_IN_ORDER)
    )
    return (
        f"""
        SELECT step, next_step, {_event()} AS event, greatest(waited, 0) AS delay, count(*) AS n
        FROM ({pairs}) WHERE waited IS NOT NULL GROUP BY ALL ORDER BY ALL
        """,
        query.parameters,
    )
