"""Protocole: whom to call, what to do, what to say. Needs neither store nor filters, and asks nothing about a pupil.

The page shows the same piece of HTML as ``/protocole.html``, which ``app.py`` serves without Streamlit.
"""

from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import streamlit as st

from analytics.documents import parents_pdf, protocol_fragment, protocol_html, protocol_pdf
from analytics.domain.school_calendar import TIMEZONE
from analytics.protocol import protocol

# The frame's space above a title would push the first numbers down a phone's screen.
LAYOUT = """<style>
.stHtml a.light { color: inherit; }
.stMainBlockContainer { max-width: 56rem; padding: 3.75rem 1rem 2rem; }
.stMainBlockContainer h1 { font-size: 1.6rem; padding: 0 0 .5rem; }
.stMainBlockContainer > .stVerticalBlock { gap: .25rem; }
@media print {
  [data-testid=stSidebar], [data-testid=stHeader], .light, .stDownloadButton { display: none !important; }
  .stMainBlockContainer { max-width: none; padding: 0; }
}
</style>"""
LIGHT = '<a class="light" href="protocole.html" target="_self">Page légère, à garder sur le téléphone</a>'


def main() -> None:
    content = protocol()
    today = datetime.now(ZoneInfo(TIMEZONE)).date()
    st.html(LAYOUT)
    st.html(LIGHT)
    st.title("Que faire maintenant\u202f?", anchor=False)
    st.html(protocol_fragment(content, today), unsafe_allow_javascript=True)
    with st.container(horizontal=True):
        for label, write, file_name, mime in (
            ("Protocole (PDF)", protocol_pdf, "protocole.pdf", "application/pdf"),
            ("Hors ligne (HTML)", protocol_html, "protocole.html", "text/html"),
            ("Feuille parents (PDF)", parents_pdf, "feuille-parents.pdf", "application/pdf"),
        ):
            # Files are made when a button is touched, not before.
            data = partial(write, content, today)
            st.download_button(label, data, file_name, mime, on_click="ignore", icon=":material/download:")


main()
