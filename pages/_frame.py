"""The frame of Relais: page configuration and navigation, nothing else. ``app.py`` serves it."""

import streamlit as st

from pages import _widgets

st.set_page_config(page_title="Relais", page_icon="data/relais.svg", layout="wide")
_widgets.frame()

page = st.navigation(
    {
        "": [
            st.Page("overview.py", title="Vue d'ensemble", icon=":material/space_dashboard:", default=True),
            st.Page("protocol.py", title="Protocole", icon=":material/emergency:", url_path="protocole"),
        ],
        "Comprendre": [
            st.Page("incidents.py", title="Types d'incidents", icon=":material/category:", url_path="incidents"),
            st.Page("relays.py", title="Activation des relais", icon=":material/timer:", url_path="relais"),
            st.Page("schools.py", title="Écoles concernées", icon=":material/school:", url_path="ecoles"),
        ],
        "Agir": [
            st.Page(
                "prevention.py",
                title="Programme de prévention",
                icon=":material/event_available:",
                url_path="prevention",
            ),
        ],
        "Données": [
            st.Page("register.py", title="Registre", icon=":material/upload_file:", url_path="registre"),
        ],
    }
)
_widgets.run(page)
