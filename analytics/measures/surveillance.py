"""Which weeks bring more or fewer reports than their season explains: one method from 0.3 to 50 reports a week.

The count y of a week of school has the mean mu = class days x exp(level + season) and the variance phi x mu:

- the season is three harmonics of the week's rank in the school year, the same in all years kept;
- the level moves by a small unknown step from one school year to the next, and by a large one at a break that somebody
  wrote down. A break changes the level, never the season; nothing else starts anew;
- phi is 1 (Poisson) or more: reports come in bunches. A type has at least the phi of all series together, since it is rarely
  frequent enough to show its own.

Level and season are the mode of the quasi-likelihood under independent normal priors of season and steps (PRIORS), found
by Newton's method. With b the coefficients, X their design, w the weights and P the diagonal of prior precisions, the
gradient is X'w(y - mu) / phi - Pb and the Hessian -(X' diag(w mu) X / phi + P), whose negative inverse C is the
covariance of b. A past week whose Anscombe residual s is beyond OUTSTANDING weighs s ** -2, so that an old outbreak does
not hide the next one. The weeks to judge, the last JUDGED whole ones, have no part in what they are judged by. A new week
varies by phi x mu of chance and by mu ** 2 x x'Cx of what is not known of its mean; its limits are quantiles of the
negative binomial of that mean and variance. With little known (a first year, the weeks after a break) they are wide, not
wrong.

Sources: Farrington, Andrews, Beale and Catchpole (1996), J R Stat Soc A 159, 547 (the same weeks of past years, old
outbreaks weighed down); Noufaily, Enki, Farrington, Garthwaite, Andrews and Charlett (2013), Stat Med 32, 1206 (all weeks
of the past, negative-binomial limits); Noufaily, Farrington, Garthwaite, Enki, Andrews and Charlett (2016), J Am Stat
Assoc 111, 488 (late entry). Priors and chances are ours, measured by ``tests/benchmarks/claims_benchmark.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import betainc

from analytics.measures.grouping import places, sums

_Floats = NDArray[np.float64]

JUDGED = 4
"""The last whole weeks of school, which are judged."""
MIN_WEEKS = 12
"""With fewer weeks of school to learn from there are no limits."""
CHANCE_ABOVE, CHANCE_BELOW = 0.0025, 0.001
"""How often a week lies beyond a limit where nothing changes, at most."""
PRIORS = {"level": 10.0, "season": 0.5, "year": 0.15, "break": 0.7}
"""Standard deviations of the logarithm: a break may halve or double the level, a new year moves it by a sixth."""
N_HARMONICS = 3
WEEKS_OF_YEAR = 46
"""From the first week of a school year to its last, holidays included."""
OUTSTANDING = 3.5
"""Not Noufaily's 2.58, which a bunch of a rare type passes once in a few weeks: phi would then be taken for too small."""
OPEN_WEEKS = 2
"""Until enough extracts are kept, the running week and the one before are left out: they are still being written."""
COMPLETE = 0.9
"""A week counts as whole from the age at which this share of its cases was known in earlier extracts."""


def charts(weeks: pd.DataFrame, counts: pd.DataFrame, series: Sequence[str], breaks: pd.DataFrame) -> pd.DataFrame:
    """The weekly reports of each series with its limits, one row per series and week.

    ``weeks``: period (Monday), school_year, rank (of the week in the school year, from 0), class_days (1 to 5), provisional;
    in order (:func:`incidents.school_weeks`). ``counts``: series, report_week, n. ``breaks``: on, reason.
    Returns series, period, value, provisional, baseline (the reason of the last break, missing before the first), centre
    (the number expected), lower, upper, signal: ``above`` or ``below`` its limits, else ``none``, as where provisional.
    Limits are NaN with fewer than MIN_WEEKS weeks to learn from.
    """
    days = [column.to_numpy("datetime64[D]").astype(np.int64) for column in (counts["report_week"], weeks["period"])]
    place, of_series = places(pd.Series(days[0]), days[1].tolist()), places(counts["series"], series)
    value = sums(of_series, place, counts["n"], (len(series), len(weeks))).astype(float)
    centre, variance = expected(value, weeks, breaks)
    lower, upper = limits(centre, variance)
    is_whole = ~weeks["provisional"].to_numpy(bool)
    signal = np.select([is_whole & (value > upper), is_whole & (value < lower)], ["above", "below"], "none")
    listed = breaks.sort_values("on")
    reasons = np.array([None, *listed["reason"]], dtype=object)
    opened = reasons[np.searchsorted(listed["on"].to_numpy(), weeks["period"].to_numpy(), side="right")]
    of_weeks = {"period": weeks["period"], "provisional": weeks["provisional"], "baseline": opened}
    answers = {"value": value, "centre": centre, "lower": lower, "upper": upper, "signal": signal}
    return pd.DataFrame(
        {"series": np.repeat(np.array(series, dtype=object), len(weeks))}
        | {name: np.tile(column, len(series)) for name, column in of_weeks.items()}
        | {name: answer.ravel() for name, answer in answers.items()}
    )


def judged(charts: pd.DataFrame) -> pd.DataFrame:
    """The last JUDGED whole weeks of each series of :func:`charts`."""
    whole = np.flatnonzero(~charts["provisional"].to_numpy(bool))
    series = charts["series"].to_numpy()[whole]
    has_later = np.append(series[:-JUDGED] == series[JUDGED:], np.zeros(min(JUDGED, len(whole)), dtype=bool))
    return charts.iloc[whole[~has_later]]


def summary(charts: pd.DataFrame) -> pd.DataFrame:
    """The weeks judged of each series together: series, value, centre, signal (the latest week's that has one)."""
    last = judged(charts)
    place, series = pd.factorize(last["series"])
    value, centre = (np.bincount(place, last[column]) for column in ("value", "centre"))
    signal, found = np.full(len(series), "none", dtype=object), last["signal"].to_numpy()
    signal[place[found != "none"]] = found[found != "none"]  # the last one written stays
    return pd.DataFrame({"series": series, "value": value, "centre": centre, "signal": signal})


def limits_known(weeks: pd.DataFrame, breaks: pd.DataFrame) -> str:
    """What the limits of the weeks judged lack: "short" (there are none: too few weeks), "season" (this part of the school
    year was never seen before), "break" (fewer than MIN_WEEKS weeks since a break), "" where all is known.
    """
    is_whole = ~weeks["provisional"].to_numpy(bool)
    period, year, rank = (weeks[column].to_numpy()[is_whole] for column in ("period", "school_year", "rank"))
    learnt = period[:-JUDGED]
    if len(learnt) < MIN_WEEKS:
        return "short"
    before = rank[:-JUDGED][year[:-JUDGED] != year[-1]]
    if not len(before) or np.abs(before - rank[-1]).min() > 2:
        return "season"
    on = breaks["on"].to_numpy(period.dtype)
    opened = on[on <= period[-1]].max(initial=learnt[0])
    return "break" if opened > learnt[0] and (learnt >= opened).sum() < MIN_WEEKS else ""


def open_weeks(seen: pd.DataFrame, extracts: Sequence[date]) -> int:
    """How many of the last weeks are still being written, the running one included.

    ``seen``: report_week, first_seen_on, n. ``extracts``: the days of the extracts kept, the last one too. In each extract
    that is JUDGED weeks older than the last one, a week of a given age held a share of the cases known of it today; a week
    is whole from the age on at which that share is COMPLETE. OPEN_WEEKS with fewer than three extracts, or none that old.
    """
    days = sorted(set(extracts))
    then = [day for day in days if day <= days[-1] - timedelta(weeks=JUDGED)]
    if len(days) < 3 or not then:
        return OPEN_WEEKS
    week, first_seen, n = (seen[column].to_numpy() for column in ("report_week", "first_seen_on", "n"))
    for age in range(2 * JUDGED, 0, -1):
        of_age = [week == np.datetime64(day - timedelta(days=day.weekday(), weeks=age)) for day in then]
        known = sum(n[rows & (first_seen <= np.datetime64(day))].sum() for day, rows in zip(then, of_age, strict=True))
        if known < COMPLETE * sum(n[rows].sum() for rows in of_age):
            return age + 1
    return 1


def expected(value: _Floats, weeks: pd.DataFrame, breaks: pd.DataFrame) -> tuple[_Floats, _Floats]:
    """Mean and variance of a new count in each week, each shaped as ``value`` (..., series, weeks), for :func:`charts`.

    Series of one register share what bunches they show. NaN with fewer than MIN_WEEKS weeks to learn from.
    """
    learnt = np.flatnonzero(~weeks["provisional"].to_numpy(bool))[:-JUDGED]
    if len(learnt) < MIN_WEEKS:
        return np.full(value.shape, np.nan), np.full(value.shape, np.nan)
    design, precision = _design(weeks, breaks)
    return _predict(value, learnt, design, precision, np.log(weeks["class_days"].to_numpy(float)))


def limits(mean: _Floats, variance: _Floats) -> tuple[_Floats, _Floats]:
    """The lower and the upper limit of counts of this mean and variance: whole numbers that are still ordinary."""
    return _quantile(CHANCE_BELOW, mean, variance), _quantile(1 - CHANCE_ABOVE, mean, variance)


def _design(weeks: pd.DataFrame, breaks: pd.DataFrame) -> tuple[_Floats, _Floats]:
    """The design (weeks, coefficients) and the precision of each coefficient's prior."""
    period, years = weeks["period"].to_numpy(), weeks["school_year"].to_numpy()
    angle = 2 * np.pi * weeks["rank"].to_numpy(float) / WEEKS_OF_YEAR * np.arange(1, N_HARMONICS + 1)[:, None]
    on = breaks["on"].to_numpy("datetime64[s]")
    at_breaks = np.unique(period[np.searchsorted(period, on[(on > period[0]) & (on <= period[-1])])])
    new_years = np.setdiff1d(period[1:][years[1:] != years[:-1]], at_breaks)
    blocks = {
        "level": np.ones((1, len(weeks))),
        "season": np.concatenate([np.sin(angle), np.cos(angle)]),
        "year": period >= new_years[:, None],
        "break": period >= at_breaks[:, None],
    }
    precision = [np.full(len(block), PRIORS[name] ** -2.0) for name, block in blocks.items()]
    return np.concatenate(list(blocks.values())).T.astype(float), np.concatenate(precision)


def _predict(
    value: _Floats, learnt: NDArray[np.int64], design: _Floats, precision: _Floats, log_days: _Floats
) -> tuple[_Floats, _Floats]:
    """Mean and variance of each week of each series, by what the ``learnt`` weeks held."""
    y, x, days, p = value[..., learnt], design[learnt], log_days[learnt], design.shape[1]
    products = (x[:, :, None] * x[:, None, :]).reshape(len(x), p * p)
    coefficients = np.zeros((*y.shape[:-1], p))
    coefficients[..., 0] = np.log((y.sum(axis=-1) + 0.5) / np.exp(days).sum())
    weight, phi = np.ones_like(y), np.ones((*y.shape[:-1], 1))
    for _ in range(4):  # weights and phi settle after two
        for _ in range(50):
            mean = np.exp(coefficients @ x.T + days)
            hessian = ((weight * mean / phi) @ products).reshape(*y.shape[:-1], p, p) + np.diag(precision)
            gradient = (weight * (y - mean) / phi) @ x - coefficients * precision
            step = np.linalg.solve(hessian, gradient[..., None])[..., 0]
            coefficients += step / np.maximum(1, np.abs(step).max(axis=-1, keepdims=True))
            if np.abs(step).max(initial=0) < 1e-6:
                break
        freedom = np.maximum(weight.sum(axis=-1, keepdims=True) - p, 1)
        squares = (weight * (y - mean) ** 2 / mean).sum(axis=-1, keepdims=True)
        together = squares.sum(axis=-2, keepdims=True) / freedom.sum(axis=-2, keepdims=True)
        phi = np.maximum(1, np.maximum(squares / freedom, together))
        residual = 1.5 * (y ** (2 / 3) * mean ** (-1 / 6) - mean**0.5) / phi**0.5
        weight = np.where(residual > OUTSTANDING, np.maximum(residual, 1) ** -2, 1)
    mean = np.exp(coefficients @ design.T + log_days)
    uncertainty = np.einsum("np,...pq,nq->...n", design, np.linalg.inv(hessian), design, optimize=True)
    return mean, phi * mean + mean**2 * uncertainty


def _quantile(chance: float, mean: _Floats, variance: _Floats) -> _Floats:
    """The first whole number that a negative binomial of this mean and variance stays at or below with ``chance``."""
    size = mean**2 / np.maximum(variance - mean, 1e-9 * mean)
    odds = size / (size + mean)
    low, high = np.full_like(mean, -1), np.ceil(mean + 40 * variance**0.5 + 40)
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        reached = betainc(size, middle + 1, odds) >= chance
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
    return high
