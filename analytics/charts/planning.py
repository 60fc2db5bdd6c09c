"""The prevention programme: hours by week, what the need is made of, plans side by side, chance, power."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from analytics.charts import theme
from analytics.domain.french import count, day, number, percent


def hours_by_week(answer: pd.DataFrame, labels: Mapping[str, str]) -> go.Figure:
    """Hours of the plan by week and activity under the hours of the team (:func:`planning.plans.by_week`)."""
    chart = theme.figure(360, barmode="stack", showlegend=True)
    for colour, (code, label) in zip(theme.GROUPS, labels.items(), strict=False):
        rows = answer[answer["activity"] == code]
        if rows.empty:
            continue
        chart.add_bar(
            x=rows["week"],
            y=rows["hours"],
            name=label,
            marker_color=colour,
            customdata=[
                f"<b>{label}</b><br>semaine du {day(week)}<br>{count(n, 'séance')}, {number(hours, 1)} h"
                for week, n, hours in zip(rows["week"], rows["n_groups"], rows["hours"], strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    weeks = answer.drop_duplicates("week").sort_values("week")
    chart.add_scatter(
        x=weeks["week"],
        y=weeks["capacity"],
        name="Heures de l’équipe",
        mode="lines",
        line={"color": theme.NOT_RECORDED, "width": 2, "shape": "hvh"},
        hoverinfo="skip",
    )
    chart.update_xaxes(**theme.month_ticks(weeks["week"]))
    chart.update_yaxes(title="heures", rangemode="tozero", nticks=6)
    return chart


def need_bars(answer: pd.DataFrame, labels: Mapping[str, str]) -> go.Figure:
    """The need of the first schools (:func:`planning.plans.largest_needs`): what each part brings, level by level."""
    rows = answer.iloc[::-1]
    names = [f"{name} · {labels[level]}" for name, level in zip(rows["name"], rows["school_level"], strict=True)]
    chart = theme.figure(theme.bar_height(len(rows)) + 40, barmode="relative", showlegend=True)
    for column, label, colour in (
        ("expected", "dossiers attendus", theme.MAIN),
        ("by_danger", "danger", theme.DANGER),
        ("by_recency", "récence", theme.PENDING),
        ("by_given", "déjà donné (en moins)", theme.BEFORE),
    ):
        chart.add_bar(
            orientation="h",
            x=rows[column],
            y=names,
            name=label,
            marker_color=colour,
            customdata=[f"{label} : {number(value, 2)}" for value in rows[column]],
            hovertemplate="<b>%{y}</b><br>%{customdata}<extra></extra>",
        )
    chart.update_xaxes(title="besoin")
    return chart


def plans_side_by_side(answer: pd.DataFrame, labels: Mapping[str, str]) -> go.Figure:
    """The share of the need that each plan answers (:func:`planning.plans.compare_plans`)."""
    rows = answer.iloc[::-1]
    chart = theme.figure(theme.bar_height(len(rows)))
    chart.add_bar(
        orientation="h",
        x=rows["share"],
        y=[labels[code] for code in rows["plan"]],
        marker_color=[theme.MAIN if code == "optimum" else theme.BEFORE for code in rows["plan"]],
        text=[
            f"{percent(share)} · {count(n, 'école')}" for share, n in zip(rows["share"], rows["n_schools"], strict=True)
        ],
        textposition="outside",
        cliponaxis=False,
        customdata=[
            f"{number(hours)} h, {count(n, 'séance')}"
            for hours, n in zip(rows["hours"], rows["n_sessions"], strict=True)
        ],
        hovertemplate="<b>%{y}</b><br>%{customdata}<extra></extra>",
    )
    chart.update_xaxes(visible=False, range=[0, 1.9 * max(rows["share"].max(), 0.01)])
    return chart


def chosen_dots(answer: pd.DataFrame) -> go.Figure:
    """How often each school is chosen when rates are drawn (:func:`planning.plans.choice_stability`)."""
    rows = answer.iloc[::-1]
    chart = theme.figure(max(26 * len(rows) + 64, 160), showlegend=True)
    for planned, label, colour in (
        (True, "dans ce programme", theme.MAIN),
        (False, "pas dans ce programme", theme.BEFORE),
    ):
        part = rows[rows["planned"] == planned]
        chart.add_scatter(
            x=part["chosen_share"],
            y=part["name"],
            mode="markers",
            name=label,
            marker={"color": colour, "size": 11},
            customdata=[f"choisie {percent(share)} des fois" for share in part["chosen_share"]],
            hovertemplate="<b>%{y}</b><br>%{customdata}<extra></extra>",
        )
    chart.update_yaxes(categoryorder="array", categoryarray=list(rows["name"]))
    chart.update_xaxes(
        range=[-0.03, 1.03], tickvals=[0, 0.25, 0.5, 0.75, 1], ticktext=["0 %", "25 %", "50 %", "75 %", "100 %"]
    )
    return chart


def power_curves(answer: pd.DataFrame) -> go.Figure:
    """The chance to see the drop by number of schools, a line a number of terms (:func:`planning.power.power_table`)."""
    chart = theme.figure(340, showlegend=True)
    for colour, (n_terms, rows) in zip(theme.GROUPS, answer.groupby("n_terms"), strict=False):
        label = count(int(str(n_terms)), "trimestre")
        chart.add_scatter(
            x=rows["n_schools"],
            y=rows["power"],
            name=f"{label} avant et après",
            mode="lines+markers",
            line={"color": colour, "width": 2},
            customdata=[
                f"{count(n, 'école')}, {label} avant et après : {percent(chance)} de chances"
                for n, chance in zip(rows["n_schools"], rows["power"], strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    chart.add_hline(0.8, line={"color": theme.NOT_RECORDED, "dash": "dot", "width": 1})
    chart.update_yaxes(
        range=[0, 1.02], tickvals=[0, 0.2, 0.5, 0.8, 1], ticktext=["0 %", "20 %", "50 %", "80 %", "100 %"]
    )
    chart.update_xaxes(title="écoles, la moitié avec séances", rangemode="tozero")
    return chart


def falls_by_themselves(answer: pd.DataFrame) -> go.Figure:
    """The highest rates and what to expect next without any action (:func:`planning.evaluation.expected_without_action`)."""
    rows = answer.iloc[::-1]
    chart = theme.figure(max(26 * len(rows) + 64, 160), showlegend=True)
    for before, after, name in zip(rows["rate"], rows["expected"], rows["name"], strict=True):
        chart.add_scatter(
            x=[1000 * before, 1000 * after],
            y=[name, name],
            mode="lines",
            line={"color": theme.BEFORE, "width": 2},
            showlegend=False,
            hoverinfo="skip",
        )
    for column, label, colour in (
        ("rate", "observé", theme.MAIN),
        ("expected", "attendu sans rien faire", theme.PENDING),
    ):
        chart.add_scatter(
            x=1000 * rows[column],
            y=rows["name"],
            mode="markers",
            name=label,
            marker={"color": colour, "size": 11},
            customdata=[
                f"{label} : {number(1000 * value, 1)} dossiers pour 1 000 élèves et par an" for value in rows[column]
            ],
            hovertemplate="<b>%{y}</b><br>%{customdata}<extra></extra>",
        )
    chart.update_yaxes(categoryorder="array", categoryarray=list(rows["name"]))
    chart.update_xaxes(title="dossiers pour 1 000 élèves et par an", rangemode="tozero", nticks=6)
    return chart
