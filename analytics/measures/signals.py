"""Is it a change or chance? Shewhart's chart of individual values for monthly medians, with run rules.

A chart is a table, one row per point. Limits come from all whole periods of a baseline; a baseline ends only where somebody
wrote a break down, with its reason: nothing rebases by itself. Weekly counts have a season and a law of their own:
:mod:`analytics.measures.surveillance`.

Sources: Wheeler (2000), Understanding Variation; NHS England, Making Data Count (limits, screening, run rules).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.measures.grouping import numbers, picked, with_columns

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


def xmr(points: pd.DataFrame, breaks: pd.DataFrame | None = None) -> pd.DataFrame:
    """Chart of individual values (XmR), one row per point in the order of the periods.

    ``points``: period (anything that sorts: a first of the month), value (missing where there is none), provisional (true
    while the period is not over). ``breaks``: on (comparable with period), reason; a baseline starts with the first period
    from ``on`` on.
    Returns period, value, provisional, baseline (the reason of the break that opened it, missing before the first),
    centre, lower, upper, signal (one of SIGNALS).

    Provisional and missing points have the limits of their baseline but no part in them, nor a signal. Where no value of
    a baseline is negative, neither is its lower limit. With fewer than MIN_POINTS whole periods, or when hardly any two in a
    row differ (a median that is 1 day month after month), there is no chance to measure: centre and limits are NaN.
    """
    period = points["period"].to_numpy()
    order = np.argsort(period, kind="stable")
    opened, reasons = np.zeros(len(points), dtype=np.int64), pd.Series([None], dtype=object)
    if breaks is not None:
        breaks = breaks.sort_values("on")
        opened = np.searchsorted(breaks["on"].to_numpy(), period[order], side="right")
        reasons = pd.concat([reasons, breaks["reason"]], ignore_index=True)
    chart = picked(points, ["period", "value", "provisional"], order)
    value = numbers(chart["value"])
    whole = ~np.isnan(value) & ~chart["provisional"].to_numpy(bool)
    limits, signal = np.full((3, len(chart)), np.nan), np.full(len(chart), "none", dtype=object)
    for number in np.unique(opened):
        segment = opened == number
        values = value[segment & whole]
        moving_range = _mean_moving_range(values) if len(values) >= MIN_POINTS else 0.0
        if moving_range > 0:
            centre, half_width = values.mean(), LIMIT * moving_range
            lower = max(centre - half_width, 0) if values.min() >= 0 else centre - half_width
            limits[:, segment] = np.array([centre, lower, centre + half_width])[:, None]
            signal[segment & whole] = _signals(values, centre, moving_range)
    columns = {
        "baseline": reasons.iloc[opened].to_numpy(),
        **dict(zip(("centre", "lower", "upper"), limits, strict=True)),
        "signal": pd.Series(signal, dtype="str"),
    }
    return with_columns(chart, columns)


def finding(points: pd.DataFrame) -> str:
    """What the months of :func:`xmr` say, as a French sentence."""
    judged = points[points["centre"].notna() & points["value"].notna() & ~points["provisional"].astype(bool)]
    if judged.empty:
        return f"Trop peu de mois entiers pour savoir ce qui est ordinaire : il en faut {MIN_POINTS}."
    found = judged.loc[judged["signal"] != "none", "period"]
    if found.empty:
        return f"Pas de changement sûr : le hasard suffit à expliquer les {len(judged)} mois jugés."
    return f"Hors de l’ordinaire : {len(found)} mois sur {len(judged)} jugés, le dernier en {found.max():%m/%Y}."


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
