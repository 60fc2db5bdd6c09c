"""What whole numbers, all at least 0, can be when sums of them are known: bounds by LP, exact by ILP.

Part of the audit: it shares nothing with the module that protects.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from analytics.domain.errors import RelaisError

WHOLE = 1e-5
ENDLESS = 1e6
"""A number that can be as large as this has no limit: no service has a million cases."""


class OutOfTimeError(RelaisError):
    """The attack was not finished in time: nothing is proven."""

    def __init__(self) -> None:
        super().__init__("Le temps prévu n’a pas suffi à prouver que cette publication est sûre : rien n’est publié.")


class ContradictionError(RelaisError):
    """No numbers agree with all that is known."""

    def __init__(self) -> None:
        super().__init__("Les publications passées se contredisent : rien n’est publié.")


class Interval(NamedTuple):
    """The least and the most that a number can be; ``upper`` is infinite where nothing limits it."""

    lower: float
    upper: float


class Known(NamedTuple):
    """A sum of unknowns, each times its weight, that lies from ``lower`` to ``upper``."""

    weights: dict[int, float]
    lower: float
    upper: float


@dataclass
class _Block:
    """Unknowns that depend on one another, and what is known of them."""

    unknowns: list[int] = field(default_factory=list)
    known: list[Known] = field(default_factory=list)

    @property
    def constraints(self) -> list[LinearConstraint]:
        if not self.known:
            return []
        place = {unknown: at for at, unknown in enumerate(self.unknowns)}
        rows = np.repeat(np.arange(len(self.known)), [len(fact.weights) for fact in self.known])
        columns = [place[unknown] for fact in self.known for unknown in fact.weights]
        weights = [weight for fact in self.known for weight in fact.weights.values()]
        matrix = csr_array((weights, (rows, columns)), shape=(len(self.known), len(place)))
        return [LinearConstraint(matrix, [fact.lower for fact in self.known], [fact.upper for fact in self.known])]


class Attack:
    """All that is known of ``n`` unknown whole numbers; :meth:`interval` says what a sum of them can be.

    Raises ContradictionError when nothing agrees with ``known``, and OutOfTimeError past ``stop`` (monotonic seconds).
    """

    def __init__(self, n: int, known: Sequence[Known], stop: float = np.inf) -> None:
        self._stop = stop
        self._lower, self._upper = np.zeros(n), np.full(n, np.inf)
        facts = list(known)
        while (left := [fact for fact in map(self._simplified, facts) if fact is not None]) != facts:
            facts = left
        self._block_of = _blocks(n, facts)
        self._blocks: dict[int, _Block] = {}
        for fact in facts:
            self._block(next(iter(fact.weights))).known.append(fact)
        for unknown in np.flatnonzero(self._lower < self._upper):
            self._block(unknown).unknowns.append(int(unknown))
        self._constraints = {number: block.constraints for number, block in self._blocks.items()}

    def _block(self, unknown: int) -> _Block:
        return self._blocks.setdefault(int(self._block_of[unknown]), _Block())

    def _simplified(self, fact: Known) -> Known | None:
        """The fact without what is settled by now; None when it says nothing of several unknowns at once."""
        open_ones = {unknown: weight for unknown, weight in fact.weights.items() if not self._is_settled(unknown)}
        settled = sum(
            weight * self._lower[unknown] for unknown, weight in fact.weights.items() if unknown not in open_ones
        )
        lower, upper = fact.lower - settled, fact.upper - settled
        if not open_ones:
            if lower > WHOLE or upper < -WHOLE:
                raise ContradictionError
            return None
        if len(open_ones) == 1:
            ((unknown, weight),) = open_ones.items()
            self._narrow(unknown, *sorted((lower / weight, upper / weight)))
            return None
        if upper == np.inf and all(weight > 0 for weight in open_ones.values()):
            least = sum(weight * self._lower[unknown] for unknown, weight in open_ones.items())
            if least >= lower:
                return None
        return Known(open_ones, lower, upper)

    def _is_settled(self, unknown: int) -> bool:
        return self._lower[unknown] == self._upper[unknown]

    def _narrow(self, unknown: int, lower: float, upper: float) -> None:
        self._lower[unknown] = max(self._lower[unknown], np.ceil(lower - WHOLE))
        self._upper[unknown] = min(self._upper[unknown], np.floor(upper + WHOLE))
        if self._lower[unknown] > self._upper[unknown]:
            raise ContradictionError

    def blocks(self, unknowns: Sequence[int]) -> frozenset[int]:
        """The independent parts of the problem on which ``unknowns`` depend."""
        return frozenset(int(self._block_of[unknown]) for unknown in unknowns if not self._is_settled(unknown))

    def interval(self, unknowns: Sequence[int]) -> Interval:
        """The least and the most that the sum of ``unknowns`` can be."""
        return Interval(-self._most(unknowns, -1), self._most(unknowns, 1))

    def upper(self, unknowns: Sequence[int]) -> float:
        """The most that the sum of ``unknowns`` can be."""
        return self._most(unknowns, 1)

    def _most(self, unknowns: Sequence[int], sign: int) -> float:
        total = sum(sign * self._lower[unknown] for unknown in unknowns if self._is_settled(unknown))
        for number in sorted(self.blocks(unknowns)):
            part = [u for u in unknowns if self._block_of[u] == number and not self._is_settled(u)]
            total += self._most_in(number, part, sign)
        return float(total) if abs(total) < ENDLESS / 2 else sign * np.inf

    def _most_in(self, number: int, part: list[int], sign: int) -> float:
        block = self._blocks[number]
        aim = np.where(np.isin(block.unknowns, part), -sign, 0)
        loose = self._solve(number, aim, whole=False)
        if np.abs(loose - loose.round()).max() > WHOLE:
            loose = self._solve(number, aim, whole=True)
        return -float(aim @ loose.round())

    def _solve(self, number: int, aim: np.ndarray, *, whole: bool) -> np.ndarray:
        left = self._stop - time.monotonic()
        if left <= 0:
            raise OutOfTimeError
        unknowns = self._blocks[number].unknowns
        solved = milp(
            aim,
            integrality=np.full(len(aim), int(whole)),
            bounds=Bounds(self._lower[unknowns], np.minimum(self._upper[unknowns], ENDLESS)),
            constraints=self._constraints[number],
            options={"time_limit": min(left, 1e6), "mip_rel_gap": 0},
        )
        if solved.status == 1:
            raise OutOfTimeError
        if solved.x is None:
            raise ContradictionError
        return solved.x


def _blocks(n: int, facts: Sequence[Known]) -> np.ndarray:
    """The number of the block of each unknown; what is known binds only unknowns of one block."""
    pairs = np.array([(next(iter(fact.weights)), other) for fact in facts for other in fact.weights], dtype=int)
    pairs = pairs.reshape(-1, 2)
    graph = csr_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    return connected_components(graph, directed=False)[1]
