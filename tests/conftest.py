"""What the tests share."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import settings

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
