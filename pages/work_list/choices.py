"""Which list, in which order, and the chips that narrow it."""

from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from analytics.domain.vocabulary import SCHOOL_LEVELS, STEPS
from analytics.measures import work
from pages._widgets import Context, one_of, pick

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

    def cases(self, most: int) -> pd.DataFrame:
        """The cases of the list (:func:`work.listed`), at the most ``most`` of them."""
        found = self.snapshot.work_list(self.selection, self.state, self.order, self.steps, most)
        return work.listed(found, self.snapshot.as_of)


def choose(context: Context) -> Work:
    """Ask for list, order, steps, levels and zones; these are kept in the address."""
    snapshot, selection = context.snapshot, context.selection
    counts = snapshot.work_counts(selection)
    left, right = st.columns([3, 1])
    with left:
        state = one_of("Liste", "liste", STATES)
    with right:
        order = pick("Ordre", "ordre", _ORDERS, "newest")
    waited_for = set(work.by_step(counts)["step"]) | set(work.by_step(counts, "soon")["step"])
    with st.container(horizontal=True, gap="medium"):
        steps = _chips("Étape", "etape", {code: step.label for code, step in STEPS.items() if code in waited_for})
        present = set(counts["school_level"])
        levels = _chips(
            "Niveau", "niveau", {code: label for code, label in SCHOOL_LEVELS.labels.items() if code in present}
        )
        zones = _chips("Zone", "zone", {zone: zone for zone in sorted(counts["zone"].dropna().unique())})
    if steps or levels or zones:
        narrowed = {"school_levels": levels or selection.school_levels, "zones": zones or selection.zones}
        selection = replace(selection, **narrowed)
        counts = snapshot.work_counts(selection, steps)
    return Work(snapshot, selection, state=state, order=order, steps=steps, numbers=work.summary(counts))


def _chips(label: str, key: str, options: dict[str, str]) -> tuple[str, ...]:
    if len(options) < 2:
        return ()
    chosen = st.pills(
        label,
        list(options),
        selection_mode="multi",
        format_func=options.__getitem__,
        key=key,
        bind="query-params",
        wrap=True,
    )
    return tuple(chosen)
