"""What the store knows of the steps of the protocol, as counts.

Events are those of :mod:`analytics.measures.incidence`, and not_applicable and not_recorded, which have no delay.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analytics.selection import EVERYTHING, Selection
from analytics.store.reading import Reader
from analytics.store.selecting import ChosenCases
from analytics.vocabulary import RELAYS, STEPS

CLOCKS = ("hours", "school_days", "deadline")
"""Hours elapsed, class days, or the part of its deadline that a step took: 1 is the last moment in time."""

_EVENT = """
    CASE WHEN outcome <> 'not_done' THEN outcome WHEN status = 'open' THEN 'pending' ELSE 'closed' END
"""

# A deadline is the school's own where it has one, else the service's. Danger is judged in hours: a school day is then 24.
_JUDGED = """
    service AS (SELECT unnest(?) AS step, unnest(?) AS max_hours, unnest(?) AS max_school_days),
    limits AS (
        SELECT chosen.*, case_steps.step, outcome, delay_hours, delay_school_days, time_completed,
               own.step IS NOT NULL AS is_own,
               CASE WHEN is_own THEN own.max_hours ELSE service.max_hours END AS max_hours,
               CASE WHEN is_own THEN own.max_school_days ELSE service.max_school_days END AS max_school_days
        FROM chosen JOIN case_steps USING (case_id)
        JOIN service ON service.step = case_steps.step
        LEFT JOIN school_deadlines AS own ON own.school_id = chosen.school_id AND own.step = case_steps.step
    ),
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


def _service_deadlines() -> list[object]:
    deadlines = [step.deadline for step in STEPS.values()]
    return [list(STEPS), [d.hours if d else None for d in deadlines], [d.school_days if d else None for d in deadlines]]


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
        query = ChosenCases(selection, ("step", *by))
        of_step, asked = ("WHERE step = ?", [step]) if step else ("", [])
        if clock == "deadline":
            return self.query(
                f"""
                WITH chosen AS {query.cases}, {_JUDGED}
                SELECT {query.columns}
                       CASE WHEN deadline IS NULL AND outcome IN ('done', 'not_done') THEN 'no_deadline'
                            ELSE {_EVENT} END AS event,
                       CASE WHEN deadline > 0 THEN elapsed / deadline WHEN elapsed > 0 THEN 1 + elapsed
                            ELSE elapsed END::DOUBLE AS delay,
                       count(*) AS n, count(*) FILTER (time_completed) AS n_time_completed
                FROM judged {query.joined_types} {of_step} GROUP BY ALL ORDER BY ALL
                """,
                [*query.parameters, *_service_deadlines(), *asked],
            )
        return self.query(
            f"""
            SELECT {query.columns} {_EVENT} AS event,
                   CASE outcome WHEN 'done' THEN delay_{clock} WHEN 'not_done' THEN followed_{clock} END AS delay,
                   count(*) AS n, count(*) FILTER (time_completed) AS n_time_completed
            FROM {query.cases} AS chosen JOIN case_steps USING (case_id) {query.joined_types} {of_step}
            GROUP BY ALL ORDER BY ALL
            """,
            [*query.parameters, *asked],
        )

    def overdue(self, selection: Selection = EVERYTHING, most: int = 200, case_id: str | None = None) -> pd.DataFrame:
        """Steps of open cases that wait beyond their deadline, the longest first, at the most ``most`` of them:
        [case_id, school_id, name, step, report_week, danger, is_own, in_hours, deadline, elapsed].

        deadline and elapsed are in hours where ``in_hours``, else in school days. One row a case and step, exact; only those
        of ``case_id`` when it is given.
        """
        query = ChosenCases(selection, ())
        return self.query(
            f"""
            WITH chosen AS {query.cases}, {_JUDGED}
            SELECT case_id, school_id, schools.name, step, report_week, danger, is_own, in_hours, deadline, elapsed
            FROM judged LEFT JOIN schools USING (school_id)
            WHERE outcome = 'not_done' AND status = 'open' AND elapsed > deadline AND case_id = coalesce(?, case_id)
            ORDER BY followed_hours - CASE WHEN in_hours THEN deadline ELSE 24 * deadline END DESC, case_id, step
            LIMIT {int(most)}
            """,
            [*query.parameters, *_service_deadlines(), case_id],
        )

    def first_relay_counts(self, clock: str, selection: Selection = EVERYTHING, by: Sequence[str] = ()) -> pd.DataFrame:
        """When the first relay of each case was activated, whichever it was: as :meth:`step_counts`, but for deadlines.

        The step is called first_relay. A case none of whose relays is done is pending or closed when one was asked for.
        """
        query = ChosenCases(selection, by)
        return self.query(
            f"""
            WITH firsts AS (
                SELECT chosen.*,
                       min(delay_{clock}) AS first_delay,
                       CASE WHEN count(delay_{clock}) > 0 THEN 'done'
                            WHEN bool_or(outcome = 'not_done') THEN 'not_done'
                            WHEN bool_or(outcome = 'not_recorded') THEN 'not_recorded'
                            ELSE 'not_applicable' END AS outcome
                FROM {query.cases} AS chosen JOIN case_steps USING (case_id)
                WHERE list_contains(?, step) GROUP BY ALL
            )
            SELECT 'first_relay' AS step, {query.columns} {_EVENT} AS event,
                   CASE outcome WHEN 'done' THEN first_delay WHEN 'not_done' THEN followed_{clock} END AS delay,
                   count(*) AS n, 0 AS n_time_completed
            FROM firsts {query.joined_types} GROUP BY ALL ORDER BY ALL
            """,
            [*query.parameters, list(RELAYS)],
        )

    def order_counts(self, selection: Selection = EVERYTHING) -> pd.DataFrame:
        """How the cases keep the protocol's order: [step, n_done, n_overtaken, n_skipped], postvention apart.

        A step is overtaken when a step that follows it in the protocol was done before it, by the clock where both have a
        time of day, else by an earlier school day; it is skipped when it is not done and a step that follows it is.
        """
        query = ChosenCases(selection, ())
        return self.query(
            f"""
            WITH {_PLACES},
            ordered AS (
                SELECT place, outcome = 'done' AS is_done, outcome = 'not_done' AS is_missing,
                       delay_hours, delay_school_days, time_completed,
                       min(delay_school_days) OVER later AS later_school_days,
                       min(CASE WHEN NOT time_completed THEN delay_hours END) OVER later AS later_timed_hours
                FROM {query.cases} AS chosen JOIN case_steps USING (case_id) JOIN places USING (step)
                WINDOW later AS (PARTITION BY case_id ORDER BY place DESC
                                 ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
            ),
            counted AS (
                SELECT place, count(*) FILTER (is_done) AS n_done,
                       count(*) FILTER (is_done AND (
                           later_school_days < delay_school_days
                           OR (NOT time_completed AND later_timed_hours < delay_hours)
                       )) AS n_overtaken,
                       count(*) FILTER (is_missing AND later_school_days IS NOT NULL) AS n_skipped
                FROM ordered GROUP BY place
            )
            SELECT step, n_done, n_overtaken, n_skipped FROM counted JOIN places USING (place) ORDER BY place
            """,
            [*_in_order(), *query.parameters],
        )

    def transition_counts(self, selection: Selection = EVERYTHING) -> pd.DataFrame:
        """Hours from each step done to the next one of the protocol, where it applies: [step, next_step, event, delay, n].

        Events as in :meth:`step_counts`; a next step that came first took 0 hours.
        """
        query = ChosenCases(selection, ())
        return self.query(
            f"""
            WITH {_PLACES},
            before AS (
                SELECT case_id, delay_hours, place + 1 AS place
                FROM case_steps JOIN places USING (step) WHERE outcome = 'done'
            ),
            following AS (
                SELECT case_id, outcome = 'done' AS is_done, delay_hours AS next_delay_hours, place
                FROM case_steps JOIN places USING (step) WHERE outcome IN ('done', 'not_done')
            ),
            counted AS (
                SELECT place, CASE WHEN is_done THEN 'done' WHEN status = 'open' THEN 'pending' ELSE 'closed' END AS event,
                       greatest(coalesce(next_delay_hours, followed_hours) - delay_hours, 0) AS delay, count(*) AS n
                FROM {query.cases} AS chosen JOIN before USING (case_id) JOIN following USING (case_id, place)
                GROUP BY ALL
            )
            SELECT places.step, next.step AS next_step, event, delay, n
            FROM counted JOIN places AS next USING (place) JOIN places ON places.place = next.place - 1
            ORDER BY ALL
            """,
            [*_in_order(), *query.parameters],
        )


# While ten million cases are matched a step is but its place, a byte; its name comes back with the counts.
_PLACES = "places AS (SELECT unnest(?) AS step, unnest(?)::TINYINT AS place)"


def _in_order() -> list[object]:
    in_order = [step.code for step in STEPS.values() if not step.postvention]
    return [in_order, list(range(len(in_order)))]
