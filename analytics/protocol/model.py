"""What a protocol is made of: frozen values, and no rule but what follows from them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from analytics.domain import vocabulary
from analytics.domain.french import day
from analytics.domain.vocabulary import Deadline, Term, normalise
from analytics.protocol.words import french

Kind = Literal["step", "principle", "complement"]

FACTS: dict[str, Term] = {code: term for code, term in vocabulary.INCIDENT_TYPES.items() if term.source == "procedure"}
"""The six kinds of grave facts that the procedure names."""

# These facts are images, so nobody is asked a second time whether there are any.
IMAGE_FACTS = frozenset({"intimate_images", "degrading_montage"})
FLAGS = frozenset({"minor", "adult", "images", "threat"})
STALE_AFTER_DAYS = 365


@dataclass(frozen=True)
class Source:
    """Where an entry comes from. ``dated`` is as precise as the document: 19/03/2024, 05/2020 or 2006."""

    code: str
    label: str
    dated: str
    url: str = ""


@dataclass(frozen=True)
class Phase:
    """A moment of the crisis."""

    code: str
    label: str
    aim: str


@dataclass(frozen=True)
class Entry:
    """One thing to do (step), one way of being or thing to know (principle), or one thing that we add (complement).

    ``points`` are the numbered points of the procedure that the entry carries; a complement has none. ``say`` and
    ``avoid`` are our wording. ``applies``, ``unless``, ``because`` and ``told`` tie it to a :class:`Situation`.
    """

    code: str
    kind: Kind
    label: str
    phase: str
    action: str
    source: Source
    points: tuple[str, ...] = ()
    who: str = ""
    when: str = ""
    reason: str = ""
    say: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    applies: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    because: Mapping[str, str] | None = None
    told: str = ""
    step: str = ""
    deadline: Deadline | None = None

    @property
    def anchor(self) -> str:
        """The entry's place in an address: ``#document-aux-parents``."""
        return normalise(self.label).replace(" ", "-")

    @property
    def origin(self) -> str:
        """Where the entry comes from, in a few words."""
        if self.kind == "complement":
            return french(f"Complément. {self.source.label} ({self.source.dated})")
        return procedure_origin(self.points)


def procedure_origin(points: Iterable[str]) -> str:
    """The points of the procedure as a source."""
    return f"Procédure du service, {', '.join(points)}"


@dataclass(frozen=True)
class SheetLine:
    """One line of the parents' information sheet; ``added`` where it comes from complements."""

    label: str
    text: str
    origin: tuple[str, ...]
    added: bool = False


@dataclass(frozen=True)
class Card:
    """Words ready to say, in the order of a conversation."""

    code: str
    label: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Contact:
    """Whom to call. ``checked_on`` is the last day on which the source showed the number."""

    code: str
    zone: str
    role: str
    number: str
    hours: str
    source: str
    checked_on: date
    checked_by: str
    confirmed: bool = True
    urgent: bool = False

    @property
    def tel(self) -> str:
        """The number as a link: ``tel:0800 32 123`` without its spaces; empty where each school has its own."""
        return f"tel:{re.sub(r'[^0-9+]', '', self.number)}" if self.number else ""

    def doubtful(self, today: date) -> bool:
        """Whether the number was never found in a source, or not for a year."""
        return bool(self.number) and (not self.confirmed or (today - self.checked_on).days > STALE_AFTER_DAYS)

    def named(self, today: date) -> str:
        """The role beside the number, and whether the number is to be confirmed: wherever it is shown."""
        return f"{self.role} (numéro à confirmer)" if self.doubtful(today) else self.role

    def checked(self, today: date) -> str:
        """What is known of the number today, in one sentence; empty where each school has its own."""
        checked = day(self.checked_on)
        if not self.number:
            return ""
        if not self.confirmed:
            return "Numéro non vérifié. Confirmez-le avant de compter dessus."
        if self.doubtful(today):
            return f"Numéro non vérifié depuis plus d’un an (dernière fois le {checked})."
        return f"Numéro relu dans sa source le {checked}."


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
            return True if self.facts & IMAGE_FACTS else self.images
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
    """The whole protocol, in the order of its files."""

    phases: dict[str, Phase]
    entries: dict[str, Entry]
    cards: dict[str, Card]
    zones: dict[str, str]
    contacts: dict[str, Contact]
    parents_sheet: tuple[SheetLine, ...]

    @property
    def steps(self) -> tuple[Entry, ...]:
        """The fifteen steps, in order."""
        return tuple(entry for entry in self.entries.values() if entry.kind == "step")

    @property
    def tellable(self) -> tuple[Entry, ...]:
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
            if (entry.phase, entry.kind, entry.step) == (phase, kind, step) and applies(entry, situation)
        )

    def card(self, code: str, situation: Situation) -> Card:
        """The words ready to say that fit ``situation``: an adult pupil is not told what a minor is."""
        card = self.cards[code]
        return replace(card, entries=tuple(entry for entry in card.entries if applies(entry, situation)))

    def contacts_of(self, zone: str) -> tuple[Contact, ...]:
        """The contacts of ``zone``, its own first, then those of everywhere."""
        own = [contact for contact in self.contacts.values() if contact.zone == zone != "everywhere"]
        return (*own, *(contact for contact in self.contacts.values() if contact.zone == "everywhere"))

    def contacts_for(self, entry: Entry, zone: str) -> Iterator[Contact]:
        """The contacts that ``entry`` names and that serve ``zone``."""
        for code in entry.contacts:
            if self.contacts[code].zone in ("everywhere", zone):
                yield self.contacts[code]
