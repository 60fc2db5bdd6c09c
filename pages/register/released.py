"""The columns that are not to be read: a column that is read wrongly is set aside here, and taken back."""

import streamlit as st

from analytics.domain.vocabulary import normalise
from analytics.intake.mapping import IGNORED
from pages._widgets import text
from pages.register import state


def show(checked: state.Checked, upload: state.Upload) -> None:
    """The columns that are read, and those set aside before, which stay in the list so that they can come back."""
    columns = checked.found.extract.understanding.columns if checked.found else ()
    released = {header for header, code in upload.own_words.columns.items() if code == IGNORED}
    headers = {normalise(column.header): column.header for column in columns if column.field}
    headers |= {key: next((c.header for c in columns if normalise(c.header) == key), key) for key in released}
    if not headers:
        return
    with (
        st.expander("Une colonne est mal lue ?", expanded=checked.found is None),
        st.form("registre_colonnes", border=False),
    ):
        chosen = st.multiselect(
            "Ne pas lire ces colonnes",
            sorted(headers),
            sorted(released),
            format_func=lambda key: text.plain(headers[key]),
            placeholder="Choisissez",
            key=f"registre_non_lues_{state.session().check_generation}",
        )
        if st.form_submit_button("Vérifier à nouveau", key="registre_relire"):
            state.release(chosen, headers, upload.own_words)
            st.rerun()
