"""How much less the cases of some schools tell of a share than as many independent cases would.

The cases of a school are alike: they share its pace, its words and its events, of which one brings several reports. An
interval that takes them for independent covers 68 to 90 times in 100 where it promises 95. So a share's number of cases is
divided by its design effect, the variance of the share when each school is left out in turn over that of independent cases,
and the interval is Student's, of as many schools of equal size as say as much. It holds for other schools of the kind too.

Sources: Efron (1982), The Jackknife, 3; Korn and Graubard (1998), Survey Methodology 24, 193 (the effective number of cases,
never more than there are); Rao and Scott (1981), J Am Stat Assoc 76, 221 (the mean design effect of a table); Carter,
Schnepel and Steigerwald (2017), Rev Econ Stat 99, 698 (clusters of unequal size).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

FEWEST_SCHOOLS = 6
"""Schools of equal size that say as much, below which they do not tell how schools differ: bunches alone are then known."""
ENOUGH_CASES = 15
"""Our choice: from this many cases on either side, a share's own design effect weighs more than the mean of its table."""
_NORMAL, _STUDENT = 1.959963984540054, 0.975


def design_effects(n: NDArray[Any], n_cases: NDArray[Any], bunching: float = 1.0) -> NDArray[np.float64]:
    """By how much the number of cases of each share is to be divided, 1 or more.

    ``n``: cases of each school (rows) that count in each share (columns), ``n_cases``: all cases of each school. The shares
    are those of one table: a rare one takes from the others what its own cases do not tell. Below FEWEST_SCHOOLS it is
    ``bunching`` (:func:`funnel.bunching`), and the interval that of the same schools.
    """
    total = n_cases.sum()
    n_equal = total**2 / (n_cases**2).sum() if total else 0.0
    if n_equal < FEWEST_SCHOOLS:
        return np.full(n.shape[1], max(bunching, 1.0))
    counted = n.sum(axis=0)
    share, n_schools, others = counted / total, np.count_nonzero(n_cases), 1 - n_cases / total
    left_out = (n - np.outer(n_cases, share)) / others[:, None]
    beyond = (n_schools - 1) / n_schools * (left_out**2).sum(axis=0)
    independent = total * share * (1 - share)
    of_table = beyond.sum() / independent.sum() if independent.any() else 1.0
    own = np.divide(beyond, independent, out=np.full_like(beyond, of_table), where=independent > 0)
    fewer = np.minimum(counted, total - counted)
    effect = (fewer * own + ENOUGH_CASES * of_table) / (fewer + ENOUGH_CASES)
    return np.maximum(effect * (stdtrit(n_equal - 1, _STUDENT) / _NORMAL) ** 2, 1.0)
