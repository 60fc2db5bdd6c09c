"""A school by its name, or by its point in the funnel: its own page opens."""

import streamlit as st

from analytics.domain.selection import Selection
from pages._widgets import Link, address, school_labels
from pages.schools.rated import RatedSchools


def show(context: RatedSchools) -> None:
    labels = school_labels(context.rated.sort_values(["name", "school_id"]))
    found = st.selectbox(
        "Ouvrir la fiche d’une école",
        list(labels),
        index=None,
        format_func=labels.__getitem__,
        key="ecole_cherchee",
        placeholder="Tapez une partie de son nom ou son code",
    )
    if found:
        open_school(found, context.selection)


def open_school(code: str, selection: Selection) -> None:
    """Go to the page of a school, with the same filters."""
    Link("", "school", address(selection, ecole=code)).open()
