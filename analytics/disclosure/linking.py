"""The tables of a release as one system of quantities: what :mod:`analytics.disclosure.protect` needs to know.

A quantity is what is counted (incidents, relays, schools) in a combination of categories. The same combination is the same
quantity in whatever table, of this release or of a past one of the same period.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from analytics.disclosure.catalogue import Rules
from analytics.disclosure.counting import Counts
from analytics.disclosure.protect import System

Key = tuple[str, frozenset[tuple[str, frozenset[str]]]]
Place = tuple[int, ...]
Cell = tuple[int, Place]
"""A cell: the number of its table, and its place in it."""

COST_OF_A_TOTAL = 3.0
"""How much more a reader misses a total than one of its parts."""


@dataclass
class _Quantity:
    value: int
    most_of_one_school: int = 0
    least_left_to_a_school: int = 0
    cost: float = 0.0
    known: bool = False
    free: bool = False


class Linked:
    """Tables and the quantities that stand in their cells. ``quantity`` gives the position of a cell's quantity."""

    def __init__(self, tables: Sequence[Counts], rules: Rules) -> None:
        self.tables, self.rules = tuple(tables), rules
        self._quantities: list[_Quantity] = []
        self._equations: list[dict[int, float]] = []
        self.keys: dict[Key, int] = {}
        self.quantity: dict[Cell, int] = {
            (number, place): self._add_cell(counts, place)
            for number, counts in enumerate(self.tables)
            for place in counts.places()
        }
        for number, counts in enumerate(self.tables):
            self._add_sums(number, counts)
        for part, whole in self._limits():
            self._add_limit(part, whole)

    def _add_cell(self, counts: Counts, place: Place) -> int:
        of_schools = counts.by_school[(slice(None), *place)]
        value = int(of_schools.sum())
        at = self.keys.setdefault(key_of(counts, place), len(self._quantities))
        if at == len(self._quantities):
            left = value - of_schools[of_schools > 0]
            least = min(left[left > 0], default=0)
            self._quantities.append(_Quantity(value, int(of_schools.max(initial=0)), int(least)))
        quantity = self._quantities[at]
        quantity.cost += COST_OF_A_TOTAL ** sum(counts.is_total(place)) * (1 + value / (1 + counts.numbers.max()))
        quantity.known |= counts.is_known(place)
        return at

    def _add_sums(self, number: int, counts: Counts) -> None:
        for place in counts.places():
            for axis, is_total in enumerate(counts.is_total(place)):
                if is_total:
                    parts = [(*place[:axis], at, *place[axis + 1 :]) for at in range(counts.shape[axis] - 1)]
                    sums = {self.quantity[number, part]: 1.0 for part in parts}
                    self._equations.append({**sums, self.quantity[number, place]: -1.0})

    def _limits(self) -> Iterator[tuple[dict[int, float], dict[int, float]]]:
        """What cannot be more than something else, though it is no part of it: a relay is called in for a case, a case
        has at least one incident, and a school in a band has at least so many cases.
        """
        incidents = [table for table in enumerate(self.tables) if table[1].spec.unit == "incidents"]
        shared = {dimension.counts for _, counts in incidents for dimension in counts.spec.dimensions}
        for number, counts in enumerate(self.tables):
            if counts.spec.unit == "incidents":
                continue
            for place in counts.places():
                kind = [
                    "shared" if dimension.counts in shared else dimension.code for dimension in counts.spec.dimensions
                ]
                totals = dict(zip(kind, counts.is_total(place), strict=True))
                if "shared" not in totals or totals["shared"] or not totals.get("band", True):
                    continue
                wanted = {column: codes for column, codes in key_of(counts, place)[1] if column in shared}
                if whole := self._making_up(wanted):
                    yield self._weighted(number, counts, place), whole

    def _making_up(self, wanted: dict[str, frozenset[str]]) -> dict[int, float]:
        """The incidents that together count exactly the codes ``wanted``; empty when no table tells."""
        parts = {
            at: codes
            for (unit, combination), at in self.keys.items()
            if unit == "incidents" and (codes := dict(combination)).keys() == wanted.keys()
            if all(codes[column] <= wanted[column] for column in wanted)
        }
        exact = {at: codes for at, codes in parts.items() if codes == wanted}
        found = exact or parts
        covered = sum(prod(len(codes) for codes in combination.values()) for combination in found.values())
        return dict.fromkeys(found, 1.0) if covered == prod(len(codes) for codes in wanted.values()) else {}

    def _weighted(self, number: int, counts: Counts, place: Place) -> dict[int, float]:
        """The quantity at ``place``, or where it sums over bands, its bands, each times the cases it stands for."""
        axis = next((axis for axis, d in enumerate(counts.spec.dimensions) if d.code == "band"), None)
        if axis is None:
            return {self.quantity[number, place]: 1.0}
        return {
            self.quantity[number, (*place[:axis], at, *place[axis + 1 :])]: float(band.at_least)
            for at, band in enumerate(counts.spec.dimensions[axis].categories)
            if band.at_least
        }

    def _add_limit(self, part: dict[int, float], whole: dict[int, float]) -> None:
        equation = {**part, **{at: -weight for at, weight in whole.items()}}
        room = -sum(weight * self._quantities[at].value for at, weight in equation.items())
        self._equations.append({**equation, len(self._quantities): 1.0})
        self._quantities.append(_Quantity(int(room), free=True))

    @property
    def leaves_few(self) -> NDArray[np.bool_]:
        """True where a school that takes its own cases away would be left with too few."""
        return np.array(
            [0 < quantity.least_left_to_a_school < self.rules.school_threshold for quantity in self._quantities]
        )

    @property
    def is_small(self) -> NDArray[np.bool_]:
        return np.array([0 < quantity.value < self.rules.threshold for quantity in self._quantities])

    def system(self, past: Mapping[Key, bool]) -> System:
        """The system to protect. ``past``: the quantities that past releases printed, True where they withheld them."""
        free = np.array([quantity.free for quantity in self._quantities])
        shown = np.array([quantity.known for quantity in self._quantities])
        hidden = np.zeros(len(free), dtype=bool)
        for key, withheld in past.items():
            if key in self.keys:
                (hidden if withheld else shown)[self.keys[key]] = True
        reach = np.where(self.leaves_few, self.rules.school_threshold - 1, 0)
        reach = np.where(self.is_small, self.rules.threshold - 1, reach)
        floors = [0 if quantity.free else max(quantity.most_of_one_school, 1) for quantity in self._quantities]
        # Of two equal choices the first is preferred, so that the answer is one and the same.
        cost = np.array([quantity.cost for quantity in self._quantities]) * (1 + 1e-5 * np.arange(len(free)))
        return System(
            values=np.array([quantity.value for quantity in self._quantities], dtype=float),
            floors=np.array(floors, dtype=float),
            reach=np.where(free | shown, 0, reach).astype(float),
            cost=cost,
            shown=shown,
            hidden=hidden & ~shown,
            free=free,
            equations=self._matrix(),
        )

    def _matrix(self) -> csr_array:
        rows = np.repeat(np.arange(len(self._equations)), [len(equation) for equation in self._equations])
        columns = [at for equation in self._equations for at in equation]
        weights = [weight for equation in self._equations for weight in equation.values()]
        return csr_array((weights, (rows, columns)), shape=(len(self._equations), len(self._quantities)))


def key_of(counts: Counts, place: Place) -> Key:
    """What the cell at ``place`` counts: its unit, and the codes of each dimension that it does not sum over."""
    return counts.spec.unit, frozenset(
        (dimension.counts, dimension.categories[at].codes)
        for at, dimension, total in zip(place, counts.spec.dimensions, counts.is_total(place), strict=True)
        if not total
    )
