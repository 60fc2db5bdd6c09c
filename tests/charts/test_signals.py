"""The control chart draws what the measure says of each period."""

from __future__ import annotations

import pandas as pd

from analytics.charts.signals import control_chart
from analytics.measures import signals


def test_a_signal_is_marked_and_a_provisional_point_is_hollow():
    values = [10.0, 12, 11, 9, 10, 12, 11, 10, 9, 11, 10, 12, 40, 11]
    points = pd.DataFrame(
        {
            "period": pd.date_range("2025-01-01", periods=len(values), freq="MS"),
            "value": values,
            "provisional": [False] * 13 + [True],
        }
    )
    chart = control_chart(signals.xmr(points), lambda month: f"{month:%m/%Y}", str, "heures")
    marks = list(chart.figure.data[-1].marker.symbol)
    assert marks[12] == "diamond"
    assert marks[13] == "circle-open"
