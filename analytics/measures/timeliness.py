"""How soon a case is detected, and answered: the intervals from the facts to the report, and from there to each response.

The measure is that of outbreaks, 7-1-7 (Frieden and others 2021, Lancet 398, 638), with the service's own deadlines in the
place of its targets. Open cases wait (right-censored) and cases closed without the response compete, as in
:mod:`analytics.measures.relays`.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analytics.domain.vocabulary import RESPONSES
from analytics.measures import relays
from analytics.measures.grouping import places
from analytics.measures.incidence import Effects

INTERVALS = ("detection", *RESPONSES)


def summary(
    counts: pd.DataFrame, by: Sequence[str] = (), effects: tuple[Effects, Effects] = (1.0, 1.0)
) -> pd.DataFrame:
    """One row per interval, in the order of INTERVALS, and group.

    ``counts`` is what :meth:`Snapshot.response_counts` returns for the same ``by``, ``effects`` are those of
    :func:`design_effects`.
    Returns interval, ``by``, the numbers of :func:`relays.outcomes` (n_not_recorded: for detection, the cases whose day of
    the facts is not known), median (days for detection, else hours; NaN while fewer than half have it) with its 95 %
    interval lower and upper, share (of the cases, in time: within the target of the service for detection, else at least one
    of the steps within its own deadline; NaN without any), share_lower, share_upper, most_share (as of
    :func:`relays.shares_within`).
    """
    of_delays, of_parts = effects
    against = judged(counts)
    counts = counts.rename(columns={"interval": "step"})
    answer = relays.outcomes(counts, by)
    key = ["step", *by]
    medians = relays.curves(counts, by, of_delays).quantile().rename(columns={"delay": "median"})
    names = {"incidence": "share", "lower": "share_lower", "upper": "share_upper", "most": "most_share"}
    shares = relays.shares_within(against, (1,), by, effects=of_parts).rename(columns=names)
    shares = shares[[*key, *names.values()]]
    answer = answer.merge(medians, on=key, how="left").merge(shares, on=key, how="left")
    order = places(answer["step"], INTERVALS).argsort(kind="stable")
    return answer.rename(columns={"step": "interval"}).iloc[order].reset_index(drop=True)


def judged(counts: pd.DataFrame) -> pd.DataFrame:
    """The intervals of the cases that have a deadline, as steps by the clock of deadlines (:meth:`Snapshot.step_counts`).

    ``counts`` is what :meth:`Snapshot.response_counts` returns, with the same columns ``by``.
    """
    kept = counts[counts["part"].notna() | counts["event"].isin(list(relays.UNDATED))]
    return kept.rename(columns={"interval": "step"}).assign(delay=kept["part"], earliest=kept["earliest_part"])


def design_effects(
    reached: pd.DataFrame, by: Sequence[str] = (), bunching: float = 1.0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """:func:`relays.design_effects` of the intervals, then of what was in time (:meth:`Snapshot.responses_reached`)."""
    known, parts = ["school_id", *by], {f"{interval}_part": interval for interval in INTERVALS}
    return (
        relays.design_effects(reached[[*known, *INTERVALS]], by, bunching),
        relays.design_effects(reached[[*known, *parts]].rename(columns=parts), by, bunching),
    )
