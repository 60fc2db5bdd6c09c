"""A chart with its explanation, and the table behind it."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from analytics.charts.theme import CONFIG
from analytics.domain.french import typeset
from pages._widgets import text
from pages._widgets.files import offer_file
from pages._widgets.table import in_french, show_table


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
) -> None:
    """A chart with its alternative text, how to read it, what to do, and its table.

    ``columns`` are the columns of ``table`` to show, with their French headings. ``folded`` puts the words with the table,
    where a page must hold in one screen. The table can be taken as a file for the service itself: marked, with the filters
    and the day of the records.
    """
    st.plotly_chart(figure, key=f"figure-{key}", alt=typeset(alt), config=CONFIG)
    words = "\n\n".join(
        f"**{title}.** {words[0].upper()}{words[1:]}" for title, words in (("Comment lire", read), ("Que faire", act))
    )
    if not folded:
        text.paragraph(words)
    with st.expander("Lire ce graphique, voir le tableau" if folded else "Voir le tableau"):
        if folded:
            text.paragraph(words)
        filters, as_of = st.session_state["shown"]
        text.caption(filters)
        show_table(table, columns)

        def file() -> bytes:
            from analytics.documents.internal import internal_csv  # slow to import, and rarely clicked

            return internal_csv(in_french(table, columns), filters, as_of)

        label = "Télécharger ce tableau, pour l’usage interne"
        offer_file(label, file, f"interne-{key}.csv", f"download-{key}", kind="tertiary")
