"""The office at work, where the service has several."""

import streamlit as st

from analytics.domain.vocabulary import OFFICES
from analytics.store import Store
from analytics.workflows.offices import office_of, usual_office


def choose(store: Store) -> str:
    """The only office, or the one that is chosen, at first that of this machine; "" until there is one."""
    if len(OFFICES) == 1:
        return office_of(None, store)
    codes, usual = list(OFFICES), usual_office(store)
    index = codes.index(usual) if usual in codes else None
    key, empty = "registre_bureau", "Choisissez"
    return st.selectbox("Votre bureau", codes, index, OFFICES.label, key, placeholder=empty) or ""
