"""Read back what was published: the CSV files of a release and the rules that it carries. Part of the audit."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from io import StringIO

RULES_FILE = "regles.toml"
TOTAL = "Total"
WITHHELD = "retenu"
ROUNDED = "arrondie"


@dataclass(frozen=True)
class PublicRules:
    """What anyone knows: the thresholds."""

    threshold: int
    school_threshold: int


@dataclass(frozen=True)
class PublishedTable:
    """A table as it was printed. ``cells``: the number in each combination of labels, None where it is withheld.

    ``columns`` are what it is counted by, ``categories`` the codes behind each label, ``at_least`` the cases from which a
    band of schools starts, ``known`` the columns whose totals are public anyway; ``period`` the first and the last day,
    as ordinals.
    """

    title: str
    unit: str
    period: tuple[int, int]
    columns: tuple[str, ...]
    categories: Mapping[str, Mapping[str, frozenset[str]]]
    cells: Mapping[tuple[str, ...], int | None]
    is_rounded: bool = False
    known: tuple[str, ...] = ()
    at_least: Mapping[frozenset[str], int] = field(default_factory=dict)

    def is_known(self, labels: tuple[str, ...]) -> bool:
        """Whether a cell is public anyway."""
        return bool(self.known) and all(
            label == TOTAL or column in self.known for column, label in zip(self.columns, labels, strict=True)
        )


@dataclass(frozen=True)
class Publication:
    """A release: its tables and the rules that it was made by."""

    tables: tuple[PublishedTable, ...]
    rules: PublicRules


def read_publication(files: Mapping[str, bytes]) -> Publication:
    """A release from its files by name. ValueError when a CSV file is not one of ours."""
    entries = tomllib.loads(files[RULES_FILE].decode("utf-8"))
    dimensions = {entry["code"]: entry for entry in entries["dimensions"]}
    specs = {entry["title"]: entry for entry in entries["tables"]}
    rules = PublicRules(entries["rules"]["threshold"], entries["rules"]["school_threshold"])
    tables = tuple(
        _read_table(files[name].decode("utf-8-sig"), specs, dimensions)
        for name in sorted(files)
        if name.endswith(".csv")
    )
    return Publication(tables, rules)


def _read_table(text: str, specs: Mapping[str, dict], dimensions: Mapping[str, dict]) -> PublishedTable:
    rows = list(csv.reader(StringIO(text, newline=""), delimiter=";"))
    blank = rows.index([])
    about = {row[0]: row[1] for row in rows[:blank]}
    heading, *body = rows[blank + 1 :]
    spec = specs[about["Tableau"]]
    by = [dimensions[code] for code in (spec["rows"], *spec["columns"])]
    at, number = [heading.index(dimension["heading"]) for dimension in by], heading.index("Nombre")
    cells = {tuple(row[place] for place in at): None if row[number] == WITHHELD else int(row[number]) for row in body}
    labels = {place: {cell[place] for cell in cells} for place in range(len(by))}
    return PublishedTable(
        title=spec["title"],
        unit=spec["unit"],
        period=(_day(about["Du"]), _day(about["Au"])),
        columns=tuple(_column(dimension) for dimension in by),
        categories={
            _column(dimension): {
                category["label"]: frozenset(category["codes"])
                for category in dimension["categories"]
                if category["label"] in labels[place]
            }
            for place, dimension in enumerate(by)
        },
        cells=cells,
        is_rounded=about["Version"].startswith(ROUNDED),
        known=tuple(_column(dimensions[code]) for code in spec.get("known", ())),
        at_least={
            frozenset(category["codes"]): category["at_least"]
            for dimension in by
            for category in dimension["categories"]
            if "at_least" in category
        },
    )


def _column(dimension: dict) -> str:
    return dimension.get("counts", dimension["code"])


def _day(words: str) -> int:
    return datetime.strptime(words, "%d/%m/%Y").toordinal()  # noqa: DTZ007 (a day, no time)
