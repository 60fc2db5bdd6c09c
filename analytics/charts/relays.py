"""How fast the relays are activated: what became of each step, shares within a delay, curves."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap
from typing import Any

import numpy as np
import pandas as pd

from analytics.charts import theme
from analytics.charts.chart import Chart
from analytics.domain.french import NARROW_SPACE, count, hours, number, percent, percents, school_days
from analytics.domain.vocabulary import STEPS

OUTCOMES = {
    "n_done": ("faite", theme.DONE),
    "n_pending": ("en attente", theme.PENDING),
    "n_closed": ("dossier clôturé sans elle", theme.CLOSED),
    "n_not_applicable": ("sans objet", theme.NOT_APPLICABLE),
    "n_not_recorded": ("non notée", theme.NOT_RECORDED),
}
DEADLINE_STATES = {
    "n_in_time": ("à temps", theme.DONE),
    "n_late": ("en retard", theme.LATE),
    "n_undated": ("faite, sans date", theme.UNDATED),
    "n_waiting": ("encore dans le délai", theme.PENDING),
    "n_overdue": ("en attente, hors délai", theme.OVERDUE),
    "n_closed": ("dossier clôturé sans elle", theme.CLOSED),
}

_BEYOND = (theme.LATE, theme.OVERDUE)


def outcome_bars(answer: pd.DataFrame) -> Chart:
    """What became of each step (:func:`measures.relays.outcomes`): each case is in one segment of the bar of each step."""
    return _parts_of_steps(answer, OUTCOMES, "n_total")


def deadline_bars(answer: pd.DataFrame) -> Chart:
    """Status of each step that has a deadline (:func:`measures.relays.against_deadline`)."""
    return _parts_of_steps(answer[answer["n_cases"] > 0], DEADLINE_STATES, "n_cases")


def _parts_of_steps(answer: pd.DataFrame, parts: Mapping[str, tuple[str, str]], total: str) -> Chart:
    """One stacked bar per step, normalised to one length, of ``parts`` of the column ``total``."""
    rows = answer.iloc[::-1]
    chart = theme.figure(theme.bar_height(len(rows)) + 40, barmode="stack", barnorm="fraction", showlegend=True)
    for column, (label, colour) in parts.items():
        if column == "n_undated" and not rows[column].any():
            continue
        theme.add_bars(
            chart,
            rows[column],
            [STEPS[step].label for step in rows["step"]],
            [f"{count(n, 'dossier')}, {label}" for n in rows[column]],
            name=label,
            text=[number(n) if n >= 0.06 * of else "" for n, of in zip(rows[column], rows[total], strict=True)],
            textposition="inside",
            insidetextanchor="middle",
            insidetextfont={"color": theme.ink_on(colour)},
            # What is beyond its deadline stands beside what is within, and must differ by more than its colour.
            marker={
                "color": colour,
                "pattern": {"shape": "/" if colour in _BEYOND else "", "fillmode": "overlay", "fgopacity": 0.3},
            },
            textangle=0,
        )
    chart.update_xaxes(visible=False)
    return chart


def share_dots(shares: pd.DataFrame, delay_label: Mapping[float, str]) -> Chart:
    """Share of the cases in which each step was done within one or two delays (:func:`measures.relays.shares_within`)."""
    steps = [step for step in STEPS if step in set(shares["step"])][::-1]
    chart = theme.figure(theme.bar_height(len(steps)) + 40, showlegend=True)
    for place, (delay, label) in enumerate(delay_label.items()):
        rows = shares[shares["delay"] == delay].set_index("step").reindex(steps)
        theme.add_dots(
            chart,
            rows["incidence"],
            [STEPS[step].label for step in steps],
            [
                f"{percents(row.incidence, row.most)} {label}<br>entre {percent(row.lower)} et {percent(row.upper)}"
                for row in rows.itertuples()
            ],
            name=label,
            marker={
                "size": 12,
                "color": theme.MAIN if place == 0 else "rgba(0,0,0,0)",
                "line": {"color": theme.MAIN, "width": 2},
                "symbol": "circle" if place == 0 else "diamond",
            },
            error_x=theme.interval(rows, "incidence"),
        )
    chart.update_xaxes(range=[-0.02, 1.02], **theme.share_ticks())
    return chart


MOST_TOGETHER = 4
"""Curves of more groups than this are drawn in panels, each with the curve of all cases."""


def incidence_curves(
    curves: pd.DataFrame,
    followed: pd.DataFrame,
    clock: str,
    by: str | None,
    labels: Mapping[Any, str],
    deadline: float | None,
) -> Chart:
    """Curves of the share done by each delay (:func:`measures.relays.curves` of one step), with bands for one or two.

    ``followed`` (:meth:`measures.incidence.Curves.at`) gives the ticks and, under them, how many cases still wait. ``by``
    is the column that tells groups apart, ``labels`` their words; None for a single curve.
    """
    groups = [code for code in labels if code in set(curves[by])] if by else [None]
    until = followed["delay"].max()
    chart = theme.figure(360 + 22 * len(groups), showlegend=by is not None, hovermode="x")
    for place, group in enumerate(groups):
        colour = theme.DANGER if by == "danger" and group else theme.GROUPS[place % len(theme.GROUPS)]
        name = "tous" if group is None else labels[group]
        _add_curve(chart, _of_group(curves, by, group), colour, name, until, clock, band=len(groups) <= 2)
        waiting = _of_group(followed, by, group)
        for tick, n in zip(waiting["delay"], waiting["n_at_risk"], strict=True):
            chart.add_annotation(
                x=tick,
                y=0,
                yref="paper",
                yshift=-44 - 20 * place,
                text=number(n),
                font={"color": colour, "size": 12} if by else {"size": 12},
                showarrow=False,
            )
    chart.add_annotation(
        x=0, xref="paper", xshift=-6, xanchor="right", y=0, yref="paper", yshift=-44, text="suivis", showarrow=False
    )
    _mark_deadline(chart, deadline, until)
    ticks = sorted(set(followed["delay"]))
    chart.update_xaxes(tickvals=ticks, ticktext=[_tick(tick, clock) for tick in ticks])
    _lay_axes(chart, until)
    chart.update_layout(margin={"l": 64, "b": 60 + 20 * len(groups), "t": 36})
    return chart


def incidence_panels(
    curves: pd.DataFrame, everyone: pd.DataFrame, followed: pd.DataFrame, clock: str, by: str, labels: Mapping[Any, str]
) -> Chart:
    """Panels of one curve per group, each with the curve of ``everyone`` in grey, on common axes.

    Under each tick, how many cases of the group still wait.
    """
    groups = [code for code in labels if code in set(curves[by])]
    until = followed["delay"].max()
    n_rows = -(-len(groups) // 2)
    titles = ["<br>".join(wrap(labels[group], 16)) for group in groups]
    chart = theme.figure(210 * n_rows + 40).with_panels(n_rows, 2, titles, 0.42 / n_rows, 0.1)
    for place, group in enumerate(groups):
        row, column = divmod(place, 2)
        where = {"row": row + 1, "col": column + 1}
        _add_curve(chart, everyone, theme.BEFORE, "tous", until, clock, band=False, **where)
        _add_curve(chart, _of_group(curves, by, group), theme.MAIN, labels[group], until, clock, band=True, **where)
        waiting = _of_group(followed, by, group)
        ticktext = [
            f"{_tick(tick, clock)}<br>{number(n)}"
            for tick, n in zip(waiting["delay"], waiting["n_at_risk"], strict=True)
        ]
        chart.update_xaxes(tickvals=list(waiting["delay"]), ticktext=ticktext, **where)
    _lay_axes(chart, until)
    chart.update_annotations(font={"size": 12})
    chart.update_layout(margin={"t": 48, "l": 48})
    return chart


def _of_group(table: pd.DataFrame, by: str | None, group: object) -> pd.DataFrame:
    return table if by is None else table[table[by] == group]


def _tick(delay: float, clock: str) -> str:
    if clock == "hours" and delay <= 72:
        return f"{number(delay)}{NARROW_SPACE}h"
    return f"{number(delay / 24 if clock == 'hours' else delay)}{NARROW_SPACE}j"


def _lay_axes(chart: Chart, until: float) -> None:
    chart.update_xaxes(range=[-0.03 * until, 1.03 * until], tickangle=0, fixedrange=True, zeroline=False)
    chart.update_yaxes(range=[0, 1.02], **theme.share_ticks(), fixedrange=True, zeroline=False)


def _mark_deadline(chart: Chart, deadline: float | None, until: float) -> None:
    if deadline is not None and deadline <= until:
        chart.add_vline(deadline, line={"color": theme.NOT_RECORDED, "width": 1.5, "dash": "dot"})
        chart.add_annotation(
            x=deadline, y=0, yref="paper", text="délai", showarrow=False, xanchor="left", yanchor="bottom", xshift=4
        )


_PIXELS = 1_000
"""More than a screen gives a curve."""


def _thinned(curve: pd.DataFrame, until: float) -> pd.DataFrame:
    """The first and the last step of a curve in each pixel: the others are not seen, and it still ends each pixel where it
    did."""
    pixels = (curve["delay"] * _PIXELS // max(until, 1)).astype("int64")
    return curve[~pixels.duplicated() | ~pixels.duplicated(keep="last")]


def _add_curve(
    chart: Chart,
    curve: pd.DataFrame,
    colour: str,
    name: str,
    until: float,
    clock: str,
    *,
    band: bool,
    row: int | None = None,
    col: int | None = None,
) -> None:
    shown = _thinned(curve[curve["delay"] <= until], until)
    x = np.concatenate([[0], shown["delay"].to_numpy(float), [until]])

    def stepped(column: str) -> np.ndarray:
        values = np.concatenate([[0.0], shown[column].to_numpy(float)])
        return np.append(values, values[-1])

    if band:
        edge = {"mode": "lines", "line": {"width": 0, "shape": "hv"}, "hoverinfo": "skip", "showlegend": False}
        chart.add_scatter(x=x, y=stepped("upper"), **edge, row=row, col=col)
        shade = f"rgba{(*_rgb(colour), 0.18)}"
        chart.add_scatter(x=x, y=stepped("lower"), **edge, fill="tonexty", fillcolor=shade, row=row, col=col)
    unit = hours if clock == "hours" else school_days
    chart.add_scatter(
        x=x,
        y=stepped("incidence"),
        name=name,
        mode="lines",
        line={"color": colour, "width": 2.5, "shape": "hv"},
        customdata=[f"{percent(share)} en {unit(delay)}" for delay, share in zip(x, stepped("incidence"), strict=True)],
        hovertemplate=f"%{{customdata}}<extra>{name}</extra>",
        row=row,
        col=col,
    )


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def order_bars(answer: pd.DataFrame) -> Chart:
    """Share of the closed cases that skip each step, of all that do a later one first (:func:`measures.relays.order`)."""
    rows = answer.iloc[::-1]
    labels = [STEPS[step].label for step in rows["step"]]
    chart = theme.figure(2 * theme.bar_height(len(rows)) // 3 + 80, barmode="group", showlegend=True, bargap=0.35)
    for column, name, colour in (
        ("share_overtaken", "faite après une étape suivante", theme.BEFORE),
        ("share_skipped", "sautée (dossiers clôturés)", theme.CLOSED),
    ):
        lines = [f"{percent(value)}, {name}" for value in rows[column]]
        theme.add_bars(chart, rows[column], labels, lines, name=name, marker={"color": colour})
    chart.update_xaxes(range=[0, 1], **theme.share_ticks())
    chart.update_layout(legend={"traceorder": "reversed"})
    return chart


INTERVALS = {
    "detection": "Des faits au signalement",
    "first_relay": "Jusqu’au premier relais",
    "parents": "Jusqu’aux parents",
    "protection": "Jusqu’à la protection à l’école",
}


def interval_words(interval: str, delay: float) -> str:
    """A delay of an interval: from the facts in days, from the report in hours."""
    return hours(delay) if interval != "detection" or pd.isna(delay) else count(delay, "jour")


def timeliness_dots(answer: pd.DataFrame, by: str | None, labels: Mapping[Any, str]) -> Chart:
    """The median of each interval (:func:`measures.timeliness.summary`) with its interval, a panel each, a row a group.

    Beyond the axis the share in time, where there is a deadline.
    """
    intervals = [code for code in INTERVALS if code in set(answer["interval"])]
    groups = [code for code in labels if code in set(answer[by])][::-1] if by else [None]
    names = [labels[group] if by else "tous" for group in groups]
    height = (90 + 28 * len(groups)) * len(intervals)
    titles = [INTERVALS[code] for code in intervals]
    chart = theme.figure(height).with_panels(len(intervals), 1, titles, 62 / height)
    chart.update_annotations(x=0, xanchor="left")
    notes = []
    for row, interval in enumerate(intervals, start=1):
        rows = answer[answer["interval"] == interval]
        rows = rows.set_index(by).reindex(groups) if by else rows
        lines = [_interval_line(interval, one) for _, one in rows.iterrows()]
        look: dict[str, Any] = {"marker": {"size": 12, "color": theme.MAIN}, "error_x": theme.interval(rows, "median")}
        theme.add_dots(chart, rows["median"], names, lines, **look, row=row, col=1)
        axis = "" if row == 1 else row
        beside = {"xref": f"x{axis} domain", "showarrow": False}
        end = {"x": 1, "xanchor": "left", "xshift": 8, **beside}
        if rows["share"].notna().any():
            notes.append({"text": "à temps", "y": 1, "yref": f"y{axis} domain", "yanchor": "bottom", **end})
        for name, (_, one) in zip(names, rows.iterrows(), strict=True):
            at = {"y": name, "yref": f"y{axis}"}
            if pd.isna(one["median"]):
                reached = "moins de la moitié" if one["n_cases"] else "–"
                notes.append({"text": reached, "x": 0, "xanchor": "left", **at, **beside})
            if pd.notna(one["share"]):
                notes.append({"text": percents(one["share"], one["most_share"]), **at, **end})
        longest = rows[["median", "upper"]].max().max()
        unit = "j" if interval == "detection" else "h"
        span = [0, 1.03 * longest if longest > 0 else 1]
        chart.update_xaxes(range=span, nticks=5, ticksuffix=f"{NARROW_SPACE}{unit}", row=row, col=1)
        chart.update_yaxes(categoryorder="array", categoryarray=names, row=row, col=1)
    chart.update_annotations(added=notes, font={"size": 12})
    chart.update_layout(margin={"t": 28, "b": 32, "r": 80})
    return chart.update_yaxes(fixedrange=True, automargin=True).update_xaxes(fixedrange=True, zeroline=False)


def _interval_line(interval: str, row: pd.Series) -> str:
    lower, middle, upper = (interval_words(interval, row[column]) for column in ("lower", "median", "upper"))
    return f"la moitié en {middle}<br>entre {lower} et {upper}<br>{count(row['n_cases'], 'dossier')}"
