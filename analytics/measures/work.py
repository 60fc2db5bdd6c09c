"""The work list: whom to call, for what, since when. What the store says of open cases in, words and numbers out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.domain.french import hours, school_days
from analytics.domain.vocabulary import STEPS
from analytics.measures.grouping import picked, places, totals, with_columns


def listed(cases: pd.DataFrame) -> pd.DataFrame:
    """What waits in each case, in words a coordinator reads and numbers that sort.

    ``cases`` is what :meth:`Snapshot.work_list` returns. Adds missing and soon_words (labels of the steps beyond their
    deadline, and of those soon due), limit (the last deadline that passed, else the next one), due_on (its day) and
    late_days (days beyond it, to a tenth; NA where no deadline passed).
    """
    late = cases["late_hours"].astype("Float64")
    end_of_extract = cases["as_of"] + pd.Timedelta(hours=16)
    known = cases["step"].notna()
    limits = [
        f"{STEPS[step].label}, {(hours if in_hours else school_days)(deadline)}" if has_limit else ""
        for step, in_hours, deadline, has_limit in zip(
            cases["step"], cases["in_hours"], cases["deadline"], known, strict=True
        )
    ]
    return with_columns(
        cases,
        {
            "missing": [labels(mask) for mask in cases["overdue"]],
            "soon_words": [labels(mask) for mask in cases["soon"]],
            "limit": limits,
            "due_on": (end_of_extract - pd.to_timedelta(late.astype("float64"), unit="h")).dt.normalize(),
            "late_days": (late / 24).round(1).where(late > 0),
        },
    )


def labels(mask: int) -> str:
    """The labels of a set of steps, in the protocol's order: « CPMS, Parents »."""
    return ", ".join(step.label for place, step in enumerate(STEPS.values()) if mask >> place & 1)


def summary(counts: pd.DataFrame) -> pd.DataFrame:
    """How many cases are in each state, and of these where life is threatened: n, n_danger, by state.

    ``counts`` is what :meth:`Snapshot.work_counts` returns.
    """
    states = ["overdue", "soon", "dormant"]
    state, in_danger = places(counts["state"], states), counts["danger"].to_numpy(bool)
    of_states = {"n": state, "n_danger": np.where(in_danger, state, -1)}
    numbers = {name: totals(place, counts["n"], len(states)) for name, place in of_states.items()}
    return pd.DataFrame(numbers, pd.Index(states, name="state"))


def by_step(counts: pd.DataFrame, state: str = "overdue") -> pd.DataFrame:
    """How many cases of ``state`` wait for each step beyond its deadline (``soon``: soon due), the most first: step, n.

    ``counts`` is what :meth:`Snapshot.work_counts` returns. A case counts once for each step; steps without one are
    left out.
    """
    mask, n = (counts[column].to_numpy("int64") for column in ("soon" if state == "soon" else "overdue", "n"))
    waits = (mask >> np.arange(len(STEPS))[:, None] & 1) * (counts["state"] == state).to_numpy(bool)
    answer = pd.DataFrame({"step": list(STEPS), "n": waits @ n})
    most_first = np.argsort(-answer["n"].to_numpy(), kind="stable")
    return picked(answer, answer.columns, most_first[: (waits @ n > 0).sum()])
