"""The work list: whom to call, for what, since when. What the store says of open cases in, words and numbers out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.domain.french import hours, school_days
from analytics.domain.vocabulary import STEPS
from analytics.measures.grouping import with_columns


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
    n = counts["n"].to_numpy("int64")
    totals = pd.DataFrame({"state": counts["state"], "n": n, "n_danger": n * counts["danger"].to_numpy(bool)})
    return totals.groupby("state").sum().reindex(["overdue", "soon", "dormant"], fill_value=0)


def by_step(counts: pd.DataFrame, state: str = "overdue") -> pd.DataFrame:
    """How many cases of ``state`` wait for each step beyond its deadline (``soon``: soon due), the most first: step, n.

    ``counts`` is what :meth:`Snapshot.work_counts` returns. A case counts once for each step; steps without one are
    left out.
    """
    chosen = counts[counts["state"] == state]
    mask = chosen["soon" if state == "soon" else "overdue"].to_numpy("int64")
    n = [int(chosen["n"].to_numpy("int64")[mask >> place & 1 == 1].sum()) for place in range(len(STEPS))]
    answer = pd.DataFrame({"step": list(STEPS), "n": np.array(n, dtype="int64")})
    return answer[answer["n"] > 0].sort_values("n", ascending=False, kind="stable", ignore_index=True)
