"""Relais, served: ``uv run streamlit run app.py``.

Streamlit takes every file of a folder ``pages`` beside its script for a page of its own, until a script calls
``st.navigation``: a link to one page, opened first, would show it without the frame. So the script stands in the folder.
"""

import streamlit as st

app = st.App("pages/_frame.py")
