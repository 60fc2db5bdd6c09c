"""The SQL of the questions about the steps of the protocol: each function returns a statement and its parameters.

What they answer is said where they are asked, in :class:`analytics.store.snapshot.Snapshot`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from analytics.domain.selection import Selection
from analytics.domain.vocabulary import INCIDENT_TYPES, RELAYS, STEPS
from analytics.store.layout import OF_STEP, of_step, of_type
from analytics.store.selecting import CaseQuery

CLOCKS = ("hours", "school_days", "deadline")
"""Hours elapsed, class days, or the part of its deadline that a step took: 1 is the last moment in time."""

_IN_ORDER = [step.code for step in STEPS.values() if not step.postvention]

Statement = tuple[str, dict[str, object]]

# A step that is done, or a case that is closed, on a day that is not known has no delay, and an event of its own.
_EVENT = """
    CASE outcome WHEN 'not_done' THEN CASE WHEN status = 'open' THEN 'pending'::event
                                           WHEN followed_hours IS NULL THEN 'closed_undated'::event
                                           ELSE 'closed'::event END
                 WHEN 'done' THEN CASE WHEN delay_hours IS NULL THEN 'undated'::event ELSE 'done'::event END
                 WHEN 'not_recorded' THEN 'not_recorded'::event
                 ELSE 'not_applicable'::event END
"""
# Danger is judged in hours: a school day is then 24.
_JUDGED = """
    judged AS (
        SELECT *, max_hours IS NOT NULL OR danger AS in_hours,
               CASE WHEN in_hours THEN coalesce(max_hours, 24 * max_school_days) ELSE max_school_days END AS deadline,
               CASE WHEN outcome = 'done' AND in_hours THEN delay_hours
                    WHEN outcome = 'done' THEN delay_school_days
                    WHEN outcome = 'not_done' AND in_hours THEN followed_hours
                    WHEN outcome = 'not_done' THEN followed_school_days END AS elapsed
        FROM limits
    )
"""


def _each_step(query: CaseQuery, steps: Iterable[str], *named: str) -> str:
    """One row per chosen case and step of ``steps``, with the columns of case_steps and those ``named``."""
    return " UNION ALL ".join(
        "FROM "
        + query.rows(
            *named,
            *("danger", "status", "followed_hours", "followed_school_days"),
            f"'{step}'::step AS step",
            *(f"{of_step(step, column.name)} AS {column.name}" for column in OF_STEP),
            where=f"{of_step(step, 'outcome')} IS NOT NULL",
        )
        for step in steps
    )


def _each_limit(query: CaseQuery, steps: Iterable[str], *named: str) -> str:
    """The same, each step with its deadline: the school's own where it has one, else the service's."""

    def of_service(step: str) -> tuple[str, str]:
        deadline = STEPS[step].deadline
        limits = (deadline.hours, deadline.school_days) if deadline else (None, None)
        in_hours, in_school_days = ("NULL" if limit is None else int(limit) for limit in limits)
        return f"{in_hours}::INTEGER AS service_hours", f"{in_school_days}::INTEGER AS service_school_days"

    each = " UNION ALL ".join(_each_step(query, [step], "school_id", *named, *of_service(step)) for step in steps)
    return f"""
        SELECT steps.*, own.step IS NOT NULL AS is_own,
               CASE WHEN is_own THEN own.max_hours ELSE service_hours END AS max_hours,
               CASE WHEN is_own THEN own.max_school_days ELSE service_school_days END AS max_school_days
        FROM ({each}) AS steps
        LEFT JOIN (SELECT * REPLACE (step::step AS step) FROM school_deadlines) AS own USING (school_id, step)
    """


def step_counts(clock: str, selection: Selection, by: Sequence[str], step: str | None) -> Statement:
    """:meth:`Snapshot.step_counts`."""
    if clock not in CLOCKS:
        raise ValueError(f"unknown clock: {clock}")
    if step is not None and step not in STEPS:
        raise ValueError(f"unknown step: {step}")
    query = CaseQuery(selection, ("step", *by))
    steps = [step] if step else list(STEPS)
    if clock == "deadline":
        return _deadline_counts(query, steps)
    delay = f"CASE outcome WHEN 'done' THEN delay_{clock} WHEN 'not_done' THEN followed_{clock} END"
    return (
        f"""
        SELECT {query.columns} {_EVENT} AS event, {delay} AS delay,
               count(*) AS n, count(*) FILTER (time_completed) AS n_time_completed
        FROM ({_each_step(query, steps)}) GROUP BY ALL ORDER BY ALL
        """,
        query.parameters,
    )


def school_step_counts(clock: str, selection: Selection, step: str, by_type: bool) -> Statement:
    """:meth:`Snapshot.school_step_counts`."""
    by = ("school_id", "danger") if by_type else ("school_id", "danger", "school_level", "school_year")
    types = [of_type(code) for code in INCIDENT_TYPES] if by_type else []
    query = CaseQuery(selection, by)
    delay = (
        f"coalesce(delay_{clock}, followed_{clock})"  # faster than by outcome; means nothing where a step has no day
    )
    of_types = "".join(f", count(*) FILTER ({name}) AS {name}" for name in types)
    return (
        f"""
        SELECT {query.columns} {_EVENT} AS event, floor(log2(1 + {delay}))::TINYINT AS delay, count(*) AS n {of_types}
        FROM ({_each_step(query, [step], *types)}) GROUP BY ALL
        """,
        query.parameters,
    )


def _deadline_counts(query: CaseQuery, steps: Iterable[str]) -> Statement:
    """:func:`step_counts` by the clock of deadlines. Cases are counted by whole numbers first, which is faster."""
    return (
        f"""
        WITH limits AS NOT MATERIALIZED ({_each_limit(query, steps)}), {_JUDGED},
        counted AS (
            SELECT {query.columns} {_EVENT} AS event, deadline, elapsed,
                   count(*) AS n, count(*) FILTER (time_completed) AS n_time_completed
            FROM judged GROUP BY ALL
        )
        SELECT {query.columns}
               CASE WHEN deadline IS NULL AND event NOT IN ('not_applicable', 'not_recorded') THEN 'no_deadline'
                    ELSE event END AS event,
               CASE WHEN deadline > 0 THEN elapsed / deadline WHEN elapsed > 0 THEN 1 + elapsed
                    ELSE elapsed END::DOUBLE AS delay,
               sum(n)::BIGINT AS n, sum(n_time_completed)::BIGINT AS n_time_completed
        FROM counted GROUP BY ALL ORDER BY ALL
        """,
        query.parameters,
    )


def overdue(selection: Selection, most: int, case_id: str | None) -> Statement:
    """:meth:`Snapshot.overdue`."""
    query = CaseQuery(selection, ())
    limits = _each_limit(query, STEPS, *([] if case_id is None else ["case_id"]), "records.rowid AS place")
    # The longest are found by their place, which follows the pseudonyms: the text of millions of these is not read.
    return (
        f"""
        WITH limits AS NOT MATERIALIZED ({limits}), {_JUDGED},
        longest AS (
            SELECT place, step, is_own, in_hours, deadline, elapsed,
                   followed_hours - CASE WHEN in_hours THEN deadline ELSE 24 * deadline END AS beyond
            FROM judged WHERE outcome = 'not_done' AND status = 'open' AND elapsed > deadline
                 {"" if case_id is None else "AND case_id = $case_id"}
            ORDER BY beyond DESC, place, step::VARCHAR LIMIT {int(most)}
        )
        SELECT case_id, records.school_id, schools.name, step, report_week, danger, is_own, in_hours, deadline, elapsed
        FROM longest JOIN records ON records.rowid = place LEFT JOIN schools USING (school_id)
        ORDER BY beyond DESC, place, step::VARCHAR
        """,
        query.parameters | ({} if case_id is None else {"case_id": case_id}),
    )


def first_relay_counts(clock: str, selection: Selection, by: Sequence[str]) -> Statement:
    """:meth:`Snapshot.first_relay_counts`."""
    query = CaseQuery(selection, by)

    def any_is(outcome: str) -> str:
        return " OR ".join(f"{of_step(relay, 'outcome')} = '{outcome}'" for relay in RELAYS)

    soonest = (
        f"least({', '.join(of_step(relay, f'delay_{unit}') for relay in RELAYS)}) AS delay_{unit}"
        for unit in dict.fromkeys(("hours", clock))
    )
    outcomes = " ".join(f"WHEN {any_is(outcome)} THEN '{outcome}'" for outcome in ("done", "not_done", "not_recorded"))
    firsts = query.rows(
        "status",
        *dict.fromkeys(("followed_hours", f"followed_{clock}")),
        *soonest,
        f"CASE {outcomes} ELSE 'not_applicable' END AS outcome",
    )
    return (
        f"""
        SELECT 'first_relay' AS step, {query.columns} {_EVENT} AS event,
               CASE outcome WHEN 'done' THEN delay_{clock} WHEN 'not_done' THEN followed_{clock} END AS delay,
               count(*) AS n, 0 AS n_time_completed
        FROM {firsts} GROUP BY ALL ORDER BY ALL
        """,
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
        "n_skipped": {step: f"{of_step(step, 'outcome')} = 'not_done' AND done_after_{step}" for step in _IN_ORDER},
    }
    counts = ", ".join(
        f"unnest([{', '.join(f'count_if({condition})::BIGINT' for condition in of_steps.values())}]) AS {name}"
        for name, of_steps in conditions.items()
    )
    columns = (of_step(step, column.name) for step in _IN_ORDER for column in OF_STEP)
    return (
        f"""
        SELECT unnest($steps) AS step, {counts}
        FROM (SELECT *, {", ".join(after)} FROM {query.rows(*columns)}) HAVING count(*) > 0
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
            *("status", "followed_hours"),
            f"{of_step(after, 'delay_hours')} AS delay_hours",
            f"CASE outcome WHEN 'done' THEN delay_hours ELSE followed_hours END - {of_step(step, 'delay_hours')} AS waited",
            where=f"{of_step(step, 'outcome')} = 'done' AND {of_step(after, 'outcome')} IN ('done', 'not_done')",
        )
        for step, after in pairwise(_IN_ORDER)
    )
    return (
        f"""
        SELECT step, next_step, {_EVENT} AS event, greatest(waited, 0) AS delay, count(*) AS n
        FROM ({pairs}) WHERE waited IS NOT NULL GROUP BY ALL ORDER BY ALL
        """,
        query.parameters,
    )
