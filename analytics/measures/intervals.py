"""Confidence intervals of a count, a rate and a proportion, over arrays.

Each function takes numbers, arrays or columns and returns an :class:`Interval` of two arrays in the same order; a
missing value gives a missing interval. ``confidence`` is a share, from 0.9 to less than 1. Impossible input (a negative
count, nobody to count, more than everybody) is a ``ValueError``: a mistake upstream, not a case without an answer.

Sources: Wilson (1927), J Am Stat Assoc 22, 209; Clopper and Pearson (1934), Biometrika 26, 404; Byar in Breslow and Day
(1987), Statistical Methods in Cancer Research, volume 2; Garwood (1936), Biometrika 28, 437; Eayres (2008), APHO Technical
Briefing 3.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, gammaincinv, ndtri

BYAR_FROM = 10
"""From this count on Byar's approximation replaces the exact interval (Eayres 2008)."""


class Interval(NamedTuple):
    """Lower and upper limits, one pair a value; NaN where the method gives none."""

    lower: NDArray[np.float64]
    upper: NDArray[np.float64]


def wilson(n: ArrayLike, total: ArrayLike, confidence: float = 0.95) -> Interval:
    """Wilson's score interval, without continuity correction, of the proportion ``n / total``.

    Fractional counts are accepted: an effective sample size is one. Limits are proportions, from 0 to 1.
    Raises ValueError where ``n < 0``, ``total <= 0`` or ``n > total``.
    """
    z = _z(confidence)
    n, total = _counts(n), _exposure(total)
    if np.any(n > total):
        raise ValueError("a part cannot be larger than its total")
    share = n / total
    centre = share + z**2 / (2 * total)
    half_width = z * np.sqrt(share * (1 - share) / total + (z / (2 * total)) ** 2)
    scale = 1 + z**2 / total
    lower, upper = (centre - half_width) / scale, (centre + half_width) / scale
    return Interval(np.where(n == 0, 0.0, lower), np.where(n == total, 1.0, upper))


def clopper_pearson(n: ArrayLike, total: ArrayLike, tail: ArrayLike) -> Interval:
    """Exact interval (Clopper and Pearson) of the proportion ``n / total``, with the chance ``tail`` beyond each limit.

    Fractional counts are accepted, as by :func:`wilson`; nothing counted leaves 0 to 1.
    Raises ValueError where ``n < 0`` or ``n > total``.
    """
    n, total = _counts(n), _counts(total)
    if np.any(n > total):
        raise ValueError("a part cannot be larger than its total")
    with np.errstate(invalid="ignore"):
        lower = betaincinv(np.where(n > 0, n, 1), total - n + 1, tail)
        upper = betaincinv(n + 1, np.where(n < total, total - n, 1), 1 - np.asarray(tail))
    return Interval(np.where(n > 0, lower, 0.0), np.where(n < total, upper, 1.0))


def exact_poisson(count: ArrayLike, confidence: float = 0.95) -> Interval:
    """Exact interval (Garwood) of the mean of a Poisson count. Raises ValueError where ``count < 0``."""
    tail = _tail(confidence)
    count = _counts(count)
    lower = np.where(count == 0, 0.0, gammaincinv(np.where(count == 0, 1.0, count), tail))
    return Interval(lower, gammaincinv(count + 1, 1 - tail))


def byar(count: ArrayLike, confidence: float = 0.95) -> Interval:
    """Byar's approximation of the same interval, good from 10 on.

    For a count of 0, and for tiny counts at high confidence, the approximation has no lower limit: it is NaN there,
    never a negative number. Raises ValueError where ``count < 0``.
    """
    z = _z(confidence)
    count = _counts(count)
    known = np.where(count > 0, count, np.nan)
    root = 1 - 1 / (9 * known) - z / (3 * np.sqrt(known))
    above = count + 1
    return Interval(
        np.where(root >= 0, known * root**3, np.nan), above * (1 - 1 / (9 * above) + z / (3 * np.sqrt(above))) ** 3
    )


def rate_interval(count: ArrayLike, exposure: ArrayLike, per: float = 1.0, confidence: float = 0.95) -> Interval:
    """Interval of the rate ``per * count / exposure``: exact below 10 events, Byar's from 10 on.

    Raises ValueError where ``count < 0`` or ``exposure <= 0``.
    """
    count, exposure = _counts(count), _exposure(exposure)
    exact, approximate = exact_poisson(count, confidence), byar(count, confidence)
    few = count < BYAR_FROM
    return Interval(
        per * np.where(few, exact.lower, approximate.lower) / exposure,
        per * np.where(few, exact.upper, approximate.upper) / exposure,
    )


def _counts(values: ArrayLike) -> NDArray[np.float64]:
    counts = np.asarray(values, dtype=float)
    if np.any(counts < 0):
        raise ValueError("a count cannot be negative")
    return counts


def _exposure(values: ArrayLike) -> NDArray[np.float64]:
    exposure = np.asarray(values, dtype=float)
    if np.any(exposure <= 0):
        raise ValueError("a total, a population or a time at risk must be above zero")
    return exposure


def _tail(confidence: float) -> float:
    if not 0.9 <= confidence < 1:
        raise ValueError("confidence is a share, from 0.9 to less than 1")
    return (1 - confidence) / 2


def _z(confidence: float) -> float:
    return float(ndtri(1 - _tail(confidence)))
