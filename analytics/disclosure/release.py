"""A release: the tables of a period as they go out, from the exact counts and the pattern of suppression."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from analytics.disclosure.catalogue import Period, Rules
from analytics.disclosure.counting import Counts
from analytics.disclosure.published import Cell, Labels, Table
from analytics.disclosure.rounding import midpoint_6, share_on_grid

Place = tuple[int, ...]
PROTECTED, ROUNDED = "protégée", "arrondie au milieu de 6"


@dataclass(frozen=True)
class Release:
    """All that goes out for a period. ``refused``: the titles of the tables of which too much would be suppressed."""

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
    counts: Counts,
    period: Period,
    suppressed: Mapping[Place, bool],
    bounds: Mapping[Labels, tuple[float, float]],
    rules: Rules,
) -> Table:
    """``counts`` without what is ``suppressed``; each suppressed cell with its ``bounds``, from 1 up by default."""
    values = counts.numbers
    cells = {}
    for place in counts.places():
        labels = counts.labels(place)
        if suppressed[place]:
            lower, upper = bounds.get(labels, (1, float("inf")))
            cells[labels] = Cell(None, int(lower), int(upper) if upper < float("inf") else None)
        else:
            cells[labels] = Cell(int(values[place]), share=_share(counts, place, suppressed, rules))
    return _table(counts, period, cells)


def _share(counts: Counts, place: Place, suppressed: Mapping[Place, bool], rules: Rules) -> float | None:
    """The share in time, from what is published, where enough cases stand behind it."""
    axis = next((at for at, dimension in enumerate(counts.spec.dimensions) if dimension.code == "timeliness"), None)
    if axis is None or place[axis] != 0:
        return None
    whole = (*place[:axis], counts.shape[axis] - 1, *place[axis + 1 :])
    total = int(counts.numbers[whole])
    if suppressed[whole] or total < rules.share_from:
        return None
    return share_on_grid(int(counts.numbers[place]), total, rules.share_step)


def rounded_table(counts: Counts, period: Period) -> Table:
    """``counts`` rounded to midpoints of six; totals are the sums of what is rounded."""
    inner = tuple(slice(0, len(dimension.categories)) for dimension in counts.spec.dimensions)
    rounded = midpoint_6(counts.numbers[inner])
    cells = {}
    for place in counts.places():
        summed = tuple(slice(None) if total else at for at, total in zip(place, counts.is_total(place), strict=True))
        cells[counts.labels(place)] = Cell(int(rounded[summed].sum()))
    return _table(counts, period, cells, is_rounded=True)


def _table(counts: Counts, period: Period, cells: Mapping[Labels, Cell], *, is_rounded: bool = False) -> Table:
    spec = counts.spec
    return Table(
        code=spec.code,
        title=spec.title,
        unit=spec.unit,
        period=(period.first_day.toordinal(), period.last_day.toordinal()),
        columns=tuple(dimension.counts for dimension in spec.dimensions),
        headings=tuple(dimension.heading for dimension in spec.dimensions),
        categories={d.counts: {category.label: category.codes for category in d.categories} for d in spec.dimensions},
        cells=cells,
        is_rounded=is_rounded,
        public=tuple(dimension.counts for dimension in spec.dimensions if dimension.code in spec.known),
        at_least={c.codes: c.at_least for d in spec.dimensions if d.code == "band" for c in d.categories},
    )
