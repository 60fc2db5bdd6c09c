"""The protocol for a crisis: what to do, what to say, whom to call.

From ``protocol.toml`` and ``contacts.toml``. The procedure and what is added to it (complements, steps from another
source) never share an entry. Pure: today is passed in, and nothing here knows about a pupil.

>>> from analytics.protocol import protocol
>>> [step.label for step in protocol().steps][:2]
['Preuves conservées', 'Élève informé']
"""

from analytics.domain.entries import Contact, Entry
from analytics.protocol.model import FACTS, Protocol, build, protocol

__all__ = [
    "FACTS",
    "Contact",
    "Entry",
    "Protocol",
    "build",
    "protocol",
]
