"""What a browser asks the server in a session, to be asked again by somebody else; and what an answer tells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.access.raw import Answer, ask

FORGED = "relais=" + "A" * 43
FILES = (b"%PDF", b"PK\x03\x04", b"\xef\xbb\xbf")  # of Relais: PDF, workbooks, CSV
# Streamlit's own addresses, whether a session has asked for them or not.
OWN = (
    *("/_stcore/health", "/_stcore/host-config", "/_stcore/metrics", "/_stcore/script-health-check"),
    *("/_stcore/agent/openapi.json", "/_stcore/upload_file/any/thing", "/media/0123456789.csv", "/app/static/any"),
)


@dataclass(frozen=True, order=True)
class Asked:
    method: str
    path: str
    body: bytes = b""


def record(page: Page, port: int) -> set[Asked]:
    """The requests that a page makes of the server from now on, its downloads and its socket among them."""
    seen: set[Asked] = set()

    def note(method: str, url: str, body: bytes = b"") -> None:
        address = urlsplit(url)
        if address.port == port and not address.path.startswith("/static/"):
            seen.add(Asked(method, address.path + (f"?{address.query}" if address.query else ""), body))

    page.on("request", lambda request: note(request.method, request.url, request.post_data_buffer or b""))
    page.on("download", lambda file: note("GET", file.url))
    page.on("websocket", lambda socket: note("SOCKET", socket.url))
    return seen


def ask_again(port: int, asked: Asked, cookie: str | None) -> Answer:
    return ask(port, asked.path, asked.method, body=asked.body, Cookie=cookie, Origin=f"http://127.0.0.1:{port}")


def leaked(sent: bytes, names: Mapping[str, bytes], but: Iterable[str] = ()) -> list[str]:
    """What was sent of the records: codes of schools whose name was, but those that may be; figures; a file."""
    schools = [code for code, name in names.items() if name in sent and code not in but]
    figures = [] if but else re.findall(r"extrait du \d+", sent.decode("utf-8", "ignore"))
    files = [mark.decode() for mark in FILES if sent.startswith(mark)]
    return schools + figures + files
