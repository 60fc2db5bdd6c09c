"""Text on a page, with the spaces of French typography."""

import re
from collections.abc import Sequence
from typing import Literal

import pandas as pd
import streamlit as st

from analytics.domain.french import typeset


def title(words: str, question: str = "") -> None:
    """The title of a page and the question that it answers."""
    st.title(typeset(words))
    if question:
        paragraph(question)


def header(words: str, *, anchor: Literal[False] | None = None) -> None:
    st.header(typeset(words), anchor=anchor)


def subheader(words: str) -> None:
    st.subheader(typeset(words))


def paragraph(words: str) -> None:
    st.markdown(typeset(words))


def caption(words: str) -> None:
    st.caption(typeset(words))


def info(words: str, icon: str = "info") -> None:
    st.info(typeset(words), icon=f":material/{icon}:")


def warning(words: str, icon: str = "warning") -> None:
    st.warning(typeset(words), icon=f":material/{icon}:")


def error(words: str, icon: str = "error") -> None:
    st.error(typeset(words), icon=f":material/{icon}:")


def success(words: str, icon: str = "check_circle") -> None:
    st.success(typeset(words), icon=f":material/{icon}:")


def plain(words: str) -> str:
    """``words``, typeset, with Markdown's characters escaped: for words of a file or of the reader."""
    return re.sub(r"([\\`*_{}\[\]<>~$|]|:(?=[\w/])|^[#+-])", r"\\\1", typeset(words))


def bullets(lines: Sequence[str]) -> None:
    """A list of lines, whose text is escaped (:func:`plain`)."""
    st.markdown("\n".join(f"- {plain(line)}" for line in lines))


def plain_table(frame: pd.DataFrame, alt: str) -> None:
    """A small table, readable by a screen reader; its text is escaped (:func:`plain`)."""
    st.table(frame.map(lambda value: plain(value) if isinstance(value, str) else value), hide_index=True, alt=alt)
