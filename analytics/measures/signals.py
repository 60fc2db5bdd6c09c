"""Is it a change or chance? Shewhart's chart of individual values, with run rules.

A chart is a table, one row per point. Limits come from all whole periods of a baseline; a baseline ends only where somebody
wrote a break down, with its reason: nothing rebases by itself.

Sources: Wheeler (2000), Understanding Variation; NHS England, Making Data Count (limits, screening, run rules); Kaminsky,
Benneyan, Davis and Burke (1992), J Qual Technol 24, 63, and Benneyan (2001), Health Care Manag Sci 4, 305 (g chart, its
probability limits).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.measures.grouping import picked, with_columns

SIGNALS = ("none", "outside", "run", "trend", "two_of_three")
"""What a point says; the first of these that applies.

- ``outside``: beyond a limit.
- ``two_of_three``: one of three points in a row on one side of the centre, of which two or more lie in the outer third
  between centre and limit.
- ``run``: the seventh or a later point in a row on one side of the centre.
- ``trend``: the seventh or a later point in a row that rises, or that falls.
- ``none``: nothing but chance; also of a point that is provisional, missing, or in a baseline too short for limits.
"""

LIMIT = 2.66
"""Three standard deviations in mean moving ranges, rounded as Wheeler and the NHS do (3 / 1.128 = 2.65957...)."""
NEAR = 1.77333
"""Two standard deviations, in the same unit."""
SCREEN = 3.267
"""A moving range this many times the mean is left out of it, once."""
RUN_LENGTH = 7
MIN_POINTS = 12
"""Our choice, authors ask for 5 to 25: below a dozen whole periods there are no limits, and so no alarm."""
LEAST_COUNT = 3
"""Our choice: counts of a mean below it are too lopsided for the chart. Where nothing changes, the last four of 37 weeks
then hold a signal more than ten times in a hundred (28 times with a mean of 0.3); with a mean of 8, six or seven times."""
QUIET = 0.00135
"""How likely a wait beyond the limit of a g chart is by chance: as a normal value beyond three standard deviations."""


def xmr(points: pd.DataFrame, breaks: pd.DataFrame | None = None, least_mean: float = 0) -> pd.DataFrame:
    """Chart of individual values (XmR), one row per point in the order of the periods.

    ``points``: period (anything that sorts: a Monday, a first of the month), value (missing where there is none),
    provisional (true while the period is not over). ``breaks``: on (comparable with period), reason; a baseline starts
    with the first period from ``on`` on.
    Returns period, value, provisional, baseline (the reason of the break that opened it, missing before the first),
    centre, lower, upper, signal (one of SIGNALS).

    Provisional and missing points have the limits of their baseline but no part in them, nor a signal. Where no value of
    a baseline is negative, neither is its lower limit. With fewer than MIN_POINTS whole periods, a mean below ``least_mean``
    (LEAST_COUNT for counts), or when hardly any two in a row differ (a median that is 1 day month after month), there is no
    chance to measure: centre and limits are NaN.
    """

    def judge(values: NDArray[np.float64]) -> _Judgement | None:
        enough = len(values) >= MIN_POINTS and values.mean() >= least_mean
        moving_range = _mean_moving_range(values) if enough else 0.0
        if moving_range == 0:
            return None
        centre = values.mean()
        lower, upper = centre - LIMIT * moving_range, centre + LIMIT * moving_range
        if values.min() >= 0:
            lower = max(lower, 0)
        return (centre, lower, upper), _signals(values, centre, moving_range)

    return _judged(points, breaks, judge)


def why_unjudged(chart: pd.DataFrame) -> str:
    """Why the last whole period of a chart of counts has no limits: "short" (fewer than MIN_POINTS whole periods since the
    last break), "rare" (a mean below LEAST_COUNT) or "still" (no two in a row differ); "" when it has them.
    """
    value = chart["value"].to_numpy(float, na_value=np.nan)
    whole = np.flatnonzero(~np.isnan(value) & ~chart["provisional"].to_numpy(bool))
    if not len(whole):
        return "short"
    if pd.notna(chart["centre"].iloc[whole[-1]]):
        return ""
    baseline = chart["baseline"].fillna("").to_numpy()[whole]
    values = value[whole][baseline == baseline[-1]]
    return "short" if len(values) < MIN_POINTS else "rare" if values.mean() < LEAST_COUNT else "still"


def g_chart(points: pd.DataFrame, breaks: pd.DataFrame | None = None) -> pd.DataFrame:
    """Chart of the waits between rare events, counted in weeks without one (g chart), one row per wait.

    ``points``, ``breaks`` and the result as for :func:`xmr`; a value is the whole number of weeks of school without an event
    since the last week with one, and a wait still running is provisional. While the odds p of an event are the same each
    week, a wait is geometric: it passes x with chance (1 - p) ** (x + 1), where p = 1 / (1 + mean wait). Whole weeks and
    waits of 0 are what this law is made of.

    centre is the median, the first x passed by half of the waits or fewer; upper the first one passed with chance QUIET or
    less. There is no lower limit: a wait of 0 alone is no news. Events that draw closer show as a ``run`` below the centre;
    the other signal is ``outside``, above the limit. With fewer than MIN_POINTS whole waits, or when half of the weeks or
    more have an event (nothing lies below the centre), limits are NaN. ValueError for a negative value or a part of a week.
    """
    if (points["value"] < 0).any() or (points["value"] % 1 > 0).any():
        raise ValueError("weeks without an event are counted, and never negative")

    def judge(values: NDArray[np.float64]) -> _Judgement | None:
        if len(values) < MIN_POINTS or values.mean() <= 1:
            return None
        without = values.mean() / (1 + values.mean())
        centre, upper = (np.ceil(np.log(chance) / np.log(without) - 1e-9) - 1 for chance in (0.5, QUIET))
        signal = np.select([values > upper, _run(np.sign(values - centre))], ["outside", "run"], "none")
        return (centre, np.nan, upper), signal

    return _judged(points, breaks, judge)


_Judgement = tuple[tuple[float, float, float], NDArray[np.str_]]
"""Centre, lower and upper limit of a baseline, and the signal of each of its values."""


def _judged(
    points: pd.DataFrame, breaks: pd.DataFrame | None, judge: Callable[[NDArray[np.float64]], _Judgement | None]
) -> pd.DataFrame:
    """The chart of ``points``: ``judge`` sees the whole values of each baseline, and says None where there are too few."""
    period = points["period"].to_numpy()
    order = np.argsort(period, kind="stable")
    opened, reasons = np.zeros(len(points), dtype=np.int64), pd.Series([None], dtype=object)
    if breaks is not None:
        breaks = breaks.sort_values("on")
        opened = np.searchsorted(breaks["on"].to_numpy(), period[order], side="right")
        reasons = pd.concat([reasons, breaks["reason"]], ignore_index=True)
    chart = picked(points, ["period", "value", "provisional"], order)
    value = chart["value"].to_numpy(float, na_value=np.nan)
    whole = ~np.isnan(value) & ~chart["provisional"].to_numpy(bool)
    limits, signal = np.full((3, len(chart)), np.nan), np.full(len(chart), "none", dtype=object)
    for number in np.unique(opened):
        segment = opened == number
        if judgement := judge(value[segment & whole]):
            limits[:, segment], signal[segment & whole] = np.array(judgement[0])[:, None], judgement[1]
    columns = {
        "baseline": reasons.iloc[opened].to_numpy(),
        **dict(zip(("centre", "lower", "upper"), limits, strict=True)),
        "signal": pd.Series(signal, dtype="str"),
    }
    return with_columns(chart, columns)


def _mean_moving_range(values: NDArray[np.float64]) -> float:
    ranges = np.abs(np.diff(values))
    mean = ranges.mean()
    return float(ranges[ranges < SCREEN * mean].mean()) if mean > 0 else 0.0


def _signals(values: NDArray[np.float64], centre: float, moving_range: float) -> NDArray[np.str_]:
    distance = np.abs(values - centre)
    side = np.sign(values - centre)
    outside = distance > LIMIT * moving_range
    near = (distance > NEAR * moving_range) & ~outside
    return np.select(
        [outside, _two_of_three(near, side), _run(side), _trend(values)],
        ["outside", "two_of_three", "run", "trend"],
        "none",
    )


def _run(side: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.abs(_sums(side, RUN_LENGTH)) == RUN_LENGTH


def _trend(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    steps = np.sign(np.diff(values, prepend=values[:1]))
    return np.abs(_sums(steps, RUN_LENGTH - 1)) == RUN_LENGTH - 1


def _two_of_three(near: NDArray[np.bool_], side: NDArray[np.float64]) -> NDArray[np.bool_]:
    ends = (np.abs(_sums(side, 3)) == 3) & (_sums(near.astype(float), 3) >= 2)
    return ends | np.append(ends[1:], False) | np.concatenate([ends[2:], [False, False]])


def _sums(values: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """The sum of each value and the ``length`` - 1 before it; 0 where there are not that many."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    sums = np.zeros(len(values))
    sums[length - 1 :] = total[length:] - total[:-length]
    return sums
