"""A school by its name, or by its point in the funnel: its own page opens."""

from pathlib import Path

import streamlit as st

from analytics.domain.selection import Selection
from pages._widgets import address, school_label
from pages.schools.rated import RatedSchools


def show(context: RatedSchools) -> None:
    rated = context.rated.sort_values(["name", "school_id"])
    labels = {code: school_label(name, code) for name, code in zip(rated["name"], rated["school_id"], strict=True)}
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
    st.switch_page(str(Path(__file__).parents[1] / "school/page.py"), query_params=address(selection, ecole=code))
