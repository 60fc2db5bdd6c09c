"""What a reader chose to look at, as one frozen value, and its words in French."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from analytics.domain.french import count, day, listing
from analytics.domain.vocabulary import INCIDENT_TYPES, OFFICES, SCHOOL_LEVELS, SCHOOL_NETWORKS


@dataclass(frozen=True)
class Selection:
    """Cases by school year, period, incident type, level, network, zone and office; an empty choice leaves all in.

    A case with several incident types is in when one of them is chosen. ``first_week`` and ``last_week`` are the Mondays of
    the weeks of report, both included. ``school_ids`` narrows the question to a school, or to those beside which it stands,
    ``danger`` to the cases that threaten life.
    """

    school_years: tuple[str, ...] = ()
    first_week: date | None = None
    last_week: date | None = None
    incident_types: tuple[str, ...] = ()
    school_levels: tuple[str, ...] = ()
    school_networks: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    school_ids: tuple[str, ...] = ()
    danger: bool = False

    @property
    def at_any_time(self) -> Selection:
        """The same choice without its years and weeks."""
        return replace(self, school_years=(), first_week=None, last_week=None)

    @property
    def description(self) -> str:
        """The choice as one French line, for a caption or an export."""
        parts = []
        if self.school_years:
            parts.append(f"{count(len(self.school_years), 'année').split()[1]} {listing(list(self.school_years))}")
        if self.first_week:
            parts.append(f"à partir du {day(self.first_week)}")
        if self.last_week:
            parts.append(f"jusqu’à la semaine du {day(self.last_week)}")
        for chosen, vocabulary in (
            (self.incident_types, INCIDENT_TYPES),
            (self.school_levels, SCHOOL_LEVELS),
            (self.school_networks, SCHOOL_NETWORKS),
        ):
            if chosen:
                parts.append(listing([vocabulary.label(code) for code in chosen], "ou"))
        if self.zones:
            parts.append(f"zone {listing(list(self.zones), 'ou')}")
        if self.offices:
            parts.append(f"bureau {listing([OFFICES.label(code) for code in self.offices], 'ou')}")
        if self.school_ids:
            parts.append(count(len(self.school_ids), "école"))
        if self.danger:
            parts.append("menace pour la vie")
        return " · ".join(parts) or "tous les dossiers"


EVERYTHING = Selection()
