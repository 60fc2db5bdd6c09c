"""What stands in the place of a page that is not open to who is here, and the way in and out."""

from pathlib import Path

import streamlit as st

from pages import _access
from pages._widgets import text


def show_closed() -> None:
    """The way in, for who is nobody known; else that this account does not open the page."""
    account = _access.account()
    if account is not None:
        _access.note_refused()
        text.title("Page fermée")
        text.info("Votre compte n’ouvre pas cette page.", "lock")
        return
    text.title("Se connecter")
    if st.user.get("is_logged_in"):
        text.info(
            "Votre session a pris fin, ou votre compte n’est pas dans la liste du service. Une session dure dix heures au plus, "
            "et trente minutes sans rien faire.",
            "lock_clock",
        )
    else:
        text.paragraph("Les pages du service demandent un compte. Le protocole reste ouvert à chacun.")
    st.button("Se connecter", type="primary", icon=":material/login:", key="acces_entrer", on_click=st.login)


def show_root() -> None:
    """At the root: the page of her school, for a direction, which has no overview."""
    if _access.own_school():
        st.switch_page(str(Path(__file__).parent / "school/page.py"))
    show_closed()


def show_account() -> None:
    """Who is here, and the way out, under the menu."""
    account = _access.account()
    if account is None or not account.mail:
        return
    with st.sidebar:
        st.text(account.mail)  # Markdown would make it a link
        st.button(
            "Se déconnecter", type="tertiary", icon=":material/logout:", key="acces_sortir", on_click=_access.sign_out
        )
