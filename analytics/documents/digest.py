"""The digest: what is new, what waits and what changed, in totals on one page, for the service itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from analytics.documents._templates import pdf, template
from analytics.documents.mark import MARK
from analytics.domain.french import long_day, typeset


@dataclass(frozen=True)
class Digest:
    """Sentences by their headings, in order, as of the day of an extract. No case number and no school is among them."""

    sections: Mapping[str, Sequence[str]]
    as_of: date
    made_on: date
    is_demo: bool


def digest_document(digest: Digest, suffix: str) -> bytes:
    """The digest as ``.pdf`` (a tagged A4) or ``.html`` (a file that asks nothing of any host); ValueError for another."""
    of = "Données fictives · " if digest.is_demo else ""
    content = {
        "title": typeset("Relais : où en sommes-nous ?"),
        "mark": typeset(f"{MARK} · {of}situation au {long_day(digest.as_of)} · écrit le {long_day(digest.made_on)}"),
        "sections": [[heading, [typeset(line) for line in lines]] for heading, lines in digest.sections.items()],
    }
    match suffix:
        case ".pdf":
            return pdf("digest.typ", digest.made_on, content)
        case ".html":
            return template("digest.html.jinja").render(content).encode("utf-8")
        case _:
            raise ValueError(f"no digest as {suffix}")
