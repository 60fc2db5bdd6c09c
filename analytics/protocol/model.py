"""A protocol and a situation: frozen values, and no rule but what follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from analytics.domain import vocabulary
from analytics.domain.data import CONTENT, Content
from analytics.domain.entries import EVERYWHERE, PROCEDURE, Contact, Entry, Phase, SheetLine, Source, Step
from analytics.domain.vocabulary import Term

Kind = Literal["step", "principle", "complement"]

FACTS: dict[str, Term] = {code: term for code, term in vocabulary.INCIDENT_TYPES.items() if term.source == PROCEDURE}
"""The kinds of grave facts that the procedure names."""


@dataclass(frozen=True)
class Card:
    """Words ready to say, in the order of a conversation."""

    code: str
    label: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Situation:
    """What is known of the situation; None is "not said". Says nothing about who the pupil is."""

    facts: frozenset[str] = frozenset()
    minor: bool | None = None
    images: bool | None = None
    threat: bool | None = None
    told: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if unknown := self.facts - FACTS.keys():
            raise ValueError(f"unknown facts: {', '.join(sorted(unknown))}")

    def holds(self, condition: str) -> bool | None:
        """Whether ``condition`` (a flag or a kind of facts) is true, false, or not said."""
        if condition == "images":
            return True if self.facts & set(vocabulary.IMAGE_TYPES) else self.images
        if condition == "threat":
            return True if self.facts & set(vocabulary.DANGER_TYPES) else self.threat
        if condition in ("minor", "adult"):
            return None if self.minor is None else self.minor == (condition == "minor")
        return condition in self.facts if self.facts else None


def applies(entry: Entry, situation: Situation) -> bool:
    """Whether ``entry`` stays: what was not said never removes it."""
    if any(situation.holds(condition) is True for condition in entry.unless):
        return False
    return not entry.applies or any(situation.holds(condition) is not False for condition in entry.applies)


@dataclass(frozen=True)
class Protocol:
    """The whole protocol, in the order of its files. ``observed``: what the service observes beside a step."""

    sources: Mapping[str, Source]
    phases: Mapping[str, Phase]
    entries: Mapping[str, Entry]
    cards: Mapping[str, Card]
    zones: Mapping[str, str]
    contacts: Mapping[str, Contact]
    parents_sheet: tuple[SheetLine, ...]
    observed: Mapping[str, str]

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps, in order."""
        return tuple(entry for entry in self.entries.values() if isinstance(entry, Step))

    @property
    def tellable(self) -> tuple[Step, ...]:
        """The steps whose other side may know already."""
        return tuple(step for step in self.steps if step.told)

    @property
    def urgent(self) -> tuple[Contact, ...]:
        """The numbers for an immediate danger."""
        return tuple(contact for contact in self.contacts.values() if contact.urgent)

    def of(self, phase: str, kind: Kind, situation: Situation, step: str = "") -> tuple[Entry, ...]:
        """The entries of a phase and kind that apply; complements are those that accompany ``step``."""
        return tuple(
            entry
            for entry in self.entries.values()
            if (entry.phase, entry.kind, getattr(entry, "step", "")) == (phase, kind, step)
            and applies(entry, situation)
        )

    def origin(self, entry: Entry) -> str:
        """Where the entry comes from, in a few words: points of the procedure, or a source that is marked as added."""
        return f"Complément. {self.sources[entry.source].description}" if entry.is_added else of_points(entry.points)

    def origin_of_line(self, line: SheetLine) -> str:
        """Where a line of the parents' sheet comes from."""
        added = (self.origin(self.entries[code]) for code in line.complements)
        return "\u202f; ".join(added) if line.complements else of_points(line.points)

    def card(self, code: str, situation: Situation) -> Card:
        """The words ready to say that fit ``situation``: an adult pupil is not told what a minor is."""
        card = self.cards[code]
        return Card(code, card.label, tuple(entry for entry in card.entries if applies(entry, situation)))

    def contacts_of(self, zone: str) -> tuple[Contact, ...]:
        """The contacts of ``zone``, its own first, then those of everywhere."""
        own = [contact for contact in self.contacts.values() if contact.zone == zone != EVERYWHERE]
        return (*own, *(contact for contact in self.contacts.values() if contact.zone == EVERYWHERE))

    def contacts_for(self, entry: Entry, zone: str) -> Iterator[Contact]:
        """The contacts that ``entry`` names and that serve ``zone``."""
        for code in entry.contacts:
            if self.contacts[code].zone in (EVERYWHERE, zone):
                yield self.contacts[code]


def of_points(points: tuple[str, ...]) -> str:
    """Points of the procedure as a source."""
    return f"Procédure du service, {', '.join(points)}"


@cache
def protocol() -> Protocol:
    """The protocol of the service."""
    return build(CONTENT)


def build(content: Content) -> Protocol:
    """The protocol that the data files hold, its references resolved."""
    file = content.protocol
    entries = {entry.code: entry for entry in (*file.steps, *file.principles, *file.complements)}
    return Protocol(
        {source.code: source for source in file.sources},
        {phase.code: phase for phase in file.phases},
        entries,
        {row.code: Card(row.code, row.label, tuple(entries[code] for code in row.entries)) for row in file.cards},
        {zone.code: zone.label for zone in content.contacts.zones},
        {contact.code: contact for contact in content.contacts.contacts},
        file.parents_sheet,
        {seen.step: seen.sentence for seen in content.observed.observed},
    )
