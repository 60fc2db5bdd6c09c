"""The registers that commands are called with, and what they leave."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from analytics.store import Store

ROOT = Path(__file__).parents[2]
REGISTER = ROOT / "tests" / "files" / "registre-2025-2026.xlsx"
LATER = ROOT / "tests" / "files" / "registre-2025-2026-suite.xlsx"

HEADERS = "N° dossier;Élève;École;Année d’études;Signalé le;Faits"
GOOD = "2026/01;Zoé Lambert;A1;S3;10/03/2026;Insultes"
ALSO_GOOD = "2026/02;Noé Lambert;A1;S3;11/03/2026;Menaces"
BAD = "2026/03;Léa Petit;A1;S3;31/02/2026;Insultes"


class Answer(NamedTuple):
    code: int
    out: str
    err: str


def stored(name: str) -> pd.DataFrame:
    """A table of the current version."""
    snapshot = Store().snapshot()
    assert snapshot is not None
    with snapshot:
        return snapshot.table(name)


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a folder but the lock, which comes and goes."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*")) if path.name != "lock"}
