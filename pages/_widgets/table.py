"""A table of a measure: French headings, French labels for codes, French numbers."""

from collections.abc import Mapping
from copy import copy
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import streamlit as st

from analytics.charts.schools import FLAG_WORDS
from analytics.charts.signals import SIGNAL_WORDS
from analytics.domain.french import number, typeset
from analytics.domain.tables import code_labels, format_cell, is_share
from analytics.measures.years import VERDICTS
from pages._widgets import leave, text
from pages._widgets.files import offer_file
from pages._widgets.remembering import drawn

MOST = 1_000
"""Rows that a screen shows; the file has them all."""
_WHOLE = 20  # a table of no more rows is shown whole, without a bar to scroll

_LABELS: dict[str, Mapping[Any, str]] = {
    "flag": FLAG_WORDS,
    "danger": {True: "vie menacée", False: ""},
    "signal": SIGNAL_WORDS,
    "verdict": VERDICTS,
}
"""Code to French label, by name of column, of what no vocabulary names."""
_YES_NO = {True: "oui", False: "non"}
_NOT_REACHED = "moins de la moitié"

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

_WIDTHS = {"danger": 120, "median": 130, "missing": 300, "soon_words": 220}  # pixels, where the words would take more

INTERVAL = ("share", "lower", "upper")
SHARES = ("n", *INTERVAL)
"""The columns of a measure's share of the cases."""

_RED = "#b3261e"
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
    return _labelled(table, _shown(table, columns))


def _labelled(table: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    shown = {}
    for column, heading in columns.items():
        labels = _LABELS.get(column) or code_labels(column)
        values = table[column].array
        written = pd.array([labels.get(value) for value in values], dtype="str") if labels else values
        shown[typeset(heading)] = written
    return pd.DataFrame(shown)


def as_text(table: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    """:func:`in_french`, each cell as the screen writes it: numbers, shares and days in French, a dash where there is none."""
    columns = _shown(table, columns)
    shown = _labelled(table, columns)
    written = {
        heading: shown[heading]
        if pd.api.types.is_string_dtype(shown[heading])
        else shown[heading].astype(object).map(format_cell(column, table, decimals=1), na_action="ignore")
        for column, heading in zip(columns, shown.columns, strict=True)
    }
    if median := typeset(columns.get("median", "")):
        written[median] = written[median].fillna(_NOT_REACHED)
    return pd.DataFrame(written).fillna("–")


def written_table(table: pd.DataFrame, columns: Mapping[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The ``columns`` of a table under their French headings: their values, and the same as text."""
    return in_french(table, columns), as_text(table, columns)


def show_table(table: pd.DataFrame, columns: Mapping[str, str]) -> None:
    """The first MOST rows of the ``columns`` of a table under their French headings; of a longer one the whole as a file.

    It can be copied; on paper it is text. The tables of a page have different headings.
    """
    _draw_table(table, columns, *_for_browser(table, columns))


@drawn
def _draw_table(table: pd.DataFrame, columns: Mapping[str, str], data: Any, config: Mapping[str, Any]) -> None:
    key = "-".join(columns.values())
    _draw(table, columns, data, config, key)
    if len(table) > MOST:
        offer_table(table, columns, key)


def _for_browser(table: pd.DataFrame, columns: Mapping[str, str]) -> tuple[Any, dict[str, Any]]:
    """The first MOST rows, and how the browser writes each column: in French, so that sorting follows the values."""
    columns = _shown(table, columns)
    shown = _labelled(table.head(MOST), columns)
    formatted = {
        heading: _formatted(column, shown[heading], table)
        for column, heading in zip(columns, shown.columns, strict=True)
    }
    config = {heading: how for heading, (_, how) in formatted.items()}
    written = pd.DataFrame({heading: values for heading, (values, _) in formatted.items()})
    median = typeset(columns.get("median", ""))
    if not median or not shown[median].isna().any():
        return pa.Table.from_pandas(written), config
    # The one word that the browser cannot write; it sorts after all numbers.
    config[median] = st.column_config.Column(width=_WIDTHS["median"])
    reached = format_cell("median", table, decimals=1)
    styled = written.assign(**{median: written[median].astype("float64").fillna(np.inf)}).style.format(
        {median: lambda value: _NOT_REACHED if np.isinf(value) else reached(value)}, na_rep="–"
    )
    return styled, config


def _draw(table: pd.DataFrame, columns: Mapping[str, str], data: Any, config: Mapping[str, Any], key: str) -> None:
    if leave.is_printed():
        leave.print_table(*written_table(table, columns))
        return
    st.dataframe(
        data if isinstance(data, pa.Table) else copy(data),  # what styles a table keeps notes while it writes
        hide_index=True,
        height="content" if len(table) <= _WHOLE else "auto",
        column_config=config,
        placeholder="–",  # else the browser says "None"
    )
    if len(table) > MOST:
        text.caption(f"Les {number(MOST)} premières lignes sur {number(len(table))}. Le fichier les contient toutes.")
    leave.offer_copy(lambda: written_table(table, columns), key)


@drawn
def fold_table(label: str, table: pd.DataFrame, columns: Mapping[str, str], key: str, words: str = "") -> None:
    """A table that costs nothing until it is opened, under a ``label`` and below ``words``, with its file."""
    is_printed = leave.is_printed()
    name = f"table-{key}{'-printed' * is_printed}"  # what the reader opened on the screen stays as it was
    opened = st.expander(label, expanded=is_printed, key=name, on_change="rerun")
    with opened:
        if words:
            text.paragraph(words)
        if is_printed or opened.open:
            text.caption(st.session_state["shown"][0])
            _draw(table, columns, *_for_browser(table, columns), key)
            offer_table(table, columns, key)


def offer_table(table: pd.DataFrame, columns: Mapping[str, str], key: str) -> None:
    """The whole table as a file for the service itself, marked with the filters and the day of the records."""
    filters, as_of = st.session_state["shown"]

    def file() -> bytes:
        from analytics.documents.internal import internal_csv  # slow to import, and rarely clicked

        return internal_csv(in_french(table, columns), filters, as_of)

    label = "Télécharger ce tableau, pour l’usage interne"
    offer_file(label, file, f"interne-{key}.csv", f"download-{key}", kind="tertiary")


def _formatted(column: str, values: pd.Series, table: pd.DataFrame) -> tuple[pd.Series, Any]:
    """The values of a column, and how the browser writes them."""
    width = _WIDTHS.get(column)
    if column == "danger":
        words = values.map(lambda word: [word] if word else [])
        return words, st.column_config.MultiselectColumn(options=[_LABELS["danger"][True]], color=[_RED], width=width)
    if pd.api.types.is_bool_dtype(values):
        return values.map(_YES_NO), st.column_config.Column(width=width)
    if pd.api.types.is_datetime64_any_dtype(values):
        return values, st.column_config.DateColumn(format="DD/MM/YYYY")
    if not pd.api.types.is_numeric_dtype(values):
        return values, st.column_config.Column(width=width)
    if is_share(column, table):
        return values, st.column_config.NumberColumn(format="percent", step=0.01)
    if column.startswith("points"):
        return (100 * values).round(), st.column_config.NumberColumn(format="localized")
    return values.round(1), st.column_config.NumberColumn(format="localized", width=width)
