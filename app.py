"""Relais, served: ``uv run streamlit run app.py``.

Streamlit takes every file of a folder ``pages`` beside its script for a page of its own, until the script calls
``st.navigation``: a link to one page, opened first on a new server, would show it without the frame. So the server runs
the frame from inside that folder. Run as a script, as Streamlit's own test tool does, this file shows the frame itself.
"""

import sys
from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st
from starlette.formparsers import MultiPartParser
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse
from starlette.routing import Route
from streamlit.runtime.scriptrunner import get_script_run_ctx

from analytics.domain.errors import RelaisError

try:
    from analytics.documents import protocol_html
    from analytics.documents.protocol_html import POLICY
    from analytics.domain.school_calendar import TIMEZONE
    from analytics.protocol import protocol
    from pages import _frame
except RelaisError as error:  # data files that cannot be used: nothing can be served
    sys.exit(str(error))

# An upload of more than a megabyte would pass through a temporary file: a register never touches the disk.
MultiPartParser.spool_max_size = 2 * 1024 * 1024 * st.get_option("server.maxUploadSize")


def protocol_page(request: Request) -> HTMLResponse:
    """The protocol as plain HTML: no session, no script needed, no store opened, the same for everyone."""
    today = datetime.now(ZoneInfo(TIMEZONE)).date()
    return HTMLResponse(protocol_html(protocol(), today), headers={"Content-Security-Policy": POLICY})


def script(request: Request) -> FileResponse:
    """What the pages need in the browser (:data:`pages._frame.SCRIPT`)."""
    return FileResponse(_frame.PAGES / "_widgets/relais.js", media_type="text/javascript")


if get_script_run_ctx(suppress_warning=True) is None:
    app = st.App("pages/_frame.py", routes=[Route("/protocole.html", protocol_page), Route("/relais.js", script)])
else:
    _frame.show()
