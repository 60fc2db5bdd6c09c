"""How long until it happens, when some cases still wait and others close without it.

Counts by delay and event in, curves out. ``done`` is the event of interest, ``closed`` a competing event (after it the
event of interest cannot happen any more), ``pending`` a right-censored case: all that is known is that it has waited
that long. Everything works on counts, so a curve costs what its distinct delays cost, not what its cases cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from analytics.measures.grouping import groups, places, starts
from analytics.measures.intervals import wilson

EVENTS = ("done", "closed", "pending")
TOLERANCE = 1e-10
"""An incidence of one half is often 0.49999999999999994 in binary; far less than one case in a hundred million."""


def cumulative_incidence(counts: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Share of all cases in which the event was done by each delay (Aalen-Johansen), with its 95 % band.

    ``counts``: ``by``, delay (any unit, 0 or more), event (done, closed, pending), n (cases); rows may repeat.
    Returns, a row a group and distinct delay in ascending order: ``by``, delay, n_at_risk (neither done, closed nor
    censored before it), n_done, n_closed, n_pending (at it), incidence, std_error, lower, upper.

    At equal delays events come before censoring. Without a closed row this is 1 - Kaplan-Meier, and std_error is
    Greenwood's; with them it is the Greenwood-type variance of the incidence (Gaynor and others 1993, J Am Stat Assoc
    88, 400).

    The band is Wilson's with the effective sample size incidence * (1 - incidence) / std_error**2, so that it is
    Wilson's own interval when nothing is pending, and exists at 0 and at 1: there, where std_error is 0, that size is
    the number at risk over the share of cases still waiting. Simulated from 15 to 200 cases beside the plain, log-log,
    logit and arcsine bands, its coverage stays closest to 95 % at early, middle and late delays alike. Where fewer than
    about three cases remain at risk no band holds: this one then covers 90 to 93 %.

    Raises ValueError for a missing column, an unknown event, a missing or negative delay, a negative n.
    """
    by = list(by)
    group, table, events = _tabulate(counts, by)
    bounds = np.flatnonzero(np.diff(group, prepend=-1, append=-1))
    curves = [_curve(*events[:, first:end]) for first, end in pairwise(bounds)]
    at_risk, share, variance, size = np.hstack(curves) if curves else np.zeros((4, 0))
    lower, upper = wilson(share * size, size)
    cases = pd.DataFrame(
        dict(zip(("n_at_risk", *(f"n_{event}" for event in EVENTS)), (at_risk, *events), strict=True))
    ).astype(counts["n"].dtype)
    answer = {"incidence": share, "std_error": np.sqrt(variance), "lower": lower, "upper": upper}
    return pd.concat([table, cases, pd.DataFrame(answer)], axis=1)


def _curve(done: NDArray[np.float64], closed: NDArray[np.float64], pending: NDArray[np.float64]) -> NDArray[np.float64]:
    """One curve: the number at risk, the incidence, its variance and the effective sample size, at each delay."""
    leaving = done + closed
    at_risk = np.cumsum((leaving + pending)[::-1])[::-1]
    waiting = np.cumprod(1 - leaving / at_risk)
    waiting_before = np.concatenate([[1.0], waiting[:-1]])
    step = waiting_before * done / at_risk
    incidence = np.cumsum(step)
    to_come = incidence[-1] - incidence

    # The sums over earlier delays of the variance, with incidence(t) - incidence(s) written to_come(s) - to_come(t):
    # what is still to come shrinks with those at risk, so that no large terms cancel.
    stay = at_risk - leaving
    greenwood = np.divide(leaving, at_risk * stay, out=np.zeros_like(stay), where=stay > 0)
    own = step / at_risk
    variance = (
        np.cumsum(greenwood) * to_come**2
        - 2 * np.cumsum(greenwood * to_come) * to_come
        + np.cumsum(greenwood * to_come**2)
        + np.cumsum(step * waiting_before * (at_risk - done) / at_risk**2)
        - 2 * (np.cumsum(own * to_come) - np.cumsum(own) * to_come)
    )

    share = np.where(incidence > 1 - TOLERANCE, 1.0, incidence)
    variance = np.where((share == 0) | (share == 1), 0.0, np.maximum(variance, 0))
    size = np.divide(share * (1 - share), variance, out=at_risk / waiting_before, where=variance > 0)
    return np.stack([at_risk, share, variance, size])


def incidence_at(curve: pd.DataFrame, delays: ArrayLike, by: Sequence[str] = ()) -> pd.DataFrame:
    """What the curves say at given delays, a row a group and delay.

    ``curve`` is what :func:`cumulative_incidence` returned for the same ``by``. Before its first delay the incidence is
    0, after its last it stays what it was. Returns ``by``, delay, n_at_risk, incidence, std_error, lower, upper;
    n_at_risk counts the cases followed at least that long. Beyond the longest follow-up of a group of which some are
    still pending, std_error and band are NaN: nobody was observed there, and the incidence is the least it can be.
    """
    by = list(by)
    bounds = np.append(starts(curve, by), len(curve))
    wanted = np.atleast_1d(np.asarray(delays, dtype=float))
    first, end = (np.repeat(bound, len(wanted)) for bound in (bounds[:-1], bounds[1:]))
    asked = np.tile(wanted, len(bounds) - 1)
    delay = curve["delay"].to_numpy(float)
    next_row, row = (
        np.array([i + np.searchsorted(delay[i:j], wanted, side) for i, j in pairwise(bounds)], dtype=np.int64).ravel()
        for side in ("left", "right")
    )
    before, after = row == first, next_row == end

    at_risk, gone = curve["n_at_risk"].to_numpy(float), (curve["n_done"] + curve["n_closed"]).to_numpy(float)
    last = np.where(before, first, row - 1)
    unseen = after & (at_risk[last] > gone[last])
    at_risk = np.where(after, 0, at_risk[np.minimum(next_row, len(curve) - 1)])
    read = curve[["incidence", "std_error", "lower", "upper"]].to_numpy(float)[last]
    read[before, :3] = 0.0
    read[before, 3] = wilson(0 * asked[before], at_risk[before]).upper
    read[unseen, 1:] = np.nan
    answer = pd.DataFrame(dict(zip(("incidence", "std_error", "lower", "upper"), read.T, strict=True)))
    answer.insert(0, "n_at_risk", at_risk.astype(np.int64))
    answer.insert(0, "delay", asked)
    return pd.concat([curve[by].iloc[last].reset_index(drop=True), answer], axis=1)


def quantile(curve: pd.DataFrame, q: float = 0.5, by: Sequence[str] = ()) -> pd.DataFrame:
    """The smallest delay by which a share ``q`` of all cases was done, a row a group: ``by``, delay, lower, upper.

    ``curve`` is what :func:`cumulative_incidence` returned for the same ``by``. lower and upper are the smallest delays
    at which the band's upper and lower limits reach ``q`` (Brookmeyer and Crowley 1982, Biometrics 38, 29). NaN where
    the curve, or the limit, never gets there. Raises ValueError where ``q`` is not between 0 and 1.
    """
    if not 0 < q < 1:
        raise ValueError("a quantile lies between 0 and 1")
    by = list(by)
    first = starts(curve, by)
    end = np.append(first, len(curve))[1:]
    answer = curve[by].iloc[first].reset_index(drop=True)
    delay = np.append(curve["delay"].to_numpy(float), np.nan)
    for column, reached in (("delay", "incidence"), ("lower", "upper"), ("upper", "lower")):
        there = np.append(np.flatnonzero(curve[reached] >= q - TOLERANCE), len(curve))
        soonest = there[np.searchsorted(there, first)]
        answer[column] = delay[np.where(soonest < end, soonest, len(curve))]
    nothing_yet = wilson(np.zeros(len(first)), curve["n_at_risk"].to_numpy()[first]).upper
    answer["lower"] = np.where(nothing_yet >= q - TOLERANCE, 0.0, answer["lower"])
    return answer


class Comparison(NamedTuple):
    """A test that the groups differ by chance alone; NaN where there is nothing to compare."""

    statistic: float
    degrees_of_freedom: int
    p_value: float


def log_rank_test(counts: pd.DataFrame, by: Sequence[str]) -> Comparison:
    """Log-rank test that the event is done at the same pace in all groups (Mantel 1966, Cancer Chemother Rep 50, 163).

    ``counts`` as for :func:`cumulative_incidence`, without closed cases: where closures compete, :func:`gray_test` is
    the one that compares the curves. Raises ValueError if it finds any. No page has such counts, since any case may be
    closed: this is for an analyst's own question without closures, and holds the risk sets to a published case.
    """
    done, closed, at_risk = _by_delay_and_group(counts, by)
    if closed.any():
        raise ValueError("closed cases compete with the event: use gray_test")
    all_done, all_at_risk = done.sum(axis=1), at_risk.sum(axis=1)
    share = at_risk / all_at_risk[:, None]
    ties = (all_at_risk - all_done) / np.maximum(all_at_risk - 1, 1)
    score = (done - all_done[:, None] * share).sum(axis=0)
    weight = all_done * ties
    covariance = np.diag(weight @ share) - (share * weight[:, None]).T @ share
    return _chi_square(score, covariance)


def gray_test(counts: pd.DataFrame, by: Sequence[str]) -> Comparison:
    """Gray's test (rho = 0) that the cumulative incidence is the same in all groups, closures competing.

    ``counts`` as for :func:`cumulative_incidence`. Source: Gray (1988), Ann Stat 16, 1141; ties as in R's cmprsk, by
    the same author.
    """
    done, closed, at_risk = _by_delay_and_group(counts, by)
    followed = at_risk > 0
    n = np.where(followed, at_risk, 1.0)
    waiting = np.cumprod(1 - (done + closed) / n, axis=0)
    waiting_before = np.vstack([np.ones((1, waiting.shape[1])), waiting[:-1]])
    step = waiting_before * done / n
    incidence_before = np.cumsum(step, axis=0) - step

    # At risk for the sub-distribution: those still waiting, and the share of those closed who would still be followed.
    size = np.divide(at_risk, waiting_before, out=np.zeros_like(n), where=waiting_before > 0)
    at_risk_of_done = size * (1 - incidence_before)
    all_done = done.sum(axis=1, keepdims=True)
    score = (done - at_risk_of_done * all_done / at_risk_of_done.sum(axis=1, keepdims=True)).sum(axis=0)

    # The score as a sum over groups k of martingales of done and of closed, under one common incidence.
    all_size = size.sum(axis=1, keepdims=True)
    common_step = all_done / all_size
    common = np.minimum(np.cumsum(common_step, axis=0), 1)
    common_before = np.vstack([np.zeros((1, 1)), common[:-1]])
    weight = size[:, :, None] * (np.eye(size.shape[1]) - (size / all_size)[:, None, :])
    hazard = np.divide(common_step, 1 - common_before, out=np.zeros_like(common), where=common_before < 1)
    drift_step = weight * hazard[:, :, None]
    drift_to_come = drift_step.sum(axis=0) - np.cumsum(drift_step, axis=0)
    ratio = np.divide(1 - common, waiting, out=np.zeros_like(n), where=waiting > 0)
    from_done = weight + np.where(waiting > 0, 1 - ratio, 1.0)[:, None, :] * drift_to_come
    from_closed = ratio[:, None, :] * drift_to_come
    expected = all_size * waiting_before - 1
    ties = np.where(all_done > 1, 1 - (all_done - 1) / np.where(expected > 0, expected, 1), 1.0)
    var_done = np.where(followed, ties * waiting_before * common_step / n, 0)
    ties = np.where(closed > 1, 1 - (closed - 1) / np.maximum(n - 1, 1), 1.0)
    var_closed = np.where(waiting > 0, ties * waiting_before**2 * closed / n**2, 0)
    covariance = np.einsum("tik,tjk,tk->ij", from_done, from_done, var_done) + np.einsum(
        "tik,tjk,tk->ij", from_closed, from_closed, var_closed
    )
    return _chi_square(score, covariance)


def _tabulate(counts: pd.DataFrame, by: list[str]) -> tuple[NDArray[np.int64], pd.DataFrame, NDArray[np.float64]]:
    """A row a group and distinct delay, sorted: the number of the group; ``by`` and delay; cases done, closed, pending."""
    missing = [column for column in [*by, "delay", "event", "n"] if column not in counts.columns]
    if missing:
        raise ValueError(f"counts lack {', '.join(missing)}")
    event = places(counts["event"], EVENTS)
    if (event < 0).any():
        raise ValueError(f"an event is one of {', '.join(EVENTS)}")
    n, delay = (counts[column].to_numpy(float, na_value=np.nan) for column in ("n", "delay"))
    if not (delay >= 0).all() or not (n >= 0).all():
        raise ValueError("a delay and a count are known and never negative")
    counted = n > 0
    group, names = groups(counts[by] if counted.all() else counts.loc[counted, by], by)
    delays, place = np.unique(delay[counted], return_inverse=True)
    cells, cell = np.unique(group * len(delays) + place, return_inverse=True)
    events = np.bincount(event[counted] * len(cells) + cell, n[counted], len(EVENTS) * len(cells)).astype(float)
    group, place = np.divmod(cells, max(len(delays), 1))
    table = names.iloc[group].reset_index(drop=True)
    table["delay"] = pd.Series(delays[place]).astype(counts["delay"].dtype)
    return group, table, events.reshape(len(EVENTS), len(cells))


def _by_delay_and_group(counts: pd.DataFrame, by: Sequence[str]) -> tuple[NDArray[np.float64], ...]:
    """Done, closed and at risk as arrays, a row a distinct delay and a column a group."""
    group, table, events = _tabulate(counts, list(by))
    delay, row = np.unique(table["delay"], return_inverse=True)
    cells = np.zeros((len(EVENTS), len(delay), group.max(initial=-1) + 1))
    cells[:, row, group] = events
    at_risk = cells.sum(axis=0)[::-1].cumsum(axis=0)[::-1]
    return cells[0], cells[1], at_risk


def _chi_square(score: NDArray[np.float64], covariance: NDArray[np.float64]) -> Comparison:
    """The quadratic form of all groups but the last, which the others determine."""
    freedom = max(len(score) - 1, 0)
    covariance = covariance[:freedom, :freedom]
    if freedom == 0 or np.linalg.matrix_rank(covariance) < freedom:
        return Comparison(np.nan, freedom, np.nan)
    statistic = float(score[:freedom] @ np.linalg.solve(covariance, score[:freedom]))
    return Comparison(statistic, freedom, float(chdtrc(freedom, statistic)))
