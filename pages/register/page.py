"""Registre: what Relais holds, and how a register comes in: check, correct, import, take back."""

import streamlit as st

from analytics.domain.french import count, typeset
from analytics.store import StoreError
from pages import _data, _widgets
from pages.register import parts, state

_widgets.title("Registre", "Que contient Relais, et comment y importer votre registre ?")
store = _data.store()

try:
    _data.prepare()
    held = state.held(str(store.folder), tuple(store.versions))
except StoreError as error:
    held = None
    st.error(typeset(str(error)), icon=":material/error:")
if held is not None and held.is_demo:
    st.warning("**Données fictives.** Votre premier registre les remplace.", icon=":material/science:")

st.header("Importer", anchor=False)
st.markdown(
    typeset(
        "Le fichier est lu en mémoire et n’est jamais enregistré. Les noms, les dates de naissance et les remarques n’entrent "
        "pas dans Relais ; le numéro de dossier devient un pseudonyme."
    )
)
parts.offer_template()
upload = parts.choose_files()
parts.show_said("import")
if upload is not None:
    checked = state.check(store, upload)
    if checked.found is None:
        st.error(parts.plain(checked.refusal), icon=":material/error:")
    else:
        parts.show_check(checked.found)
    parts.ask_questions(checked, upload)
    parts.offer_words(upload.own_words)
    if checked.found is not None:
        parts.show_refused(checked.found)
        n_accepted = checked.found.extract.n_accepted
        if n_accepted and st.button(
            f"Importer {count(n_accepted, 'dossier')}", type="primary", key="registre_importer"
        ):
            state.publish(store, upload)
elif (done := state.left_over()) is not None:
    parts.show_refused(done)
    if st.button("J’ai terminé", key="registre_termine"):
        state.clear()
        st.rerun()  # Streamlit lets go of a downloaded file at the end of the second run without it
else:
    state.clear_check()

if held is not None:
    st.header("Ce que contient Relais", anchor=False)
    st.markdown("\n".join(f"- {parts.plain(sentence)}" for sentence in held.sentences))
    parts.show_said("history")
    parts.show_history(store, held)
