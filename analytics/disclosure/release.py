"""A release: what goes out, and what the service alone sees of why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from analytics.disclosure.catalogue import Period, Rules
from analytics.disclosure.counting import Counts
from analytics.disclosure.rounding import midpoint_6, share_on_grid

Labels = tuple[str, ...]
PROTECTED, ROUNDED = "protégée", "arrondie au milieu de 6"


@dataclass(frozen=True)
class Cell:
    """A cell as it goes out. ``value`` is None where it is withheld: it then lies from ``lower`` to ``upper`` (None where
    nothing limits it), as anyone can compute. ``share``: of the cases in which a relay was in time.
    """

    labels: Labels
    value: int | None
    lower: int | None = None
    upper: int | None = None
    share: float | None = None


@dataclass(frozen=True)
class Table:
    """A table as it goes out, its cells in reading order, "Total" last."""

    code: str
    title: str
    unit: str
    headings: tuple[str, ...]
    cells: tuple[Cell, ...]

    @property
    def by_labels(self) -> dict[Labels, Cell]:
        return {cell.labels: cell for cell in self.cells}

    def labels(self, axis: int) -> tuple[str, ...]:
        """The labels along one dimension, in order."""
        return tuple(dict.fromkeys(cell.labels[axis] for cell in self.cells))


@dataclass(frozen=True)
class Release:
    """All that goes out for a period. ``refused``: the titles of the tables that would be withheld for too large a part."""

    period: Period
    published_on: date
    as_of: date
    is_demo: bool
    version: str
    rules: Rules
    rules_file: bytes
    tables: tuple[Table, ...]
    refused: tuple[str, ...]
    n_schools: int
    n_past: int

    @property
    def is_rounded(self) -> bool:
        return self.version == ROUNDED


def protected_table(
    counts: Counts, withheld: Mapping[tuple[int, ...], bool], bounds: Mapping[Labels, tuple[float, float]], rules: Rules
) -> Table:
    """``counts`` without what is ``withheld``, each withheld cell with its ``bounds`` once they are known."""
    values = counts.numbers
    cells = []
    for place in counts.places():
        labels = counts.labels(place)
        if withheld[place]:
            lower, upper = bounds.get(labels, (1, float("inf")))
            cells.append(Cell(labels, None, int(lower), int(upper) if upper < float("inf") else None))
        else:
            cells.append(Cell(labels, int(values[place]), share=_share(counts, place, withheld, rules)))
    return _table(counts, cells)


def _share(counts: Counts, place: tuple[int, ...], withheld: Mapping, rules: Rules) -> float | None:
    """The share in time, from what is shown, where enough cases stand behind it."""
    axis = next((at for at, dimension in enumerate(counts.spec.dimensions) if dimension.code == "timeliness"), None)
    if axis is None or place[axis] != 0:
        return None
    whole = (*place[:axis], counts.shape[axis] - 1, *place[axis + 1 :])
    total = int(counts.numbers[whole])
    if withheld[whole] or total < rules.share_from:
        return None
    return share_on_grid(int(counts.numbers[place]), total, rules.share_step)


def rounded_table(counts: Counts) -> Table:
    """``counts`` rounded to midpoints of six; totals are the sums of what is rounded."""
    inner = tuple(slice(0, len(dimension.categories)) for dimension in counts.spec.dimensions)
    rounded = midpoint_6(counts.numbers[inner])
    cells = []
    for place in counts.places():
        summed = tuple(slice(None) if total else at for at, total in zip(place, counts.is_total(place), strict=True))
        cells.append(Cell(counts.labels(place), int(rounded[summed].sum())))
    return _table(counts, cells)


def _table(counts: Counts, cells: Sequence[Cell]) -> Table:
    spec = counts.spec
    headings = tuple(dimension.heading for dimension in spec.dimensions)
    return Table(spec.code, spec.title, spec.unit, headings, tuple(cells))
