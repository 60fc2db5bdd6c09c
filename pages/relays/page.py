"""Activation des relais: how fast each relay and each step of the protocol is activated."""

import streamlit as st

from pages._widgets import answer, open_records
from pages.relays import change, compare, deadlines, in_brief, lost_time, response
from pages.relays.clock import RelayContext, choose_clock

QUESTIONS = {
    "En bref": in_brief.show,
    "Détecter, signaler, réagir": response.show,
    "Délais et retards": deadlines.show,
    "Comparer": compare.show,
    "Où le temps se perd": lost_time.show,
    "Changement ou hasard": change.show,
}

context = open_records(
    "Activation des relais",
    "Plus on attend, plus le phénomène peut grandir. En combien de temps chaque relais est-il activé ?",
)
question, clock = st.columns([3, 1])
with clock:
    chosen = choose_clock(context)
answer(QUESTIONS, RelayContext(context.snapshot, context.selection, clock=chosen), place=question)
