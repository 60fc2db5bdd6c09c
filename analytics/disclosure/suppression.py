"""Cell suppression: which cells of linked tables to suppress, so that none of them can be recomputed.

All tables of a release are one system: a number is one quantity wherever it is printed, and a total is the sum of its
parts. Primary suppressions are the sensitive cells (threshold rule, differencing by
a school). Secondary suppressions follow until the upper bound that an attacker can compute of each primary cell is at
least its ``protection_level`` above the true value. The attacker is the strongest one: he knows the rules, that a
suppressed cell is at least 1, and of every cell what any single school knows of it.

Method: Fischetti and Salazar-González (2001), J Am Stat Assoc 96, 1008: the cheapest pattern as an integer programme,
whose constraints are the dual rays of the attacks that still succeed, found as needed. Solved by HiGHS through scipy.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint
from scipy.sparse import csr_array

from analytics.domain.errors import RelaisError
from analytics.solving import linprog, milp

MOVE_LIMIT = 2.0
"""How far, in times the protection level, one quantity may move in an attack on another: more makes weaker cuts."""
TOLERANCE = 1e-6
OPTIMALITY_GAP = 0.01
MINIMUM_GAIN = 0.005
"""Below this gain a round, cuts from fractional patterns are no longer worth their time."""
ROUNDS = 200


class UnprotectableError(RelaisError):
    """No pattern protects the cells, or none was found in time."""

    def __init__(self) -> None:
        super().__init__("Aucun choix de nombres à retenir ne protège cette publication : rien n’est publié.")


@dataclass(frozen=True)
class System:
    """Quantities and how they depend on one another.

    ``values`` are the true numbers; ``lower_bounds`` the least that the strongest attacker knows each to be if it is
    suppressed; ``protection_level`` how far above its value the computable upper bound of a quantity must lie (0: not
    sensitive); ``cost`` what its suppression costs the reader; ``published`` what is known anyway.
    ``equations``: rows of coefficients that sum to 0. ``auxiliary`` quantities are never printed: they only link others, and
    their upper side is unbounded.
    """

    values: NDArray[np.float64]
    lower_bounds: NDArray[np.float64]
    protection_level: NDArray[np.float64]
    cost: NDArray[np.float64]
    published: NDArray[np.bool_]
    auxiliary: NDArray[np.bool_]
    equations: csr_array


def suppress(system: System, seconds: float = np.inf) -> NDArray[np.bool_]:
    """The cheapest set of quantities to suppress (within one per cent), True where suppressed.

    UnprotectableError when there is none, or none is found within ``seconds``.
    """
    return _Search(system, time.monotonic() + seconds).run()


def unprotectable(system: System) -> NDArray[np.bool_]:
    """True for the quantities that stay unprotected even if all that is suppressible is suppressed."""
    search = _Search(system, np.inf)
    return search.unprotected(search.suppressible)


class _Search:
    """The master problem, its cuts and the attacker's subproblems."""

    def __init__(self, system: System, stop: float) -> None:
        self.system, self.stop = system, stop
        self.primary = np.flatnonzero((system.protection_level > 0) & ~system.published)
        furthest = MOVE_LIMIT * max(system.protection_level.max(initial=1), 1)
        down = np.maximum(system.values - system.lower_bounds, 0)
        self.down = np.where(system.auxiliary, down, np.minimum(down, furthest))
        self.up = np.where(system.auxiliary, 0, furthest)  # an auxiliary quantity moves up without a price
        self.forced = system.auxiliary.copy()
        self.forced[self.primary] = True
        self.suppressible = self.forced | ~(system.published | (system.values == 0))
        self.cuts: dict[tuple[tuple[int, float], ...], None] = {}
        self.matrix = system.equations.tocsc()

    def run(self) -> NDArray[np.bool_]:
        if not len(self.primary):
            return np.zeros_like(self.system.auxiliary)
        self._tighten_relaxation()
        for _ in range(ROUNDS):
            pattern = self._solve_master(integral=True) > 0.5
            if not self._add_cuts(pattern.astype(float)) and not self._exclude_if_unprotected(pattern):
                return pattern & ~self.system.auxiliary
        raise UnprotectableError

    def _tighten_relaxation(self) -> None:
        """Cuts from fractional patterns, which are cheap to find and spare most of the integer rounds."""
        best = 0.0
        for _ in range(ROUNDS):
            pattern = self._solve_master(integral=False)
            cost = float(pattern @ self.system.cost)
            if not self._add_cuts(pattern) or cost < best * (1 + MINIMUM_GAIN):
                return
            best = cost

    def _solve_master(self, *, integral: bool) -> NDArray[np.float64]:
        """The cheapest pattern that satisfies all cuts so far."""
        constraints = []
        if self.cuts:
            rows = np.repeat(np.arange(len(self.cuts)), [len(cut) for cut in self.cuts])
            columns = [column for cut in self.cuts for column, _ in cut]
            weights = [weight for cut in self.cuts for _, weight in cut]
            matrix = csr_array((weights, (rows, columns)), shape=(len(self.cuts), len(self.forced)))
            constraints.append(LinearConstraint(matrix, lb=1))
        solved = milp(
            np.where(self.forced, 0, self.system.cost),
            integrality=np.full(len(self.forced), int(integral)),
            bounds=Bounds(self.forced.astype(float), self.suppressible.astype(float)),
            constraints=constraints,
            options={"time_limit": self._seconds_left(), **({"mip_rel_gap": OPTIMALITY_GAP} if integral else {})},
        )
        if solved.status == 1:
            raise UnprotectableError
        if solved.x is None:
            raise UnprotectableError
        return np.clip(solved.x, 0, 1)

    def _seconds_left(self) -> float:
        left = self.stop - time.monotonic()
        if left <= 0:
            raise UnprotectableError
        return left

    def _add_cuts(self, pattern: NDArray[np.float64]) -> bool:
        """Add a cut for each primary cell that ``pattern`` leaves unprotected; False when there is none."""
        level = self.system.protection_level
        protected = np.zeros(len(level), dtype=bool)
        added = False
        for cell in self.primary:
            if protected[cell]:
                continue
            self._seconds_left()
            moved, reduced_costs = self._maximise(cell, pattern)
            protected |= moved >= level - TOLERANCE
            if moved[cell] < level[cell] - TOLERANCE:
                added |= self._add_cut(cell, reduced_costs)
        return added

    def _exclude_if_unprotected(self, pattern: NDArray[np.bool_]) -> bool:
        """Exclude a ``pattern`` that only fractions protect: something more must be suppressed. False when it is sound."""
        if not self.unprotected(pattern).any():
            return False
        self.cuts[tuple((int(column), 1.0) for column in np.flatnonzero(self.suppressible & ~pattern))] = None
        return True

    def unprotected(self, pattern: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """True for the primary cells that ``pattern`` does not protect, in whole numbers."""
        level = self.system.protection_level
        protected = level == 0
        failed = np.zeros(len(protected), dtype=bool)
        for cell in self.primary:
            if protected[cell]:
                continue
            moved, _ = self._maximise(cell, pattern.astype(float))
            if np.abs(moved - moved.round()).max() > TOLERANCE:
                moved, _ = self._maximise(cell, pattern.astype(float), integral=True)
            failed[cell] = moved[cell] < level[cell] - TOLERANCE
            protected |= moved >= level - TOLERANCE
        return failed

    def _maximise(
        self, cell: int, pattern: NDArray[np.float64], *, integral: bool = False
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The attacker's subproblem: how far each quantity moves from its true value when ``cell`` moves up as far as it
        can while all that is printed stays, and the reduced cost of each (of the relaxation alone).
        """
        auxiliary = self.system.auxiliary
        above = np.where(auxiliary, np.inf, self.up * pattern)
        below = np.where(auxiliary, self.down, self.down * pattern)
        above[cell] = min(above[cell], self.system.protection_level[cell])
        moving = (above > 0) | (below > 0)
        rows = np.flatnonzero(abs(self.matrix[:, moving]).sum(axis=1))  # the equations in which something moves
        equations = self.matrix[:, moving][rows]
        objective = np.zeros(len(pattern))
        objective[cell] = -1
        moved, duals = np.zeros(len(pattern)), np.zeros(self.matrix.shape[0])
        if integral:
            solved = milp(
                objective[moving],
                integrality=np.ones(moving.sum()),
                bounds=Bounds(-below[moving], above[moving]),
                constraints=LinearConstraint(equations, 0, 0),
            )
        else:
            solved = linprog(
                objective[moving],
                A_eq=equations,
                b_eq=np.zeros(len(rows)),
                bounds=np.column_stack([-below[moving], above[moving]]),
                method="highs-ds",
            )
            duals[rows] = solved.eqlin.marginals
        moved[moving] = solved.x
        return moved, objective - self.matrix.T @ duals

    def _add_cut(self, cell: int, reduced_costs: NDArray[np.float64]) -> bool:
        """The cut: what is suppressed must add up to the protection level of ``cell``. False when it was known."""
        up = np.where(reduced_costs < -TOLERANCE, -reduced_costs * self.up, 0)
        down = np.where(reduced_costs > TOLERANCE, reduced_costs * self.down, 0)
        weights = np.minimum((up + down) / self.system.protection_level[cell], 1)
        columns = np.flatnonzero((weights > TOLERANCE) & self.suppressible)
        cut = tuple((int(column), round(float(weights[column]), 9)) for column in columns)
        if cut in self.cuts:
            return False
        self.cuts[cut] = None
        return True
