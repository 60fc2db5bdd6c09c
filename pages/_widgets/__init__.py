"""What several pages show: the filter panel, a chart with its explanation, a table, an indicator, a note, a file to take."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pages._widgets.changes import show_changes
    from pages._widgets.chart import show_chart
    from pages._widgets.files import offer_file
    from pages._widgets.indicator import Indicator, Link, show_indicators, show_links
    from pages._widgets.panel import address, one_of, pick, pick_school, school_labels
    from pages._widgets.records import Context, answer, closure_note, open_records
    from pages._widgets.remembering import remembered
    from pages._widgets.table import INTERVAL, SHARES, columns, fold_table, in_french, show_table

_HOMES = {
    "changes": ("show_changes",),
    "chart": ("show_chart",),
    "files": ("offer_file",),
    "indicator": ("Indicator", "Link", "show_indicators", "show_links"),
    "panel": ("address", "one_of", "pick", "pick_school", "school_labels"),
    "records": ("Context", "answer", "open_records", "closure_note"),
    "remembering": ("remembered",),
    "table": ("INTERVAL", "SHARES", "columns", "fold_table", "in_french", "show_table"),
}


def __getattr__(name: str) -> object:
    """A name of a widget, imported when it is first asked for: the server starts without pandas and Plotly."""
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
