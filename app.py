"""Relais, served: ``uv run streamlit run app.py``.

Streamlit takes every file of a folder ``pages`` beside its script for a page of its own, until the script calls
``st.navigation``: a link to one page, opened first on a new server, would show it without the frame. So the server runs
the frame from inside that folder. Run as a script, as Streamlit's own test tool does, this file shows the frame itself.
"""

import sys

import streamlit as st
from starlette.formparsers import MultiPartParser
from streamlit.runtime.scriptrunner import get_script_run_ctx

from analytics.domain.errors import RelaisError

try:
    from pages import _frame
except RelaisError as error:  # data files that cannot be used: nothing can be served
    sys.exit(str(error))

# An upload of more than a megabyte would pass through a temporary file: a register never touches the disk.
MultiPartParser.spool_max_size = 2 * 1024 * 1024 * st.get_option("server.maxUploadSize")

if get_script_run_ctx(suppress_warning=True) is None:
    app = st.App("pages/_frame.py")
else:
    _frame.show()
