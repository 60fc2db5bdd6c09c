"""How long until it happens, when some cases still wait and others close without it.

Counts by delay and event in, curves out. ``done`` is the event of interest, ``closed`` a competing event (after it the
event of interest cannot happen any more), ``pending`` a right-censored case: all that is known is that it has waited
that long. Everything works on counts, so a curve costs what its distinct delays cost, not what its cases cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analytics.measures.grouping import groups, numbers, places, taken, with_columns
from analytics.measures.intervals import wilson

EVENTS = ("done", "closed", "pending")
NUMBERS = ("n_at_risk", *(f"n_{event}" for event in EVENTS))
SHARES = ("incidence", "std_error", "lower", "upper")
TOLERANCE = 1e-10
"""An incidence of one half is often 0.49999999999999994 in binary; far less than one case in a hundred million."""


@dataclass(frozen=True)
class Curves:
    """Curves as arrays, one after the other: several questions to them cost less than one table of them."""

    names: pd.DataFrame
    """The group of each curve, a row each."""
    bounds: NDArray[np.int64]
    """The first row of each curve, and the end of the last one."""
    delay: NDArray[np.float64]
    at_risk: NDArray[np.float64]
    events: NDArray[np.float64]
    """Cases done, closed and pending at each delay: one row per event, as in EVENTS."""
    shares: NDArray[np.float64]
    """A row each of SHARES."""
    effect: NDArray[np.float64]
    """The design effect at each delay."""
    dtypes: tuple[Any, Any]
    """The types that delays and numbers of cases have in the counts."""

    def table(self) -> pd.DataFrame:
        """One row per group and distinct delay in ascending order: ``by``, delay, n_at_risk (neither done, closed nor
        censored before it), n_done, n_closed, n_pending (at it), incidence, std_error, lower, upper.
        """
        group = np.repeat(np.arange(len(self.names)), np.diff(self.bounds))
        numbers = zip(NUMBERS, (self.at_risk, *self.events), strict=True)
        columns = {
            "delay": _typed(self.delay, self.dtypes[0]),
            **{name: _typed(values, self.dtypes[1]) for name, values in numbers},
            **dict(zip(SHARES, self.shares, strict=True)),
        }
        return with_columns(taken(self.names, group), columns)

    def at(self, delays: ArrayLike) -> pd.DataFrame:
        """One row per group and given delay: ``by``, delay, n_at_risk, incidence, std_error, lower, upper.

        Before its first delay the incidence is 0, after its last it stays what it was. n_at_risk counts the cases followed
        at least that long. Beyond the longest follow-up of a group of which some are still pending, std_error and band are
        NaN: no case was observed there, and the incidence is the least it can be.
        """
        wanted = np.atleast_1d(np.asarray(delays, dtype=float))
        group = np.repeat(np.arange(len(self.names)), len(wanted))
        return with_columns(taken(self.names, group), self.read(wanted))

    def read(self, wanted: NDArray[np.float64]) -> dict[str, NDArray[Any]]:
        """The numbers of :meth:`at`."""
        group, asked = np.repeat(np.arange(len(self.names)), len(wanted)), np.tile(wanted, len(self.names))
        first, end = self.bounds[group], self.bounds[group + 1]
        next_row, row = (
            np.array(
                [i + np.searchsorted(self.delay[i:j], wanted, side) for i, j in pairwise(self.bounds)], dtype=np.int64
            ).ravel()
            for side in ("left", "right")
        )
        before, after = row == first, next_row == end

        last = np.where(before, first, row - 1)
        n_left = self.events[0, last] + self.events[1, last]
        unseen = after & (self.at_risk[last] > n_left)
        at_risk = np.where(after, 0, self.at_risk[np.minimum(next_row, len(self.delay) - 1)])
        read = self.shares[:, last]
        read[:3, before] = 0.0
        read[3, before] = wilson(0 * asked[before], at_risk[before] / self.effect[row[before]]).upper
        read[1:, unseen] = np.nan
        return {"delay": asked, "n_at_risk": at_risk.astype(np.int64), **dict(zip(SHARES, read, strict=True))}

    def quantile(self, q: float = 0.5) -> pd.DataFrame:
        """The smallest delay by which a share ``q`` of all cases was done, one row per group: ``by``, delay, lower, upper.

        lower and upper are the smallest delays at which the band's upper and lower limits reach ``q`` (Brookmeyer and
        Crowley 1982, Biometrics 38, 29). NaN where the curve, or the limit, never gets there. ValueError where ``q`` is not
        between 0 and 1.
        """
        if not 0 < q < 1:
            raise ValueError("a quantile lies between 0 and 1")
        first, end = self.bounds[:-1], self.bounds[1:]
        incidence, _, lower, upper = self.shares
        delay = np.append(self.delay, np.nan)
        columns = {}
        for column, reached in (("delay", incidence), ("lower", upper), ("upper", lower)):
            there = np.append(np.flatnonzero(reached >= q - TOLERANCE), len(reached))
            soonest = there[np.searchsorted(there, first)]
            columns[column] = delay[np.where(soonest < end, soonest, len(reached))]
        nothing_yet = wilson(np.zeros(len(first)), self.n_cases / self.effect[first]).upper
        columns["lower"] = np.where(nothing_yet >= q - TOLERANCE, 0.0, columns["lower"])
        return with_columns(self.names, columns)

    def grouped_median(self) -> NDArray[np.float64]:
        """The median of each group as of grouped data: day 1 lasts from 1 to 2, and the median lies in it in proportion.

        So groups whose medians are all 1 or 2 days are told apart. NaN where the curve never gets there.
        """
        first, end = self.bounds[:-1], self.bounds[1:]
        incidence, delay = (np.append(values, np.nan) for values in (self.shares[0], self.delay))
        there = np.append(np.flatnonzero(incidence >= 0.5 - TOLERANCE), len(self.delay))
        soonest = there[np.searchsorted(there, first)]
        soonest = np.where(soonest < end, soonest, len(self.delay))
        before = np.where(soonest > first, incidence[soonest - 1], 0)
        return delay[soonest] + (0.5 - before) / (incidence[soonest] - before)

    @property
    def n_cases(self) -> NDArray[np.int64]:
        """The number of cases of each curve."""
        return self.at_risk[self.bounds[:-1]].astype(np.int64)


Effects = pd.DataFrame | float
"""Design effects of curves: one for all, or by group and power of two of the delay (:func:`relays.design_effects`)."""


def cumulative_incidence(counts: pd.DataFrame, by: Sequence[str] = (), *, effects: Effects = 1.0) -> Curves:
    """Share of all cases in which the event was done by each delay (Aalen-Johansen), with its 95 % band, a curve a group.

    ``counts``: ``by``, delay (any unit, 0 or more), event (done, closed, pending), n (cases); rows may repeat.

    At equal delays events come before censoring. Without a closed row this is 1 - Kaplan-Meier, and std_error is
    Greenwood's; with them it is the Greenwood-type variance of the incidence (Gaynor and others 1993, J Am Stat Assoc
    88, 400).

    The band is Wilson's with the effective sample size incidence * (1 - incidence) / std_error**2, so that it is
    Wilson's own interval when nothing is pending, and exists at 0 and at 1: there, where std_error is 0, that size is
    the number at risk over the share of cases still waiting. Simulated from 15 to 200 cases beside the plain, log-log,
    logit and arcsine bands, its coverage stays closest to 95 % at early, middle and late delays alike. Where fewer than
    about three cases remain at risk no band holds: this one then covers 90 to 93 %. ``effects`` divide the size, since the
    cases of a school are alike.

    Raises ValueError for a missing column, an unknown event, a missing or negative delay, a negative n.
    """
    missing = [column for column in [*by, "delay", "event", "n"] if column not in counts.columns]
    if missing:
        raise ValueError(f"counts lack {', '.join(missing)}")
    event = places(counts["event"], EVENTS)
    if (event < 0).any():
        raise ValueError(f"an event is one of {', '.join(EVENTS)}")
    delay, n = (counts[column] for column in ("delay", "n"))
    return aalen_johansen(groups(counts, by), event, numbers(delay), numbers(n), effects, (delay.dtype, n.dtype))


def aalen_johansen(
    rows: tuple[NDArray[np.int64], pd.DataFrame],
    event: NDArray[np.int64],
    delay: NDArray[np.float64],
    n: NDArray[np.float64],
    effects: Effects = 1.0,
    dtypes: tuple[Any, Any] = (np.float64, np.float64),
) -> Curves:
    """:func:`cumulative_incidence` of counts as arrays: ``rows`` are their :func:`grouping.groups`, of which those without a
    case have no curve; ``event`` is a place in EVENTS, -1 where a row is left out.

    Raises ValueError for a missing or negative delay, a negative n.
    """
    names, bounds, delay, events = _tabulate(rows, event, delay, n)

    def along(cumulate: np.ufunc, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Running sums or products, which start again with each curve."""
        running = np.empty_like(values)
        for first, end in pairwise(bounds):
            cumulate.accumulate(values[first:end], out=running[first:end])
        return running

    def to_the_end(running: NDArray[np.float64]) -> NDArray[np.float64]:
        """What a running sum still gains to the end of its curve."""
        return np.repeat(running[bounds[1:] - 1], np.diff(bounds)) - running

    done, closed, _ = events
    leaving, all_events = done + closed, events.sum(axis=0)
    at_risk = to_the_end(np.cumsum(all_events)) + all_events  # exact, of whole numbers
    waiting = along(np.multiply, 1 - leaving / at_risk)
    waiting_before = np.roll(waiting, 1)
    waiting_before[bounds[:-1]] = 1.0
    step = waiting_before * done / at_risk
    incidence = along(np.add, step)
    to_come = to_the_end(incidence)

    # The sums over earlier delays of the variance, with incidence(t) - incidence(s) written to_come(s) - to_come(t):
    # what is still to come shrinks with those at risk, so that no large terms cancel.
    stay = at_risk - leaving
    greenwood = np.divide(leaving, at_risk * stay, out=np.zeros_like(stay), where=stay > 0)
    own = step / at_risk
    variance = (
        along(np.add, greenwood) * to_come**2
        - 2 * along(np.add, greenwood * to_come) * to_come
        + along(np.add, greenwood * to_come**2)
        + along(np.add, own * waiting_before * (at_risk - done) / at_risk)
        - 2 * (along(np.add, own * to_come) - along(np.add, own) * to_come)
    )

    share = np.where(incidence > 1 - TOLERANCE, 1.0, incidence)
    variance = np.where((share == 0) | (share == 1), 0.0, np.maximum(variance, 0))
    size = np.divide(share * (1 - share), variance, out=at_risk / waiting_before, where=variance > 0)
    effect = _effects(effects, names, bounds, delay, at_risk)
    shares = np.stack([share, np.sqrt(variance), *wilson(share * size / effect, size / effect)])
    return Curves(names, bounds, delay, at_risk, events, shares, effect, dtypes)


def _effects(
    effects: Effects,
    names: pd.DataFrame,
    bounds: NDArray[np.int64],
    delay: NDArray[np.float64],
    at_risk: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The design effect of each row, between those of two powers. Those of a sample of the cases grow with their number."""
    if not isinstance(effects, pd.DataFrame):
        return np.full(len(delay), effects)
    found = effects.merge(names.assign(curve=np.arange(len(names))), on=list(names))
    curve, power, n, effect = (found[column].to_numpy(float) for column in ("curve", "delay", "n", "effect"))
    curve, power = curve.astype(np.int64), power.astype(np.int64)
    table = np.ones((len(names), power.max(initial=0) + 1))
    table[curve, power] = 1 + (effect - 1) * np.maximum(at_risk[bounds[curve]] / n, 1)
    place, row = np.minimum(np.log2(1 + delay), table.shape[1] - 1), np.repeat(np.arange(len(names)), np.diff(bounds))
    below, above = (table[row, limit(place).astype(np.int64)] for limit in (np.floor, np.ceil))
    return below + (above - below) * (place % 1)


def _tabulate(
    rows: tuple[NDArray[np.int64], pd.DataFrame],
    event: NDArray[np.int64],
    delay: NDArray[np.float64],
    n: NDArray[np.float64],
) -> tuple[pd.DataFrame, NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """One row per group and distinct delay, sorted: the groups, where the rows of each begin and the last end, the delays,
    and the cases done, closed and pending.
    """
    group, names = rows
    kept = event >= 0
    if not (delay[kept] >= 0).all() or not (n[kept] >= 0).all():
        raise ValueError("a delay and a count are known and never negative")
    counted = np.flatnonzero(kept & (n > 0))
    event, n, group = event[counted], n[counted], group[counted]
    place, delays = pd.factorize(delay[counted], sort=True)
    cell = group * len(delays) + place
    order = np.argsort(cell, kind="stable")  # counts come sorted but for their events: this order is found at once
    is_new = np.diff(cell[order], prepend=-1) > 0
    first, row = order[is_new], np.cumsum(is_new) - 1
    events = np.bincount(event[order] * len(first) + row, n[order], len(EVENTS) * len(first)).astype(float)
    bounds = np.flatnonzero(np.diff(group[first], prepend=-1, append=len(names)))
    if len(bounds) <= len(names):
        names = taken(names, group[first[bounds[:-1]]])
    return names, bounds, delays[place[first]], events.reshape(len(EVENTS), len(first))


def _typed(values: NDArray[np.float64], dtype: Any) -> Any:
    """``values`` as a column of ``dtype``, by way of NumPy's own: pandas would look whether each one is whole."""
    return pd.array(values.astype(getattr(dtype, "numpy_dtype", dtype)), dtype=dtype)
