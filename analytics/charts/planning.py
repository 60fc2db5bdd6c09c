"""The prevention programme: hours by week, what the need is made of, plans side by side, chance, power."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analytics.charts import theme
from analytics.charts.chart import Chart
from analytics.domain.french import count, day, number, percent


def hours_by_week(answer: pd.DataFrame, labels: Mapping[str, str]) -> Chart:
    """Hours of the plan by week and activity, with the capacity of the team (:func:`planning.plans.by_week`)."""
    chart = theme.figure(360, barmode="stack", showlegend=True)
    for colour, (code, label) in zip(theme.GROUPS, labels.items(), strict=False):
        rows = answer[answer["activity"] == code]
        if rows.empty:
            continue
        lines = [
            f"<b>{label}</b><br>semaine du {day(week)}<br>{count(n, 'séance')}, {number(hours, 1)} h"
            for week, n, hours in rows[["week", "n_groups", "hours"]].itertuples(index=False)
        ]
        chart.add_bar(
            x=rows["week"], y=rows["hours"], name=label, marker={"color": colour}, **theme.hover(lines, "%{customdata}")
        )
    weeks = answer.drop_duplicates("week").sort_values("week")
    line = {"color": theme.NOT_RECORDED, "width": 2, "shape": "hvh"}
    theme.add_line(chart, weeks["week"], weeks["capacity"], line, name="Heures de l’équipe")
    chart.update_xaxes(**theme.month_ticks(weeks["week"]))
    chart.update_yaxes(title="heures", rangemode="tozero", nticks=6)
    return chart


def need_bars(answer: pd.DataFrame, labels: Mapping[str, str]) -> Chart:
    """The need of the first schools (:func:`planning.plans.largest_needs`): its components, by level."""
    rows = answer.iloc[::-1]
    names = [f"{name} · {labels[level]}" for name, level in zip(rows["name"], rows["school_level"], strict=True)]
    chart = theme.figure(theme.bar_height(len(rows)) + 40, barmode="relative", showlegend=True)
    for column, label, colour in (
        ("expected", "dossiers attendus", theme.MAIN),
        ("by_danger", "danger", theme.DANGER),
        ("by_recency", "dossiers récents", theme.PENDING),
        ("by_given", "déjà donné (en moins)", theme.BEFORE),
    ):
        lines = [f"{label} : {number(value, 2)}" for value in rows[column]]
        theme.add_bars(chart, rows[column], names, lines, name=label, marker={"color": colour})
    chart.update_xaxes(title="besoin")
    return chart


def plans_side_by_side(answer: pd.DataFrame, labels: Mapping[str, str]) -> Chart:
    """The share of the need that each plan covers (:func:`planning.plans.compare_plans`)."""
    rows = answer.iloc[::-1]
    chart = theme.figure(theme.bar_height(len(rows)))
    theme.add_bars(
        chart,
        rows["share"],
        [labels[code] for code in rows["plan"]],
        [f"{number(row.hours)} h, {count(row.n_sessions, 'séance')}" for row in rows.itertuples()],
        marker={"color": [theme.MAIN if code == "optimum" else theme.BEFORE for code in rows["plan"]]},
        text=[f"{percent(row.share)} · {count(row.n_schools, 'école')}" for row in rows.itertuples()],
        textposition="outside",
        cliponaxis=False,
    )
    chart.update_xaxes(visible=False, range=[0, 1.9 * max(rows["share"].max(), 0.01)])
    return chart


def chosen_dots(answer: pd.DataFrame) -> Chart:
    """How often each school is chosen over simulated rates (:func:`planning.plans.choice_stability`)."""
    rows = answer.iloc[::-1]
    chart = theme.figure(max(26 * len(rows) + 64, 160), showlegend=True)
    for planned, label, colour in (
        (True, "dans ce programme", theme.MAIN),
        (False, "pas dans ce programme", theme.BEFORE),
    ):
        part = rows[rows["planned"] == planned]
        lines = [f"choisie {percent(share)} des fois" for share in part["chosen_share"]]
        theme.add_dots(chart, part["chosen_share"], part["name"], lines, name=label, marker=_dot(colour))
    chart.update_yaxes(categoryorder="array", categoryarray=list(rows["name"]))
    chart.update_xaxes(range=[-0.03, 1.03], **theme.share_ticks())
    return chart


def power_curves(answer: pd.DataFrame) -> Chart:
    """The chance to see the drop by number of schools, one line per number of terms (:func:`planning.power.power_table`),
    that of the session not counted."""
    chart = theme.figure(340, showlegend=True)
    for colour, (n_terms, rows) in zip(theme.GROUPS, answer.groupby("n_terms"), strict=False):
        label = f"{count(int(str(n_terms)), 'trimestre')} avant et après"
        lines = [
            f"{count(n, 'école')}, {label} : {percent(chance)} de chances"
            for n, chance in rows[["n_schools", "power"]].itertuples(index=False)
        ]
        chart.add_scatter(
            x=rows["n_schools"],
            y=rows["power"],
            name=label,
            mode="lines+markers",
            line={"color": colour, "width": 2},
            **theme.hover(lines, "%{customdata}"),
        )
    chart.add_hline(0.8, line={"color": theme.NOT_RECORDED, "dash": "dot", "width": 1})
    chart.update_yaxes(range=[0, 1.02], **theme.share_ticks(0, 0.2, 0.5, 0.8, 1))
    chart.update_xaxes(
        title="écoles, la moitié avec séances<br>(sans compter le trimestre de la séance)", rangemode="tozero"
    )
    return chart


def falls_by_themselves(answer: pd.DataFrame) -> Chart:
    """The highest rates and what to expect next without any action (:func:`planning.evaluation.expected_without_action`)."""
    rows = answer.iloc[::-1]
    chart = theme.figure(max(26 * len(rows) + 64, 160), showlegend=True)
    for before, after, name in zip(rows["rate"], rows["expected"], rows["name"], strict=True):
        line = {"color": theme.BEFORE, "width": 2}
        theme.add_line(chart, [1000 * before, 1000 * after], [name, name], line, showlegend=False)
    for column, label, colour in (
        ("rate", "observé", theme.MAIN),
        ("expected", "attendu sans rien faire", theme.PENDING),
    ):
        rates = 1000 * rows[column]
        lines = [f"{label} : {number(rate, 1)} dossiers pour 1 000 élèves et par an" for rate in rates]
        theme.add_dots(chart, rates, rows["name"], lines, name=label, marker=_dot(colour))
    chart.update_yaxes(categoryorder="array", categoryarray=list(rows["name"]))
    chart.update_xaxes(title="dossiers pour 1 000 élèves et par an", rangemode="tozero", nticks=6)
    return chart


def _dot(colour: str) -> dict[str, object]:
    return {"color": colour, "size": 11}
