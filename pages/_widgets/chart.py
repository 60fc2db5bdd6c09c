"""A chart with its explanation, and the table behind it."""

import json
from collections.abc import Callable, Mapping
from functools import cache

import pandas as pd
from streamlit.delta_generator_singletons import get_dg_singleton_instance
from streamlit.elements.lib.layout_utils import LayoutConfig
from streamlit.elements.lib.utils import compute_and_register_element_id
from streamlit.elements.plotly_chart import PlotlyChartSelectionSerde, parse_selection_mode
from streamlit.proto.PlotlyChart_pb2 import PlotlyChart
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state import register_widget

from analytics.charts.chart import Chart
from analytics.charts.theme import CONFIG
from analytics.domain.french import typeset
from pages._widgets import leave, text
from pages._widgets.remembering import drawn
from pages._widgets.table import fold_table


def show_chart(
    figure: Chart,
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
    spec = json.dumps(figure.to_plotly_json(), separators=(",", ":"), ensure_ascii=False)
    _draw_figure(spec, figure.height, f"figure-{key}", typeset(alt), opens)
    leave.offer_pictures(key)
    words = "\n\n".join(
        f"**{title}.** {words[0].upper()}{words[1:]}" for title, words in (("Comment lire", read), ("Que faire", act))
    )
    if not folded:
        text.paragraph(words)
    label = "Lire ce graphique, voir le tableau" if folded else "Voir le tableau"
    fold_table(label, table, columns, key, words if folded else "")


@drawn
def _draw_figure(spec: str, height: int, key: str, alt: str, opens: Callable[[str], None] | None) -> None:
    """As ``st.plotly_chart`` does, of a figure that is written already: checking, copying and writing it took most of a run."""
    chart = PlotlyChart(spec=_in_theme(spec), config=json.dumps(CONFIG), theme="streamlit", alt=alt)
    place = get_dg_singleton_instance().main_dg._active_dg
    chart.id = compute_and_register_element_id(
        "plotly_chart", user_key=key, key_as_main_identity=False, dg=place, plotly_spec=spec, alt=alt
    )
    points = []
    if opens:
        chart.selection_mode.extend(parse_selection_mode("points"))
        serde = PlotlyChartSelectionSerde()
        state = register_widget(
            chart.id,
            deserializer=serde.deserialize,
            serializer=serde.serialize,
            ctx=get_script_run_ctx(),
            value_type="string_value",
        )
        points = state.value.selection.points
    place._enqueue("plotly_chart", chart, layout_config=LayoutConfig(width="stretch", height=height))
    if opens and points:
        opens(points[0]["customdata"][-1])


def _in_theme(spec: str) -> str:
    """``spec`` with the template that Streamlit's client colours by the reader's theme."""
    start, end = spec[:-2], spec[-2:]  # a layout stands last, and is never empty
    return f'{start},"template":{_template()}{end}'


@cache
def _template() -> str:
    from plotly.io import templates

    return json.dumps(templates[templates.default].to_plotly_json(), separators=(",", ":"))
