"""The activities that the service can give, and the numbers that a plan rests on: ``data/activities.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from analytics.domain.vocabulary import DATA, SCHOOL_LEVELS, STEPS, TEACHING_LEVELS, Term, Vocabulary

AUDIENCES = ("pupils", "staff", "parents")


@dataclass(frozen=True, kw_only=True)
class Activity(Term):
    """An activity. ``step`` is the step of the protocol that it carries out; see the data file for each number."""

    step: str
    audience: str
    teaching: tuple[str, ...]
    levels: tuple[str, ...]
    people_per_pupil: float
    group_size: int
    minutes: int
    preparation_minutes: int
    staff: int
    weight: float
    repeat_weeks: int
    postvention: bool = False
    on_demand: bool = False

    def __post_init__(self) -> None:
        if self.step not in STEPS or self.audience not in AUDIENCES:
            raise ValueError(f"{self.code}: unknown step or audience")
        if set(self.levels) - set(SCHOOL_LEVELS) or set(self.teaching) - set(TEACHING_LEVELS):
            raise ValueError(f"{self.code}: unknown level")

    @property
    def team_hours(self) -> float:
        """Hours that one session takes from the team, preparation and journey included."""
        return self.staff * (self.minutes + self.preparation_minutes) / 60


@dataclass(frozen=True)
class NeedWeights:
    """How much each part of the need counts; see :func:`analytics.planning.need.need`."""

    danger_weight: float
    danger_cases: float
    recency_weight: float
    recency_half_life_weeks: float
    given_weight: float
    given_half_life_weeks: float


@dataclass(frozen=True)
class Rules:
    """What a plan must respect, and what a later session loses; see the data file for each number."""

    lateness: float
    groups_per_week: int
    calm_weeks: int
    left_out_weeks: int
    minimum_share: float


@dataclass(frozen=True)
class Programme:
    """The whole of ``data/activities.toml``."""

    activities: Mapping[str, Activity]
    pupils_by_level: Mapping[str, Mapping[str, float]]
    need: NeedWeights
    rules: Rules

    @property
    def vocabulary(self) -> Vocabulary:
        """The activities as words, to find them in a register."""
        return Vocabulary("activities", self.activities.values())

    @property
    def labels(self) -> dict[str, str]:
        """Code to French label, in order."""
        return {code: activity.label for code, activity in self.activities.items()}

    @property
    def planned(self) -> tuple[Activity, ...]:
        """The activities that a plan places; the others wait for a case."""
        return tuple(activity for activity in self.activities.values() if not activity.on_demand)


@cache
def programme() -> Programme:
    """The programme of ``data/activities.toml``."""
    with (DATA / "activities.toml").open("rb") as file:
        entries = tomllib.load(file)
    return Programme(
        {entry["code"]: _activity(entry) for entry in entries["activities"]},
        entries["pupils_by_level"],
        NeedWeights(**entries["need"]),
        Rules(**entries["rules"]),
    )


def _activity(entry: Mapping[str, Any]) -> Activity:
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}
    return Activity(**fields)
