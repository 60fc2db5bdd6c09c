"""Questions to a protocol: what applies to this situation, and where is this word?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from analytics.domain.entries import Complement, Step
from analytics.domain.french import typeset
from analytics.domain.vocabulary import normalise
from analytics.protocol.model import Kind, Protocol, Situation, applies


@dataclass(frozen=True)
class Advice:
    """A step that applies, with its reason. ``already``: the one whom it calls has been told."""

    step: Step
    reason: str
    already: bool = False


@dataclass(frozen=True)
class Hit:
    """What a search found. ``anchor`` is where it stands on the page; ``kind`` is in French, for the screen."""

    kind: str
    label: str
    excerpt: str
    anchor: str


def advise(protocol: Protocol, situation: Situation) -> tuple[Advice, ...]:
    """The steps that apply to ``situation``, in the protocol's order, each with its reason."""
    return tuple(
        Advice(
            step, step.told if step.code in situation.told else _reason(step, situation), step.code in situation.told
        )
        for step in protocol.steps
        if applies(step, situation)
    )


def _reason(step: Step, situation: Situation) -> str:
    return next((reason for condition, reason in step.because.items() if situation.holds(condition)), step.reason)


def search(protocol: Protocol, query: str) -> tuple[Hit, ...]:
    """Everything that holds each word of ``query``, in any order; entries named so first."""
    words = normalise(query).split()
    found: list[tuple[int, Hit]] = []

    def consider(hit: Hit, *texts: str) -> None:
        # A number is found with or without its spaces.
        digits = re.sub(r"\D", "", hit.label)
        haystack = f" {normalise(' '.join((hit.label, hit.excerpt, *texts)))} {digits}"
        if words and all(f" {word}" in haystack for word in words):
            named = all(f" {word}" in f" {normalise(hit.label)}" for word in words)
            found.append((0 if named else 1, hit))

    kinds: dict[Kind, str] = {"step": "Étape", "principle": "Repère", "complement": "Complément"}
    for entry in protocol.entries.values():
        texts = [*entry.say, *entry.avoid, *entry.words, protocol.origin(entry)]
        if isinstance(entry, Step):
            texts += [entry.reason, entry.who, entry.when, *entry.because.values()]
        # A complement that goes with a step is unfolded there.
        place = protocol.entries[entry.step] if isinstance(entry, Complement) and entry.step else entry
        consider(Hit(kinds[entry.kind], entry.label, entry.action, place.anchor), *texts)
    for contact in protocol.contacts.values():
        label = typeset(f"{contact.role} : {contact.number}") if contact.number else contact.role
        consider(Hit("Contact", label, contact.hours, "contacts"), contact.source, protocol.zones[contact.zone])
    return tuple(hit for _, hit in sorted(found, key=lambda ranked: ranked[0]))
