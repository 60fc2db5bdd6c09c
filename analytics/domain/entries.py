"""The entries of the data files, typed: what each file may hold. Unknown keys are refused when a file is decoded.

Each file is documented where it is written, in ``data/*.toml``; the checks across files are in
:mod:`analytics.domain.checks`.
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
Month = Annotated[str, Meta(pattern=r"^(A(08|09|10|11|12)|B0[1-8])$")]


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


# protocol.toml


class Deadline(Row, frozen=True):
    """A maximum delay, in one of the two clocks."""

    hours: Count | None = None
    school_days: Count | None = None

    def __post_init__(self) -> None:
        if (self.hours is None) == (self.school_days is None):
            raise ValueError("hours ou school_days, l’un des deux")


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

    ``say`` and ``avoid`` are our wording. ``applies`` and ``unless`` tie it to a situation.
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

    A relay is a step that calls in a service or a contact; a postvention step may follow the closure of the case.
    ``deadline`` is the service's own, used for a school that has set none. ``because`` gives the reason by what is known
    to be true; ``told`` is what remains to do where the other side knows already.
    """

    kind = "step"

    definition: Text
    header: Text
    reason: Text
    who: Text
    assumed: Habit
    when: str = ""
    because: Mapping[str, Text] = {}
    told: str = ""
    relay: bool = False
    postvention: bool = False
    deadline: Deadline | None = None


class Principle(Entry, frozen=True):
    """A way of being, or something to know."""

    kind = "principle"


class Complement(Entry, frozen=True):
    """What Relais adds; ``step`` is the step that it accompanies, if any."""

    kind = "complement"

    step: str = ""


class CardRow(Row, frozen=True):
    """Words ready to say: codes of entries, in the order of a conversation."""

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
    paragraphs: tuple[Paragraph, ...]
    sources: tuple[Source, ...]
    phases: tuple[Phase, ...]
    steps: tuple[Step, ...]
    principles: tuple[Principle, ...]
    complements: tuple[Complement, ...]
    cards: tuple[CardRow, ...]
    parents_sheet: tuple[SheetLine, ...]


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


class ContactsFile(Row, frozen=True):
    zones: tuple[Zone, ...]
    contacts: tuple[Contact, ...]


# activities.toml


class Activity(Term, frozen=True, kw_only=True):
    """An activity. ``step`` is the step of the protocol that it carries out; see the data file for each number."""

    step: Text
    audience: Literal["pupils", "staff", "parents"]
    teaching: Texts
    levels: Texts
    people_per_pupil: Annotated[float, Meta(ge=0)]
    group_size: Annotated[int, Meta(ge=1)]
    minutes: Count
    preparation_minutes: Count
    staff: Count
    weight: Annotated[float, Meta(ge=0)]
    repeat_weeks: Count
    postvention: bool = False
    on_demand: bool = False

    @property
    def team_hours(self) -> float:
        """Hours that one session takes from the team, preparation and journey included."""
        return self.staff * (self.minutes + self.preparation_minutes) / 60


class NeedWeights(Row, frozen=True):
    """How much each part of the need counts; see :func:`analytics.planning.need.need`."""

    danger_weight: float
    danger_cases: float
    recency_weight: float
    recency_half_life_weeks: Positive
    given_weight: float
    given_half_life_weeks: Positive


class PlanRules(Row, frozen=True):
    """What a plan must respect, and what a later session loses; see the data file for each number."""

    lateness: Share
    groups_per_week: Annotated[int, Meta(ge=1)]
    calm_weeks: Count
    left_out_weeks: Count
    minimum_share: Share


class ActivitiesFile(Row, frozen=True):
    checked_on: date
    activities: tuple[Activity, ...]
    pupils_by_level: Mapping[str, Mapping[str, Share]]
    need: NeedWeights
    rules: PlanRules


# calendar.toml


class Holiday(Row, frozen=True):
    """A school holiday, from its first day to its last, both included."""

    name: Text
    first_day: date
    last_day: date


class SchoolYearRow(Row, frozen=True):
    """A school year, without the summer that follows it."""

    name: Annotated[str, Meta(pattern=r"^\d{4}-\d{4}$")]
    first_day: date
    last_day: date
    holidays: tuple[Holiday, ...]


class Break(Row, frozen=True):
    """What changed for everybody on a day."""

    on: date
    reason: Text
    source: Text


class CalendarFile(Row, frozen=True, kw_only=True):
    closed_dates: tuple[Annotated[str, Meta(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")], ...]
    closed_days_after_easter: tuple[int, ...]
    local_closed_dates: tuple[date, ...] = ()
    school_years: Annotated[tuple[SchoolYearRow, ...], Meta(min_length=1)]
    breaks: tuple[Break, ...] = ()


# publications.toml


class PublicationRules(Row, frozen=True):
    """When a cell is withheld, a table refused and a share shown. The least thresholds protect whatever a file says."""

    threshold: Annotated[int, Meta(ge=3)]
    school_threshold: Annotated[int, Meta(ge=2)]
    refused_above: Share
    share_from: Annotated[int, Meta(ge=1)]
    share_step: Annotated[float, Meta(gt=0, le=1)]
    seconds: float

    def __post_init__(self) -> None:
        if self.school_threshold > self.threshold:
            raise ValueError("le seuil d’une école ne dépasse pas le seuil général")


class PublicationTerm(Row, frozen=True):
    """A part of a school year that can be published on its own."""

    code: Text
    label: Text
    months: Annotated[tuple[Month, ...], Meta(min_length=1)]


class Category(Row, frozen=True):
    """What one row or column counts: the codes that it takes together. ``at_least``: cases from which a band starts."""

    label: Text
    codes: frozenset[str]
    at_least: Count = 0
    only_if_any: bool = False


class DimensionRow(Row, frozen=True, kw_only=True):
    """What a table is counted by. ``counts``: the column of the counts that its categories group, if it has another name."""

    code: Text
    heading: Text
    counts: str = ""
    categories: Annotated[tuple[Category, ...], Meta(min_length=1)]


class TableRow(Row, frozen=True):
    """A table of the catalogue, by the codes of its dimensions."""

    code: Text
    title: Text
    unit: Literal["incidents", "relays", "schools"]
    rows: Text
    columns: Texts
    totals: Texts
    known: Texts = ()


class PublicationsFile(Row, frozen=True):
    rules: PublicationRules
    terms: tuple[PublicationTerm, ...]
    dimensions: tuple[DimensionRow, ...]
    tables: tuple[TableRow, ...]


# disclosure_comparison.toml


class ComparisonMeasure(Row, frozen=True):
    """What a release and plainer ways show of one fictitious register."""

    n_cases: Count
    shown: Count
    exposed: Count
    refused_tables: Count
    threshold_shown: Count
    threshold_exposed: Count
    base_5_error: float
    midpoint_6_error: float


class ComparisonFile(Row, frozen=True):
    source: Text
    measured_on: date
    n_schools: Count
    n_cells: Count
    measures: tuple[ComparisonMeasure, ...]
