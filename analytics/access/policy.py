"""The headers of every answer, and the page that starts Streamlit's client, in French."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256

HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",  # frame-ancestors, for older browsers
    "referrer-policy": "same-origin",  # an address holds the filters; "no-referrer" would take the Origin from an upload
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}

_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_AGENT_LINK = re.compile(r'<link rel="service-desc"[^>]*>')


def client_page(served: str) -> str:
    """Streamlit's ``index.html`` as we serve it: in French, and without the link to the agents' interface."""
    return _AGENT_LINK.sub("", served).replace('<html lang="en">', '<html lang="fr">', 1)


def content_policy(page: str, scripts: Iterable[str]) -> str:
    """The Content-Security-Policy under which ``page`` and the inline ``scripts`` of the pages run, and nothing else does.

    Styles may be inline: the client writes its own. WebAssembly draws nothing of ours, but the client loads it.
    """
    inline = sorted({script_hash(script) for script in (*_SCRIPT.findall(page), *scripts)})
    return "; ".join(
        (
            "default-src 'none'",
            "object-src 'none'",
            f"script-src 'self' 'wasm-unsafe-eval' {' '.join(inline)}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


def script_hash(script: str) -> str:
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"
