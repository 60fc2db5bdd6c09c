"""The protocol as one HTML file: opens anywhere, without network, script or us."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from analytics.documents._content import chapters, local_zone, situation_words
from analytics.documents._templates import template
from analytics.domain.french import day
from analytics.protocol import Situation, deadline_words, protocol


@lru_cache(maxsize=32)
def protocol_html(today: date, situation: Situation = Situation()) -> str:  # noqa: B008 (frozen)
    """The whole protocol, or the part of it that ``situation`` asks for, as a self-contained page."""
    content = protocol()
    zone = local_zone(content)
    return template("protocol.html.jinja", deadline=deadline_words).render(
        protocol=content,
        chapters=chapters(content, situation, zone),
        cards=[content.card(code, situation) for code in content.cards],
        situation=situation_words(situation, content),
        zone=content.zones[zone],
        contacts=content.contacts_of(zone),
        today=today,
        written=day(today),
    )
