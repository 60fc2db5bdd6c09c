"""Relais, served: ``uv run streamlit run app.py``.

Streamlit takes every file of a folder ``pages`` beside its script for a page of its own, until the script calls
``st.navigation``: a link to one page, opened first on a new server, would show it without the frame. So the server runs
the frame from inside that folder. Run as a script, as Streamlit's own test tool does, this file shows the frame itself.
"""

import json
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.formparsers import MultiPartParser
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route
from streamlit import config, file_util
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.web.server.starlette import starlette_websocket

from analytics.domain.errors import RelaisError

try:
    from analytics.access.downloads import download_route, file_headers
    from analytics.access.guard import Guard, Rules
    from analytics.access.policy import client_page, content_policy
    from analytics.documents import parents_pdf, protocol_html, protocol_pdf
    from analytics.documents.protocol_html import POLICY, SCRIPT
    from analytics.domain.timezone import now
    from analytics.protocol import protocol
    from pages import _access, _first, _frame
    from pages._widgets.files import FOCUS_SCRIPT, TAKE_SCRIPT

    visitors = _access.visitors()
except RelaisError as error:  # data files or accounts that cannot be used: nothing can be served
    sys.exit(str(error))

# An upload of more than a megabyte would pass through a temporary file: a register never touches the disk.
MultiPartParser.spool_max_size = 2 * 1024 * 1024 * st.get_option("server.maxUploadSize")

CLIENT = client_page(Path(file_util.get_static_dir(), "index.html").read_text("utf-8"))
PROTOCOL_FILES = {"/protocole.pdf": protocol_pdf, "/feuille-parents.pdf": parents_pdf}


def client(request: Request) -> HTMLResponse:
    """The page that starts Streamlit's client, at the address of each page. It holds no data."""
    return HTMLResponse(CLIENT)


def protocol_page(request: Request) -> HTMLResponse:
    """The protocol as plain HTML: no session, no script needed, no store opened, the same for everyone."""
    return HTMLResponse(protocol_html(protocol(), now().date()), headers={"Content-Security-Policy": POLICY})


def script(request: Request) -> FileResponse:
    """What the pages need in the browser (:data:`pages._frame.SCRIPT`)."""
    return FileResponse(_frame.PAGES / "_widgets/relais.js", media_type="text/javascript")


def protocol_file(request: Request) -> Response:
    """The protocol or the parents' sheet on paper, open as the page is."""
    made = PROTOCOL_FILES[request.url.path](protocol(), now().date())
    return Response(made, headers=file_headers(request.url.path.removeprefix("/")))


def proven_mail(cookies: Mapping[str, str]) -> str | None:
    """The mail that Streamlit's signed cookie proves; None where the provider says that it was not verified."""
    signed = starlette_websocket._get_signed_cookie_with_chunks(dict(cookies), starlette_websocket.USER_COOKIE_NAME)
    claims = json.loads(signed) if signed else {}
    is_proven = claims.get("is_logged_in") and claims.get("email_verified", True) in (True, "true")
    return str(claims["email"]).lower() if is_proven and claims.get("email") else None


def rules() -> Rules:
    """What the guard goes by."""
    if visitors.accounts is not None:  # the one name at which browsers reach the proxy
        config.set_option("server.allowedHosts", [visitors.accounts.host])
    return Rules(
        visitors,
        hosts=tuple(st.get_option("server.allowedHosts")),
        paths=_frame.PATHS | {"/protocole.html", "/relais.js", "/favicon.png", "/manifest.json", *PROTOCOL_FILES},
        policy=content_policy(CLIENT, (SCRIPT, FOCUS_SCRIPT, TAKE_SCRIPT)),
        proven_mail=proven_mail,
    )


ROUTES = (
    Route("/protocole.html", protocol_page),
    Route("/relais.js", script),
    *(Route(path, protocol_file) for path in PROTOCOL_FILES),
    *(Route(path, client) for path in sorted(_frame.PATHS)),
    download_route(visitors),
)


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncGenerator[None]:
    """The server begins to answer at once; its first page is made ready meanwhile."""
    sys.setswitchinterval(0.001)  # seconds: who only passes on what is known waits less long for who computes
    _first.begin()
    yield


if get_script_run_ctx(suppress_warning=True) is None:
    # Streamlit looks for this very assignment: an application that it does not find is run as a script, without the guard.
    app = st.App("pages/_frame.py", routes=ROUTES, middleware=[Middleware(Guard, rules=rules())], lifespan=lifespan)
else:
    _frame.show()
