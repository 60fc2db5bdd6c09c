"""A chart is plain dictionaries: the same as what Plotly's own objects make of the same calls."""

import json

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from analytics.charts.chart import Chart


def same(chart: Chart, figure: go.Figure) -> bool:
    """Whether both draw the same, the template apart."""
    figure.layout.template = None
    mine = chart.figure
    mine.layout.template = None
    return mine == figure


def test_traces_shapes_and_axes_are_those_of_plotly():
    chart, figure = Chart({"height": 300, "xaxis": {"zeroline": False}, "yaxis": {}}), go.Figure()
    figure.update_layout(height=300, xaxis={"zeroline": False}, yaxis={})
    for drawn in (chart, figure):
        drawn.add_bar(x=[1, 2], y=["a", "b"], marker={"color": "#111111"}, name=None)
        drawn.update_traces(marker={"opacity": 0.5})
        drawn.add_vline(3, line={"width": 1})
        drawn.add_hline(0.8)
        drawn.add_vrect(1, 2, fillcolor="red", layer="below")
        drawn.add_annotation(x=1, y=2, text="n", showarrow=False)
        drawn.update_annotations(font={"size": 12})
        drawn.update_xaxes(title="cases", range=[0, 1])
        drawn.update_yaxes(autorange="reversed")
        drawn.update_layout(margin={"t": 40})
    assert same(chart, figure)


def test_panels_lie_where_plotly_lays_them():
    titles = ["a", "b", "c"]
    chart = Chart({"height": 300}).with_panels(2, 2, titles, 0.2, 0.1)
    figure = make_subplots(2, 2, subplot_titles=titles, vertical_spacing=0.2, horizontal_spacing=0.1)
    figure.update_layout(height=300)
    for drawn in (chart, figure):
        drawn.add_scatter(x=[1], y=[2], row=2, col=1)
        drawn.update_xaxes(nticks=5, row=1, col=2)
        drawn.update_yaxes(fixedrange=True)
    assert same(chart, figure)


def test_what_is_missing_is_null_and_days_are_written_in_iso_8601():
    chart = Chart({"height": 300})
    chart.add_scatter(
        x=pd.Series(pd.to_datetime(["2026-01-05", None])),
        y=pd.array([1, pd.NA], dtype="Int64"),
        text=np.array([1.5, np.inf]),
        customdata=map(str, (1, 2)),
    )
    (trace,) = json.loads(json.dumps(chart.to_plotly_json(), allow_nan=False))["data"]
    assert trace["x"] == ["2026-01-05T00:00:00", None]
    assert trace["y"] == [1, None]
    assert trace["text"] == [1.5, None]
    assert trace["customdata"] == ["1", "2"]


def test_a_look_that_charts_share_is_not_changed():
    marker = {"color": "red"}
    chart = Chart({"height": 300})
    chart.add_scatter(x=[1], y=[1], marker=marker)
    chart.update_traces(marker={"size": 3})
    assert marker == {"color": "red"}
