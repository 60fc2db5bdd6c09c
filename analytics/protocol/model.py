"""A protocol: frozen values, and no rule but what follows from them.

What depends on the situation (``applies``, ``unless``, ``urgent``, ``because``, ``told``) is chosen by the reader in the
document itself, by ``documents/protocol.js``: it works offline, and no situation ever reaches a server.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from analytics.domain import vocabulary
from analytics.domain.content import Content
from analytics.domain.data import CONTENT
from analytics.domain.entries import EVERYWHERE, PROCEDURE, CardRow, Contact, Entry, Phase, SheetLine, Source, Step
from analytics.domain.french import typeset
from analytics.domain.vocabulary import Term

Kind = Literal["step", "principle", "complement"]

FACTS: dict[str, Term] = {code: term for code, term in vocabulary.INCIDENT_TYPES.items() if term.source == PROCEDURE}
"""The kinds of grave facts that the procedure names."""


@dataclass(frozen=True)
class Card:
    """Entries under a title: words ready to say in the order of a conversation, or one line of the first screen."""

    code: str
    label: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Protocol:
    """The whole protocol, in the order of its files. ``observed``: what the service observes beside a step."""

    sources: Mapping[str, Source]
    phases: Mapping[str, Phase]
    entries: Mapping[str, Entry]
    essentials: tuple[Card, ...]
    cards: tuple[Card, ...]
    zones: Mapping[str, str]
    contacts: Mapping[str, Contact]
    parents_sheet: tuple[SheetLine, ...]
    observed: Mapping[str, str]
    public_address: str = ""

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps, in order."""
        return tuple(entry for entry in self.entries.values() if isinstance(entry, Step))

    def number(self, step: Step) -> int:
        """The number by which a step is found; the same in every situation."""
        return self.steps.index(step) + 1

    def of(self, phase: str, kind: Kind, step: str = "") -> tuple[Entry, ...]:
        """The entries of a phase and kind; complements are those that accompany ``step``."""
        return tuple(
            entry
            for entry in self.entries.values()
            if (entry.phase, entry.kind, getattr(entry, "step", "")) == (phase, kind, step)
        )

    def cards_of(self, phase: str) -> tuple[Card, ...]:
        """The words ready to say in a phase: that of their first entry."""
        return tuple(card for card in self.cards if card.entries[0].phase == phase)

    @property
    def urgent(self) -> tuple[Contact, ...]:
        """The numbers for an immediate danger."""
        return tuple(contact for contact in self.contacts.values() if contact.urgent)

    def contacts_for(self, *entries: Entry) -> tuple[Contact, ...]:
        """The contacts that ``entries`` name."""
        return tuple(self.contacts[code] for entry in entries for code in entry.contacts)

    @property
    def directory(self) -> tuple[Contact, ...]:
        """The contacts of the zones, then those of everywhere."""
        return tuple(sorted(self.contacts.values(), key=lambda contact: contact.zone == EVERYWHERE))

    @property
    def local_zones(self) -> dict[str, str]:
        """The zones that have numbers of their own."""
        return {code: label for code, label in self.zones.items() if code != EVERYWHERE}

    def role(self, contact: Contact, today: date) -> str:
        """Whom a number reaches: with its zone where there are several, and whether the number is to be confirmed."""
        several = contact.zone != EVERYWHERE and len(self.local_zones) > 1
        zone = f", {self.zones[contact.zone]}" if several else ""
        return typeset(f"{contact.role}{zone}{' (à confirmer)' if contact.doubtful(today) else ''}")


@cache
def protocol() -> Protocol:
    """The protocol of the service."""
    return build(CONTENT)


def build(content: Content) -> Protocol:
    """The protocol that the data files hold, its references resolved."""
    file = content.protocol
    entries = {entry.code: entry for entry in (*file.steps, *file.principles, *file.complements)}

    def cards(rows: tuple[CardRow, ...]) -> tuple[Card, ...]:
        return tuple(Card(row.code, row.label, tuple(entries[code] for code in row.entries)) for row in rows)

    return Protocol(
        {source.code: source for source in file.sources},
        {phase.code: phase for phase in file.phases},
        entries,
        cards(file.essentials),
        cards(file.cards),
        {zone.code: zone.label for zone in content.contacts.zones},
        {contact.code: contact for contact in content.contacts.contacts},
        file.parents_sheet,
        {seen.step: seen.sentence for seen in content.observed.observed},
        content.contacts.public_address,
    )
