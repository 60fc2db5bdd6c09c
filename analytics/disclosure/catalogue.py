"""The closed catalogue of what may be published: tables, coarsened dimensions, closed periods and rules.

It is data, ``publications.toml``, and public.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, cached_property

from analytics.domain.data import CONTENT, decode
from analytics.domain.entries import Category, PublicationsFile, PublicationTerm
from analytics.domain.entries import PublicationRules as Rules
from analytics.domain.errors import RefusedError
from analytics.domain.french import day
from analytics.domain.school_calendar import calendar


class CatalogueError(RefusedError):
    """The catalogue, or what is asked of it, does not hold. The message is French."""


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
            raise CatalogueError(f"publications.toml : une catégorie de « {self.heading} » déborde d’une période")
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
class Catalogue:
    """All that may be published. ``source`` is the file itself, which each release carries."""

    rules: Rules
    tables: tuple[TableSpec, ...]
    terms: tuple[PublicationTerm, ...]
    source: bytes

    @property
    def periods(self) -> dict[str, Period]:
        """Every school year of the calendar and its terms, by code: 2025-2026, 2025-2026-T1."""
        found = {}
        for year in calendar().years:
            whole = Period(year.name, f"année scolaire {year.name}", year.name, year.first_day, year.end, frozenset())
            found[year.name] = whole
            for term in self.terms:
                first_day, last_day = _span(term.months, year.name)
                code = f"{year.name}-{term.code}"
                found[code] = Period(
                    code,
                    f"{term.label} {year.name}",
                    year.name,
                    max(first_day, whole.first_day),
                    min(last_day, whole.last_day),
                    frozenset(term.months),
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


@cache
def load_catalogue(source: bytes | None = None) -> Catalogue:
    """The service's catalogue, or that of the ``source`` that a past release carries."""
    if source is None:
        source = CONTENT.publications_toml
    file = decode("publications.toml", source, PublicationsFile)
    dimensions = {
        row.code: Dimension(row.code, row.counts or row.code, row.heading, row.categories) for row in file.dimensions
    }
    tables = tuple(
        TableSpec(
            row.code,
            row.title,
            row.unit,
            tuple(dimensions[code] for code in (row.rows, *row.columns)),
            row.totals,
            row.known,
        )
        for row in file.tables
    )
    return Catalogue(file.rules, tables, file.terms, source)


def month_code(day: date, school_year: str) -> str:
    """The month of a day within its school year: ``A09`` in the first civil year, ``B03`` in the second."""
    return f"{'A' if day.year == int(school_year[:4]) else 'B'}{day.month:02}"


def _span(months: Sequence[str], school_year: str) -> tuple[date, date]:
    """From the Monday of the first week of consecutive months to the Sunday of their last; weeks go by their Thursday."""
    starts = [date(int(school_year[:4]) + (code[0] == "B"), int(code[1:]), 1) for code in months]
    first, last = min(starts), max(starts)
    next_month = date(last.year + last.month // 12, last.month % 12 + 1, 1)
    return _first_thursday(first) - timedelta(days=3), _first_thursday(next_month) - timedelta(days=4)


def _first_thursday(day: date) -> date:
    return day + timedelta(days=(3 - day.weekday()) % 7)
