"""What happens: bars by category, weeks of a school year, a cross-tabulation and the types of each week as heatmaps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.charts import theme
from analytics.charts.chart import Chart
from analytics.domain.french import count, day, number, percent
from analytics.domain.vocabulary import DANGER_TYPES

HALF_WEEK = pd.Timedelta(days=3.5)
MOST_PAIRS = 10


def share_bars(answer: pd.DataFrame, column: str, labels: Mapping[str, str]) -> Chart:
    """Horizontal bars of the share of cases in each category (:func:`measures.incidents.shares`), with intervals.

    Types that threaten life have their own colour.
    """
    return _bars(answer, [labels[code] for code in answer[column]], answer[column].isin(DANGER_TYPES))


def pair_bars(answer: pd.DataFrame, labels: Mapping[str, str]) -> Chart:
    """The most frequent pairs of incident types (:func:`measures.incidents.co_occurrence`), as bars of their share."""
    rows = answer.head(MOST_PAIRS)
    names = [f"{labels[a]}<br>+ {labels[b]}" for a, b in zip(rows["incident_type"], rows["other_type"], strict=True)]
    return _bars(rows, names, rows["incident_type"].isin(DANGER_TYPES) | rows["other_type"].isin(DANGER_TYPES))


def _bars(answer: pd.DataFrame, names: Sequence[str], is_danger: pd.Series) -> Chart:
    """One bar per row, the first on top: share, interval, and number and share at its end."""
    texts = [f"{number(n)} · {percent(share)}" for n, share in zip(answer["n"], answer["share"], strict=True)]
    bounds = [
        f"entre {percent(low)} et {percent(high)}" for low, high in zip(answer["lower"], answer["upper"], strict=True)
    ]
    chart = theme.figure(theme.bar_height(len(answer)))
    theme.add_bars(
        chart,
        answer["share"],
        names,
        map("<br>".join, zip(texts, bounds, strict=True)),
        marker={"color": [theme.DANGER if danger else theme.MAIN for danger in is_danger]},
        error_x=theme.interval(answer, "share", width=4),
    )
    for name, upper, text in zip(names, answer["upper"], texts, strict=True):
        theme.label_end(chart, upper, name, text)
    chart.update_xaxes(visible=False, range=[0, 1.9 * max(answer["upper"].max(), 0.01)])
    chart.update_yaxes(autorange="reversed")
    return chart


ROOM_FOR_NAMES = 320
"""Of a chart in pixels of height, above which the name of a holiday fits along its band."""


def weeks(answer: pd.DataFrame, year: str, year_before: str | None, height: int = 320) -> Chart:
    """Reports per week (:func:`measures.incidents.by_week`): bars, the year before as a line, holidays shaded and named."""
    has_before = bool(answer["n_before"].notna().any())
    chart = theme.figure(height, showlegend=has_before, bargap=0.2)
    _shade_holidays(chart, answer, named=height >= ROOM_FOR_NAMES)
    chart.add_bar(
        x=answer["week"],
        y=answer["n"],
        name=year,
        marker={
            "color": theme.MAIN,
            "pattern": {"shape": ["/" if provisional else "" for provisional in answer["provisional"]]},
        },
        **theme.hover(map(_week_hover, answer.itertuples()), "%{customdata}"),
    )
    if has_before:
        line = {"color": theme.BEFORE, "width": 2, "shape": "hvh"}
        name = f"{year_before}, même semaine d’école"
        theme.add_line(chart, answer["week"], answer["n_before"].astype("float64"), line, name=name)
    chart.update_xaxes(**_weeks_axis(answer["week"]))
    most = max(answer["n"].max(), answer["n_before"].max() if has_before else 0)
    chart.update_yaxes(title="dossiers", rangemode="tozero", tickformat=",d", nticks=5, dtick=1 if most <= 5 else None)
    return chart


def _weeks_axis(weeks: pd.Series) -> dict[str, Any]:
    return {**theme.month_ticks(weeks), "range": [weeks.min() - HALF_WEEK, weeks.max() + HALF_WEEK]}


def _shade_holidays(chart: Chart, answer: pd.DataFrame, *, named: bool = True) -> None:
    """A shaded band for each holiday, with its name along it."""
    for name, of_holiday in groupby(zip(answer["week"], answer["holiday"], strict=True), key=lambda row: row[1]):
        if not name:
            continue
        mondays = [week for week, _ in of_holiday]
        chart.add_vrect(
            mondays[0] - HALF_WEEK, mondays[-1] + HALF_WEEK, fillcolor=theme.SHADE, line={"width": 0}, layer="below"
        )
        if not named:
            continue
        chart.add_annotation(
            x=mondays[0] + (mondays[-1] - mondays[0]) / 2,
            y=0.98,
            yref="paper",
            yanchor="top",
            text=name,
            textangle=-90,
            showarrow=False,
            font={"size": 11},
        )


def _week_hover(row) -> str:
    parts = [f"<b>Semaine du {day(row.week)}</b>", count(row.n, "dossier")]
    if pd.notna(row.n_before):
        parts.append(f"un an plus tôt : {number(row.n_before)}")
    if row.holiday:
        parts.append(row.holiday)
    if row.provisional:
        parts.append("semaine en cours, provisoire")
    return "<br>".join(parts)


def week_tiles(answer: pd.DataFrame, labels: Mapping[str, str]) -> Chart:
    """Heatmap of the reports by incident type and week (:func:`measures.incidents.types_by_week`)."""
    of_week = answer.drop_duplicates("week")
    weeks = list(of_week["week"])
    types, _, numbers = _grid(answer, "incident_type", labels, "week", weeks, "n")
    of_weeks = list(zip(map(day, weeks), of_week["provisional"], strict=True))
    hovers = [
        [_tile_hover(n, *of_week) for n, of_week in zip(line, of_weeks, strict=True)] for line in numbers.tolist()
    ]
    chart = theme.figure(theme.bar_height(len(types)))
    _shade_holidays(chart, of_week, named=False)  # the tiles have numbers of their own
    shown = np.where(numbers > 0, numbers, np.nan)  # an empty tile lets the holiday's band through
    _add_tiles(chart, shown, weeks, [labels[code] for code in types], hovers, number, xgap=1)
    chart.update_traces(texttemplate="%{z}", colorbar={"y": 1.01, "yanchor": "bottom"})
    chart.update_layout(margin={"t": 40})
    chart.update_xaxes(**_weeks_axis(of_week["week"]), showgrid=False)
    chart.update_yaxes(autorange="reversed", showgrid=False)
    return chart


def _tile_hover(n: float, monday: str, is_provisional: bool) -> str:
    return f"semaine du {monday} : {count(n, 'dossier')}" + (", semaine en cours" if is_provisional else "")


def _grid(
    answer: pd.DataFrame, row: str, rows: Iterable[Any], column: str, columns: Iterable[Any], value: str
) -> tuple[list[Any], list[Any], NDArray[np.float64]]:
    """Those of ``rows`` and of ``columns`` that an answer has, and its ``value`` for each two of them."""
    cells = dict(zip(zip(answer[row], answer[column], strict=True), answer[value], strict=True))
    known_rows, known_columns = ({*codes} for codes in zip(*cells, strict=True))
    rows, columns = [code for code in rows if code in known_rows], [code for code in columns if code in known_columns]
    return rows, columns, np.array([[cells[one, other] for other in columns] for one in rows], dtype=float)


def crossing_tiles(
    answer: pd.DataFrame, rows: Mapping[str, str], columns: Mapping[str, str], row: str, column: str
) -> Chart:
    """Heatmap of the share of each column's cases that fall in each row (:func:`measures.incidents.cross_tabulate`)."""
    shown_rows, shown, shares = _grid(answer, row, rows, column, columns, "share")
    of_column = dict(zip(answer[column], answer["n_cases"], strict=True))
    names = [
        f"{columns[code]} ({number(of_column[code])})" for code in shown
    ]  # on one line, they turn where they touch
    texts = [[percent(share) for share in line] for line in shares.tolist()]
    labels = [rows[code] for code in shown_rows]
    chart = theme.figure(theme.bar_height(len(labels)) + 40)
    hovers = [[f"{name} : {text}" for name, text in zip(names, line, strict=True)] for line in texts]
    _add_tiles(chart, shares, names, labels, hovers, percent, xgap=2)
    chart.update_traces(colorbar={"y": -0.01, "yanchor": "top"})
    chart.update_layout(margin={"b": 40})
    chart.add_scatter(  # a heatmap's own text is coloured for an opaque tile
        x=[name for _ in labels for name in names],
        y=[label for label in labels for _ in names],
        text=[text for line in texts for text in line],
        mode="text",
        hoverinfo="skip",
    )
    chart.update_yaxes(autorange="reversed", showgrid=False)
    chart.update_xaxes(side="top", showgrid=False, autotickangles=[0, -90])
    return chart


def _add_tiles(
    chart: Chart,
    z: NDArray[np.float64],
    x: list,
    y: list[str],
    lines: Any,
    written: Callable[[float], str],
    xgap: int,
) -> None:
    """Tiles on which text is read on light and dark, with their scale from 0 to the most."""
    most = np.fmax.reduce(z, axis=None)  # of what is not missing
    chart.add_heatmap(
        z=z,
        x=x,
        y=y,
        colorscale=[[0, "rgba(61,143,196,0.05)"], [1, "rgba(61,143,196,0.62)"]],
        zmin=0,
        zmax=most,
        colorbar={
            "orientation": "h",
            "thickness": 8,
            "len": 0.35,
            "x": 1,
            "xanchor": "right",
            "outlinewidth": 0,
            "tickvals": [0, most],
            "ticktext": [written(0), written(most)],
        },
        xgap=xgap,
        ygap=2,
        **theme.hover(lines),
    )
