"""The frame of Relais: page configuration and navigation, nothing else. ``app.py`` serves it."""

from pathlib import Path

import streamlit as st

from pages import _widgets

PAGES = Path(__file__).parent


def show() -> None:
    """The page that the address names, in its frame."""
    # Before the navigation, which would fetch the page's icon from another host to stand for it in the browser's tab.
    st.set_page_config(page_icon=PAGES.parent / "data" / "relais.svg", layout="wide")

    page = st.navigation(
        {
            "": [
                st.Page(
                    PAGES / "overview/page.py", title="Vue d’ensemble", icon=":material/space_dashboard:", default=True
                ),
                st.Page(
                    PAGES / "protocol/page.py", title="Protocole", icon=":material/emergency:", url_path="protocole"
                ),
            ],
            "Comprendre": [
                st.Page(
                    PAGES / "incidents/page.py",
                    title="Types d’incidents",
                    icon=":material/category:",
                    url_path="incidents",
                ),
                st.Page(
                    PAGES / "relays/page.py", title="Activation des relais", icon=":material/timer:", url_path="relais"
                ),
                st.Page(
                    PAGES / "schools/page.py", title="Écoles concernées", icon=":material/school:", url_path="ecoles"
                ),
                st.Page(
                    PAGES / "school/page.py",
                    title="Fiche d’une école",
                    icon=":material/contact_page:",
                    url_path="ecole",
                ),
            ],
            "Agir": [
                st.Page(
                    PAGES / "prevention/page.py",
                    title="Programme de prévention",
                    icon=":material/event_available:",
                    url_path="prevention",
                ),
                st.Page(PAGES / "publish/page.py", title="Publier", icon=":material/public:", url_path="publier"),
            ],
            "Données": [
                st.Page(
                    PAGES / "register/page.py", title="Registre", icon=":material/upload_file:", url_path="registre"
                ),
            ],
        }
    )
    st.set_page_config(page_title=f"{page.title} · Relais")
    if page.url_path != "registre":
        _widgets.forget("registre_")  # a register that was being checked leaves the memory with its page
        _widgets.forget_uploads()
    _widgets.frame()
    _widgets.run(page)


if __name__ == "__main__":
    show()
