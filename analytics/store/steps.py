"""What the store knows of the steps of the protocol, as counts."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analytics.selection import EVERYTHING, Selection
from analytics.store.reading import Reader
from analytics.store.selecting import ChosenCases


class StepQuestions(Reader):
    """Counts of steps by what became of them and when."""

    def step_counts(self, clock: str, selection: Selection = EVERYTHING, by: Sequence[str] = ()) -> pd.DataFrame:
        """Number of cases by step, what became of it, and when: [step, *by, event, delay, n, n_time_completed].

        ``clock`` is "hours" or "school_days". ``event`` is done, pending (open case), closed (closed without the step),
        not_applicable or not_recorded. ``delay`` runs from the report to the step, else to the closure or the extraction;
        it is missing for the last two. n_time_completed counts the done whose time of day was completed.
        """
        if clock not in ("hours", "school_days"):
            raise ValueError(f"unknown clock: {clock}")
        query = ChosenCases(selection, ("step", *by))
        return self.query(
            f"""
            SELECT {query.columns}
                   CASE WHEN outcome <> 'not_done' THEN outcome
                        WHEN status = 'open' THEN 'pending' ELSE 'closed' END AS event,
                   CASE outcome WHEN 'done' THEN delay_{clock} WHEN 'not_done' THEN followed_{clock} END AS delay,
                   count(*) AS n, count(*) FILTER (time_completed) AS n_time_completed
            FROM {query.cases} JOIN case_steps USING (case_id)
            GROUP BY ALL ORDER BY ALL
            """,
            query.parameters,
        )
