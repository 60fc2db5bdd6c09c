"""Rounding: the version offered when no protection is proven, and the shares."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

WIDTH = 6


def midpoint_6(counts: ArrayLike) -> NDArray[np.int64]:
    """Counts rounded to the midpoint of their group of six: 1 to 6 become 3, 7 to 12 become 9; 0 stays 0.

    Source: OpenSAFELY, statistical disclosure control (docs/outputs/sdc.md).
    """
    counts = np.asarray(counts, dtype=np.int64)
    return -(-counts // WIDTH) * WIDTH - (WIDTH // 2) * (counts != 0)


def share_on_grid(n: int, total: int, step: float) -> float:
    """The share of ``n`` in ``total``, on a grid of ``step``.

    For numbers that are both printed: rounding them first would hide nothing, and make 7 of 12 a whole (9 of 9).
    """
    return round(round(n / total / step) * step, 6)
