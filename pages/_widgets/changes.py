"""What changed since the same weeks of the year before, in the measure's words, above a chart or a table."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analytics.measures import years
from pages._widgets import text


def show_changes(answer: pd.DataFrame, column: str, labels: Mapping[Any, str]) -> None:
    """The words of :func:`years.changes`; nothing where there is no year before."""
    if words := years.changes(answer, column, labels):
        text.paragraph(f"**{words}**")
