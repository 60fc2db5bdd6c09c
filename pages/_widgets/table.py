"""A table of a measure: French headings, French labels for codes, French numbers."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analytics.charts.schools import FLAG_WORDS
from analytics.charts.signals import SIGNAL_WORDS
from analytics.domain.french import day, number, percent, typeset
from analytics.domain.vocabulary import (
    CHANNELS,
    INCIDENT_TYPES,
    REPORTERS,
    SCHOOL_LEVELS,
    SCHOOL_NETWORKS,
    STEPS,
    TEACHING_LEVELS,
)
from analytics.measures.years import VERDICTS

_WHOLE = 20  # a table of no more rows is shown whole, without a bar to scroll

_STEP_LABELS = {code: step.label for code, step in STEPS.items()}
_LABELS: dict[str, Mapping[Any, str]] = {
    "flag": FLAG_WORDS,
    "incident_type": INCIDENT_TYPES.labels,
    "other_type": INCIDENT_TYPES.labels,
    "channel": CHANNELS.labels,
    "danger": {True: "vie menacée", False: ""},
    "reporter": REPORTERS.labels,
    "signal": SIGNAL_WORDS,
    "school_level": TEACHING_LEVELS.labels | SCHOOL_LEVELS.labels,
    "school_network": SCHOOL_NETWORKS.labels,
    "step": _STEP_LABELS,
    "next_step": _STEP_LABELS,
    "verdict": VERDICTS,
}
"""Code to French label, by name of column."""

_HEADINGS = {
    "case_id": "Dossier",
    "danger": "Danger",
    "hours": "Heures",
    "incident_type": "Type d’incident",
    "lower": "Bas (95 %)",
    "n": "Dossiers",
    "n_cases": "Dossiers",
    "n_closed": "Clôturés sans elle",
    "n_done": "Faites",
    "n_groups": "Séances",
    "n_not_applicable": "Sans objet",
    "n_not_recorded": "Non notées",
    "n_overdue": "Hors délai",
    "n_pupils": "Élèves",
    "n_schools": "Écoles",
    "n_undated": "dont sans date",
    "name": "École",
    "report_week": "Signalé la semaine du",
    "school_level": "Niveau",
    "school_network": "Réseau",
    "share": "Part",
    "step": "Étape",
    "upper": "Haut (95 %)",
    "week": "Semaine du",
    "zone": "Zone",
}

_WIDTHS = {"median": 130, "missing": 300, "soon_words": 220}  # pixels, where the words would take more

INTERVAL = ("share", "lower", "upper")
SHARES = ("n", *INTERVAL)
"""The columns of a measure's share of the cases."""

RED = "background-color: #b3261e; color: #ffffff"
"""Where life is threatened, and nowhere else; it is read on light and dark."""


def columns(*usual: str, **own: str) -> dict[str, str]:
    """Columns of a table with their headings: the ``usual`` ones, then those with a heading of their ``own``."""
    return {name: _HEADINGS[name] for name in usual} | own


def _shown(table: pd.DataFrame, columns: Mapping[str, str]) -> dict[str, str]:
    """``columns`` with both bounds of a share where steps without a date leave it two (``most_share`` of ``share``), and
    without the number of steps that have no date (``n_undated``) where there is none.
    """
    shown = {}
    for column, heading in columns.items():
        if column == "n_undated" and not table[column].any():
            continue
        has_bounds = f"most_{column}" in table and (table[f"most_{column}"] > table[column]).any()
        if has_bounds and f"most_{column}" not in columns:
            shown |= {column: f"{heading}, au moins", f"most_{column}": f"{heading}, au plus"}
        else:
            shown[column] = heading
    return shown


def in_french(table: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    """The ``columns`` of a table under their headings, codes as labels."""
    columns = _shown(table, columns)
    shown = table[list(columns)].reset_index(drop=True)
    for column in shown.columns.intersection(list(_LABELS)):
        shown[column] = shown[column].map(_LABELS[column])
    return shown.set_axis([typeset(heading) for heading in columns.values()], axis="columns")


def show_table(table: pd.DataFrame, columns: Mapping[str, str]) -> None:
    """The ``columns`` of a table under their French headings, written in French; sorting still follows the values."""
    columns = _shown(table, columns)
    shown = in_french(table, columns)
    median = typeset(columns.get("median", ""))
    if median:
        shown[median] = shown[median].fillna(math.inf)  # not reached: sorts after all others
    has_shares = bool({"share", "incidence"} & set(columns))
    formats = {
        heading: _written(column, shown[heading], has_shares)
        for column, heading in zip(columns, shown.columns, strict=True)
    }
    style = shown.style
    if "danger" in columns:
        style = style.map(lambda word: RED if word else "", subset=[columns["danger"]])
    st.dataframe(
        style.format(formats, na_rep="–"),
        hide_index=True,
        height="content" if len(shown) <= _WHOLE else "auto",
        column_config={
            typeset(columns[name]): st.column_config.Column(width=width)
            for name, width in _WIDTHS.items()
            if name in columns
        },
        placeholder="–",  # else the browser says "None", whatever the style says
    )


def _written(column: str, values: pd.Series, has_shares: bool) -> Callable[[Any], str]:
    """The format of a column: shares as percentages, days as 22/11/2026, numbers with their spaces."""
    if column.startswith(("share", "within", "incidence", "most")) or (column in ("lower", "upper") and has_shares):
        return percent
    if column.startswith("points"):
        return lambda value: number(round(100 * value))
    if column == "median":
        return lambda value: "moins de la moitié" if math.isinf(value) else _decimal(value)
    if pd.api.types.is_datetime64_any_dtype(values):
        return day
    if pd.api.types.is_bool_dtype(values):
        return lambda value: "oui" if value else "non"
    if pd.api.types.is_float_dtype(values):
        return _decimal
    return number if pd.api.types.is_integer_dtype(values) else str


def _decimal(value: float) -> str:
    return number(value, 0 if float(value).is_integer() else 1)
