"""Whom to call: how many cases wait for each relay beyond its deadline, each a link to their list."""

import streamlit as st

from analytics.domain.french import number
from analytics.domain.vocabulary import RELAYS, STEPS
from analytics.measures import work
from pages._widgets import Context, Link, address, text


def show(context: Context) -> None:
    selection = context.selection.at_any_time
    awaited = work.by_step(context.snapshot.work_counts(selection))
    awaited = awaited[awaited["step"].isin(RELAYS)]
    if awaited.empty:
        return
    text.paragraph("**Qui appeler**, et pour combien de dossiers hors délai")
    with st.container(horizontal=True, gap="xxsmall"):
        for _, row in awaited.iterrows():
            label = STEPS[row["step"]].label
            Link(f"{label} : {number(row['n'])}", "work_list", address(selection, etape=label)).show()
