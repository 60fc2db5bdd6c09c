"""The entries of the data files, typed: what each file may hold. Unknown keys are refused when a file is decoded.

Here those with words and the protocol; those with numbers are in :mod:`analytics.domain.numbers`. Each file is documented
where it is written, in ``data/*.toml``; the checks across files are in :mod:`analytics.domain.checks`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, Self

from msgspec import Meta, Struct, structs

from analytics.domain.french import day
from analytics.domain.matching import normalise

PROCEDURE = "procedure"
EVERYWHERE = "everywhere"
STALE_AFTER_DAYS = 365

Text = Annotated[str, Meta(min_length=1)]
Texts = tuple[Text, ...]
Share = Annotated[float, Meta(ge=0, le=1)]
Positive = Annotated[float, Meta(gt=0)]
Count = Annotated[int, Meta(ge=0)]


class Row(Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of a file."""

    def replace(self, **changes: Any) -> Self:
        """The entry with other values of some fields."""
        return structs.replace(self, **changes)


# vocabulary.toml


class Term(Row, frozen=True):
    """One word of a vocabulary. ``label`` is what a screen shows; ``synonyms`` are other words a register may use.

    ``stems`` are beginnings of words, without accents: a phrase that holds all those of one of them means the term.
    """

    code: Text
    label: Text
    definition: Text
    source: Text
    synonyms: Texts = ()
    stems: Texts = ()

    @property
    def names(self) -> Texts:
        """All the words that mean it in a register."""
        return (self.label, *self.synonyms)


class Level(Term, frozen=True):
    """A level of school, and the years of study that it holds, as a register writes them."""

    years: Texts = ()

    @property
    def names(self) -> Texts:
        return (self.label, *self.synonyms, *self.years)


class Weight(Row, frozen=True):
    """How often a word comes in fictitious data, beside the others of its list."""

    weight: Positive


class WeighedTerm(Term, frozen=True, kw_only=True):
    """A word that fictitious data use, with its assumption."""

    assumed: Weight


class IncidentType(WeighedTerm, frozen=True):
    """What happened. ``danger``: it threatens life. ``images``: it is about images of the pupil."""

    danger: bool = False
    images: bool = False


class VocabularyFile(Row, frozen=True):
    incident_types: tuple[IncidentType, ...]
    school_levels: tuple[Level, ...]
    teaching_levels: tuple[Term, ...]
    reporters: tuple[WeighedTerm, ...]
    channels: tuple[WeighedTerm, ...]
    school_networks: tuple[WeighedTerm, ...]
    outcomes: tuple[Term, ...]
    reasons: Annotated[tuple[Term, ...], Meta(max_length=8)]
    statuses: tuple[Term, ...]
    minors: tuple[Term, ...]


# offices.toml


class Office(Term, frozen=True, kw_only=True):
    """An office of the service, which imports its own register."""

    code: Annotated[str, Meta(pattern="^[a-z][a-z0-9_-]*$")]
    definition: str = ""
    source: str = ""


class OfficesFile(Row, frozen=True):
    offices: tuple[Office, ...]


# register.toml


class Column(Row, frozen=True):
    """A column of the register, or of the list of schools, and the words that its header is known by."""

    code: Text
    header: Text
    becomes: Text
    help: str = ""
    required: bool = False
    kind: Text = "any"
    terms: str = ""
    synonyms: Texts = ()
    weak: Texts = ()
    stems: Texts = ()
    beside: Texts = ()


class RegisterFile(Row, frozen=True):
    never_read: Texts
    beside_steps: Texts
    columns: tuple[Column, ...]
    also_read: tuple[Column, ...]
    schools: tuple[Column, ...]


# protocol.toml


class Deadline(Row, frozen=True):
    """A maximum delay, in one of the two clocks."""

    hours: Count | None = None
    school_days: Count | None = None

    def __post_init__(self) -> None:
        if (self.hours is None) == (self.school_days is None):
            raise ValueError("hours ou school_days, l’un des deux")

    @property
    def description(self) -> str:
        """The deadline in words.

        >>> Deadline(hours=24).description, Deadline(school_days=2).description
        ('24\\u202fh', '2\\u202fjours d’école')
        """
        if self.hours is not None:
            return f"{self.hours}\u202fh"
        return f"{self.school_days}\u202fjour{'s' if (self.school_days or 0) > 1 else ''} d’école"


class Habit(Row, frozen=True):
    """How fictitious data take a step: share done, median hours, spread (sigma of the logarithm), share "sans objet" and
    "inconnu", and the share done where life is threatened, if that is another.
    """

    done: Share
    median_hours: Positive
    spread: Positive
    not_applicable: Share
    not_recorded: Share
    done_in_danger: Share | None = None

    def __post_init__(self) -> None:
        if self.done + self.not_applicable + self.not_recorded > 1:
            raise ValueError("les parts dépassent 1")


class Source(Row, frozen=True):
    """Where an entry comes from. ``dated`` is as precise as the document: 2024-03-19, 2020-05 or 2006."""

    code: Text
    label: Text
    dated: Annotated[str, Meta(pattern=r"^\d{4}(-\d\d){0,2}$")]
    url: str = ""

    @property
    def date(self) -> str:
        """``dated`` as it is read: 19/03/2024, 05/2020 or 2006."""
        return "/".join(reversed(self.dated.split("-")))

    @property
    def description(self) -> str:
        """The source and its date: ``Circulaire PLP 41 (2006)``."""
        return f"{self.label} ({self.date})"


class Paragraph(Row, frozen=True):
    """A paragraph of the procedure, and how many points it has."""

    code: Text
    title: Text
    points: Count


class Phase(Row, frozen=True):
    """A moment of the crisis."""

    code: Text
    label: Text
    aim: Text


class Entry(Term, frozen=True, kw_only=True):
    """One thing on the protocol page. ``points`` are the numbered points of the procedure that it carries.

    ``action`` (and a step's ``when``) says what its source says; all other texts are our wording, shown as a complement.
    ``applies`` and ``unless`` tie it to a situation; it is shown first where one of ``urgent`` is known to be true.
    """

    kind: ClassVar[Literal["step", "principle", "complement"]]

    definition: str = ""
    phase: Text
    action: Text
    points: Texts = ()
    say: Texts = ()
    avoid: Texts = ()
    contacts: Texts = ()
    words: Texts = ()
    applies: Texts = ()
    unless: Texts = ()
    urgent: Texts = ()

    @property
    def anchor(self) -> str:
        """The entry's place in an address: ``#document-aux-parents``."""
        return normalise(self.label).replace(" ", "-")

    @property
    def is_added(self) -> bool:
        """Whether it is not the procedure's own: shown as a complement, with its source and date."""
        return self.source != PROCEDURE


class Step(Entry, frozen=True, kw_only=True):
    """One thing to do; also a column of the register, by its ``header``, and what is measured.

    A relay is a step that calls in a service or a contact; a postvention step may follow the closure of the case. A
    ``response`` tells the parents, or protects the pupil at school.
    ``deadline`` is the service's own, used for a school that has set none. ``because`` gives the reason by what is known
    to be true; ``told`` is what remains to do where the other side knows already.
    """

    kind = "step"

    definition: Text
    header: Text
    reason: Text
    assumed: Habit
    who: str = ""
    when: str = ""
    because: Mapping[str, Text] = {}
    told: str = ""
    relay: bool = False
    postvention: bool = False
    response: Literal["parents", "protection"] | None = None
    deadline: Deadline | None = None


class Principle(Entry, frozen=True):
    """A way of being, or something to know."""

    kind = "principle"


class Complement(Entry, frozen=True):
    """What Relais adds; ``step`` is the step that it accompanies, if any."""

    kind = "complement"

    step: str = ""


class CardRow(Row, frozen=True):
    """Entries under a title: words ready to say in the order of a conversation, or one line of the first screen."""

    code: Text
    label: Text
    entries: Texts


class SheetLine(Row, frozen=True):
    """One line of the parents' information sheet, from points of the procedure or from complements."""

    label: Text
    text: Text
    points: Texts = ()
    complements: Texts = ()


class ProtocolFile(Row, frozen=True):
    """``detection_target_days``: how soon after the facts the service wants to know, where it has set that."""

    paragraphs: tuple[Paragraph, ...]
    sources: tuple[Source, ...]
    phases: tuple[Phase, ...]
    steps: tuple[Step, ...]
    principles: tuple[Principle, ...]
    complements: tuple[Complement, ...]
    essentials: tuple[CardRow, ...]
    cards: tuple[CardRow, ...]
    parents_sheet: tuple[SheetLine, ...]
    detection_target_days: Count | None = None


class Observation(Row, frozen=True):
    """What the service observes beside a step, from published figures."""

    step: Text
    sentence: Text


class ObservedFile(Row, frozen=True):
    observed: tuple[Observation, ...] = ()


# contacts.toml


class Zone(Row, frozen=True):
    """A police zone, or everywhere."""

    code: Text
    label: Text


class Contact(Row, frozen=True):
    """Whom to call. ``checked_on`` is the last day on which the source showed the number; ``parents``: on their sheet."""

    code: Text
    zone: Text
    role: Text
    number: str
    hours: Text
    source: Text
    checked_on: date
    checked_by: Text
    confirmed: bool = True
    urgent: bool = False
    parents: bool = False

    @property
    def tel(self) -> str:
        """The number as a link: ``tel:0800 32 123`` without its spaces; empty where each school has its own."""
        return f"tel:{re.sub(r'[^0-9+]', '', self.number)}" if self.number else ""

    def doubtful(self, today: date) -> bool:
        """Whether the number was never found in a source, or not for a year."""
        return bool(self.number) and (not self.confirmed or (today - self.checked_on).days > STALE_AFTER_DAYS)

    def checked(self, today: date) -> str:
        """What is known of the number today, in one sentence; empty where each school has its own."""
        checked = day(self.checked_on)
        if not self.number:
            return ""
        if not self.confirmed:
            return "Non vérifié\u202f: à confirmer avant de compter dessus."
        if self.doubtful(today):
            return f"Non vérifié depuis plus d’un an (dernière fois le {checked})."
        return f"Relu le {checked}."


class ContactsFile(Row, frozen=True):
    """``public_address``: where the service shows its protocol to everyone; paper carries it once it is known."""

    zones: tuple[Zone, ...]
    contacts: tuple[Contact, ...]
    public_address: str = ""
