"""Which list, in which order, and the chips that narrow it."""

from collections.abc import Collection, Hashable
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from analytics.domain.selection import Selection
from analytics.domain.vocabulary import STEPS
from analytics.measures import work
from analytics.store import Snapshot
from pages._widgets import Context, one_of, pick
from pages._widgets.panel import chips

CHIPS = ("niveaux", "zones")  # fields of the panel that stand above the list
STATES = {"overdue": "Hors délai", "soon": "Bientôt", "dormant": "Dormants"}
_ORDERS = {
    "newest": "Les plus récents d’abord",
    "oldest": "Les plus anciens d’abord",
    "most": "Le plus d’étapes d’abord",
    "school": "Par école",
}


@dataclass(frozen=True, kw_only=True)
class Work(Context):
    """The work list that was asked for: ``numbers`` has how many cases are in each state (:func:`work.summary`)."""

    state: str
    order: str
    steps: tuple[str, ...]
    numbers: pd.DataFrame

    @property
    def asked(self) -> tuple[Hashable, ...]:
        return (self.selection, self.state, self.order, self.steps)

    def cases(self, most: int) -> pd.DataFrame:
        """The cases of the list (:func:`work.listed`), at the most ``most`` of them."""
        found = self.snapshot.work_list(self.selection, self.state, self.order, self.steps, most)
        return self.remember(lambda: work.listed(found), "listed", most)


def choose(context: Context) -> Work:
    """Ask for list, order, steps, levels and zones; these are kept in the address."""
    snapshot = context.snapshot
    left, right = st.columns([2, 1])
    with left:
        state = one_of("Liste", "liste", STATES)
    with right:
        order = pick("Ordre", "ordre", _ORDERS, "newest")
    place = st.container()
    with st.container(horizontal=True, gap="medium"):
        selection = replace(context.selection, **chips(snapshot, *CHIPS))
    with place:
        steps = _steps(snapshot.remember(("awaited", selection), lambda: _awaited(snapshot, selection)))
    numbers = snapshot.remember(
        ("numbers", selection, steps), lambda: work.summary(snapshot.work_counts(selection, steps))
    )
    return Work(snapshot, selection, state=state, order=order, steps=steps, numbers=numbers)


def _awaited(snapshot: Snapshot, selection: Selection) -> frozenset[str]:
    """The steps that some case waits for beyond its deadline, or soon will."""
    counts = snapshot.work_counts(selection)
    return frozenset(work.by_step(counts)["step"]) | frozenset(work.by_step(counts, "soon")["step"])


def _steps(waited_for: Collection[str]) -> tuple[str, ...]:
    labels = {code: step.label for code, step in STEPS.items() if code in waited_for}
    chosen = st.pills(
        "Étape",
        list(labels),
        selection_mode="multi",
        format_func=labels.__getitem__,
        key="etape",
        bind="query-params",
        wrap=True,
    )
    return tuple(chosen)
