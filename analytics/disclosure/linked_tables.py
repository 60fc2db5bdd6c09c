"""Linked tables as one system of quantities: what :mod:`analytics.disclosure.suppression` solves.

A quantity is what is counted (incidents, relays, schools) in a combination of categories. The same combination is the same
quantity in whatever table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from analytics.disclosure.catalogue import Rules
from analytics.disclosure.counting import Counts
from analytics.disclosure.suppression import System

Key = tuple[str, frozenset[tuple[str, frozenset[str]]]]
Place = tuple[int, ...]
Cell = tuple[int, Place]
"""A cell: the number of its table, and its place in it."""

COST_OF_A_TOTAL = 3.0
"""How much more a reader misses a total than one of its parts."""


@dataclass
class _Quantity:
    """``largest_contribution``: the most that one school counts of it; ``smallest_remainder``: the least, above 0, that is
    left when one school takes its own part away.
    """

    value: int
    largest_contribution: int = 0
    smallest_remainder: int = 0
    cost: float = 0.0
    is_public: bool = False
    is_auxiliary: bool = False


class LinkedTables:
    """Tables and the quantities in their cells. ``quantity`` gives the position of a cell's quantity."""

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
        for part, whole in self._inequalities():
            self._add_inequality(part, whole)

    def _add_cell(self, counts: Counts, place: Place) -> int:
        contributions = counts.by_school[(slice(None), *place)]
        value = int(contributions.sum())
        at = self.keys.setdefault(key_of(counts, place), len(self._quantities))
        if at == len(self._quantities):
            remainders = value - contributions[contributions > 0]
            smallest = min(remainders[remainders > 0], default=0)
            self._quantities.append(_Quantity(value, int(contributions.max(initial=0)), int(smallest)))
        quantity = self._quantities[at]
        quantity.cost += COST_OF_A_TOTAL ** sum(counts.is_total(place)) * (1 + value / (1 + counts.numbers.max()))
        quantity.is_public |= counts.is_public(place)
        return at

    def _add_sums(self, number: int, counts: Counts) -> None:
        for place in counts.places():
            for axis, is_total in enumerate(counts.is_total(place)):
                if is_total:
                    parts = [(*place[:axis], at, *place[axis + 1 :]) for at in range(counts.shape[axis] - 1)]
                    sums = {self.quantity[number, part]: 1.0 for part in parts}
                    self._equations.append({**sums, self.quantity[number, place]: -1.0})

    def _inequalities(self) -> Iterator[tuple[dict[int, float], dict[int, float]]]:
        """Pairs of which the first is at most the second, though no part of it: a relay is called in for a case, a case has
        at least one incident, and a school in a band has at least so many cases.
        """
        shared = {
            dimension.counts
            for counts in self.tables
            if counts.spec.unit == "incidents"
            for dimension in counts.spec.dimensions
        }
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
                if whole := self._incidents_in(wanted):
                    yield self._weighted(number, counts, place), whole

    def _incidents_in(self, wanted: dict[str, frozenset[str]]) -> dict[int, float]:
        """The quantities of incidents that sum to those of the codes ``wanted``; empty when no table has them."""
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

    def _add_inequality(self, part: dict[int, float], whole: dict[int, float]) -> None:
        """``part`` + slack = ``whole``."""
        equation = {**part, **{at: -weight for at, weight in whole.items()}}
        slack = -sum(weight * self._quantities[at].value for at, weight in equation.items())
        self._equations.append({**equation, len(self._quantities): 1.0})
        self._quantities.append(_Quantity(int(slack), is_auxiliary=True))

    @property
    def fails_threshold(self) -> NDArray[np.bool_]:
        """True where the number is below the threshold and not 0."""
        return np.array([0 < quantity.value < self.rules.threshold for quantity in self._quantities])

    @property
    def fails_differencing(self) -> NDArray[np.bool_]:
        """True where a school that takes its own cases away is left with a number below the threshold for schools."""
        return np.array(
            [0 < quantity.smallest_remainder < self.rules.school_threshold for quantity in self._quantities]
        )

    def system(self) -> System:
        """The system to protect."""
        auxiliary = np.array([quantity.is_auxiliary for quantity in self._quantities])
        published = np.array([quantity.is_public for quantity in self._quantities])
        level = np.where(self.fails_differencing, self.rules.school_threshold - 1, 0)
        level = np.where(self.fails_threshold, self.rules.threshold - 1, level)
        lower = [0 if quantity.is_auxiliary else max(quantity.largest_contribution, 1) for quantity in self._quantities]
        # Of two equal choices the first is preferred, so that the answer is one and the same.
        cost = np.array([quantity.cost for quantity in self._quantities]) * (1 + 1e-5 * np.arange(len(auxiliary)))
        return System(
            values=np.array([quantity.value for quantity in self._quantities], dtype=float),
            lower_bounds=np.array(lower, dtype=float),
            protection_level=np.where(auxiliary | published, 0, level).astype(float),
            cost=cost,
            published=published,
            auxiliary=auxiliary,
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
