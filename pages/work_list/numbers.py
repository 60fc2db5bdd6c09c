"""The service's own case numbers, from a register that is chosen on the page and leaves the memory with it."""

import streamlit as st

from analytics.domain.errors import explain
from analytics.domain.french import number
from analytics.domain.vocabulary import OFFICES
from analytics.intake.numbers import own_numbers
from analytics.workflows.importing import store_key
from pages import _data
from pages._widgets import text
from pages._widgets.files import upload_style
from pages.work_list.choices import Work

_READ = "numeros_lus"


def ask(work: Work) -> dict[str, str]:
    """Pseudonym to number of the cases that are open, where a register was chosen; empty without one."""
    if work.snapshot.is_demo:
        text.caption("Avec votre registre, cette liste montre vos propres numéros de dossier.")
        return {}
    with st.expander("Voir vos propres numéros de dossier"):
        text.paragraph(
            "Relais ne garde aucun numéro. Choisissez votre registre : il est lu en mémoire, et oublié quand vous quittez la page."
        )
        upload_style()
        register = st.file_uploader("Votre registre", key="numeros_fichier")
        if register is None:
            st.session_state.pop(_READ, None)
            return {}
        if st.session_state.get(_READ, ("",))[0] != register.file_id:
            try:
                st.session_state[_READ] = (register.file_id, _read(work, register.getvalue()))
            except Exception as error:  # whatever it is: Streamlit would log its message, which could hold a value
                text.error(text.plain(explain(error)))
                return {}
        found, n_open = st.session_state[_READ][1]
        if found:
            text.caption(f"{number(len(found))} dossiers ouverts sur {number(n_open)} retrouvés dans ce fichier.")
        else:
            text.warning("Aucun dossier ouvert n’a son numéro dans ce fichier. Est-ce bien le registre importé ?")
    return found


def _read(work: Work, content: bytes) -> tuple[dict[str, str], int]:
    """The numbers that the register has for open cases, and how many of these there are."""
    snapshot = work.snapshot
    imports = snapshot.table("imports")
    years = snapshot.choices().school_years if imports["by_year"].any() else ()
    offices = OFFICES if len(OFFICES) > 1 else ()
    case_ids = snapshot.open_cases()
    key = store_key(_data.store(), records=snapshot)
    return own_numbers(content, key, case_ids, years, offices), len(case_ids)
