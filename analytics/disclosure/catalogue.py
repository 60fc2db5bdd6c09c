"""The closed catalogue of what may be published: tables, coarsened dimensions, closed periods and rules.

It is data, ``data/publications.toml``, and public.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from analytics.domain.errors import RefusedError
from analytics.domain.french import day
from analytics.domain.school_calendar import calendar
from analytics.domain.vocabulary import DATA

LEAST_THRESHOLD = 3
LEAST_SCHOOL_THRESHOLD = 2


class CatalogueError(RefusedError):
    """The catalogue, or what is asked of it, does not hold. The message is French."""


@dataclass(frozen=True)
class Category:
    """What one row or column counts: the codes that it takes together. ``at_least``: cases from which a band starts."""

    label: str
    codes: frozenset[str]
    at_least: int = 0
    only_if_any: bool = False


@dataclass(frozen=True)
class Dimension:
    """What a table is counted by, in coarsened categories. ``counts``: the column of the counts that they group."""

    code: str
    counts: str
    heading: str
    categories: tuple[Category, ...]

    @cached_property
    def place(self) -> dict[str, int]:
        """The position of the category of each code."""
        return {code: place for place, category in enumerate(self.categories) for code in category.codes}

    def within(self, codes: frozenset[str]) -> Dimension:
        """The categories that lie within ``codes``; CatalogueError when one lies only partly within."""
        kept = tuple(category for category in self.categories if category.codes & codes)
        if any(not category.codes <= codes for category in kept):
            raise CatalogueError(f"data/publications.toml : une catégorie de « {self.heading} » déborde d’une période")
        return replace(self, categories=kept)


@dataclass(frozen=True)
class TableSpec:
    """A table of the catalogue. ``totals``: the dimensions summed over; ``known``: those whose totals are public anyway."""

    code: str
    title: str
    unit: str
    dimensions: tuple[Dimension, ...]
    totals: tuple[str, ...]
    known: tuple[str, ...] = ()


@dataclass(frozen=True)
class Period:
    """A closed period: a school year or a term of one. ``months`` as in the catalogue, empty for the whole year."""

    code: str
    label: str
    school_year: str
    first_day: date
    last_day: date
    months: frozenset[str]

    @property
    def description(self) -> str:
        return f"{self.label}, du {day(self.first_day)} au {day(self.last_day)}"

    def overlaps(self, first_day: date, last_day: date) -> bool:
        return self.first_day <= last_day and first_day <= self.last_day


@dataclass(frozen=True)
class Rules:
    """When a cell is withheld, a table refused and a share shown."""

    threshold: int
    school_threshold: int
    refused_above: float
    share_from: int
    share_step: float
    seconds: float

    def __post_init__(self) -> None:
        if self.threshold < LEAST_THRESHOLD:
            raise CatalogueError(f"data/publications.toml : le seuil est d’au moins {LEAST_THRESHOLD}.")
        if not LEAST_SCHOOL_THRESHOLD <= self.school_threshold <= self.threshold:
            raise CatalogueError(
                f"data/publications.toml : le seuil d’une école va de {LEAST_SCHOOL_THRESHOLD} au seuil général."
            )


@dataclass(frozen=True)
class Catalogue:
    """All that may be published. ``source`` is the file itself, which each release carries."""

    rules: Rules
    tables: tuple[TableSpec, ...]
    terms: tuple[dict, ...]
    source: bytes

    @property
    def periods(self) -> dict[str, Period]:
        """Every school year of the calendar and its terms, by code: 2025-2026, 2025-2026-T1."""
        found = {}
        for year in calendar().years:
            whole = Period(year.name, f"année scolaire {year.name}", year.name, year.first_day, year.end, frozenset())
            found[year.name] = whole
            for term in self.terms:
                first_day, last_day = _span(term["months"], year.name)
                code = f"{year.name}-{term['code']}"
                found[code] = Period(
                    code,
                    f"{term['label']} {year.name}",
                    year.name,
                    max(first_day, whole.first_day),
                    min(last_day, whole.last_day),
                    frozenset(term["months"]),
                )
        return found

    def period(self, code: str) -> Period:
        """The period of that code; CatalogueError when there is none."""
        try:
            return self.periods[code]
        except KeyError:
            raise CatalogueError(
                "Cette période n’est pas au catalogue. Écrivez une année scolaire (2025-2026) ou un trimestre "
                "(2025-2026-T1)."
            ) from None


def load_catalogue(source: bytes | None = None) -> Catalogue:
    """The catalogue of ``data/publications.toml``, or of the ``source`` that a past release carries."""
    if source is None:
        source = (DATA / "publications.toml").read_bytes()
    entries = tomllib.loads(source.decode("utf-8"))
    dimensions = {entry["code"]: _dimension(entry) for entry in entries["dimensions"]}
    tables = tuple(
        TableSpec(
            entry["code"],
            entry["title"],
            entry["unit"],
            tuple(dimensions[code] for code in (entry["rows"], *entry["columns"])),
            tuple(entry["totals"]),
            tuple(entry.get("known", ())),
        )
        for entry in entries["tables"]
    )
    return Catalogue(Rules(**entries["rules"]), tables, tuple(entries["terms"]), source)


def _dimension(entry: dict) -> Dimension:
    categories = tuple(
        Category(
            category["label"],
            frozenset(category["codes"]),
            category.get("at_least", 0),
            category.get("only_if_any", False),
        )
        for category in entry["categories"]
    )
    codes = [code for category in categories for code in category.codes]
    if len(codes) != len(set(codes)):
        raise CatalogueError(f"data/publications.toml : un code de « {entry['heading']} » est dans deux catégories")
    return Dimension(entry["code"], entry.get("counts", entry["code"]), entry["heading"], categories)


def month_code(day: date, school_year: str) -> str:
    """The month of a day within its school year: ``A09`` in the first civil year, ``B03`` in the second."""
    return f"{'A' if day.year == int(school_year[:4]) else 'B'}{day.month:02}"


def _span(months: list[str], school_year: str) -> tuple[date, date]:
    """From the Monday of the first week of consecutive months to the Sunday of their last; weeks go by their Thursday."""
    starts = []
    for code in months:
        if not re.fullmatch(r"[AB]\d\d", code):
            raise CatalogueError("data/publications.toml : un mois s’écrit A08 à A12 ou B01 à B08.")
        starts.append(date(int(school_year[:4]) + (code[0] == "B"), int(code[1:]), 1))
    first, last = min(starts), max(starts)
    next_month = date(last.year + last.month // 12, last.month % 12 + 1, 1)
    return _first_thursday(first) - timedelta(days=3), _first_thursday(next_month) - timedelta(days=4)


def _first_thursday(day: date) -> date:
    return day + timedelta(days=(3 - day.weekday()) % 7)
