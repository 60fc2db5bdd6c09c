"""What happens: bars by category, weeks of a school year, a crossing as tiles."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from analytics.charts import theme
from analytics.french import count, day, number, percent
from analytics.vocabulary import DANGER_TYPES


def share_bars(answer: pd.DataFrame, column: str, labels: Mapping[str, str]) -> go.Figure:
    """Horizontal bars of the share of cases in each category (:func:`measures.incidents.shares`), with intervals.

    Types that threaten life have their own colour.
    """
    rows = answer.iloc[::-1]
    texts = [f"{number(n)} · {percent(share)}" for n, share in zip(rows["n"], rows["share"], strict=True)]
    chart = theme.figure(theme.bar_height(len(rows)))
    chart.add_bar(
        orientation="h",
        x=rows["share"],
        y=[labels[code] for code in rows[column]],
        marker_color=[theme.DANGER if code in DANGER_TYPES else theme.MAIN for code in rows[column]],
        error_x={
            "type": "data",
            "symmetric": False,
            "array": rows["upper"] - rows["share"],
            "arrayminus": rows["share"] - rows["lower"],
            "color": theme.NOT_RECORDED,
            "thickness": 1.5,
            "width": 4,
        },
        customdata=[
            f"{text}<br>entre {percent(lower)} et {percent(upper)}"
            for text, lower, upper in zip(texts, rows["lower"], rows["upper"], strict=True)
        ],
        hovertemplate="<b>%{y}</b><br>%{customdata}<extra></extra>",
    )
    for label, upper, text in zip(chart.data[0].y, rows["upper"], texts, strict=True):
        chart.add_annotation(x=upper, y=label, text=text, xanchor="left", xshift=8, showarrow=False)
    chart.update_xaxes(visible=False, range=[0, 1.45 * max(rows["upper"].max(), 0.01)])
    return chart


def weeks(answer: pd.DataFrame, year: str, year_before: str | None) -> go.Figure:
    """Reports a week (:func:`measures.incidents.by_week`): bars, the year before as a line, holidays shaded."""
    chart = theme.figure(320, showlegend=bool(answer["n_before"].notna().any()), bargap=0.2)
    half_week = pd.Timedelta(days=3.5)
    for week in answer.loc[answer["holiday"] != "", "week"]:
        chart.add_vrect(week - half_week, week + half_week, fillcolor=theme.SHADE, line_width=0, layer="below")
    hovers = [_week_hover(row) for row in answer.itertuples()]
    chart.add_bar(
        x=answer["week"],
        y=answer["n"],
        name=year,
        marker={
            "color": theme.MAIN,
            "pattern": {"shape": ["/" if provisional else "" for provisional in answer["provisional"]]},
        },
        customdata=hovers,
        hovertemplate="%{customdata}<extra></extra>",
    )
    if answer["n_before"].notna().any():
        chart.add_scatter(
            x=answer["week"],
            y=answer["n_before"].astype("float64"),
            name=f"{year_before}, même semaine d'école",
            mode="lines",
            line={"color": theme.BEFORE, "width": 2, "shape": "hvh"},
            hoverinfo="skip",
        )
    chart.update_xaxes(**theme.month_ticks(answer["week"]))
    chart.update_yaxes(title="dossiers", rangemode="tozero", tickformat=",d", nticks=5)
    return chart


def _week_hover(row) -> str:
    parts = [f"<b>Semaine du {day(row.week)}</b>", count(row.n, "dossier")]
    if pd.notna(row.n_before):
        parts.append(f"un an plus tôt : {number(row.n_before)}")
    if row.holiday:
        parts.append(row.holiday)
    if row.provisional:
        parts.append("semaine en cours, provisoire")
    return "<br>".join(parts)


def crossing_tiles(
    answer: pd.DataFrame, rows: Mapping[str, str], columns: Mapping[str, str], row: str, column: str
) -> go.Figure:
    """Tiles of the share of each column's cases that fall in each row (:func:`measures.incidents.crossing`)."""
    shares = answer.pivot_table(index=row, columns=column, values="share", observed=True)
    shares = shares.reindex(index=list(rows), columns=[code for code in columns if code in shares.columns]).fillna(0)
    chart = theme.figure(theme.bar_height(len(rows)))
    chart.add_heatmap(
        z=shares.to_numpy(),
        x=[columns[code] for code in shares.columns],
        y=[rows[code] for code in shares.index],
        text=[[percent(share) for share in line] for line in shares.to_numpy()],
        texttemplate="%{text}",
        colorscale=[[0, "rgba(61,143,196,0.04)"], [1, "rgba(61,143,196,0.85)"]],
        showscale=False,
        xgap=2,
        ygap=2,
        hovertemplate="<b>%{y}</b><br>%{x} : %{text} des dossiers<extra></extra>",
    )
    chart.update_yaxes(autorange="reversed", showgrid=False)
    chart.update_xaxes(side="top", showgrid=False)
    return chart
