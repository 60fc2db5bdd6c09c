"""A page of records: what its questions are asked of, its head, and the question that the reader chose."""

from collections.abc import Callable, Collection, Hashable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.documents.mark import internal_caption
from analytics.domain.french import count, long_day, number
from analytics.domain.selection import EVERYTHING, Selection
from analytics.domain.vocabulary import INCIDENT_TYPES, NO_CLOSURE
from analytics.measures import incidents
from analytics.store import Snapshot
from analytics.workflows.one_school import bunching
from pages import _access, _data
from pages._widgets import leave, text
from pages._widgets.panel import FIELDS, filters, one_of

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Context:
    """The records and the choice that a question of a page is asked of. A page may add what its questions share."""

    snapshot: Snapshot
    selection: Selection = EVERYTHING

    @property
    def asked(self) -> tuple[Hashable, ...]:
        """What tells this context from others of its kind and version, in the key of what is remembered."""
        return (self.selection,)

    def remember(self, compute: Callable[[], Answer], *of: Hashable) -> Answer:
        """What ``compute`` answers of this context, named ``of``: remembered, shared, and not to be changed."""
        return self.snapshot.remember((*of, self.asked), compute)

    @cached_property
    def n_cases(self) -> int:
        return int(self.snapshot.case_counts(self.selection)["n"].iloc[0])

    @property
    def n_cases_of_all(self) -> str:
        """« 143 dossiers sur 898 »: the chosen cases, and the whole that they are part of where it is more."""
        every = int(self.snapshot.case_counts(Selection(school_ids=self.selection.school_ids))["n"].iloc[0])
        return count(self.n_cases, "dossier") + (f" sur {number(every)}" if every > self.n_cases else "")

    @cached_property
    def type_shares(self) -> pd.DataFrame:
        """Each incident type with its share of the cases (:func:`incidents.shares`), the most frequent first."""
        counts, cases = (
            ask(self.selection, ["school_id"]) for ask in (self.snapshot.incident_counts, self.snapshot.case_counts)
        )
        return incidents.shares(counts, "incident_type", cases, list(INCIDENT_TYPES), self.bunching)

    @property
    def bunching(self) -> float:
        """How far reports come in bunches (:func:`funnel.bunching`), as the whole register tells it."""
        return bunching(self.snapshot)


def closure_note(snapshot: Snapshot) -> None:
    """Above what waits: that every case counts as open, where the register says nothing of closure."""
    if not snapshot.tells_closure:
        text.info(NO_CLOSURE)


Asked = TypeVar("Asked", bound=Context)


def open_records(
    title: str, question: str = "", *, filtered: bool = True, this_year: bool = False, without: Collection[str] = ()
) -> Context:
    """The head of a page of records: title, filter panel (:func:`panel.filters`), state of the records. Stops the page when no
    case is left.
    """
    text.title(title, question)
    snapshot = _data.snapshot()
    own = _access.own_school()
    fields = FIELDS[:1] if own else (field for field in FIELDS if field.key not in without)
    selection = filters(snapshot, fields, this_year=this_year) if filtered else EVERYTHING
    context = Context(snapshot, replace(selection, school_ids=(own,)) if own else selection)
    if snapshot.is_demo:
        text.warning(
            "**Données fictives.** Importez votre registre à la page Registre pour voir vos chiffres.", "science"
        )
    if snapshot.is_fallback:
        text.error(
            "Le dernier import est endommagé. Vous voyez les données de l’import précédent. Importez à nouveau le registre."
        )
    _access.note_head(context.n_cases, context.selection)
    description = f"{context.selection.description} · {context.n_cases_of_all}"
    st.session_state["shown"] = (description, snapshot.as_of)  # stands above each table, and marks those that leave
    leave.mark(internal_caption(description, snapshot.as_of))
    text.caption(f"Données internes · extrait du {long_day(snapshot.as_of)} · {description}")
    if context.n_cases == 0:
        text.info(
            "Aucun dossier ne répond à ces filtres. Élargissez la période ou retirez un filtre.", "filter_alt_off"
        )
        st.stop()
    return context


def answer(
    questions: Mapping[str, Callable[[Asked], None]],
    context: Asked,
    label: str = "Question",
    key: str = "question",
    place: DeltaGenerator | None = None,
) -> None:
    """Let the reader choose one of the questions of a page, at a ``place`` of its own or here, and answer it."""
    with place or nullcontext():
        chosen = one_of(label, key, {name: name for name in questions})
    questions[chosen](context)
