"""What the protocol's documents say, in the order in which they say it: one content, two forms (HTML and PDF)."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.domain.entries import EVERYWHERE
from analytics.domain.french import typeset
from analytics.protocol import FACTS, Advice, Contact, Entry, Phase, Protocol, Situation, advise


@dataclass(frozen=True)
class Task:
    """A step on paper: numbered, with the complements that go with it and whom to call."""

    number: int
    advice: Advice
    complements: tuple[Entry, ...]
    contacts: tuple[Contact, ...]


@dataclass(frozen=True)
class Chapter:
    """A phase on paper."""

    phase: Phase
    principles: tuple[Entry, ...]
    tasks: tuple[Task, ...]
    complements: tuple[Entry, ...]

    @property
    def anchor(self) -> str:
        """The chapter's place in the document; a step may bear the same words."""
        return f"phase-{self.phase.code}"


def chapters(protocol: Protocol, situation: Situation, zone: str) -> tuple[Chapter, ...]:
    """The phases that hold something for ``situation``, their steps numbered through."""
    advice = advise(protocol, situation)
    numbers = {each.step.code: number for number, each in enumerate(advice, 1)}
    made = (
        Chapter(
            phase,
            protocol.of(phase.code, "principle", situation),
            tuple(
                Task(
                    numbers[each.step.code],
                    each,
                    protocol.of(phase.code, "complement", situation, each.step.code),
                    tuple(protocol.contacts_for(each.step, zone)),
                )
                for each in advice
                if each.step.phase == phase.code
            ),
            protocol.of(phase.code, "complement", situation),
        )
        for phase in protocol.phases.values()
    )
    return tuple(chapter for chapter in made if chapter.principles or chapter.tasks or chapter.complements)


def situation_words(situation: Situation, protocol: Protocol) -> str:
    """``situation`` in one French line; empty where nothing was said.

    >>> from analytics.protocol import protocol
    >>> situation_words(Situation(frozenset({"threats"}), minor=True), protocol())
    'Menaces · élève mineur'
    """
    words = [term.label for code, term in FACTS.items() if code in situation.facts]
    for value, yes, no in (
        (situation.minor, "élève mineur", "élève majeur"),
        (situation.images, "images", "pas d’images"),
        (situation.threat, "menace", "pas de menace"),
    ):
        if value is not None:
            words.append(yes if value else no)
    told = [step.label for step in protocol.steps if step.code in situation.told]
    if told:
        words.append(f"déjà prévenus : {', '.join(told)}")
    return typeset(" · ".join(words))


def local_zone(protocol: Protocol) -> str:
    """The zone whose numbers a document carries: the first of the file that is not everywhere."""
    return next(code for code in protocol.zones if code != EVERYWHERE)
