"""A figure that can be opened, and links to the pages where it leads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path

import streamlit as st

from analytics.domain.french import day, typeset
from pages._widgets import text
from pages._widgets.remembering import drawn

_PAGES = Path(__file__).parents[1]


@dataclass(frozen=True)
class Link:
    """A link to a page by its folder, at an address (:func:`panel.address`)."""

    label: str
    page: str
    address: Mapping[str, str | list[str]]

    @property
    def _file(self) -> str:
        return str(_PAGES / self.page / "page.py")

    @drawn
    def show(self) -> None:
        icon = ":material/arrow_forward:"
        st.page_link(self._file, label=typeset(self.label), icon=icon, query_params=dict(self.address))

    def open(self) -> None:
        """Go there, without a touch."""
        st.switch_page(self._file, query_params=dict(self.address))


@drawn
def show_links(links: Iterable[Link]) -> None:
    """Links side by side, as many in a row as fit."""
    with st.container(horizontal=True, gap="xxsmall"):
        for link in links:
            link.show()


@dataclass(frozen=True)
class Indicator:
    """A figure that can be opened: what it counts, from which date, over what, what is left out, how sure it is."""

    label: str
    value: str
    counts: str
    numerator: str = ""
    denominator: str = ""
    left_out: str = "rien"
    uncertainty: str = ""
    since: str = "la date du signalement"
    note: str = ""
    alarm: str = ""  # in red, which stands for danger alone
    links: tuple[Link, ...] = ()

    def show(self, as_of: date) -> None:
        st.metric(typeset(self.label), typeset(self.value))
        if self.alarm:
            st.html(f'<span class="relais-danger">{escape(typeset(self.alarm))}</span>')
        if self.note:
            text.caption(self.note)
        for link in self.links:
            link.show()
        with st.popover("Comment c’est compté", type="tertiary"):
            lines = {
                "On compte": self.numerator,
                "Sur": self.denominator,
                "À partir de": self.since,
                "Laissés de côté :": self.left_out,
                "Incertitude (95 %) :": self.uncertainty,
                "Au": day(as_of),
            }
            listed = "\n".join(f"- **{begins}** {words}" for begins, words in lines.items() if words)
            text.paragraph(f"{self.counts}\n\n{listed}")


@drawn
def show_indicators(entries: list[Indicator], as_of: date) -> None:
    """Indicators side by side, as many in a row as fit, each with its own explanation one click away."""
    for column, entry in zip(st.columns(len(entries)), entries, strict=True):
        with column.container(border=True, height="stretch", gap="xxsmall"):
            entry.show(as_of)
