"""The protocol for a crisis: what to do, in what order, what to say, whom to call.

From ``protocol.toml`` and ``contacts.toml``. The procedure and what is added to it (complements, steps from another
source) never share an entry. Pure: today is passed in, and nothing here knows about a pupil.

>>> from analytics.protocol import Situation, advise, protocol
>>> [advice.step.label for advice in advise(protocol(), Situation(minor=False))][:2]
['Preuves conservées', 'CPMS']
"""

from analytics.domain.entries import Contact, Entry, Phase, Source, Step
from analytics.protocol.advice import Advice, Hit, advise, search
from analytics.protocol.model import FACTS, Card, Protocol, Situation, applies, build, protocol
from analytics.protocol.words import deadline_words

__all__ = [
    "FACTS",
    "Advice",
    "Card",
    "Contact",
    "Entry",
    "Hit",
    "Phase",
    "Protocol",
    "Situation",
    "Source",
    "Step",
    "advise",
    "applies",
    "build",
    "deadline_words",
    "protocol",
    "search",
]
