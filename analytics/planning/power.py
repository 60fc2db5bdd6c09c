"""Statistical power: the chance that an evaluation detects a true fall.

A fall that a study is too small to see is not a fall that did not happen. The closed form is for equal schools; real ones
differ, and what that adds is in the dispersion.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

MOST_SCHOOLS = 2500
"""All schools of French-speaking Belgium."""
WANTED = 0.8  # the power that studies are planned for


def power(
    n_visited: int, n_compared: int, n_before: int, n_after: int, cases: float, drop: float, dispersion: float
) -> float:
    """The chance to see a true ``drop`` (0.2 for a fifth) at the 5 % level, two-sided, from 0 to 1.

    ``cases`` is the mean number of cases of a school in a term, ``dispersion`` how much more counts vary than Poisson's.
    The log ratio of ratios has variance dispersion times the sum of the inverse expected counts of its four parts.
    """
    expected = cases * np.array(
        [n_visited * n_before, n_visited * n_after * (1 - drop), n_compared * n_before, n_compared * n_after]
    )
    if not (expected > 0).all():
        return 0.05
    error = np.sqrt(dispersion * (1 / expected).sum())
    distance, limit = abs(np.log1p(-drop)) / error, ndtri(0.975)
    return float(ndtr(distance - limit) + ndtr(-distance - limit))


def power_table(cases: float, dispersion: float, drop: float = 0.2) -> pd.DataFrame:
    """The power of designs of equal halves: n_schools (both halves), n_terms (before, and as many after), power."""
    return pd.DataFrame(
        [
            (n, n_terms, power(n // 2, n // 2, n_terms, n_terms, cases, drop, dispersion))
            for n in (20, 50, 100, 200, 400)
            for n_terms in (1, 2, 3, 6)
        ],
        columns=["n_schools", "n_terms", "power"],
    )


def schools_needed(cases: float, dispersion: float, n_terms: int, drop: float = 0.2) -> int | None:
    """How many schools (both halves) would see a true ``drop`` with a chance of WANTED; None beyond all schools."""
    error = abs(np.log1p(-drop)) / (ndtri(0.975) + ndtri(WANTED))
    per_pair = dispersion * (3 + 1 / (1 - drop)) / (cases * n_terms) / error**2 if cases > 0 else np.inf
    schools = 2 * np.ceil(per_pair)
    return int(schools) if schools <= MOST_SCHOOLS else None
