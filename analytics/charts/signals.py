"""Control charts: individual values, limits and signals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from analytics.charts import theme
from analytics.charts.chart import Chart

SIGNAL_WORDS = {
    "above": "plus que d’ordinaire",
    "below": "moins que d’ordinaire",
    "outside": "hors des limites",
    "run": "sept points du même côté",
    "trend": "sept points qui montent, ou qui descendent",
    "two_of_three": "deux points sur trois près d’une limite",
}


def control_chart(
    points: pd.DataFrame, period_words: Callable[[pd.Timestamp], str], value_words: Callable[[float], str], title: str
) -> Chart:
    """Points, limits and signals of one chart; a signal is a filled diamond, a provisional point is hollow.

    ``points``: what :func:`measures.signals.xmr` returns, or one series of :func:`measures.surveillance.charts`.
    """
    chart = theme.figure(300)
    for _, baseline in points.groupby(points["baseline"].fillna(""), sort=False):
        for column, dash in (("centre", "solid"), ("lower", "dot"), ("upper", "dot")):
            line = {"color": theme.BEFORE, "width": 1.5, "dash": dash}
            theme.add_line(chart, baseline["period"], baseline[column], line)
    is_signal = points["signal"] != "none"

    def said(point: Any) -> str:
        lines = [f"<b>{period_words(point.period)}</b>", value_words(point.value), SIGNAL_WORDS.get(point.signal, "")]
        return "<br>".join(filter(None, [*lines, "provisoire" if point.provisional else ""]))

    chart.add_scatter(
        x=points["period"],
        y=points["value"],
        mode="lines+markers",
        cliponaxis=False,  # a point at 0 is a whole point
        line={"color": theme.MAIN, "width": 2},
        marker={
            "size": [12 if signal else 8 for signal in is_signal],
            "symbol": [
                "diamond" if signal else "circle-open" if provisional else "circle"
                for signal, provisional in zip(is_signal, points["provisional"], strict=True)
            ],
            "color": [theme.SIGNAL if signal else theme.MAIN for signal in is_signal],
        },
        **theme.hover(map(said, points.itertuples()), "%{customdata}"),
    )
    opened = points[points["baseline"].notna() & (points["baseline"] != points["baseline"].shift())]
    for period, reason in zip(opened["period"], opened["baseline"], strict=True):
        chart.add_vline(period, line={"color": theme.NOT_RECORDED, "width": 1})
        chart.add_annotation(
            x=period, y=1, yref="paper", text=reason, showarrow=False, xanchor="left", yanchor="bottom", xshift=2
        )
    chart.update_xaxes(**theme.month_ticks(points["period"]))
    chart.update_yaxes(title=title, rangemode="tozero")
    chart.update_layout(margin={"t": 28})
    return chart
