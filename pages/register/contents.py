"""What the store holds, the history of imports, and the undo of the last one."""

import streamlit as st

from analytics.store import Store
from pages._widgets import text
from pages.register import state


def show(store: Store, summary: state.StoreSummary, office: str) -> None:
    text.header("Ce que contient Relais", anchor=False)
    text.bullets(summary.sentences)
    state.show_flash()
    text.plain_table(summary.history, "Les importations, la dernière d’abord")
    text.caption("Relais ne garde pas le fichier importé.")
    if len(store.versions) > 1:
        _offer_undo(store, office, summary.version)


def _offer_undo(store: Store, office: str, version: str) -> None:
    """Undo the last import, which made ``version``, after a confirmation; it is the ``office``'s own, or is refused."""
    if not state.session().undo_asked:
        label, key = "Annuler la dernière importation", "registre_annuler_bouton"
        st.button(label, icon=":material/undo:", key=key, on_click=state.ask_undo, args=(True,), disabled=not office)
        return
    text.warning("Les données d’avant cette importation reviendront. Annuler la dernière importation ?")
    with st.container(horizontal=True):
        st.button(
            "Oui, annuler",
            key="registre_annuler_oui",
            on_click=state.undo,
            args=(store, office, version),
            type="primary",
        )
        st.button("Non, garder", key="registre_annuler_non", on_click=state.ask_undo, args=(False,))
