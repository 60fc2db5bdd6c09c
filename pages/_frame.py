"""The frame of Relais: page configuration and navigation, nothing else. ``app.py`` serves it."""

from pathlib import Path

import streamlit as st

from pages._widgets import errors, files

PAGES = Path(__file__).parent

# Section, folder, title, icon, address; the first page is the root.
MENU = (
    ("", "overview", "Vue d’ensemble", "space_dashboard", ""),
    ("", "protocol", "Protocole", "emergency", "protocole"),
    ("Comprendre", "incidents", "Types d’incidents", "category", "incidents"),
    ("Comprendre", "relays", "Activation des relais", "timer", "relais"),
    ("Comprendre", "schools", "Écoles concernées", "school", "ecoles"),
    ("Comprendre", "school", "Fiche d’une école", "contact_page", "ecole"),
    ("Agir", "prevention", "Programme de prévention", "event_available", "prevention"),
    ("Agir", "publish", "Publier", "public", "publier"),
    ("Données", "register", "Registre", "upload_file", "registre"),
    ("Données", "method", "Comment c’est compté", "rule", "methode"),
)

# The page's language, which Streamlit leaves at English: screen readers and hyphenation need it.
FRENCH_DOCUMENT = "<script>window.parent.document.documentElement.lang = 'fr'</script>"


def show() -> None:
    """The page that the address names, in its frame."""
    # Before the navigation, which would fetch the tab's icon from another host.
    st.set_page_config(page_icon=PAGES.parent / "data" / "relais.svg", layout="wide")
    sections: dict[str, list] = {}
    for section, folder, title, icon, path in MENU:
        page = st.Page(
            PAGES / folder / "page.py", title=title, icon=f":material/{icon}:", url_path=path or None, default=not path
        )
        sections.setdefault(section, []).append(page)
    page = st.navigation(sections)
    st.set_page_config(page_title=f"{page.title} · Relais")
    if page.url_path != "registre":
        files.forget("registre_")  # a register that was being checked leaves the memory with its page
        files.forget_uploads()
    st.html(PAGES / "_widgets/style.css")
    st.html(FRENCH_DOCUMENT, unsafe_allow_javascript=True)
    errors.run(page)


if __name__ == "__main__":
    show()
