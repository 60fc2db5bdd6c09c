"""Which cells to withhold, so that what remains gives none of them back.

All tables of a release, and all past releases of its period, are one system: a number is one quantity wherever it is
printed, and a total is the sum of its parts. Withheld first is what is small. Further cells follow until the largest value
that an attacker can still believe of each small one is at least ``reach`` above the truth. The attacker is the strongest
one: he knows the rules, that a withheld cell is at least 1, and of every cell what any single school knows of it.

Method: Fischetti and Salazar-González (2001), J Am Stat Assoc 96, 1008: the cheapest pattern as an integer programme,
whose constraints are the dual rays of the attacks that still succeed, found as needed. Solved by HiGHS through scipy.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array

from analytics.domain.errors import RelaisError

MOVES = 2.0
"""How far, in times the reach, one quantity may move in an attack that protects another: more makes weaker cuts."""
TOLERANCE = 1e-6
GAP = 0.01
SLOW = 0.005
"""Below this gain a round, cuts from fractional patterns are no longer worth their time."""
ROUNDS = 200


class UnprotectableError(RelaisError):
    """No pattern protects the cells, or none was found in time."""

    def __init__(self) -> None:
        super().__init__("Aucun choix de nombres à retenir ne protège cette publication : rien n’est publié.")


@dataclass(frozen=True)
class System:
    """Quantities and how they depend on one another.

    ``values`` are the true numbers; ``floors`` the least that the strongest attacker knows each to be if it is withheld;
    ``reach`` how far above its value a quantity must be able to lie (0: nothing to protect); ``cost`` what withholding it
    costs the reader. ``shown`` and ``hidden`` are decided beforehand. ``equations``: rows of coefficients that sum to 0.
    ``free`` quantities are never printed: they only link others, and may move as far as they like.
    """

    values: NDArray[np.float64]
    floors: NDArray[np.float64]
    reach: NDArray[np.float64]
    cost: NDArray[np.float64]
    shown: NDArray[np.bool_]
    hidden: NDArray[np.bool_]
    free: NDArray[np.bool_]
    equations: csr_array


def withhold(system: System, seconds: float = 60) -> NDArray[np.bool_]:
    """The cheapest set of quantities to withhold (within one per cent), True where withheld.

    UnprotectableError when there is none, or none is found within ``seconds``.
    """
    return _Search(system, time.monotonic() + seconds).run()


def hopeless(system: System) -> NDArray[np.bool_]:
    """True for the quantities that stay unprotected even if everything that may be withheld is."""
    search = _Search(system, np.inf)
    return search.unprotected(search.may)


class _Search:
    def __init__(self, system: System, stop: float) -> None:
        self.system, self.stop = system, stop
        self.primary = np.flatnonzero((system.reach > 0) & ~system.shown)
        self.down = np.maximum(system.values - system.floors, 0)
        furthest = MOVES * max(system.reach.max(initial=1), 1)
        self.down = np.where(system.free, self.down, np.minimum(self.down, furthest))
        self.up = np.where(system.free, 0, furthest)  # a free quantity moves up without a price
        self.must = system.hidden | system.free
        self.must[self.primary] = True
        self.may = self.must | ~(system.shown | (system.values == 0))
        self.cuts: dict[tuple, None] = {}
        self.matrix = system.equations.tocsc()

    def run(self) -> NDArray[np.bool_]:
        if not len(self.primary):
            return self.system.hidden.copy()
        self._tighten_relaxation()
        for _ in range(ROUNDS):
            pattern = self._cheapest(integral=True) > 0.5
            if not self._cut(pattern.astype(float)) and not self._cut_whole_numbers(pattern):
                return pattern & ~self.system.free
        raise UnprotectableError

    def _tighten_relaxation(self) -> None:
        """Cuts from fractional patterns, which are cheap to find and spare most of the integer rounds."""
        best = 0.0
        for _ in range(ROUNDS):
            pattern = self._cheapest(integral=False)
            cost = float(pattern @ self.system.cost)
            if not self._cut(pattern) or cost < best * (1 + SLOW):
                return
            best = cost

    def _cheapest(self, *, integral: bool) -> NDArray[np.float64]:
        left = self.stop - time.monotonic()
        if left <= 0:
            raise UnprotectableError
        options = {"time_limit": left}
        if integral:
            options["mip_rel_gap"] = GAP
        constraints = []
        if self.cuts:
            rows = [dict(cut) for cut in self.cuts]
            lengths = np.cumsum([0, *(len(row) for row in rows)])
            columns = np.concatenate([list(row) for row in rows]).astype(int)
            coefficients = np.concatenate([list(row.values()) for row in rows])
            matrix = csr_array((coefficients, columns, lengths), shape=(len(rows), len(self.must)))
            constraints.append(LinearConstraint(matrix, lb=1))
        solved = milp(
            np.where(self.must, 0, self.system.cost),
            integrality=np.full(len(self.must), int(integral)),
            bounds=Bounds(self.must.astype(float), self.may.astype(float)),
            constraints=constraints,
            options=options,
        )
        if solved.status == 1:
            raise UnprotectableError
        if solved.x is None:
            raise UnprotectableError
        return np.clip(solved.x, 0, 1)

    def _cut(self, pattern: NDArray[np.float64]) -> bool:
        """Add a cut for each cell that ``pattern`` leaves too narrow; False when there is none."""
        system = self.system
        safe = np.zeros(len(self.must), dtype=bool)
        found = False
        for cell in self.primary:
            if safe[cell]:
                continue
            if time.monotonic() > self.stop:
                raise UnprotectableError
            moved, prices = self._furthest(cell, pattern)
            safe |= moved >= system.reach - TOLERANCE
            if moved[cell] < system.reach[cell] - TOLERANCE:
                found |= self._add(cell, prices)
        return found

    def _cut_whole_numbers(self, pattern: NDArray[np.bool_]) -> bool:
        """Forbid a ``pattern`` that only fractions protect: something more must be withheld. False when it is sound."""
        if not self.unprotected(pattern).any():
            return False
        self.cuts[tuple((int(column), 1.0) for column in np.flatnonzero(self.may & ~pattern))] = None
        return True

    def unprotected(self, pattern: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """True for the primary cells that ``pattern`` does not protect, in whole numbers."""
        safe = self.system.reach == 0
        failed = np.zeros(len(safe), dtype=bool)
        for cell in self.primary:
            if safe[cell]:
                continue
            moved, _ = self._furthest(cell, pattern.astype(float))
            if np.abs(moved - moved.round()).max() > TOLERANCE:
                moved = self._furthest_whole(cell, pattern)
            failed[cell] = moved[cell] < self.system.reach[cell] - TOLERANCE
            safe |= moved >= self.system.reach - TOLERANCE
        return failed

    def _room(self, cell: int, pattern: NDArray[np.float64]) -> tuple[NDArray, NDArray]:
        """How far each quantity may move down and up from the truth."""
        free = self.system.free
        above = np.where(free, np.inf, self.up * pattern)
        below = np.where(free, self.down, self.down * pattern)
        above[cell] = min(above[cell], self.system.reach[cell])
        return below, above

    def _furthest(self, cell: int, pattern: NDArray[np.float64]) -> tuple[NDArray, NDArray]:
        """How far ``cell`` can move up from the truth while all that is shown stays, and the price of each quantity."""
        aim = np.zeros(len(pattern))
        aim[cell] = -1
        below, above = self._room(cell, pattern)
        moving = (above > 0) | (below > 0)
        rows = self._rows(moving)
        solved = linprog(
            aim[moving],
            A_eq=self.matrix[:, moving][rows],
            b_eq=np.zeros(len(rows)),
            bounds=np.column_stack([-below[moving], above[moving]]),
            method="highs-ds",
        )
        moved = np.zeros(len(pattern))
        moved[moving] = solved.x
        duals = np.zeros(self.matrix.shape[0])
        duals[rows] = solved.eqlin.marginals
        return moved, aim - self.matrix.T @ duals

    def _furthest_whole(self, cell: int, pattern: NDArray[np.bool_]) -> NDArray[np.float64]:
        """As :meth:`_furthest`, in whole numbers."""
        aim = np.zeros(len(pattern))
        aim[cell] = -1
        below, above = self._room(cell, pattern.astype(float))
        moving = (above > 0) | (below > 0)
        rows = self._rows(moving)
        solved = milp(
            aim[moving],
            integrality=np.ones(moving.sum()),
            bounds=Bounds(-below[moving], above[moving]),
            constraints=LinearConstraint(self.matrix[:, moving][rows], 0, 0),
        )
        moved = np.zeros(len(pattern))
        moved[moving] = solved.x
        return moved

    def _rows(self, moving: NDArray[np.bool_]) -> NDArray[np.int64]:
        """The equations in which something moves."""
        return np.flatnonzero(abs(self.matrix[:, moving]).sum(axis=1))

    def _add(self, cell: int, prices: NDArray[np.float64]) -> bool:
        """The cut: what is withheld must be able to pay for the reach of ``cell``. False when it was known."""
        reach = self.system.reach[cell]
        up = np.where(prices < -TOLERANCE, -prices * self.up, 0)
        down = np.where(prices > TOLERANCE, prices * self.down, 0)
        worth = np.minimum((up + down) / reach, 1)
        columns = np.flatnonzero((worth > TOLERANCE) & self.may)
        cut = tuple((int(column), round(float(worth[column]), 9)) for column in columns)
        if cut in self.cuts:
            return False
        self.cuts[cut] = None
        return True
