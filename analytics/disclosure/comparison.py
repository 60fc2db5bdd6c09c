"""What a release shows beside plainer protections: figures measured once on fictitious registers, kept as data."""

from __future__ import annotations

import msgspec
import pandas as pd

from analytics.domain.data import CONTENT

COMPARISON = CONTENT.disclosure_comparison


def measures() -> pd.DataFrame:
    """A row a register: n_cases, shown, exposed, refused_tables (by Relais), threshold_shown, threshold_exposed (by a plain
    threshold), base_5_error, midpoint_6_error (mean error of a rounded cell).
    """
    return pd.DataFrame(map(msgspec.structs.asdict, COMPARISON.measures))
