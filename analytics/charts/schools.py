"""Which schools are concerned: a funnel, the most concerned tenth, a school compared with its peers."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from analytics.charts import theme
from analytics.domain.french import count, number, percent
from analytics.measures.funnel import FLAG_WORDS

_MARKERS = {
    "within": ("circle-open", theme.MAIN, 9),
    "below_95": ("circle", theme.MAIN, 9),
    "above_95": ("circle", theme.MAIN, 9),
    "below_998": ("diamond", theme.SIGNAL, 12),
    "above_998": ("diamond", theme.SIGNAL, 12),
}


def funnel(schools: pd.DataFrame, lines: pd.DataFrame) -> go.Figure:
    """Cases per 1,000 pupils by the size of the school (:func:`measures.schools.rates`) within what chance allows
    (:func:`measures.schools.funnel_lines`).
    """
    known = schools[schools["rate"].notna()]
    chart = theme.figure(420)
    if known.empty:
        return chart
    top = 1.12 * max(known["rate"].max(), 2 * lines["overall"].iloc[0], 1.0)
    for columns, dash in ((("lower_95", "upper_95"), "dash"), (("lower_998", "upper_998"), "solid")):
        for column in columns:
            chart.add_scatter(
                x=lines["n_pupils"],
                y=lines[column],
                mode="lines",
                line={"color": theme.BEFORE, "width": 1.5, "dash": dash},
                hoverinfo="skip",
            )
    chart.add_scatter(
        x=lines["n_pupils"], y=lines["overall"], mode="lines", line={"color": theme.NOT_RECORDED}, hoverinfo="skip"
    )
    for flag, (symbol, colour, size) in _MARKERS.items():
        rows = known[known["flag"] == flag]
        chart.add_scatter(
            x=rows["n_pupils"].astype("float64"),
            y=rows["rate"],
            mode="markers",
            marker={"symbol": symbol, "color": colour, "size": size, "line": {"width": 1.5, "color": colour}},
            **theme.hover(map(_school_hover, rows.itertuples()), "%{customdata}"),
        )
    # On a phone, a name to the left of its line would reach the axis.
    clear = lines["n_pupils"] >= 0.12 * lines["n_pupils"].iloc[-1]
    for column, words, anchor in (("upper_95", "95 %", "right"), ("upper_998", "99,8 %", "left")):
        place = int(((lines[column] <= 0.94 * top) & clear).to_numpy().argmax())
        shift = -6 if anchor == "right" else 6
        chart.add_annotation(
            x=lines["n_pupils"].iloc[place],
            y=lines[column].iloc[place],
            text=words,
            xanchor=anchor,
            xshift=shift,
            yshift=6,
            showarrow=False,
        )
    chart.add_annotation(
        x=1,
        xref="paper",
        y=lines["overall"].iloc[0],
        text=f"ensemble : {number(lines['overall'].iloc[0], 1)}",
        xanchor="right",
        yanchor="bottom",
        showarrow=False,
    )
    chart.update_xaxes(title="élèves de l’école", range=[0, lines["n_pupils"].iloc[-1]], tickformat=",d", nticks=8)
    chart.update_yaxes(title="dossiers pour 1 000 élèves", range=[-0.03 * top, top])
    return chart


def _school_hover(row) -> str:
    return (
        f"<b>{row.name}</b><br>{count(row.n, 'dossier')}, {count(row.n_pupils, 'élève')}<br>"
        f"{number(row.rate, 1)} pour 1 000 élèves (entre {number(row.lower, 1)} et {number(row.upper, 1)})<br>"
        f"{FLAG_WORDS[row.flag]}<br>taux prudent : {number(row.shrunken_rate, 1)}"
    )


def concentration_bars(answer: pd.DataFrame) -> go.Figure:
    """The share of the cases of the most concerned tenth (:func:`measures.schools.concentration`), and what chance gives."""
    row = answer.iloc[0]
    chart = theme.figure(theme.bar_height(2))
    theme.add_bars(chart, answer["share"], ["Observé"], None, marker_color=theme.MAIN)
    chance = {"marker_color": theme.BEFORE, "error_x": theme.interval(answer, "expected", width=4)}
    theme.add_bars(chart, answer["expected"], ["Par le seul hasard"], None, **chance)
    theme.label_end(chart, row["share"], "Observé", percent(row["share"]))
    theme.label_end(chart, row["upper"], "Par le seul hasard", percent(row["expected"]))
    chart.update_layout(barmode="overlay")
    chart.update_xaxes(visible=False, range=[0, 1.3 * max(row["share"], row["upper"])])
    chart.update_yaxes(autorange="reversed")
    return chart


def beside_dots(answer: pd.DataFrame, labels: Mapping[str, str], groups: Mapping[str, str]) -> go.Figure:
    """A school's shares by incident type compared with other groups (:func:`measures.incidents.compare_groups`).

    ``groups`` are the words of each group, the school first.
    """
    types = list(dict.fromkeys(answer["incident_type"]))
    chart = theme.figure(theme.bar_height(len(types)) + 56, showlegend=True)
    for place, (group, words) in enumerate(groups.items()):
        rows = answer[answer["group"] == group]
        theme.add_dots(
            chart,
            rows["share"],
            [labels[code] for code in rows["incident_type"]],
            [
                f"{words} : {percent(row.share)}, {count(row.n, 'dossier')} sur {number(row.n_cases)}"
                for row in rows.itertuples()
            ],
            name=words,
            marker=_BESIDE[place],
            error_x=None if place else theme.interval(rows, "share"),
        )
    chart.update_xaxes(range=[-0.03, 1.03], **theme.share_ticks())
    chart.update_yaxes(autorange="reversed")
    return chart


_BESIDE = (
    {"size": 12, "color": theme.MAIN},
    {"size": 15, "symbol": "line-ns", "line": {"width": 3, "color": theme.BEFORE}},
    {"size": 10, "symbol": "diamond-open", "color": theme.NOT_RECORDED, "line": {"width": 2}},
)
