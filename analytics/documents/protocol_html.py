"""The protocol as HTML: one fragment, shown by the page and, in a document of its own, by the plain route and the file."""

from __future__ import annotations

from base64 import b64encode
from datetime import date
from hashlib import sha256
from pathlib import Path

from markupsafe import Markup

from analytics.documents._templates import template
from analytics.domain.french import day
from analytics.protocol import FACTS, Protocol

HERE = Path(__file__).parent
STYLE, SCRIPT = ((HERE / name).read_text(encoding="utf-8").strip() for name in ("protocol.css", "protocol.js"))

SCRIPT_HASH = f"'sha256-{b64encode(sha256(SCRIPT.encode()).digest()).decode()}'"
"""The fragment's only script, for a Content-Security-Policy."""

POLICY = (
    f"default-src 'none'; style-src 'unsafe-inline'; script-src {SCRIPT_HASH}; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)


def protocol_html(protocol: Protocol, today: date) -> str:
    """The protocol as one self-contained file: no network, complete and in order without its script."""
    return _render("protocol.html.jinja", protocol, today)


def protocol_fragment(protocol: Protocol, today: date) -> str:
    """The same protocol as a piece of a page that has its own ``h1``."""
    return _render("protocol_fragment.html.jinja", protocol, today)


def _render(name: str, protocol: Protocol, today: date) -> str:
    return template(name).render(
        protocol=protocol,
        today=today,
        written=day(today),
        facts=FACTS,
        qr=Markup(qr_svg(protocol.public_address)) if protocol.public_address else "",
        style=Markup(STYLE),
        script=Markup(SCRIPT),
        policy=Markup(POLICY),
    )


def qr_svg(address: str) -> str:
    """``address`` as a QR code."""
    import segno

    return segno.make(address, error="m").svg_inline(omitsize=True, title=f"Code QR vers {address}")
