"""From a case number of the register to its pseudonym, and what it still waits for. The number is not kept."""

import streamlit as st

from analytics.intake import KeyFileError
from analytics.measures import work
from analytics.store import Snapshot
from analytics.workflows.importing import store_key
from pages import _data
from pages._widgets import text


def show(snapshot: Snapshot) -> None:
    if snapshot.is_demo:
        return
    with st.expander("Retrouver un dossier de votre registre"):
        case_number = st.text_input("Son numéro, tel qu’au registre. Il n’est ni gardé ni affiché ailleurs.")
        if not case_number.strip():
            return
        try:
            case_id = store_key(_data.store(), records=snapshot).pseudonym(case_number)
        except KeyFileError as error:
            text.error(str(error))
            return
        if not snapshot.holds(case_id):
            text.info("Aucun dossier ne porte ce numéro dans le dernier import.")
            return
        waiting = work.listed(snapshot.work_list(case_id=case_id))
        missing = waiting["missing"].iloc[0] if len(waiting) else ""
        text.paragraph(f"Ici, il s’appelle **{case_id}**. Hors délai : {missing or 'rien'}.")
