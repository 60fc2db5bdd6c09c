"""How fast the relays are activated. Counts by step, event and delay in, one row a step out.

Which cases count: those in which the step applies and is recorded. Pending cases wait (right-censored), cases closed
without the step compete (Aalen-Johansen); ``not_applicable`` and ``not_recorded`` are counted apart.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analytics.measures.incidence import EVENTS, Comparison, cumulative_incidence, gray_test, incidence_at, quantile
from analytics.vocabulary import STEPS

HOURS = (24, 48, 120, 240)
"""Delays at which shares are read in hours: one day, two, five and ten."""
SCHOOL_DAYS = (0, 1, 2, 5, 10)
"""Delays at which shares are read in school days: the day of the report is day 0."""


def outcomes(counts: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """What became of each step, in the protocol's order.

    ``counts`` is what :meth:`Snapshot.step_counts` returns for the same ``by``, on either clock.
    Returns step, ``by``, n_total, n_done, n_pending, n_closed (closed without it), n_not_applicable, n_not_recorded,
    n_cases (the first three: the denominator of every share), n_time_completed (of the done, those counted as late as they
    can be for want of a time of day).
    """
    keys = ["step", *by]
    events = [*EVENTS, "not_applicable", "not_recorded"]
    table = counts.pivot_table(index=keys, columns="event", values="n", aggfunc="sum", fill_value=0, observed=True)
    table = table.reindex(columns=events, fill_value=0).add_prefix("n_").astype("int64")
    table["n_total"] = table.sum(axis=1)
    table["n_cases"] = table[["n_done", "n_pending", "n_closed"]].sum(axis=1)
    table["n_time_completed"] = counts.groupby(keys, observed=True)["n_time_completed"].sum().astype("int64")
    return in_protocol_order(table.reset_index().rename_axis(columns=None))


def curves(counts: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Cumulative incidence of each step: the columns of :func:`cumulative_incidence` for step and ``by``."""
    followed = counts[counts["event"].isin(EVENTS)]
    return in_protocol_order(cumulative_incidence(followed, ["step", *by]))


def shares_within(counts: pd.DataFrame, delays: Sequence[float], by: Sequence[str] = ()) -> pd.DataFrame:
    """Share of the cases in which each step was done within each delay, with its 95 % band.

    Returns step, ``by``, delay, n_at_risk, incidence, std_error, lower, upper.
    """
    return in_protocol_order(incidence_at(curves(counts, by), delays, ["step", *by]))


def still_followed(curves: pd.DataFrame, delays: Sequence[float], by: Sequence[str] = ()) -> pd.DataFrame:
    """How many cases of each curve still wait, and are still followed, at each delay: step, ``by``, delay, n_at_risk."""
    keys = ["step", *by]
    return incidence_at(curves, delays, keys)[[*keys, "delay", "n_at_risk"]]


def median_delays(counts: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """The delay by which half of the cases had each step, with its 95 % interval; NaN while fewer than half have it.

    Returns step, ``by``, median, lower, upper, in the unit of ``counts``.
    """
    medians = quantile(curves(counts, by), by=["step", *by]).rename(columns={"delay": "median"})
    return in_protocol_order(medians)


def comparison(counts: pd.DataFrame, by: str) -> Comparison:
    """Gray's test that one step is done at the same pace in all groups of ``by``.

    ``counts`` is what :meth:`Snapshot.step_counts` returns for that step and ``by``. The p_value is NaN where there is
    nothing to compare.
    """
    return gray_test(counts[counts["event"].isin(EVENTS)], [by])


def summary(counts: pd.DataFrame, delays: Sequence[float]) -> pd.DataFrame:
    """One row a step: :func:`outcomes`, :func:`median_delays` and a column ``within_<delay>`` for each of ``delays``."""
    shares = shares_within(counts, delays).pivot_table(index="step", columns="delay", values="incidence", observed=True)
    shares.columns = [f"within_{delay:g}" for delay in shares.columns]
    answer = outcomes(counts).merge(median_delays(counts), on="step", how="left")
    return answer.merge(shares.reset_index(), on="step", how="left")


def in_protocol_order(table: pd.DataFrame) -> pd.DataFrame:
    """``table`` with its steps in the protocol's order; the order within a step stays."""
    rank = {step: place for place, step in enumerate(STEPS)}
    return table.sort_values("step", key=lambda steps: steps.map(rank), kind="stable", ignore_index=True)
