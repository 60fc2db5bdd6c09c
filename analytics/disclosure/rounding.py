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
    """The share of ``n`` in ``total``, both rounded to midpoints of six, on a grid of ``step``."""
    part, whole = midpoint_6([n, total])
    return float(min(round(round(part / whole / step) * step, 6), 1.0))
