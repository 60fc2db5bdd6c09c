"""A chart of the screens drawn without a script."""

from __future__ import annotations

import re

import pandas as pd
import plotly.graph_objects as go
import pytest

from analytics.charts import theme
from analytics.documents.figure_svg import WIDTH, figure_svg

RECT = re.compile(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"')


def rectangles(svg: str) -> list[list[float]]:
    return [[float(part) for part in found] for found in RECT.findall(svg)]


def test_a_bar_is_as_long_as_its_number_and_carries_its_words_escaped():
    chart = theme.figure(200)
    theme.add_bars(chart, pd.Series([10, 5]), ["A & B", "C"], None, text=["10", "5"], textposition="outside")
    (_, top, ten, _), (_, below, five, _) = rectangles(figure_svg(chart))
    assert ten == pytest.approx(2 * five, abs=0.2)
    assert top > below  # as Plotly, from below
    assert all(words in figure_svg(chart) for words in (">A &amp; B<", ">10<", ">5<"))


def test_stacked_bars_stand_on_each_other_and_negative_ones_go_the_other_way():
    chart = theme.figure(200, barmode="relative")
    for value in (4, 2, -1):
        theme.add_bars(chart, pd.Series([value]), ["A"], None)
    (x1, _, w1, _), (x2, _, w2, _), (x3, _, w3, _) = rectangles(figure_svg(chart))
    assert x2 == pytest.approx(x1 + w1, abs=0.2)
    assert x3 + w3 == pytest.approx(x1, abs=0.2)
    assert w1 == pytest.approx(2 * w2, abs=0.2)


def test_a_line_turns_at_its_steps_and_leaves_out_what_is_missing():
    chart = theme.figure(200)
    chart.add_scatter(
        x=[0, 1, 2, 3], y=[0, 1, None, 1], mode="lines", line={"shape": "hv", "color": "#123456", "width": 2}
    )
    (way,) = re.findall(r'points="([^"]+)" fill="none" stroke="#123456"', figure_svg(chart))
    points = [tuple(map(float, point.split(","))) for point in way.split()]
    assert points[0][1] == points[1][1] > points[2][1]
    assert points[1][0] == points[2][0]
    assert all(0 <= x <= WIDTH for x, _ in points)


def test_ticks_and_titles_are_french_and_dates_are_dates():
    chart = theme.figure(200)
    chart.add_bar(x=pd.to_datetime(["2026-11-02", "2026-11-09"]), y=[1_200, 2_400])
    chart.update_xaxes(tickvals=[pd.Timestamp("2026-11-02")], ticktext=["nov.<br>2026"])
    svg = figure_svg(chart)
    assert ">nov.<" in svg and ">2026<" in svg and ">2\u202f000<" in svg


@pytest.mark.parametrize(
    "chart",
    [
        go.Figure(),
        go.Figure(go.Heatmap(z=[[1]])),
        go.Figure(go.Bar(x=[1], y=["A"], opacity=0.5)),
        go.Figure(go.Scatter(x=[1], y=[1]), {"xaxis": {"type": "log"}}),
        go.Figure([go.Bar(x=["A"], y=[1]), go.Bar(x=["A"], y=[2])]),
    ],
)
def test_what_is_not_drawn_here_keeps_its_script(chart):
    assert figure_svg(chart) == ""
