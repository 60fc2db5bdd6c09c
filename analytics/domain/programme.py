"""The activities that the service can give, and the numbers that a plan rests on: ``activities.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from analytics.domain.data import CONTENT
from analytics.domain.entries import Activity, NeedWeights
from analytics.domain.entries import PlanRules as Rules
from analytics.domain.vocabulary import Vocabulary


@dataclass(frozen=True)
class Programme:
    """The whole of ``activities.toml``."""

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
    """The programme of the service."""
    file = CONTENT.activities
    return Programme(
        {activity.code: activity for activity in file.activities}, file.pupils_by_level, file.need, file.rules
    )
