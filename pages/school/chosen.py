"""The school that the page is about."""

import streamlit as st

from analytics.workflows.one_school import OneSchool, one_school, rated_schools
from pages import _access
from pages._widgets import Context, pick_school, school_label, text


def choose(records: Context) -> OneSchool:
    """Ask for a school; stops the page when none answers the filters."""
    rated = records.remember(lambda: rated_schools(records.snapshot, records.selection), "rated")
    if rated.empty:
        text.info("Aucune école ne répond à ces filtres.", "filter_alt_off")
        st.stop()
    labels = {code: school_label(name, code) for name, code in zip(rated["name"], rated["school_id"], strict=True)}
    school_id = pick_school(labels)
    is_alone = bool(_access.own_school())  # its head of school sees no figure of another one
    if not is_alone:
        _access.note_view(school=school_id)
    return one_school(records.snapshot, records.selection, rated, school_id, is_alone=is_alone)
