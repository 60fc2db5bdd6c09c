"""Vue d'ensemble: one screen that says how many, against last year, what waits, what is new and where to look."""

import streamlit as st

from pages._widgets import open_records, say_closure, show_indicators
from pages.overview import new_cases, this_week, this_year, waiting, weeks, whom_to_call

context = open_records("Vue d’ensemble", this_year=True)
say_closure(context.snapshot)
figures = (waiting.indicator, this_year.cases, this_year.threats, new_cases.indicator)
show_indicators([figure(context) for figure in figures], context.snapshot.as_of)
left, right = st.columns(2)
with left:
    this_week.show(context)
    whom_to_call.show(context)
with right:
    weeks.show(context)
