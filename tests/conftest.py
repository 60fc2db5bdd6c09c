"""What the tests share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from hypothesis import settings

# Before Relais is loaded, here or in a process that a test starts: a change of the shipped words turns no test red.
os.environ["RELAIS_DATA"] = str(Path(__file__).with_name("data"))

from analytics.domain.schema import TABLES
from analytics.store import Store
from analytics.store.reading import digest

settings.register_profile("relais", deadline=None)  # a slow machine is not a wrong answer
settings.load_profile("relais")


@pytest.fixture(scope="session")
def table() -> Callable[[str], pd.DataFrame]:
    """Reads a table drawn as text: cells between bars, headings first, a column of numbers as numbers."""
    return _read


def _read(drawing: str) -> pd.DataFrame:
    headings, *rows = ([cell.strip() or None for cell in line.split("|")] for line in drawing.strip().splitlines())
    frame = pd.DataFrame(rows, columns=headings)
    for heading in headings:
        try:
            frame[heading] = pd.to_numeric(frame[heading])
        except ValueError:
            continue
    return frame


LATER = ("detection_days", "first_seen_on", "reason", "provisional", "tells_closure", "fields", "by_year")


@pytest.fixture(scope="session")
def write_old_layout() -> Callable[[Store], None]:
    """Writes the current version of a store anew, as it was before ``records`` and the columns of LATER."""

    def write_old_layout(store: Store) -> None:
        building = store.folder / "0123abcd.building"
        with duckdb.connect(building) as connection:
            connection.execute(f"ATTACH '{store.folder / store.versions[0]}' AS known (READ_ONLY)")
            for name in TABLES:
                lacking = ", ".join(column for column in TABLES[name].names if column in LATER)
                kept = f"* EXCLUDE ({lacking})" if lacking else "*"
                connection.execute(f"CREATE TABLE {name} AS SELECT {kept} FROM known.{name}")
        sealed = building.rename(store.folder / f"0123abcd-{digest(building)}.duckdb")
        (store.folder / "manifest").write_text(sealed.name)

    return write_old_layout
