"""The protocol for a crisis: what to do, in what order, what to say, whom to call.

Read from ``data/protocol.toml`` and ``data/contacts.toml`` and checked when read. The service's own procedure (steps,
principles) and what Relais adds to it (complements) never share an entry. Pure: today is passed in, and nothing here knows
about a pupil.

>>> from analytics.protocol import Situation, advise, protocol
>>> [advice.step.label for advice in advise(protocol(), Situation(minor=False))][:2]
['Preuves conservées', 'CPMS']
"""

from analytics.protocol.advice import Advice, Hit, advise, search
from analytics.protocol.model import FACTS, Card, Contact, Entry, Phase, Protocol, Situation, Source, applies
from analytics.protocol.reading import ProtocolError, build, observed, protocol
from analytics.protocol.words import deadline_words, french

__all__ = [
    "FACTS",
    "Advice",
    "Card",
    "Contact",
    "Entry",
    "Hit",
    "Phase",
    "Protocol",
    "ProtocolError",
    "Situation",
    "Source",
    "advise",
    "applies",
    "build",
    "deadline_words",
    "french",
    "observed",
    "protocol",
    "search",
]
