"""A published table: numbers as bars, suppressed numbers as the interval that can be computed."""

from __future__ import annotations

import pandas as pd

from analytics.charts import theme
from analytics.charts.chart import Chart
from analytics.disclosure.published import TOTAL
from analytics.domain.french import number, typeset

__all__ = ["published_bars"]  # all that a notebook that leaves takes from here


def published_bars(table: pd.DataFrame, column: str) -> Chart:
    """The totals of a published table (:class:`disclosure.frames.PublishedPeriod`) by ``column``, as horizontal bars.

    A suppressed number is a hollow bar from the least to the most that anyone can compute.
    """
    others = [name for name in table.columns[: list(table.columns).index("Nombre")] if name != column]
    rows = table[(table[others] == TOTAL).all(axis=1) & (table[column] != TOTAL)]
    most = rows[["Nombre", "De", "À"]].max(axis=None)
    shown, suppressed = rows[rows["Nombre"].notna()], rows[rows["Nombre"].isna()]
    upper = suppressed["À"].fillna(most)
    chart = theme.figure(theme.bar_height(len(rows)), barmode="overlay")
    theme.add_bars(chart, shown["Nombre"].astype(float), shown[column], None, marker={"color": theme.MAIN})
    hollow = {"color": "rgba(0,0,0,0)", "line": {"color": theme.MAIN, "width": 1.5}}
    base = suppressed["De"].astype(float)
    theme.add_bars(chart, upper.astype(float) - base, suppressed[column], None, base=base, marker=hollow)
    ends = pd.concat([shown["Nombre"], upper]).sort_index()
    for (_, row), end in zip(rows.iterrows(), ends, strict=True):
        theme.label_end(chart, end, row[column], _words(row))
    chart.update_xaxes(visible=False, range=[0, 1.4 * float(most)])
    chart.update_yaxes(autorange="reversed", categoryorder="array", categoryarray=list(rows[column]))
    return chart


def _words(row: pd.Series) -> str:
    if pd.notna(row["Nombre"]):
        return number(row["Nombre"])
    return typeset(f"de {row['De']} à {row['À']}" if pd.notna(row["À"]) else f"au moins {row['De']}")
