"""The frame of Relais: page configuration and navigation, nothing else. Start it with ``uv run streamlit run app.py``."""

import streamlit as st

from pages import _widgets

st.set_page_config(page_title="Relais", page_icon="data/relais.svg", layout="wide")
_widgets.frame()

page = st.navigation(
    {
        "": [
            st.Page("pages/overview.py", title="Vue d'ensemble", icon=":material/space_dashboard:", default=True),
            st.Page("pages/protocol.py", title="Protocole", icon=":material/emergency:", url_path="protocole"),
        ],
        "Comprendre": [
            st.Page("pages/incidents.py", title="Types d'incidents", icon=":material/category:", url_path="incidents"),
            st.Page("pages/relays.py", title="Activation des relais", icon=":material/timer:", url_path="relais"),
            st.Page("pages/schools.py", title="Écoles concernées", icon=":material/school:", url_path="ecoles"),
        ],
        "Agir": [
            st.Page(
                "pages/prevention.py",
                title="Programme de prévention",
                icon=":material/event_available:",
                url_path="prevention",
            ),
        ],
        "Données": [
            st.Page("pages/register.py", title="Registre", icon=":material/upload_file:", url_path="registre"),
        ],
    }
)
_widgets.run(page)
