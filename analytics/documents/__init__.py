"""The protocol on paper and as one HTML file, for whom it must serve without us."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from analytics.documents.protocol_html import protocol_fragment, protocol_html
from analytics.documents.protocol_pdf import parents_pdf, protocol_pdf
from analytics.protocol import Protocol

__all__ = ["parents_pdf", "protocol_fragment", "protocol_html", "protocol_pdf", "write_parents_sheet", "write_protocol"]


def write_protocol(path: Path, protocol: Protocol, today: date) -> None:
    """Write the protocol to ``path``, as its suffix says: ``.html`` or ``.pdf``; ValueError for any other."""
    match path.suffix.lower():
        case ".html":
            path.write_text(protocol_html(protocol, today), encoding="utf-8")
        case ".pdf":
            path.write_bytes(protocol_pdf(protocol, today))
        case suffix:
            raise ValueError(
                f"Le protocole s’écrit en .html ou en .pdf, pas en «\u202f{suffix or 'sans extension'}\u202f»."
            )


def write_parents_sheet(path: Path, protocol: Protocol, today: date) -> None:
    """Write the parents' sheet to ``path``, as PDF."""
    path.write_bytes(parents_pdf(protocol, today))
