"""The entries of the data files that hold numbers and rules: activities, calendar, publications, what was measured."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from analytics.domain.entries import Count, Positive, Row, Share, Term, Text, Texts

Month = Annotated[str, Meta(pattern=r"^(A(08|09|10|11|12)|B0[1-8])$")]


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


class AttackedSequences(Row, frozen=True):
    """Sequences of releases, attacked together: what they suppress, and of it what anyone or a school finds out."""

    source: Text
    n_sequences: Count
    n_releases: Count
    n_suppressed: Count
    given_back: Count
    too_close: Count
    to_a_school: Count


class ComparisonFile(Row, frozen=True):
    source: Text
    measured_on: date
    n_schools: Count
    n_cells: Count
    sequences: AttackedSequences
    measures: tuple[ComparisonMeasure, ...]


# claims.toml


class ClaimRow(Row, frozen=True):
    """What a sentence on a screen promises, and what was measured; ``room`` is the module that measures it."""

    room: Text
    measured_on: date
    sentence: Text
    promised: Text
    measured: Text
    held: bool


class ClaimsFile(Row, frozen=True):
    source: Text
    claims: tuple[ClaimRow, ...]
