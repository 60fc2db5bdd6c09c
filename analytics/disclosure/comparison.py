"""What a release shows beside plainer ways of withholding: figures measured once on fictitious registers, kept as data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics.domain.vocabulary import DATA


@dataclass(frozen=True)
class Comparison:
    """``measures``, a row a register: n_cases, shown, exposed, refused_tables (by Relais), threshold_shown,
    threshold_exposed (by a plain threshold), base_5_error, midpoint_6_error (mean error of a rounded cell).
    """

    source: str
    measured_on: date
    n_schools: int
    n_cells: int
    measures: pd.DataFrame


def comparison() -> Comparison:
    """The measures of ``data/disclosure_comparison.toml``."""
    entries = tomllib.loads((DATA / "disclosure_comparison.toml").read_text(encoding="utf-8"))
    measures = pd.DataFrame(entries.pop("measures"))
    return Comparison(**entries, measures=measures)
