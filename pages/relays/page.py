"""Activation des relais: how fast each relay and each step of the protocol is activated."""

import streamlit as st

from pages import _data, _widgets
from pages.relays import parts as _relay_parts
from pages.relays import time_parts as _relay_time_parts
from pages.relays.common import CLOCKS

QUESTIONS = {
    "En bref": _relay_parts.in_brief,
    "Délais et retards": _relay_parts.deadlines,
    "Comparer": _relay_parts.compare,
    "Où le temps se perd": _relay_time_parts.lost_time,
    "Changement ou hasard": _relay_time_parts.change_or_chance,
}

_widgets.title(
    "Activation des relais",
    "Plus on attend, plus le phénomène peut grandir. En combien de temps chaque relais est-il activé ?",
)
snapshot = _data.snapshot()
selection = _widgets.filters(snapshot)
n_cases = int(snapshot.case_counts(selection)["n"].iloc[0])
_widgets.context(snapshot, selection, n_cases)

question, clock = st.columns([3, 1])
with question:
    chosen = _widgets.one_of("Question", "question", {name: name for name in QUESTIONS})
with clock:
    unit = _widgets.one_of("Compter", "horloge", CLOCKS)
QUESTIONS[chosen](snapshot, selection, unit)
