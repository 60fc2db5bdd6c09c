"""What the store knows of the steps of the protocol, as counts.

Events are those of :mod:`analytics.measures.incidence`, and not_applicable and not_recorded, which have no delay.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import pandas as pd

from analytics.domain.selection import EVERYTHING, Selection
from analytics.domain.vocabulary import RELAYS, STEPS
from analytics.store.layout import OF_STEP, of_step
from analytics.store.reading import Reader
from analytics.store.selecting import CaseQuery

CLOCKS = ("hours", "school_days", "deadline")
"""Hours elapsed, class days, or the part of its deadline that a step took: 1 is the last moment in time."""

_IN_ORDER = [step.code for step in STEPS.values() if not step.postvention]

_EVENT = """
    CASE outcome WHEN 'not_done' THEN CASE status WHEN 'open' THEN 'pending'::event ELSE 'closed'::event END
                 WHEN 'done' THEN 'done'::event WHEN 'not_recorded' THEN 'not_recorded'::event
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
    """Each of ``steps`` of the chosen cases: a row a case and step, with the columns of case_steps and what is ``named``."""
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


class StepQuestions(Reader):
    """Counts of steps by what became of them and when."""

    def step_counts(
        self, clock: str, selection: Selection = EVERYTHING, by: Sequence[str] = (), step: str | None = None
    ) -> pd.DataFrame:
        """Number of cases by step, what became of it, and when: [step, *by, event, delay, n, n_time_completed].

        ``clock`` is one of CLOCKS. ``event`` is done, pending (open case), closed (closed without the step), not_applicable,
        not_recorded, or, by the clock of deadlines, no_deadline. ``delay`` runs from the report to the step, else to the
        closure or the extraction; it is missing for the last three. n_time_completed counts the done whose time of day was
        completed. With incident_type in ``by`` a case counts once for each of its types. ``step`` asks for one step alone.
        """
        if clock not in CLOCKS:
            raise ValueError(f"unknown clock: {clock}")
        if step is not None and step not in STEPS:
            raise ValueError(f"unknown step: {step}")
        query = CaseQuery(selection, ("step", *by))
        steps = [step] if step else list(STEPS)
        if clock == "deadline":
            return self._deadline_counts(query, steps)
        delay = f"CASE outcome WHEN 'done' THEN delay_{clock} WHEN 'not_done' THEN followed_{clock} END"
        return self.query(
            f"""
            SELECT {query.columns} {_EVENT} AS event, {delay} AS delay,
                   count(*) AS n, count(*) FILTER (time_completed) AS n_time_completed
            FROM ({_each_step(query, steps)}) GROUP BY ALL ORDER BY ALL
            """,
            query.parameters,
        )

    def _deadline_counts(self, query: CaseQuery, steps: Iterable[str]) -> pd.DataFrame:
        """:meth:`step_counts` by the clock of deadlines. Cases are counted by whole numbers first, which is faster."""
        return self.query(
            f"""
            WITH limits AS NOT MATERIALIZED ({_each_limit(query, steps)}), {_JUDGED},
            counted AS (
                SELECT {query.columns} {_EVENT} AS event, deadline, elapsed,
                       count(*) AS n, count(*) FILTER (time_completed) AS n_time_completed
                FROM judged GROUP BY ALL
            )
            SELECT {query.columns}
                   CASE WHEN deadline IS NULL AND event IN ('done', 'pending', 'closed') THEN 'no_deadline'
                        ELSE event END AS event,
                   CASE WHEN deadline > 0 THEN elapsed / deadline WHEN elapsed > 0 THEN 1 + elapsed
                        ELSE elapsed END::DOUBLE AS delay,
                   sum(n)::BIGINT AS n, sum(n_time_completed)::BIGINT AS n_time_completed
            FROM counted GROUP BY ALL ORDER BY ALL
            """,
            query.parameters,
        )

    def overdue(self, selection: Selection = EVERYTHING, most: int = 200, case_id: str | None = None) -> pd.DataFrame:
        """Steps of open cases that wait beyond their deadline, the longest first, at the most ``most`` of them:
        [case_id, school_id, name, step, report_week, danger, is_own, in_hours, deadline, elapsed].

        deadline and elapsed are in hours where ``in_hours``, else in school days. One row a case and step, exact; only those
        of ``case_id`` when it is given.
        """
        query = CaseQuery(selection, ())
        limits = _each_limit(query, STEPS, *([] if case_id is None else ["case_id"]), "records.rowid AS place")
        # The longest are found by their place, which follows the pseudonyms: the text of millions of these is not read.
        return self.query(
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

    def first_relay_counts(self, clock: str, selection: Selection = EVERYTHING, by: Sequence[str] = ()) -> pd.DataFrame:
        """When the first relay of each case was activated, whichever it was: as :meth:`step_counts`, but for deadlines.

        The step is called first_relay. A case none of whose relays is done is pending or closed when one was asked for.
        """
        query = CaseQuery(selection, by)
        delays = ", ".join(of_step(relay, f"delay_{clock}") for relay in RELAYS)

        def any_is(outcome: str) -> str:
            return " OR ".join(f"{of_step(relay, 'outcome')} = '{outcome}'" for relay in RELAYS)

        firsts = query.rows(
            "status",
            f"followed_{clock}",
            f"least({delays}) AS first_delay",
            f"""CASE WHEN first_delay IS NOT NULL THEN 'done'::outcome WHEN {any_is("not_done")} THEN 'not_done'::outcome
                     WHEN {any_is("not_recorded")} THEN 'not_recorded'::outcome ELSE 'not_applicable'::outcome
                END AS outcome""",
        )
        return self.query(
            f"""
            SELECT 'first_relay' AS step, {query.columns} {_EVENT} AS event,
                   CASE outcome WHEN 'done' THEN first_delay WHEN 'not_done' THEN followed_{clock} END AS delay,
                   count(*) AS n, 0 AS n_time_completed
            FROM {firsts} GROUP BY ALL ORDER BY ALL
            """,
            query.parameters,
        )

    def order_counts(self, selection: Selection = EVERYTHING) -> pd.DataFrame:
        """How the cases keep the protocol's order: [step, n_done, n_overtaken, n_skipped], postvention apart.

        A step is overtaken when a step that follows it in the protocol was done before it, by the clock where both have a
        time of day, else by an earlier school day; it is skipped when it is not done and a step that follows it is.
        """
        query = CaseQuery(selection, ())
        last_first = _IN_ORDER[::-1]
        soonest = [f"NULL::INTEGER AS days_after_{last_first[0]}, NULL::INTEGER AS timed_after_{last_first[0]}"]
        for step, before in pairwise(last_first):
            timed = f"CASE WHEN NOT {of_step(step, 'time_completed')} THEN {of_step(step, 'delay_hours')} END"
            soonest.append(f"least(days_after_{step}, {of_step(step, 'delay_school_days')}) AS days_after_{before}")
            soonest.append(f"least(timed_after_{step}, {timed}) AS timed_after_{before}")
        is_done = {step: f"{of_step(step, 'outcome')} = 'done'" for step in _IN_ORDER}
        is_overtaken = {
            step: f"""
            {is_done[step]} AND (
                days_after_{step} < {of_step(step, "delay_school_days")}
                OR (NOT {of_step(step, "time_completed")} AND timed_after_{step} < {of_step(step, "delay_hours")})
            )"""
            for step in _IN_ORDER
        }
        is_skipped = {
            step: f"{of_step(step, 'outcome')} = 'not_done' AND days_after_{step} IS NOT NULL" for step in _IN_ORDER
        }
        counts = ", ".join(
            f"unnest([{', '.join(f'count_if({condition})::BIGINT' for condition in conditions.values())}]) AS {name}"
            for name, conditions in {"n_done": is_done, "n_overtaken": is_overtaken, "n_skipped": is_skipped}.items()
        )
        columns = (of_step(step, column.name) for step in _IN_ORDER for column in OF_STEP)
        return self.query(
            f"""
            SELECT unnest($steps) AS step, {counts}
            FROM (SELECT *, {", ".join(soonest)} FROM {query.rows(*columns)}) HAVING count(*) > 0
            """,
            query.parameters | {"steps": _IN_ORDER},
        )

    def transition_counts(self, selection: Selection = EVERYTHING) -> pd.DataFrame:
        """Hours from each step done to the next one of the protocol, where it applies: [step, next_step, event, delay, n].

        Events as in :meth:`step_counts`; a next step that came first took 0 hours.
        """
        query = CaseQuery(selection, ())
        pairs = " UNION ALL ".join(
            "FROM "
            + query.rows(
                f"'{step}'::step AS step",
                f"'{after}'::step AS next_step",
                f"{of_step(after, 'outcome')} AS outcome",
                "status",
                f"coalesce({of_step(after, 'delay_hours')}, followed_hours) - {of_step(step, 'delay_hours')} AS waited",
                where=f"{of_step(step, 'outcome')} = 'done' AND {of_step(after, 'outcome')} IN ('done', 'not_done')",
            )
            for step, after in pairwise(_IN_ORDER)
        )
        return self.query(
            f"""
            SELECT step, next_step, {_EVENT} AS event, greatest(waited, 0) AS delay, count(*) AS n
            FROM ({pairs}) GROUP BY ALL ORDER BY ALL
            """,
            query.parameters,
        )
