"""The SQL of the work list: which open cases wait for a step beyond its deadline, or soon will, and which lie dormant.

What the statements answer is said in :class:`analytics.store.snapshot.Snapshot`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache

import pandas as pd

from analytics.domain.school_calendar import calendar
from analytics.domain.selection import Selection
from analytics.domain.vocabulary import STEPS
from analytics.store.layout import BITS, is_event, of_step, took
from analytics.store.selecting import CaseQuery
from analytics.store.steps import Statement, deadline, elapsed, is_in_hours, limit_of, number_of

SOON = 2
"""Class days within which what is due is shown: today, and the time to make a call."""
DORMANT = 60
"""Class days, a third of a school year, without a dated step or a change: the case is probably forgotten."""

STATES = ("overdue", "soon", "dormant")
ORDERS = {
    "newest": "danger DESC, if(state = 'dormant', quiet_days, abs(late_hours))",
    "oldest": "danger DESC, if(state = 'dormant', quiet_days, oldest_hours) DESC",
    "most": "danger DESC, bit_count(overdue) DESC, abs(late_hours)",
    "school": "name, danger DESC, abs(late_hours)",
}


_PLACE, _HOUR = 1 << 28, 1 << 33  # beyond any deadline, and any place of a step


@cache
def _hours_since(as_of: date) -> list[int]:
    """Hours from a deadline n class days ago to the extraction, for each n from -SOON; what is not over is never late."""
    days = calendar()
    behind = days.class_days(days.first_day, as_of)
    hours = [24 * days.days_since_class_day(as_of, n) for n in range(-SOON, behind + 1)]
    return [min(late, 0) for late in hours[: SOON + 1]] + hours[SOON + 1 :]


def _cases(selection: Selection, as_of: date, steps: Sequence[str]) -> Statement:
    """The expressions that end in ``cases``, one row per open case in one of STATES.

    ``steps`` alone tell the state of a case and what is reached; what else waits is told beside. ``head`` is the step that
    is told, as one number that sorts by how late it is, then by the protocol: hours, place, :func:`layout.limit`.
    """
    query = CaseQuery(selection, ())
    days, hours_since = calendar(), _hours_since(as_of)
    columns = ("case_id", "school_id", "school_level", "zone", "report_week", "danger")
    waiting = " UNION ALL ".join(
        "FROM "
        + query.rows(
            "lot",
            f"{place} AS place",
            f"{limit_of(step)} AS limits",
            f"{number_of(step)} AS number",
            where=f"status = 'open' AND {is_event(of_step(step, 'hours'), 'pending')}",
        )
        for place, step in enumerate(STEPS)
    )
    dated = [
        f"CASE WHEN {is_event(number, 'done')} THEN {took(number, 'school_days')} END"
        for number in (of_step(step, "school_days") for step in STEPS)
    ]
    followed = ("lot", "changed_on", "followed_school_days", *(of_step(step, "school_days") for step in STEPS))
    return (
        f"""
        WITH judged AS NOT MATERIALIZED (
            SELECT lot, place, limits, {is_in_hours()} AS in_hours, {elapsed("number", "number")} - {deadline()} AS beyond
            FROM ({waiting})
        ),
        due AS (
            SELECT lot, beyond > 0 AS is_overdue, 1 << place AS bit,
                   CASE WHEN in_hours THEN beyond
                        ELSE $hours_since[least(beyond + {SOON + 1}, {len(hours_since)})] END AS late,
                   late * {_HOUR} + CASE WHEN is_overdue THEN place ELSE {len(STEPS)} - place END * {_PLACE}::BIGINT
                   + limits AS head
            FROM judged WHERE beyond >= CASE WHEN in_hours THEN $soon_hours ELSE {-SOON} END
        ),
        waiting AS (
            SELECT lot, coalesce(bit_or(bit) FILTER (is_overdue), 0) AS overdue,
                   coalesce(bit_or(bit) FILTER (NOT is_overdue), 0) AS soon,
                   max(late) FILTER (bit & $steps <> 0) AS oldest_hours,
                   min(head) FILTER (is_overdue AND bit & $steps <> 0) AS head_overdue,
                   max(head) FILTER (NOT is_overdue AND bit & $steps <> 0) AS head_soon
            FROM due GROUP BY lot
        ),
        followed AS (
            SELECT {", ".join(columns)}, lot,
                   followed_school_days - greatest(0, {", ".join(dated)}) AS quiet_days,
                   quiet_days >= {DORMANT} AND coalesce(changed_on <= $quiet_since, true) AS is_dormant
            FROM {query.rows(*columns, *followed, where="status = 'open'")}
        ),
        cases AS (
            SELECT {", ".join(columns)}, quiet_days, coalesce(head_overdue, head_soon) AS head,
                   abs((head_overdue IS NULL)::INTEGER * {len(STEPS)} - (head & {_HOUR - 1}) // {_PLACE}) AS place,
                   head & {_PLACE - 1} AS limits, ((head - (head & {_HOUR - 1})) // {_HOUR})::INTEGER AS late_hours,
                   oldest_hours::INTEGER AS oldest_hours, coalesce(overdue, 0) AS overdue, coalesce(soon, 0) AS soon,
                   CASE WHEN is_dormant THEN 'dormant' WHEN overdue & $steps <> 0 THEN 'overdue' ELSE 'soon' END AS state
            FROM followed LEFT JOIN waiting USING (lot)
            WHERE coalesce((overdue | soon) & $steps <> 0, false) OR (is_dormant AND $steps = -1)
        )
        """,
        query.parameters
        | {
            "hours_since": hours_since,
            "soon_hours": hours_since[0],
            "quiet_since": days.class_day(as_of, -DORMANT),
            "steps": sum(BITS[step] for step in set(steps)) if steps else -1,
        },
    )


def work_list(
    selection: Selection,
    as_of: date,
    state: str,
    order: str,
    steps: Sequence[str],
    most: int | None,
    case_id: str | None,
) -> Statement:
    """:meth:`Snapshot.work_list`."""
    if state not in STATES:
        raise ValueError(f"unknown state: {state}")
    cases, parameters = _cases(selection, as_of, steps)
    conditions = "state = $state" if case_id is None else "case_id = $case_id"
    parameters |= {"state": state} if case_id is None else {"case_id": case_id}
    limit = "" if most is None else f"LIMIT {int(most)}"
    return (
        f"""
        {cases}
        SELECT case_id, school_id, name, cases.zone, cases.school_level, report_week, danger, state, overdue, soon,
               {list(STEPS)}[1 + place]::step AS step, {is_in_hours()} AS in_hours, {deadline()} AS deadline, late_hours,
               oldest_hours, quiet_days
        FROM cases LEFT JOIN schools USING (school_id) WHERE {conditions} ORDER BY {ORDERS[order]}, case_id {limit}
        """,
        parameters,
    )


def in_order(found: pd.DataFrame, order: str) -> pd.DataFrame:
    """Answers of :func:`work_list` at several days as one, in the same order (:data:`ORDERS`)."""
    is_dormant = found["state"] == "dormant"
    keys = {
        "danger": ~found["danger"].astype(bool),
        "late": found["late_hours"].abs().mask(is_dormant, found["quiet_days"]),
        "oldest": -found["oldest_hours"].mask(is_dormant, found["quiet_days"]),
        "most": -found["overdue"].map(int.bit_count),
        "name": found["name"],
    }
    by = {
        "newest": ["danger", "late"],
        "oldest": ["danger", "oldest"],
        "most": ["danger", "most", "late"],
        "school": ["name", "danger", "late"],
    }
    rank = pd.DataFrame(keys).reset_index(drop=True).sort_values(by[order], kind="stable").index
    return found.iloc[rank].reset_index(drop=True)


def work_counts(selection: Selection, as_of: date, steps: Sequence[str]) -> Statement:
    """:meth:`Snapshot.work_counts`."""
    cases, parameters = _cases(selection, as_of, steps)
    counted = "state, danger, school_level, zone, overdue, soon"
    return f"{cases} SELECT {counted}, count(*) AS n FROM cases GROUP BY ALL ORDER BY ALL", parameters
