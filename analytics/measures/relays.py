"""How fast the relays are activated. Counts by step, event and delay in, one row a step out.

Which cases count: those in which the step applies and is recorded. Pending cases wait (right-censored), cases closed
without the step compete (Aalen-Johansen); ``not_applicable`` and ``not_recorded`` are counted apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analytics.french import hours, school_days
from analytics.measures.grouping import groups, places, starts, sums, totals
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
    states = [*EVENTS, "not_applicable", "not_recorded"]
    group, answer = groups(counts, ["step", *by])
    table = sums(group, places(counts["event"], states), counts["n"], (len(answer), len(states)))
    answer["n_total"] = table.sum(axis=1)
    answer[[f"n_{state}" for state in states]] = table
    answer["n_cases"] = table[:, : len(EVENTS)].sum(axis=1)
    answer["n_time_completed"] = totals(group, counts["n_time_completed"], len(answer))
    return in_protocol_order(answer)


def curves(counts: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Cumulative incidence of each step: the columns of :func:`cumulative_incidence` for step and ``by``."""
    return in_protocol_order(cumulative_incidence(followed(counts), ["step", *by]))


def shares_within(
    counts: pd.DataFrame, delays: Sequence[float], by: Sequence[str] = (), drawn: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Share of the cases in which each step was done within each delay, with its 95 % band.

    ``drawn`` are the :func:`curves` of ``counts``, where they are known already.
    Returns step, ``by``, delay, n_at_risk, incidence, std_error, lower, upper.
    """
    drawn = curves(counts, by) if drawn is None else drawn
    return incidence_at(drawn, delays, ["step", *by])


def still_followed(curves: pd.DataFrame, delays: Sequence[float], by: Sequence[str] = ()) -> pd.DataFrame:
    """How many cases of each curve still wait, and are still followed, at each delay: step, ``by``, delay, n_at_risk."""
    keys = ["step", *by]
    return incidence_at(curves, delays, keys)[[*keys, "delay", "n_at_risk"]]


def median_delays(counts: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """The delay by which half of the cases had each step, with its 95 % interval; NaN while fewer than half have it.

    Returns step, ``by``, median, lower, upper, in the unit of ``counts``.
    """
    return quantile(curves(counts, by), by=["step", *by]).rename(columns={"delay": "median"})


FEWEST_COMPARED = 10
"""Of a group with fewer cases Gray's test sees too much: with one case beside sixty it finds a difference at the 1 % level
ten times in a hundred where there is none, with ten beside sixty three times (1,500 simulated registers)."""


def comparison(counts: pd.DataFrame, by: str) -> Comparison:
    """Gray's test that one step is done at the same pace in all groups of ``by`` with FEWEST_COMPARED cases or more.

    ``counts`` is what :meth:`Snapshot.step_counts` returns for that step and ``by``. Cases whose group is not known are no
    group. The p_value is NaN where there is nothing to compare.
    """
    known = followed(counts)
    known = known[known[by].notna()]
    group, _ = groups(known, [by])
    n_cases = totals(group, known["n"], group.max(initial=-1) + 1)
    return gray_test(known[n_cases[group] >= FEWEST_COMPARED], [by])


def summary(counts: pd.DataFrame, delays: Sequence[float], drawn: pd.DataFrame | None = None) -> pd.DataFrame:
    """One row a step: :func:`outcomes`, :func:`median_delays` and, for each of ``delays``, the share of the cases that
    had it by then, with its 95 % band: within_<delay>, within_<delay>_lower, within_<delay>_upper.

    ``drawn`` are the :func:`curves` of ``counts``, where they are known already.
    """
    drawn = curves(counts) if drawn is None else drawn
    shares, medians = incidence_at(drawn, delays, ["step"]), quantile(drawn, by=["step"])
    medians = medians.rename(columns={"delay": "median"})
    for column, ending in (("incidence", ""), ("lower", "_lower"), ("upper", "_upper")):
        within = shares[column].to_numpy().reshape(len(medians), len(delays))
        medians[[f"within_{delay:g}{ending}" for delay in delays]] = within
    return outcomes(counts).merge(medians, on="step", how="left")


def done_within(counts: pd.DataFrame, delay: float) -> pd.Series:
    """Number of cases in which each step was done within ``delay``, by step; none is 0."""
    group, steps = groups(counts, ["step"])
    in_time = (counts["event"] == "done") & (counts["delay"] <= delay).fillna(False)
    n = totals(np.where(in_time, group, -1), counts["n"], len(steps))
    return pd.Series(n, index=steps["step"], name="n")


def against_deadline(counts: pd.DataFrame) -> pd.DataFrame:
    """How each step stands against its deadline, the school's own where it has one, else the service's.

    ``counts`` is what :meth:`Snapshot.step_counts` returns by the clock "deadline".
    Returns step, n_in_time, n_late (done), n_waiting (still in time), n_overdue (open), n_closed (without it),
    n_no_deadline, n_not_applicable, n_not_recorded, which add up to n_total; n_cases (the first five), share (done in time,
    of those cases, a waiting one being censored), lower, upper.
    """
    judged = ["in_time", "late", "waiting", "overdue", "closed"]
    states = [*judged, "no_deadline", "not_applicable", "not_recorded"]
    state = places(counts["event"], ["done", None, "pending", None, *states[4:]])
    beyond = (counts["delay"] > 1).to_numpy(bool, na_value=False) & np.isin(state, (0, 2))
    group, answer = groups(counts, ["step"])
    # Beyond the deadline, what is done is late and what waits is overdue: the state after.
    table = sums(group, state + beyond, counts["n"], (len(answer), len(states)))
    answer[[f"n_{state}" for state in states]] = table
    answer["n_total"] = table.sum(axis=1)
    answer["n_cases"] = table[:, : len(judged)].sum(axis=1)
    shares = shares_within(counts, (1,)).rename(columns={"incidence": "share"})[["step", "share", "lower", "upper"]]
    return in_protocol_order(answer.merge(shares, on="step", how="left"))


def overdue_list(waiting: pd.DataFrame) -> pd.DataFrame:
    """What waits beyond its deadline, in words a coordinator reads.

    ``waiting`` is what :meth:`Snapshot.overdue` returns. Adds waited, deadline_words and beyond (French), in hours or in
    school days as each was judged.
    """
    answer = waiting.copy()
    for column, values in (
        ("waited", waiting["elapsed"]),
        ("deadline_words", waiting["deadline"]),
        ("beyond", waiting["elapsed"] - waiting["deadline"]),
    ):
        answer[column] = [
            hours(value) if in_hours else school_days(value)
            for value, in_hours in zip(values, waiting["in_hours"], strict=True)
        ]
    return answer


def without_danger(counts: pd.DataFrame) -> pd.DataFrame:
    """``counts`` by danger, without the cases that threaten life, which school days must never judge."""
    return counts[~counts["danger"].astype(bool)]


def order(counts: pd.DataFrame, transitions: pd.DataFrame) -> pd.DataFrame:
    """How the cases keep the protocol's order, and where time goes from one step to the next.

    ``counts`` and ``transitions`` are what :meth:`Snapshot.order_counts` and :meth:`Snapshot.transition_counts` return.
    Returns step, n_done, n_overtaken, n_skipped, share_overtaken (of the done), share_skipped (of the done and skipped),
    next_step, n_followed (cases in which the next step applies), median_hours (to the next step; NaN while fewer than half
    of them have it).
    """
    answer = counts.copy()
    answer["share_overtaken"] = answer["n_overtaken"] / answer["n_done"].where(answer["n_done"] > 0)
    asked = answer["n_done"] + answer["n_skipped"]
    answer["share_skipped"] = answer["n_skipped"] / asked.where(asked > 0)
    pairs = ["step", "next_step"]
    drawn = cumulative_incidence(transitions, pairs)
    gaps = quantile(drawn, by=pairs)[[*pairs, "delay"]].rename(columns={"delay": "median_hours"})
    gaps["n_followed"] = drawn["n_at_risk"].iloc[starts(drawn, pairs)].to_numpy()
    return answer.merge(gaps[[*pairs, "n_followed", "median_hours"]], on="step", how="left")


MIN_CASES = 5
"""Our choice: the median of fewer cases says more of chance than of the month."""


def monthly_median(counts: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """The median delay of one step by month of report, as points for :func:`analytics.measures.signals.xmr`.

    ``counts`` is what :meth:`Snapshot.step_counts` returns for that step by report_week. A week counts in the month of its
    Thursday. Returns period (first of the month), value (median; NaN where fewer than half of the cases have the step, or
    where they are fewer than MIN_CASES), n_cases, provisional (the month of the extraction and the one before it, whose
    cases have not had time).
    """
    waited = followed(counts)
    week, weeks = groups(waited, ["report_week"])
    month = (weeks["report_week"] + pd.Timedelta(days=3)).dt.to_period("M").dt.to_timestamp()
    drawn = cumulative_incidence(waited.assign(period=month.to_numpy()[week]), ["period"])
    points = quantile(drawn, by=["period"])[["period", "delay"]]
    points["n_cases"] = drawn["n_at_risk"].iloc[starts(drawn, ["period"])].to_numpy()
    points["value"] = points.pop("delay").where(points["n_cases"] >= MIN_CASES)
    month_before = (as_of.replace(day=1) - timedelta(days=1)).replace(day=1)
    points["provisional"] = points["period"] >= pd.Timestamp(month_before)
    return points


def followed(counts: pd.DataFrame) -> pd.DataFrame:
    """The counts of the cases in which a step applies and is recorded."""
    return counts[places(counts["event"], EVENTS) >= 0]


def in_protocol_order(table: pd.DataFrame) -> pd.DataFrame:
    """``table`` with its steps in the protocol's order; the order within a step stays."""
    rank = places(table["step"], list(STEPS))
    return table.iloc[np.argsort(np.where(rank < 0, len(STEPS), rank), kind="stable")].reset_index(drop=True)
