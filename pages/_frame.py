"""The frame of Relais: page configuration and navigation, nothing else. ``app.py`` serves it."""

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from analytics.access.roles import OPEN_PAGES, can_open
from analytics.documents.mark import MARK
from pages import _access, _sign_in
from pages._widgets import errors, files, leave

PAGES = Path(__file__).parent

# Section, folder, title, icon, address; the first page is the root.
MENU = (
    ("", "overview", "Vue d’ensemble", "space_dashboard", ""),
    ("", "work_list", "À faire", "call", "a-faire"),
    ("", "protocol", "Protocole", "emergency", "protocole"),
    ("Comprendre", "incidents", "Types d’incidents", "category", "incidents"),
    ("Comprendre", "relays", "Activation des relais", "timer", "relais"),
    ("Comprendre", "schools", "Écoles concernées", "school", "ecoles"),
    ("Comprendre", "school", "Fiche d’une école", "contact_page", "ecole"),
    ("Agir", "prevention", "Programme de prévention", "event_available", "prevention"),
    ("Agir", "publish", "Publier", "public", "publier"),
    ("Données", "register", "Registre", "upload_file", "registre"),
    ("Données", "method", "Comment c’est compté", "rule", "methode"),
    ("Données", "access", "Mes accès", "history", "acces"),
)
FOLDERS = {path: folder for _, folder, _, _, path in MENU}
PATHS = frozenset(f"/{path}" for path in FOLDERS)

# The document's language and Streamlit's own words in French; Back goes back a page. ``app.py`` serves the file.
SCRIPT = '<script src="/relais.js"></script>'


def show() -> None:
    """The page that the address names, in its frame."""
    # Before the navigation, which would fetch the tab's icon from another host.
    st.set_page_config(page_icon=PAGES.parent / "data" / "relais.svg", layout="wide")
    _access.begin_run()
    page = st.navigation(_menu())
    st.set_page_config(page_title=f"{page.title} · Relais")
    _sign_in.show_account()
    if st.session_state.get("page") != page.url_path:
        for prefix in ("registre_", "numeros_", "printed"):
            files.forget(prefix)  # what was read of a register, or made for paper, goes with its page
        files.forget_uploads()
    st.session_state["page"] = page.url_path
    st.html(PAGES / "_widgets/style.css")
    st.html(SCRIPT, unsafe_allow_javascript=True)
    folder = FOLDERS[page.url_path]
    leave.mark(MARK if folder not in OPEN_PAGES and _access.may_open(folder) else "")
    leave.offer_print()
    errors.run(page, folder)


def _menu() -> dict[str, list[StreamlitPage]]:
    """The pages by section. What is closed to who is here has an address and no entry."""
    sections: dict[str, list[StreamlitPage]] = {}
    account = _access.account()
    for section, folder, title, icon, path in MENU:
        if folder == "access" and _access.visitors().accounts is None:
            continue
        is_open = can_open(account, folder)
        closed = _sign_in.show_closed if path else _sign_in.show_root
        page = st.Page(
            PAGES / folder / "page.py" if is_open else closed,
            title=title if is_open else "Se connecter",
            icon=f":material/{icon}:" if is_open else ":material/login:",
            url_path=path or None,
            default=not path,
            visibility="visible" if is_open or (not path and account is None) else "hidden",
        )
        sections.setdefault(section, []).append(page)
    return sections


if __name__ == "__main__":
    show()
