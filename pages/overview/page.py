"""Vue d'ensemble: one screen that says what is new, what waits, what has changed and where to look."""

import streamlit as st

from pages._widgets import open_records, show_indicators
from pages.overview import beyond_chance, frequent_types, new_cases, overdue_steps, weeks, where_to_look

FIGURES = (new_cases, overdue_steps, beyond_chance, where_to_look)
CHARTS = (weeks, frequent_types)

context = open_records("Vue d’ensemble")
show_indicators([question.indicator(context) for question in FIGURES], context.snapshot.as_of)
for column, question in zip(st.columns(len(CHARTS)), CHARTS, strict=True):
    with column:
        question.show(context)
