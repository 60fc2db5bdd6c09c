"""Text on a page, with the spaces of French typography."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import streamlit as st

from analytics.domain.french import typeset
from pages._widgets.remembering import drawn

if TYPE_CHECKING:
    import pandas as pd


def title(words: str, question: str = "") -> None:
    """The title of a page and the question that it answers."""
    st.title(typeset(words))
    if question:
        paragraph(question)


@drawn
def header(words: str, *, anchor: Literal[False] | None = None) -> None:
    st.header(typeset(words), anchor=anchor)


@drawn
def subheader(words: str) -> None:
    st.subheader(typeset(words))


@drawn
def paragraph(words: str) -> None:
    st.markdown(typeset(words))


@drawn
def caption(words: str) -> None:
    st.caption(typeset(words))


@drawn
def info(words: str, icon: str = "info") -> None:
    st.info(typeset(words), icon=f":material/{icon}:")


@drawn
def warning(words: str, icon: str = "warning") -> None:
    st.warning(typeset(words), icon=f":material/{icon}:")


@drawn
def error(words: str, icon: str = "error") -> None:
    st.error(typeset(words), icon=f":material/{icon}:")


@drawn
def success(words: str, icon: str = "check_circle") -> None:
    st.success(typeset(words), icon=f":material/{icon}:")


def plain(words: str) -> str:
    """``words``, typeset, with Markdown's characters escaped: for words of a file or of the reader."""
    return re.sub(r"([\\`*_{}\[\]<>~$|]|:(?=[\w/])|^[#+-])", r"\\\1", typeset(words))


def bullets(lines: Sequence[str]) -> None:
    """A list of lines, whose text is escaped (:func:`plain`)."""
    st.markdown("\n".join(f"- {plain(line)}" for line in lines))


@drawn
def plain_table(frame: pd.DataFrame, alt: str) -> None:
    """A small table, readable by a screen reader; its text is escaped (:func:`plain`)."""
    st.table(frame.map(lambda value: plain(value) if isinstance(value, str) else value), hide_index=True, alt=alt)
