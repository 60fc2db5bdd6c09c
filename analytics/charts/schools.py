"""Which schools are concerned: cases beside pupils, school by school."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analytics.charts import theme
from analytics.french import count, number


def rate_dots(schools: pd.DataFrame) -> go.Figure:
    """Cases per 1,000 pupils against the number of pupils (:func:`measures.schools.rates`): size before rate."""
    known = schools[schools["rate"].notna()]
    chart = theme.figure(380)
    chart.add_scatter(
        x=known["n_pupils"].astype("float64"),
        y=known["rate"],
        mode="markers",
        marker={"size": 10, "color": theme.MAIN, "opacity": 0.75},
        customdata=[
            f"<b>{row.name_}</b><br>{count(row.n, 'dossier')}, {count(row.n_pupils, 'élève')}<br>"
            f"{number(row.rate, 1)} pour 1 000 élèves (entre {number(row.lower, 1)} et {number(row.upper, 1)})"
            for row in known.rename(columns={"name": "name_"}).itertuples()
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    chart.update_xaxes(title="élèves", rangemode="tozero", tickformat=",d")
    chart.update_yaxes(title="dossiers pour 1 000 élèves", rangemode="tozero")
    return chart
