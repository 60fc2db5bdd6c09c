"""The common look of all charts: one colour per meaning, safe for the colour-blind, on light and dark themes.

Backgrounds are left transparent and text to the page, so that a chart follows the reader's theme.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from babel.dates import format_date

from analytics.charts.chart import Chart
from analytics.domain.french import LOCALE, NARROW_SPACE, percent

if TYPE_CHECKING:
    import plotly.graph_objects as go

# Okabe and Ito's palette (2008), slightly lightened for the dark theme.
MAIN = "#3d8fc4"  # cases, whatever they are counted by
BEFORE = "#9aa5b1"  # the year before, the whole, what one compares with
DANGER = "#d55e00"  # an incident type that threatens life
DONE = "#3d8fc4"
PENDING = "#e69f00"
CLOSED = "#8c6bb1"
LATE = "#56b4e9"  # done, but late
UNDATED = "#1f5a80"  # done, without a date
OVERDUE = "#b07d2b"  # pending past its deadline: no red, which stands for danger alone
SIGNAL = "#c4579b"  # more than chance explains
NOT_APPLICABLE = "#c3cad1"
NOT_RECORDED = "#8b949e"
SHADE = "rgba(139,148,158,0.16)"  # holidays, bands

GROUPS = ("#3d8fc4", "#e69f00", "#009e73", "#cc79a7", "#8c6bb1", "#8b949e", "#56b4e9", "#b07d2b")
"""Groups side by side, in the order of their vocabulary."""

CONFIG = {
    "displayModeBar": False,
    "showSendToCloud": False,  # would upload the figure
    "scrollZoom": False,
    "doubleClick": False,
}


def figure(height: int, **layout: object) -> Chart:
    """An empty figure with the common layout: French separators, no zoom by accident, hover on the closest point."""
    base = {
        "height": height,
        "margin": {"l": 8, "r": 16, "t": 8, "b": 8},
        "separators": f",{NARROW_SPACE}",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "hovermode": "closest",
        "dragmode": False,
        "showlegend": False,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        "bargap": 0.3,
        "xaxis": {"fixedrange": True, "automargin": True, "zeroline": False},
        "yaxis": {"fixedrange": True, "automargin": True, "zeroline": False},
    }
    return Chart({**base, **layout})


def add_bars(chart: Chart, x: pd.Series, y: Iterable[str], lines: Iterable[str] | None, **look: Any) -> None:
    """Add horizontal bars. ``lines`` are their hover texts, None for no hover."""
    said = {"hoverinfo": "skip"} if lines is None else hover(lines)
    chart.add_bar(orientation="h", x=x, y=y, **said, **look)


def add_dots(chart: Chart, x: pd.Series, y: Iterable[str], lines: Iterable[str], **look: Any) -> None:
    """Add a dot plot. ``lines`` are the hover texts."""
    chart.add_scatter(x=x, y=y, mode="markers", **hover(lines), **look)


def add_line(chart: Chart, x: Any, y: Any, line: Mapping[str, Any], **look: Any) -> None:
    """Add a ``line``, without hover."""
    chart.add_scatter(x=x, y=y, mode="lines", line=dict(line), hoverinfo="skip", **look)


def ink_on(colour: str) -> str:
    """Black or white, whichever is read better on ``colour`` (``#rrggbb``): at least 4.5 to 1 (WCAG 2.2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return "#000000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else "#ffffff"


def hover(lines: Iterable[object], template: str = "<b>%{y}</b><br>%{customdata}") -> dict[str, Any]:
    """Hover texts of a trace, without Plotly's box of trace names."""
    return {"customdata": list(lines), "hovertemplate": f"{template}<extra></extra>"}


def interval(rows: pd.DataFrame, value: str, width: int = 0) -> dict[str, Any]:
    """Error bars of the column ``value``, from ``lower`` to ``upper``."""
    return {
        "type": "data",
        "symmetric": False,
        "array": rows["upper"] - rows[value],
        "arrayminus": rows[value] - rows["lower"],
        "color": NOT_RECORDED,
        "thickness": 1.5,
        "width": width,
    }


def label_end(chart: Chart, x: float, y: str, text: str) -> None:
    """``text`` beyond the end of a horizontal bar."""
    chart.add_annotation(x=x, y=y, text=text, xanchor="left", xshift=8, showarrow=False)


def share_ticks(*shares: float) -> dict[str, Any]:
    """Ticks of an axis of shares, in French; quarters unless said otherwise."""
    shown = list(shares or (0, 0.25, 0.5, 0.75, 1))
    return {"tickvals": shown, "ticktext": [percent(share) for share in shown]}


def standing_alone(chart: go.Figure) -> go.Figure:
    """A copy of ``chart`` without the page that lends it its colours: lines that show on light and dark alike."""
    line = "rgba(139,148,158,0.35)"
    copy = type(chart)(chart)
    copy.update_layout(template="none", font={"size": 13}, coloraxis_showscale=False)
    copy.update_xaxes(gridcolor=line, linecolor=line)
    copy.update_yaxes(gridcolor=line, linecolor=line)
    return copy


def bar_height(n_bars: int) -> int:
    """Height in pixels of a chart of horizontal bars: 36 per bar, plus the axis."""
    return 36 * n_bars + 64


_MONTHS = ((6, range(1, 13)), (13, (1, 3, 5, 7, 9, 11)), (26, (1, 4, 9)), (50, (1, 9)))
"""Up to so many months, those that are named: as many as a phone has room for."""


def month_ticks(weeks: pd.Series) -> dict[str, Any]:
    """Ticks at the first week of some months, in French: fewer, the longer the time.

    A first month of a single week gives its place to the next.
    """
    ordered = np.sort(weeks.to_numpy("datetime64[s]"))
    firsts = ordered[np.unique(ordered.astype("datetime64[M]"), return_index=True)[1]].tolist()
    kept = next((months for most, months in _MONTHS if len(firsts) <= most), (9,))
    shown = [
        first
        for i, first in enumerate(firsts)
        if first.month in kept and (i or len(firsts) == 1 or firsts[1] - first > timedelta(days=14))
    ]
    shown = shown[:: 1 + len(shown) // 9]
    return {"tickvals": shown, "ticktext": [_short_month(first.date()) for first in shown], "tickangle": 0}


def _short_month(day: date) -> str:
    """``sept.``, with the year in January and September."""
    name = format_date(day, "LLL", locale=LOCALE)
    return f"{name}<br>{day.year}" if day.month in (1, 9) else name
