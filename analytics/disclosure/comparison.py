"""What a release shows beside plainer protections: figures measured once on fictitious registers, kept as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import msgspec
import pandas as pd

from analytics.domain.data import CONTENT
from analytics.domain.numbers import AttackedSequences


@dataclass(frozen=True)
class Comparison:
    """``measures``, a row a register: n_cases, shown, exposed, refused_tables (by Relais), threshold_shown,
    threshold_exposed (by a plain threshold), base_5_error, midpoint_6_error (mean error of a rounded cell).
    """

    source: str
    measured_on: date
    n_schools: int
    n_cells: int
    sequences: AttackedSequences
    measures: pd.DataFrame


def comparison() -> Comparison:
    """The measures of ``disclosure_comparison.toml``."""
    fields = msgspec.structs.asdict(CONTENT.disclosure_comparison)
    measures = pd.DataFrame(map(msgspec.structs.asdict, fields.pop("measures")))
    return Comparison(**fields, measures=measures)
