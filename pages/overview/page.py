"""Vue d'ensemble: one screen that says how many, against last year, what waits, what is new and where to look."""

import streamlit as st

from pages._widgets import closure_note, open_records
from pages.overview import figures, this_week, weeks, whom_to_call

context = open_records("Vue d’ensemble", this_year=True)
closure_note(context.snapshot)
figures.show(context)
left, right = st.columns(2)
with left:
    this_week.show(context)
    whom_to_call.show(context)
with right:
    weeks.show(context)
