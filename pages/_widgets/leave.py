"""What leaves a page by the browser: a chart as a picture, a table to paste, the page on paper. ``relais.js`` does its part.

A picture shows what the screen shows and is made there: the log notes the page, not the picture. A table that is copied is made
here, by a ticket as every download, and noted as one.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from analytics.domain.french import count
from pages import _access
from pages._widgets import text
from pages._widgets.files import offer_file
from pages._widgets.remembering import drawn

if TYPE_CHECKING:
    import pandas as pd

_PRINTED_ROWS = 100


def mark(words: str) -> None:
    """``words`` stand in the margin of each sheet of the page, and in its pictures and copies."""
    st.session_state["mark"] = words
    content = json.dumps(words, ensure_ascii=False).replace("<", r"\3c ")
    st.html(f"<style>@page {{ @top-left {{ content: {content} }} }}</style>")


@drawn
def offer_pictures(key: str) -> None:
    """Under the chart ``key``: its picture as PNG and as SVG."""
    if _access.may("table"):
        marked = f'data-chart="figure-{escape(key)}" data-mark="{escape(st.session_state.get("mark", ""))}"'
        buttons = "".join(
            f'<button type="button" data-picture="{kind}" aria-label="Image {kind.upper()} de ce graphique">{kind.upper()}</button>'
            for kind in ("png", "svg")
        )
        st.html(f'<p class="relais-leave" {marked}>Image {buttons}</p>')


def offer_copy(written: Callable[[], tuple[pd.DataFrame, pd.DataFrame]], key: str) -> None:
    """Under a table: a button that copies it, ``written`` giving its values and the same as text (:func:`table_html`)."""
    caption = st.session_state.get("mark", "")

    def content() -> str:
        from analytics.documents.table_html import table_html  # brings pandas

        return f'<html xmlns:x="urn:schemas-microsoft-com:office:excel">{table_html(*written(), caption)}</html>'

    offer_file(
        "Copier le tableau",
        content,
        "tableau.html",
        f"copy-{key}",
        icon="content_copy",
        kind="tertiary",
        is_copied=True,
    )


def is_printed() -> bool:
    """Whether this run makes the page for paper: with its tables open, as text."""
    return "printed" in st.session_state


def print_table(values: pd.DataFrame, written: pd.DataFrame) -> None:
    """A table on paper: its first rows, and how many more there are."""
    from analytics.documents.table_html import table_html

    st.html(table_html(values.head(_PRINTED_ROWS), written.head(_PRINTED_ROWS)))
    if (more := len(written) - _PRINTED_ROWS) > 0:
        text.caption(f"Et {count(more, 'ligne')} de plus, à l’écran.")


def offer_print() -> None:
    """In the menu: the page made for paper, then the browser's own window to print it; afterwards, the page as it was."""
    label = "Revenir à l’écran" if is_printed() else "Imprimer cette page"
    st.sidebar.button(label, key="print", icon=":material/print:", type="tertiary", on_click=_turn_over)
    if is_printed():
        st.html('<i data-print="true"></i>')


def _turn_over() -> None:
    if is_printed():
        del st.session_state["printed"]
    else:
        st.session_state["printed"] = True
