"""Schools side by side without false alarms: funnel limits, over-dispersion and shrunken rates.

Small schools vary more by chance than large ones. A funnel says which lie beyond chance; a shrunken rate says what is best
believed of each, and is the one to use wherever schools are compared or chosen.

Sources: Spiegelhalter (2005), Stat Med 24, 1185 (funnels, over-dispersion); Clayton and Kaldor (1987), Biometrics 43, 671
(gamma-Poisson empirical Bayes); Christiansen and Morris (1997), J Am Stat Assoc 92, 618 (what the fit does not know).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv, gammaln, gdtrib, ndtri, pdtr, pdtrc

from analytics.measures.grouping import with_columns

FLAG_WORDS = {
    "below_998": "sous la limite à 99,8 %",
    "below_95": "sous la limite à 95 %",
    "within": "entre les limites",
    "above_95": "au-dessus de la limite à 95 %",
    "above_998": "au-dessus de la limite à 99,8 %",
}
FLAGS = tuple(FLAG_WORDS)
"""Where a value lies: beyond the 99.8 % limits, beyond the 95 % ones only, or within them; missing where it is unknown."""

TAILS = {"95": 0.025, "998": 0.001}
WINSORISED = 0.1
"""The share of z scores at each end that is pulled in, so that a few true outliers do not pass for over-dispersion."""
WINSORISED_VARIANCE = 0.6786
"""What that leaves of a standard normal variance: 0.8 - 2 c f(c) + 0.2 c**2, f the density and c = 1.2816."""


def proportion_funnel(table: pd.DataFrame, phi: float = 1.0) -> pd.DataFrame:
    """Each row's proportion beside the limits around the overall one.

    ``table``: n (of interest), total (cases). Returns ``table`` with share, overall, lower_95, upper_95, lower_998,
    upper_998 (proportions, see :func:`proportion_limits`) and flag (one of FLAGS). ``phi`` is the over-dispersion. Rows
    with a missing number keep missing answers. Raises ValueError for a negative n, a total of 0 or less, or n above total.

    For an analyst. No page draws it: the share in time is compared by group, with the closures and waits that a plain
    proportion leaves out, and never by school.
    """
    n, total = _checked(table, "n", "total")
    if np.any(n > total):
        raise ValueError("a part cannot be larger than its total")
    overall = _overall(n, total)
    return _flagged(table, {"share": n / total, "overall": overall}, proportion_limits(total, overall, phi))


def proportion_limits(total: ArrayLike, overall: float, phi: float = 1.0) -> pd.DataFrame:
    """The funnel around an overall proportion, a row a total: total, lower_95, upper_95, lower_998, upper_998.

    A limit is the share whose Wilson bound is the overall proportion, so that a flag says what Wilson's interval says.
    Limits lie sqrt(``phi``) times as far out and stay from 0 to 1.
    """
    total = np.asarray(total, dtype=float)
    spread = np.sqrt(phi * overall * (1 - overall) / total)
    limits = {"total": total}
    for name, tail in TAILS.items():
        limits[f"lower_{name}"] = np.maximum(overall + ndtri(tail) * spread, 0)
        limits[f"upper_{name}"] = np.minimum(overall - ndtri(tail) * spread, 1)
    return pd.DataFrame(limits)


def rate_funnel(table: pd.DataFrame, phi: float = 1.0) -> pd.DataFrame:
    """Each row's rate beside the limits around the overall one.

    ``table``: count, exposure (pupils, or pupils times years). Returns ``table`` with rate, overall, lower_95, upper_95,
    lower_998, upper_998 (cases per unit of exposure, see :func:`rate_limits`) and flag (one of FLAGS). ``phi`` is the
    over-dispersion (:func:`overdispersion`). Rows with a missing number keep missing answers. Raises ValueError for a
    negative count or an exposure of 0 or less.
    """
    count, exposure = _checked(table, "count", "exposure")
    overall = _overall(count, exposure)
    return _flagged(table, {"rate": count / exposure, "overall": overall}, rate_limits(exposure, overall, phi))


def rate_limits(exposure: ArrayLike, overall: float, phi: float = 1.0) -> pd.DataFrame:
    """The funnel around an overall rate, a row an exposure: exposure, lower_95, upper_95, lower_998, upper_998.

    A limit is the rate whose exact Poisson bound is the overall rate, so that a flag says what the exact interval says.
    Limits lie sqrt(``phi``) times as far out and are never negative.
    """
    exposure = np.asarray(exposure, dtype=float)
    expected = overall * exposure
    limits = {"exposure": exposure}
    for name, tail in TAILS.items():
        # A count's bounds are gammaincinv(count, tail) and gammaincinv(count + 1, 1 - tail): solved for the count.
        lower, upper = gdtrib(1.0, 1 - tail, expected) - 1, gdtrib(1.0, tail, expected)
        limits[f"lower_{name}"] = np.maximum(expected + np.sqrt(phi) * (lower - expected), 0) / exposure
        limits[f"upper_{name}"] = (expected + np.sqrt(phi) * (upper - expected)) / exposure
    return pd.DataFrame(limits)


def overdispersion(table: pd.DataFrame) -> float:
    """How much more the rates vary than chance alone would make them: their variance over Poisson's, never below 1.

    ``table`` as for :func:`rate_funnel`. The mean of the squared z scores, winsorised, and 1 unless it passes 1 by more
    than two of its own standard deviations under chance alone (Spiegelhalter 2005). Two differences from there: a z score
    has the tail probability of the count (mid-p), since school counts are too small to be normal; and the mean is divided
    by what winsorising leaves of pure chance, without which it would see a third too little. Where schools expect fewer
    than about two cases each, true differences hide in the zeros and it is 1 or too low.
    """
    count, exposure = _checked(table, "count", "exposure")
    expected = _overall(count, exposure) * exposure
    known = ~np.isnan(count) & (expected > 0)
    if not known.any():
        return 1.0
    count, expected = count[known], expected[known]
    half = np.exp(count * np.log(expected) - expected - gammaln(count + 1)) / 2
    below, above = pdtr(count, expected) - half, pdtrc(count, expected) + half
    z = np.where(above < below, -1, 1) * ndtri(np.maximum(np.minimum(above, below), np.finfo(float).tiny))
    z = np.clip(z, *np.quantile(z, [WINSORISED, 1 - WINSORISED]))
    phi = float((z**2).mean()) / WINSORISED_VARIANCE
    return phi if phi > 1 + 2 * np.sqrt(2 / len(z)) else 1.0


def shrunken_rates(table: pd.DataFrame) -> pd.DataFrame:
    """What is best believed of each school's rate: its own, drawn towards all schools' the more, the less it has to say.

    ``table`` as for :func:`rate_funnel`; schools without a case count as any other. Returns ``table`` with rate,
    shrunken_rate, lower, upper (cases per unit of exposure): mean and 95 % interval of the true rate given the count, true
    rates following a gamma distribution whose mean and shape are fitted to all counts (negative binomial likelihood).

    The fit's own uncertainty is part of the interval: every shape weighs by its likelihood, the weight of the common rate
    in a typical school being as likely to lie anywhere from 0 to 1 beforehand. So there is an answer, and an honest one,
    when counts vary less than chance would make them, or when schools are few. Without any case in any school the rate
    is 0 and the interval says how high the common rate could be. Rows with a missing number keep missing answers.
    """
    count, exposure = _checked(table, "count", "exposure")
    known = ~np.isnan(count * exposure)
    rate = count / exposure
    answer = np.full((3, len(table)), np.nan)
    if count[known].sum() > 0:
        answer[:, known] = _posterior(count[known], exposure[known])
    elif known.any():
        answer[:, known] = np.array([[0.0], [0.0], [-np.log(0.025) / exposure[known].sum()]])
    return table.assign(rate=rate, shrunken_rate=answer[0], lower=answer[1], upper=answer[2])


def _posterior(count: NDArray[np.float64], exposure: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean, lower and upper limit of each true rate, the limits those of the gamma of the same mean and variance."""
    shape, mean, weight = _fit(count, exposure)
    shape, mean = shape[:, None], mean[:, None]
    own_shape, own_exposure = shape + count, shape / mean + exposure
    rate = own_shape / own_exposure
    slope = rate / own_exposure * shape / mean**2  # of the rate, by the mean of all
    precision = (shape * exposure / (mean * (shape + mean * exposure))).sum(axis=1, keepdims=True)
    best = weight @ rate
    variance = weight @ (rate / own_exposure + slope**2 / precision + (rate - best) ** 2)
    matched = best**2 / variance
    limits = (best * gammaincinv(matched, tail) / matched for tail in (0.025, 0.975))
    return np.vstack([best, *limits])


def _fit(count: NDArray[np.float64], exposure: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Plausible shapes of the gamma distribution, the most likely mean with each, and how plausible they are."""
    typical = count.mean()
    odds = np.linspace(-8, 8, 61)  # log odds of the weight of the common rate in a school that expects a typical count
    for _ in range(2):  # once to find where the weight lies, once to look there closely
        shape = typical * np.exp(odds)
        mean, likelihood = _profile(count, exposure, shape)
        plausible = likelihood - np.logaddexp(0, odds) - np.logaddexp(0, -odds)
        weight = np.exp(plausible - plausible.max())
        step, kept = odds[1] - odds[0], odds[weight > 1e-5]
        odds = np.linspace(kept[0] - step, kept[-1] + step, 61)
    return shape, mean, weight / weight.sum()


def _profile(
    count: NDArray[np.float64], exposure: NDArray[np.float64], shape: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """For each shape the most likely mean rate, and the negative binomial log-likelihood there (up to a constant)."""
    shape = shape[:, None]
    mean = np.full_like(shape, count.sum() / exposure.sum())
    for _ in range(200):  # each school weighs by how much of its count is not chance; a few rounds are enough
        weight = 1 / (shape + mean * exposure)
        before, mean = (
            mean,
            (count * weight).sum(axis=1, keepdims=True) / (exposure * weight).sum(axis=1, keepdims=True),
        )
        if np.all(np.abs(mean - before) <= 1e-10 * before):
            break
    expected = mean * exposure
    terms = gammaln(count + shape) - gammaln(shape) + count * np.log(expected) + shape * np.log(shape)
    return mean[:, 0], (terms - (count + shape) * np.log(expected + shape)).sum(axis=1)


def _overall(count: NDArray[np.float64], exposure: NDArray[np.float64]) -> float:
    known = ~np.isnan(count * exposure)
    return float(count[known].sum() / exposure[known].sum()) if known.any() else np.nan


def _checked(table: pd.DataFrame, count: str, exposure: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    counts, exposures = (table[column].to_numpy(float, na_value=np.nan) for column in (count, exposure))
    if np.any(counts < 0):
        raise ValueError(f"{count} is never negative")
    if np.any(exposures <= 0):
        raise ValueError(f"{exposure} is above zero")
    return counts, exposures


def _flagged(table: pd.DataFrame, answer: dict[str, Any], limits: pd.DataFrame) -> pd.DataFrame:
    """``table`` with ``answer``, whose first column is what the limits judge, the limits and the flag."""
    value = next(iter(answer.values()))
    limit = {name: limits[name].to_numpy() for name in limits.columns[1:]}
    flag = np.select(
        [
            value < limit["lower_998"],
            value > limit["upper_998"],
            value < limit["lower_95"],
            value > limit["upper_95"],
            value == value,  # not missing
        ],
        [FLAGS.index(name) for name in ("below_998", "above_998", "below_95", "above_95", "within")],
        -1,
    )
    categories = pd.Categorical.from_codes(flag, FLAGS, ordered=True)
    return with_columns(table, {**answer, **limit, "flag": categories})
