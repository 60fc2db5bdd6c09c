"""A released table, and the reader of what was published: the CSV files of a release and the rules that go with them.

:class:`Table` is the one form of a released table: what the protection gives, what is written, and what the audit and the
notebooks read back. The reader takes nothing from the modules that count and protect.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from io import StringIO
from typing import Any

import pandas as pd

RULES_FILE = "regles.toml"
TOTAL = "Total"
SUPPRESSED = "retenu"
ROUNDED = "arrondie"
NUMBERS = ("Nombre", "De", "À")

Labels = tuple[str, ...]


@dataclass(frozen=True)
class Cell:
    """A released cell. ``value`` is None where it is suppressed: it then lies from ``lower`` to ``upper`` (None where
    unbounded), as anyone can compute. ``share``: of the cases in which a relay was in time.
    """

    value: int | None
    lower: int | None = None
    upper: int | None = None
    share: float | None = None


@dataclass(frozen=True)
class Table:
    """A released table. ``cells``: the cell of each combination of labels, in reading order, "Total" last.

    ``columns`` are what it is counted by, ``headings`` their French names, ``categories`` the codes behind each label,
    ``at_least`` the cases from which a band of schools starts, ``public`` the columns whose totals are known anyway;
    ``period`` the first and the last day, as ordinals.
    """

    code: str
    title: str
    unit: str
    period: tuple[int, int]
    columns: tuple[str, ...]
    headings: tuple[str, ...]
    categories: Mapping[str, Mapping[str, frozenset[str]]]
    cells: Mapping[Labels, Cell]
    is_rounded: bool = False
    public: tuple[str, ...] = ()
    at_least: Mapping[frozenset[str], int] = field(default_factory=dict)

    def is_public(self, labels: Labels) -> bool:
        """Whether the cell is known anyway."""
        return bool(self.public) and all(
            label == TOTAL or column in self.public for column, label in zip(self.columns, labels, strict=True)
        )

    def labels(self, axis: int) -> Labels:
        """The labels along one dimension, in order."""
        return tuple(dict.fromkeys(labels[axis] for labels in self.cells))

    @property
    def frame(self) -> pd.DataFrame:
        """One row per cell: the headings, Nombre (NA where suppressed), De and À (what anyone can compute of it; NA where
        unbounded), and Part (the share in time) where the table has any.
        """
        rows = [(*labels, cell.value, cell.lower, cell.upper, cell.share) for labels, cell in self.cells.items()]
        frame = pd.DataFrame(rows, columns=[*self.headings, *NUMBERS, "Part"])
        frame = frame.astype(dict.fromkeys(NUMBERS, "Int64") | {"Part": "float64"})
        return frame if frame["Part"].notna().any() else frame.drop(columns="Part")


@dataclass(frozen=True)
class PublicRules:
    """What anyone knows: the thresholds."""

    threshold: int
    school_threshold: int


@dataclass(frozen=True)
class Publication:
    """A release as it was published: its tables, the rules that it was made by, and what stands above its first table."""

    tables: tuple[Table, ...]
    rules: PublicRules
    about: Mapping[str, str] = field(default_factory=dict)


def read_publication(files: Mapping[str, bytes]) -> Publication:
    """A release from its files by name. ValueError when a CSV file is not one of ours."""
    entries = tomllib.loads(files[RULES_FILE].decode("utf-8"))
    dimensions = {entry["code"]: entry for entry in entries["dimensions"]}
    specs = {entry["title"]: entry for entry in entries["tables"]}
    rules = PublicRules(entries["rules"]["threshold"], entries["rules"]["school_threshold"])
    tables, about = [], {}
    for name in sorted(files):
        if name.endswith(".csv"):
            lines, rows = _read_csv(files[name])
            tables.append(_table(lines, rows, specs[lines["Tableau"]], dimensions))
            about = about or lines
    return Publication(tuple(tables), rules, about)


def _read_csv(content: bytes) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The lines above the table, and its rows by heading."""
    rows = list(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    blank = rows.index([])
    headings, *body = rows[blank + 1 :]
    return {row[0]: row[1] for row in rows[:blank]}, [dict(zip(headings, row, strict=True)) for row in body]


def _table(
    about: Mapping[str, str], rows: list[dict[str, str]], spec: dict[str, Any], dimensions: dict[str, dict[str, Any]]
) -> Table:
    counted_by = [dimensions[code] for code in (spec["rows"], *spec["columns"])]
    headings = tuple(dimension["heading"] for dimension in counted_by)
    met = {heading: {row[heading] for row in rows} for heading in headings}
    return Table(
        code=spec["code"],
        title=spec["title"],
        unit=spec["unit"],
        period=(_day(about["Du"]), _day(about["Au"])),
        columns=tuple(map(_column, counted_by)),
        headings=headings,
        categories={
            _column(dimension): {
                category["label"]: frozenset(category["codes"])
                for category in dimension["categories"]
                if category["label"] in met[dimension["heading"]]
            }
            for dimension in counted_by
        },
        cells={tuple(row[heading] for heading in headings): _cell(row) for row in rows},
        is_rounded=about["Version"].startswith(ROUNDED),
        public=tuple(_column(dimensions[code]) for code in spec.get("known", ())),
        at_least={
            frozenset(category["codes"]): category["at_least"]
            for dimension in counted_by
            for category in dimension["categories"]
            if "at_least" in category
        },
    )


def _cell(row: Mapping[str, str]) -> Cell:
    value, lower, upper = (int(row[name]) if row[name] not in ("", SUPPRESSED) else None for name in NUMBERS)
    share = row.get("Part")
    return Cell(value, lower, upper, float(share.replace(",", ".")) if share else None)


def _column(dimension: Mapping[str, Any]) -> str:
    return dimension.get("counts", dimension["code"])


def _day(written: str) -> int:
    return datetime.strptime(written, "%d/%m/%Y").toordinal()  # noqa: DTZ007 (a day, no time)
