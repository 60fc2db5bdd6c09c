"""A chart with its explanation, and the table behind it."""

import json
from collections.abc import Callable, Mapping

import pandas as pd
import plotly.graph_objects as go
import plotly.io
import streamlit as st
from streamlit.delta_generator_singletons import get_dg_singleton_instance
from streamlit.elements.lib.layout_utils import LayoutConfig
from streamlit.elements.lib.utils import compute_and_register_element_id
from streamlit.proto.PlotlyChart_pb2 import PlotlyChart

from analytics.charts.theme import CONFIG
from analytics.domain.french import typeset
from pages._widgets import leave, text
from pages._widgets.remembering import drawn
from pages._widgets.table import fold_table


def show_chart(
    figure: go.Figure,
    *,
    key: str,
    alt: str,
    read: str,
    act: str,
    table: pd.DataFrame,
    columns: Mapping[str, str],
    folded: bool = False,
    opens: Callable[[str], None] | None = None,
) -> None:
    """A chart with its alternative text, how to read it, what to do, and its table.

    ``columns`` are the columns of ``table`` to show, with their French headings. ``folded`` puts the words with the table,
    where a page must hold in one screen. The table is made when it is opened; it can be taken as a file for the service itself:
    marked, with the filters and the day of the records. A point that is touched ``opens`` what its last customdata names.
    """
    name = f"figure-{key}"
    spec = plotly.io.to_json(figure, validate=False)
    if opens:
        _draw_opening(spec, name, typeset(alt), opens)
    else:
        _draw_figure(spec, int(figure.layout.height or 450), name, typeset(alt))
    leave.offer_pictures(key)
    words = "\n\n".join(
        f"**{title}.** {words[0].upper()}{words[1:]}" for title, words in (("Comment lire", read), ("Que faire", act))
    )
    if not folded:
        text.paragraph(words)
    label = "Lire ce graphique, voir le tableau" if folded else "Voir le tableau"
    fold_table(label, table, columns, key, words if folded else "")


@drawn
def _draw_opening(spec: str, key: str, alt: str, opens: Callable[[str], None]) -> None:
    figure = plotly.io.from_json(spec, skip_invalid=True)
    st.plotly_chart(figure, key=key, alt=alt, config=CONFIG, on_select="rerun", selection_mode="points")
    if points := st.session_state[key].selection.points:
        opens(points[0]["customdata"][-1])


@drawn
def _draw_figure(spec: str, height: int, key: str, alt: str) -> None:
    """As ``st.plotly_chart`` does, of a figure that is written already: copying and writing it took most of a run."""
    chart = PlotlyChart(spec=spec, config=json.dumps(CONFIG), theme="streamlit", alt=alt)
    place = get_dg_singleton_instance().main_dg._active_dg
    chart.id = compute_and_register_element_id(
        "plotly_chart", user_key=key, key_as_main_identity=False, dg=place, plotly_spec=spec, alt=alt
    )
    place._enqueue("plotly_chart", chart, layout_config=LayoutConfig(width="stretch", height=height))
