"""Feasibility intervals: the bounds of unknown whole numbers, all at least 0, given linear constraints on them.

By linear programming, and exactly by integer programming. Part of the disclosure audit: it shares nothing with
:mod:`analytics.disclosure.suppression`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from analytics.domain.errors import RelaisError
from analytics.solving import milp

INTEGRALITY_TOLERANCE = 1e-5
UNBOUNDED = 1e6
"""A number that can be as large as this is unbounded: no service has a million cases."""


class OutOfTimeError(RelaisError):
    """The attack was not finished in time: nothing is proven."""

    def __init__(self) -> None:
        super().__init__("Le temps prévu n’a pas suffi à prouver que cette publication est sûre : rien n’est publié.")


class ContradictionError(RelaisError):
    """No numbers satisfy all constraints."""

    def __init__(self) -> None:
        super().__init__("Les publications passées se contredisent : rien n’est publié.")


class Interval(NamedTuple):
    """The least and the most that a number can be; ``upper`` is infinite where it is unbounded."""

    lower: float
    upper: float


class Constraint(NamedTuple):
    """The weighted sum of some unknowns lies from ``lower`` to ``upper``."""

    weights: dict[int, float]
    lower: float
    upper: float


@dataclass
class _Block:
    """Unknowns that depend on one another, and the constraints on them."""

    unknowns: list[int] = field(default_factory=list)
    constraints: list[Constraint] = field(default_factory=list)

    def matrix(self) -> list[LinearConstraint]:
        """The constraints as SciPy takes them."""
        if not self.constraints:
            return []
        place = {unknown: at for at, unknown in enumerate(self.unknowns)}
        rows = np.repeat(np.arange(len(self.constraints)), [len(each.weights) for each in self.constraints])
        columns = [place[unknown] for each in self.constraints for unknown in each.weights]
        weights = [weight for each in self.constraints for weight in each.weights.values()]
        matrix = csr_array((weights, (rows, columns)), shape=(len(self.constraints), len(place)))
        return [LinearConstraint(matrix, [c.lower for c in self.constraints], [c.upper for c in self.constraints])]


class Attack:
    """The constraints on ``n`` unknown whole numbers; :meth:`interval` gives the bounds of a sum of them.

    Raises ContradictionError when nothing satisfies them, and OutOfTimeError past ``stop`` (monotonic seconds).
    """

    def __init__(self, n: int, constraints: Sequence[Constraint], stop: float = np.inf) -> None:
        self._stop = stop
        self._lower, self._upper = np.zeros(n), np.full(n, np.inf)
        remaining = list(constraints)
        while (left := [each for each in map(self._presolved, remaining) if each is not None]) != remaining:
            remaining = left
        self._block_of = _blocks(n, remaining)
        self._blocks: dict[int, _Block] = {}
        for constraint in remaining:
            self._block(next(iter(constraint.weights))).constraints.append(constraint)
        for unknown in np.flatnonzero(self._lower < self._upper):
            self._block(unknown).unknowns.append(int(unknown))
        self._constraints = {number: block.matrix() for number, block in self._blocks.items()}

    def _block(self, unknown: int) -> _Block:
        return self._blocks.setdefault(int(self._block_of[unknown]), _Block())

    def _presolved(self, constraint: Constraint) -> Constraint | None:
        """The constraint without the unknowns that are fixed by now; None when it is redundant or became bounds of one."""
        free = {unknown: weight for unknown, weight in constraint.weights.items() if not self._is_fixed(unknown)}
        fixed = sum(
            weight * self._lower[unknown] for unknown, weight in constraint.weights.items() if unknown not in free
        )
        lower, upper = constraint.lower - fixed, constraint.upper - fixed
        if not free:
            if lower > INTEGRALITY_TOLERANCE or upper < -INTEGRALITY_TOLERANCE:
                raise ContradictionError
            return None
        if len(free) == 1:
            ((unknown, weight),) = free.items()
            self._narrow(unknown, *sorted((lower / weight, upper / weight)))
            return None
        if upper == np.inf and all(weight > 0 for weight in free.values()):
            least = sum(weight * self._lower[unknown] for unknown, weight in free.items())
            if least >= lower:
                return None
        return Constraint(free, lower, upper)

    def _is_fixed(self, unknown: int) -> bool:
        return self._lower[unknown] == self._upper[unknown]

    def _narrow(self, unknown: int, lower: float, upper: float) -> None:
        self._lower[unknown] = max(self._lower[unknown], np.ceil(lower - INTEGRALITY_TOLERANCE))
        self._upper[unknown] = min(self._upper[unknown], np.floor(upper + INTEGRALITY_TOLERANCE))
        if self._lower[unknown] > self._upper[unknown]:
            raise ContradictionError

    def blocks(self, unknowns: Sequence[int]) -> frozenset[int]:
        """The independent blocks of the problem that ``unknowns`` are in."""
        return frozenset(int(self._block_of[unknown]) for unknown in unknowns if not self._is_fixed(unknown))

    def interval(self, unknowns: Sequence[int]) -> Interval:
        """The feasibility interval of the sum of ``unknowns``."""
        return Interval(-self._most(unknowns, -1), self._most(unknowns, 1))

    def upper(self, unknowns: Sequence[int]) -> float:
        """The most that the sum of ``unknowns`` can be."""
        return self._most(unknowns, 1)

    def _most(self, unknowns: Sequence[int], sign: int) -> float:
        total = float(sum(sign * self._lower[unknown] for unknown in unknowns if self._is_fixed(unknown)))
        for number in sorted(self.blocks(unknowns)):
            objective = np.where(np.isin(self._blocks[number].unknowns, unknowns), -sign, 0)
            solution = self._solve(number, objective, integral=False)
            if np.abs(solution - solution.round()).max() > INTEGRALITY_TOLERANCE:
                solution = self._solve(number, objective, integral=True)
            total -= float(objective @ solution.round())
        return total if abs(total) < UNBOUNDED / 2 else sign * np.inf

    def _solve(self, number: int, objective: np.ndarray, *, integral: bool) -> np.ndarray:
        left = self._stop - time.monotonic()
        if left <= 0:
            raise OutOfTimeError
        unknowns = self._blocks[number].unknowns
        solved = milp(
            objective,
            integrality=np.full(len(objective), int(integral)),
            bounds=Bounds(self._lower[unknowns], np.minimum(self._upper[unknowns], UNBOUNDED)),
            constraints=self._constraints[number],
            options={"time_limit": min(left, 1e6), "mip_rel_gap": 0},
        )
        if solved.status == 1:
            raise OutOfTimeError
        if solved.x is None:
            raise ContradictionError
        return solved.x


def _blocks(n: int, constraints: Sequence[Constraint]) -> np.ndarray:
    """The number of the block of each unknown; a constraint binds unknowns of one block only."""
    pairs = np.array([(next(iter(each.weights)), other) for each in constraints for other in each.weights], dtype=int)
    pairs = pairs.reshape(-1, 2)
    graph = csr_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    return connected_components(graph, directed=False)[1]
