"""The school that the page is about."""

import streamlit as st

from analytics.workflows.one_school import OneSchool, one_school, rated_schools
from pages import _access
from pages._widgets import Context, pick_school, school_labels, text


def choose(records: Context) -> OneSchool:
    """Ask for a school; stops the page when none answers the filters."""
    known = records.remember(lambda: rated_schools(records.snapshot, records.selection), "rated")
    rated = known.sort_values(["name", "school_id"])
    if rated.empty:
        text.info("Aucune école ne répond à ces filtres.", "filter_alt_off")
        st.stop()
    school_id = pick_school(school_labels(rated))
    is_alone = bool(_access.own_school())  # its head of school sees no figure of another one
    if not is_alone:
        _access.note_view(school=school_id)
    return one_school(records.snapshot, records.selection, rated, school_id, is_alone=is_alone)
