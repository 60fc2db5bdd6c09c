"""Protocole: whom to call, what to do, what to say. Needs neither store nor filters, and asks nothing about a pupil.

The page shows the same piece of HTML as ``/protocole.html``, which ``app.py`` serves without Streamlit.
"""

from pathlib import Path

import streamlit as st

from analytics.documents import protocol_fragment
from analytics.domain.timezone import now
from analytics.protocol import protocol

# Plain addresses, open to whoever reaches the server; a file is made when it is asked for.
FILES = (
    '<p class="light"><a href="/protocole.pdf" download>Protocole (PDF)</a> · '
    '<a href="/protocole.html" download>Hors ligne (HTML)</a> · '
    '<a href="/feuille-parents.pdf" download>Feuille parents (PDF)</a></p>'
)
LIGHT = '<a class="light" href="protocole.html" target="_self">Page légère, à garder sur le téléphone</a>'


def main() -> None:
    content = protocol()
    today = now().date()
    st.html(Path(__file__).with_name("layout.css"))
    st.html(LIGHT)
    st.title("Que faire maintenant\u202f?", anchor=False)
    st.html(protocol_fragment(content, today), unsafe_allow_javascript=True)
    st.html(FILES)


main()
