"""Which schools are concerned: a funnel, the most concerned tenth, a school compared with its peers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analytics.charts import theme
from analytics.charts.chart import Chart
from analytics.domain.french import count, number, percent
from analytics.measures.funnel import FLAG_WORDS

_MARKERS = {
    "within": ("circle-open", 9),
    "below_95": ("circle", 9),
    "above_95": ("circle", 9),
    "below_998": ("diamond", 12),
    "above_998": ("diamond", 12),
}
_TICKS = [decade * step for decade in (0.01, 0.1, 1, 10, 100, 1_000, 10_000) for step in (1, 2, 5)]


def funnel(rated: pd.DataFrame, lines: pd.DataFrame, levels: Mapping[str, str]) -> Chart:
    """Cases over what is expected of each school (:func:`measures.schools.rates`) within what chance allows at its level
    (:func:`measures.schools.funnel_lines`). ``levels`` are their labels. A point's last customdata is the school's code.
    """
    known = np.flatnonzero(rated["expected"] > 0)
    chart = theme.figure(420)
    if not len(known):
        return chart
    expected, ratio, flag, level, code = (
        rated[name].to_numpy()[known] for name in ("expected", "ratio", "flag", "school_level", "school_id")
    )
    words = map(_school_hover, *(rated[name].array[known].tolist() for name in _IN_HOVER))
    points = list(zip(words, code, strict=True))
    top = 1.12 * max(ratio.max(), lines["upper_998"].min())
    drawn = list(dict.fromkeys(lines["school_level"]))
    chart.update_layout(showlegend=len(drawn) > 1)
    chart.add_hline(y=1, line={"color": theme.NOT_RECORDED, "width": 1})
    for of_level, colour in zip(drawn, theme.GROUPS, strict=False):
        of_line = (lines["school_level"] == of_level).to_numpy()
        for column in ("lower_95", "upper_95", "lower_998", "upper_998"):
            line = {"color": colour, "width": 1.2, "dash": "dash" if column.endswith("95") else "solid"}
            look = {"name": levels[of_level], "showlegend": column == "upper_998"}
            x, y = (lines[name].to_numpy()[of_line] for name in ("expected", column))
            theme.add_line(chart, x, y, line, **look)
        for of_flag, (symbol, size) in _MARKERS.items():
            rows = np.flatnonzero((flag == of_flag) & (level == of_level))
            of_marker = theme.SIGNAL if symbol == "diamond" else colour
            chart.add_scatter(
                x=expected[rows],
                y=ratio[rows],
                mode="markers",
                showlegend=False,
                marker={"symbol": symbol, "color": of_marker, "size": size, "line": {"width": 1.5, "color": of_marker}},
                **theme.hover((points[row] for row in rows), "%{customdata[0]}"),
            )
    inner, outer = lines[["upper_95", "upper_998"]].iloc[-1].clip(upper=0.9 * top)
    named = {"95 %": inner, "99,8 %": outer} if outer - inner >= 0.08 * top else {"95 % et 99,8 %": outer}
    for words, y in named.items():
        _name_limit(chart, lines["expected"].iloc[-1], y, words, xanchor="right", font={"color": colour})
    least, most = lines["expected"].min(), lines["expected"].max()
    chart.update_xaxes(
        title="dossiers attendus",
        type="log",
        range=[np.log10(least), np.log10(most)],
        tickvals=(shown := [tick for tick in _TICKS if least <= tick <= most]),
        ticktext=[f"{tick:g}".replace(".", ",") for tick in shown],
    )
    chart.update_yaxes(title="fois l’attendu", range=[-0.03 * top, top])
    return chart


def _name_limit(chart: Chart, x: float, y: float, words: str, **look: Any) -> None:
    """``words`` over a line; an axis of logarithms wants its annotations there as Plotly stores them."""
    chart.add_annotation(x=np.log10(x), y=y, text=words, yanchor="bottom", showarrow=False, **look)


def _school_hover(
    name: str,
    n: int,
    expected: float,
    n_pupils: int,
    rate: float,
    lower: float,
    upper: float,
    flag: str,
    shrunken: float,
) -> str:
    return (
        f"<b>{name}</b><br>{count(n, 'dossier')} pour {number(expected, 1)} attendus, {count(n_pupils, 'élève')}<br>"
        f"{number(rate, 1)} pour 1 000 élèves (entre {number(lower, 1)} et {number(upper, 1)})<br>"
        f"{FLAG_WORDS[flag]}<br>taux prudent : {number(shrunken, 1)}"
    )


_IN_HOVER = ("name", "n", "expected", "n_pupils", "rate", "lower", "upper", "flag", "shrunken_rate")


def concentration_bars(answer: pd.DataFrame) -> Chart:
    """The share of the cases of the most concerned tenth (:func:`measures.schools.concentration`), and what chance gives."""
    row = answer.iloc[0]
    chart = theme.figure(theme.bar_height(2))
    theme.add_bars(chart, answer["share"], ["Observé"], None, marker={"color": theme.MAIN})
    chance = {"marker": {"color": theme.BEFORE}, "error_x": theme.interval(answer, "expected", width=4)}
    theme.add_bars(chart, answer["expected"], ["Par le seul hasard"], None, **chance)
    theme.label_end(chart, row["share"], "Observé", percent(row["share"]))
    theme.label_end(chart, row["upper"], "Par le seul hasard", percent(row["expected"]))
    chart.update_layout(barmode="overlay")
    chart.update_xaxes(visible=False, range=[0, 1.3 * max(row["share"], row["upper"])])
    chart.update_yaxes(autorange="reversed")
    return chart


def year_bars(answer: pd.DataFrame) -> Chart:
    """The cases of a school by school year (:func:`measures.schools.by_year`, is_running), threats to life apart."""
    chart = theme.figure(theme.bar_height(len(answer)), barmode="stack", showlegend=bool(answer["n_danger"].any()))
    names = [f"{year}, en cours" if r else year for year, r in answer[["school_year", "is_running"]].to_numpy()]
    rest = answer["n"] - answer["n_danger"]
    for n, label, colour in ((answer["n_danger"], "vie menacée", theme.DANGER), (rest, "autres dossiers", theme.MAIN)):
        theme.add_bars(
            chart, n, names, [f"{count(k, 'dossier')}, {label}" for k in n], name=label, marker={"color": colour}
        )
    for name, n in zip(names, answer["n"], strict=True):
        theme.label_end(chart, n, name, number(n))
    chart.update_xaxes(visible=False, range=[0, 1.15 * max(answer["n"].max(), 1)])
    chart.update_yaxes(autorange="reversed")
    return chart


def beside_dots(answer: pd.DataFrame, labels: Mapping[str, str], groups: Mapping[str, str]) -> Chart:
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
                f"{words} : {percent(share)}, {count(n, 'dossier')} sur {number(n_cases)}"
                for share, n, n_cases in zip(rows["share"], rows["n"], rows["n_cases"], strict=True)
            ],
            name=words,
            marker=_BESIDE[place],
            error_x=None if place else theme.interval(rows, "share"),
        )
    most = max(answer["share"].max(), answer.loc[answer["group"] == next(iter(groups)), "upper"].max())
    step = 0.25 if most > 0.5 else 0.1
    ticks = np.arange(0, min(most + step, 1 + step / 2), step)
    chart.update_xaxes(range=[-0.03 * ticks[-1], 1.03 * ticks[-1]], **theme.share_ticks(*ticks))
    chart.update_yaxes(autorange="reversed")
    return chart


_BESIDE = (
    {"size": 12, "color": theme.MAIN},
    {"size": 15, "symbol": "line-ns", "line": {"width": 3, "color": theme.BEFORE}},
    {"size": 10, "symbol": "diamond-open", "color": theme.NOT_RECORDED, "line": {"width": 2}},
)
