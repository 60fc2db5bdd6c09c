"""Vue d'ensemble: one screen that says how many, against last year, what waits, what is new and where to look."""

import streamlit as st

from pages._widgets import open_records, say_closure
from pages.overview import figures, this_week, weeks

context = open_records("Vue d’ensemble", this_year=True)
say_closure(context.snapshot)
figures.show(context)
for column, show in zip(st.columns(2), (this_week.show, weeks.show), strict=True):
    with column:
        show(context)
