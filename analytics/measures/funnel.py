"""Schools side by side without false alarms: bunches of reports, funnel limits, over-dispersion and shrunken rates.

Small schools vary more by chance than large ones. A funnel says which lie beyond chance; a shrunken rate says what is best
believed of each, and is the one to use wherever schools are compared or chosen.

Sources: Spiegelhalter (2005), Stat Med 24, 1185 (funnels, over-dispersion); Clayton and Kaldor (1987), Biometrics 43, 671
(gamma-Poisson empirical Bayes); Christiansen and Morris (1997), J Am Stat Assoc 92, 618 (what the fit does not know); Morris
and Tang (2011), Stat Sci 26, 271 (a prior whose intervals hold for few units).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammainc, gammaincc, gammaincinv, gammaln, gdtrib, ndtri, pdtr, pdtrc

from analytics.measures.grouping import groups, numbers, with_columns

FLAG_WORDS = {
    "below_998": "sous la limite à 99,8 %",
    "below_95": "sous la limite à 95 %",
    "within": "entre les limites",
    "above_95": "au-dessus de la limite à 95 %",
    "above_998": "au-dessus de la limite à 99,8 %",
}
FLAGS = tuple(FLAG_WORDS)
"""Where a value lies: beyond the 99.8 % limits, beyond the 95 % ones only, or within them; missing where it is unknown."""

BUNCHED = 1.2
"""Below this bunching, limits widen by less than a tenth: not worth a sentence."""
TAILS = {"95": 0.025, "998": 0.001}
WINSORISED = 0.1
"""The share of z scores at each end that is pulled in, so that a few true outliers do not pass for over-dispersion."""
WINSORISED_VARIANCE = 0.6786
"""What that leaves of a standard normal variance: 0.8 - 2 c f(c) + 0.2 c**2, f the density and c = 1.2816."""
MOST_SPREAD = 10.0
"""The largest variance between schools, of rates over their mean, that is thought possible beforehand."""


def bunching(weekly: pd.DataFrame, within: int = 4) -> float:
    """How much more a school's count varies than Poisson's because one event brings several reports: 1 where none does.

    ``weekly``: school_id, report_week, n; rows may repeat. One plus the mean number of other reports of the event that a
    report belongs to, which is the variance over the mean of a compound Poisson count. Estimated from the pairs of reports
    of one school that lie at most ``within`` weeks apart, beyond those that pairs of two schools let expect: season and
    growth are in both (the pair correlation of a cluster process, Diggle 2013, Statistical Analysis of Spatial and
    Spatio-Temporal Point Patterns). A school that is high in some months only counts as bunched too. 1 unless it
    passes 1 by more than two of its standard deviations under chance alone, and where it cannot be told: with one school, or
    within ``within`` weeks.
    """
    school, found = groups(weekly, ["school_id"])
    if len(found) < 2:
        return 1.0
    day = weekly["report_week"].to_numpy("datetime64[D]")
    week = (day - day.min()).astype(np.int64) // 7
    by_week = np.zeros((len(found) + 1, week.max() + 1))
    np.add.at(by_week, (school, week), weekly["n"].to_numpy(float))
    by_week[-1] = by_week.sum(axis=0)  # all schools as one
    up_to = np.pad(by_week, ((0, 0), (within + 1, 0))).cumsum(axis=1)
    recent = up_to[:, within + 1 :] - up_to[:, : -within - 1]
    near = (by_week * (recent - (by_week + 1) / 2)).sum(axis=1)
    total = by_week.sum(axis=1)
    pairs = total * (total - 1) / 2
    own_near, own_pairs, n_cases = near[:-1].sum(), pairs[:-1].sum(), total[-1]
    expected = (near[-1] - own_near) / max(pairs[-1] - own_pairs, 1)
    if expected == 1:
        return 1.0
    bunched = (own_near - expected * own_pairs) / (1 - expected)
    by_chance = np.sqrt(own_pairs * expected / (1 - expected))
    return float(1 + 2 * bunched / n_cases) if bunched > 2 * by_chance else 1.0


def funnel(table: pd.DataFrame, bunching: float = 1.0) -> pd.DataFrame:
    """Each row's count over the one to expect of its exposure, beside the limits around 1, for schools of one kind.

    ``table``: count, exposure (pupils, or pupils times years). ``bunching``: of the reports (:func:`bunching`). Returns
    ``table`` with expected (cases), ratio, spread (:func:`spread`) and flag (one of FLAGS, by the :func:`limits`). Rows with
    a missing number keep missing answers. Raises ValueError for a negative count or an exposure of 0 or less.
    """
    count, exposure = _checked(table, "count", "exposure")
    known = ~np.isnan(count * exposure)
    expected = exposure * (count[known].sum() / exposure[known].sum() if known.any() else np.nan)
    ratio = np.divide(count, expected, out=np.where(known, 1.0, np.nan), where=expected > 0)
    between = spread(count[known], expected[known], bunching)
    columns = {
        "ratio": ratio,
        "expected": np.where(known, expected, np.nan),
        "spread": np.where(known, between, np.nan),
        "flag": pd.Categorical.from_codes(_flag(ratio, expected, bunching, between), FLAGS, ordered=True),
    }
    return with_columns(table, columns)


def _flag(
    ratio: NDArray[np.float64], expected: NDArray[np.float64], bunching: float, spread: float
) -> NDArray[np.int64]:
    """The place in FLAGS of each ratio against its :func:`limits`; -1 where it is missing.

    A count lies beyond a limit where its own tail is the smaller one: a tail takes a tenth of the time of a limit.
    """
    mean = np.where(expected > 0, expected, np.nan) / bunching
    count = mean * (1 + (ratio - 1) / np.sqrt(1 + spread * mean))
    below, above = gammaincc(count + 1, mean), gammainc(count, mean)
    beyond = [tail < TAILS[limit] for limit in ("998", "95") for tail in (below, above)]
    flags = ("below_998", "above_998", "below_95", "above_95", "within")
    return np.select([*beyond, ~np.isnan(ratio)], [FLAGS.index(flag) for flag in flags], -1)


def limits(expected: ArrayLike, bunching: float = 1.0, spread: ArrayLike = 0.0) -> pd.DataFrame:
    """The funnel around 1, one row per expected count: expected, lower_95, upper_95, lower_998, upper_998.

    Without spread a limit is the ratio whose exact Poisson bound is 1, of as many times fewer cases as they come in bunches,
    so that a flag says what the exact interval says. With it the variance of a count gains ``spread`` times its square:
    limits lie as many times as far out as the root grows. They are never negative; NaN where nothing is expected.
    """
    expected = np.asarray(expected, dtype=float)
    mean = np.where(expected > 0, expected, np.nan) / bunching
    widened = np.sqrt(1 + np.asarray(spread) * mean)
    found = {"expected": expected}
    for name, tail in TAILS.items():
        # A count's bounds are gammaincinv(count, tail) and gammaincinv(count + 1, 1 - tail): solved for the count.
        lower, upper = gdtrib(1.0, 1 - tail, mean) - 1, gdtrib(1.0, tail, mean)
        found[f"lower_{name}"] = np.maximum(1 + widened * (lower / mean - 1), 0)
        found[f"upper_{name}"] = 1 + widened * (upper / mean - 1)
    return pd.DataFrame(found)


def spread(count: NDArray[np.float64], expected: NDArray[np.float64], bunching: float = 1.0) -> float:
    """The variance of the schools' true ratios to what is expected of them; 0 where chance alone may explain all.

    Additive over-dispersion (Spiegelhalter 2005; DerSimonian and Laird 1986, Controlled Clinical Trials 7, 177): from the
    mean of the squared z scores, winsorised, and 0 unless it passes 1 by more than two of its own standard deviations
    under chance alone. Two differences from there: a z score has the tail probability of the count (mid-p), since school
    counts are too small to be normal; and the mean is divided by what winsorising leaves of pure chance. Where schools
    expect fewer than about two cases each, true differences hide in the zeros and it is 0 or too low.
    """
    is_counted = expected > 0
    count, expected = count[is_counted], expected[is_counted]
    if len(count) < 2:
        return 0.0
    half = np.exp(count * np.log(expected) - expected - gammaln(count + 1)) / 2
    below, above = pdtr(count, expected) - half, pdtrc(count, expected) + half
    z = np.where(above < below, -1, 1) * ndtri(np.maximum(np.minimum(above, below), np.finfo(float).tiny))
    z = np.clip(z, *np.quantile(z, [WINSORISED, 1 - WINSORISED]))
    excess = float((z**2).mean()) / WINSORISED_VARIANCE / bunching
    if excess <= 1 + 2 * np.sqrt(2 / len(z)):
        return 0.0
    precision = expected / bunching
    return (len(z) * (excess - 1) + 1) / float(precision.sum() - (precision**2).sum() / precision.sum())


def shrunken_rates(table: pd.DataFrame, bunching: float = 1.0) -> pd.DataFrame:
    """What is best believed of each school's rate: its own, drawn towards all schools' the more, the less it has to say.

    ``table`` as for :func:`funnel`; schools without a case count as any other. Returns ``table`` with rate, shrunken_rate,
    lower, upper (cases per unit of exposure): mean and 95 % interval of the true rate given the count, true rates following
    a gamma distribution whose mean and shape are fitted to all counts (negative binomial likelihood). Reports that come in
    bunches tell as much as ``bunching`` times fewer of them (quasi-likelihood).

    The fit's own uncertainty is part of the interval: every shape weighs by its likelihood, the variance between schools
    being as likely to lie anywhere beforehand (Morris and Tang 2011), up to MOST_SPREAD. So there is an answer, and an
    honest one, when counts vary less than chance would make them, or when schools are few. Without any case in any school
    the rate is 0 and the interval says how high the common rate could be. Rows with a missing number keep missing answers.
    """
    count, exposure = _checked(table, "count", "exposure")
    known = ~np.isnan(count * exposure)
    rate = count / exposure
    answer = np.full((3, len(table)), np.nan)
    if count[known].sum() > 0:
        answer[:, known] = _posterior(count[known] / bunching, exposure[known] / bunching)
    elif known.any():
        answer[:, known] = np.array([[0.0], [0.0], [-np.log(0.025) * bunching / exposure[known].sum()]])
    best, lower, upper = answer
    return with_columns(table, {"rate": rate, "shrunken_rate": best, "lower": lower, "upper": upper})


def _posterior(count: NDArray[np.float64], exposure: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean, lower and upper limit of each true rate, the limits those of the gamma of the same mean and variance."""
    shape, mean, precision, weight = _fit(count, exposure)
    own_shape, own_exposure = shape + count, shape / mean + exposure
    rate = own_shape / own_exposure
    slope = rate / own_exposure * shape / mean**2  # of the rate, by the mean of all
    best = weight @ rate
    variance = weight @ (rate / own_exposure + slope**2 / precision + (rate - best) ** 2)
    matched = best**2 / variance
    limits = (best * gammaincinv(matched, tail) / matched for tail in (0.025, 0.975))
    return np.vstack([best, *limits])


def _fit(count: NDArray[np.float64], exposure: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Plausible shapes of the gamma distribution, the most likely mean with each and the precision of that mean, as columns,
    and how plausible they are.
    """
    least = -np.log(MOST_SPREAD)
    logarithm = np.linspace(least, np.log(max(count.mean(), 1.0)) + 8, 61)
    for _ in range(2):  # once to find where the weight lies, once to look there closely
        shape = np.exp(logarithm)[:, None]
        mean, likelihood = _profile(count, exposure, shape[:, 0])
        mean = mean[:, None]
        precision = (shape * exposure / (mean * (shape + mean * exposure))).sum(axis=1, keepdims=True)
        # The log mean is integrated out (Laplace); variances alike beforehand are log shapes less likely the larger.
        plausible = likelihood - np.log(precision * mean**2)[:, 0] / 2 - logarithm
        weight = np.exp(plausible - plausible.max())
        step, kept = logarithm[1] - logarithm[0], logarithm[weight > 1e-5]
        logarithm = np.linspace(max(kept[0] - step, least), kept[-1] + step, 61)
    return shape, mean, precision, weight / weight.sum()


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
    counts, place = np.unique(count, return_inverse=True)  # many schools have as many cases
    terms = gammaln(counts + shape)[:, place] - gammaln(shape) + count * np.log(expected) + shape * np.log(shape)
    return mean[:, 0], (terms - (count + shape) * np.log(expected + shape)).sum(axis=1)


def _checked(table: pd.DataFrame, count: str, exposure: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    counts, exposures = (numbers(table[column]) for column in (count, exposure))
    if np.any(counts < 0):
        raise ValueError(f"{count} is never negative")
    if np.any(exposures <= 0):
        raise ValueError(f"{exposure} is above zero")
    return counts, exposures
