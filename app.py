"""Relais, served: ``uv run streamlit run app.py``.

Streamlit takes every file of a folder ``pages`` beside its script for a page of its own, until the script calls
``st.navigation``: a link to one page, opened first on a new server, would show it without the frame. So the server runs
the frame from inside that folder. Run as a script, as Streamlit's own test tool does, this file shows the frame itself.
"""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages import _frame

if get_script_run_ctx(suppress_warning=True) is None:
    app = st.App("pages/_frame.py")
else:
    _frame.show()
