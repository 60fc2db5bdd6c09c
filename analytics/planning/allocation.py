"""What to give where, and in which school week: the exact optimum, or which rule to loosen when it is infeasible.

A mixed-integer linear programme, solved by HiGHS through SciPy. For each unit (a school and an activity), whether it is
given, and how many of its sessions in each week; for each school, whether it has an action. The need that the sessions
answer is as great as can be, a later session counting a little less, within the hours of each week, the minimum share of
schools by zone and network, the schools that may be left out no longer, and the weeks before which nothing may start.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult
from scipy.sparse import coo_array, csr_array, diags_array, hstack, lil_array, sparray

from analytics.domain.errors import RelaisError
from analytics.planning.problem import Problem
from analytics.solving import milp

Progress = Callable[[float, str], None]

GAP = 2e-3
LOOSENED_GAP = 0.02
TIME_LIMIT = 60.0  # seconds
_INFEASIBLE = 2  # SciPy's status


@dataclass(frozen=True)
class Plan:
    """A programme. ``sessions``: school_id, activity, week (Monday), n_groups, hours; in the order of the weeks.

    ``value`` is the need answered; no plan that keeps the rules answers more than ``bound``, which is proved.
    """

    sessions: pd.DataFrame
    value: float
    bound: float

    @property
    def gap(self) -> float:
        """By how much, as a share of the best possible, a better plan could at most be better."""
        return 0.0 if self.bound <= 0 else max(0.0, 1 - self.value / self.bound)


class NoPlanError(RelaisError):
    """The rules contradict each other, or (``out_of_time``) no plan was found in the time given."""

    def __init__(self, out_of_time: bool = False) -> None:
        super().__init__(
            "Aucun programme trouvé en une minute."
            if out_of_time
            else "Ces règles ne tiennent pas ensemble avec ces heures."
        )
        self.out_of_time = out_of_time


def allocate(
    problem: Problem,
    *,
    gap: float = GAP,
    time_limit: float = TIME_LIMIT,
    progress: Progress = lambda share, what: None,
) -> Plan:
    """The best plan, proved best within ``gap`` (a share), or the best one found in ``time_limit`` seconds.

    Raises NoPlanError; :func:`loosen` then says what to loosen.
    """
    model = _Model(problem)
    result = model.solve(-model.value, gap, time_limit, progress)
    if result.x is None:
        raise NoPlanError(out_of_time=result.status != _INFEASIBLE)
    sessions = model.sessions(result.x)
    value = float(model.value @ np.round(result.x))
    bound = value if result.mip_dual_bound is None else max(value, -float(result.mip_dual_bound))
    return Plan(sessions, value, bound)


def loosen(
    problem: Problem, *, time_limit: float = TIME_LIMIT, progress: Progress = lambda share, what: None
) -> pd.DataFrame:
    """The least (within 2 %) that makes a plan possible, two ways: other rules, or more hours. One row per rule.

    Returns way ("rules": the fewest schools fewer, hours as they are; "hours": the fewest hours more, rules as they are),
    kind (zone, school_network, due, week), name (of the zone or network, the school_id, or the Monday as ISO) and
    amount (schools, or hours). A way that leads nowhere whatever is loosened has no row.
    """
    model = _Model(problem)
    found = []
    for way, kinds in (("rules", ("zone", "school_network", "due")), ("hours", ("week",))):
        result = model.solve(0 * model.value, LOOSENED_GAP, time_limit, progress, kinds)
        if result.x is not None:
            amounts = np.round(result.x[len(model.value) :], 6)
            found.append(model.slack_names(kinds).assign(way=way, amount=amounts).loc[amounts > 0])
    if not found:
        return pd.DataFrame(columns=["way", "kind", "name", "amount"])
    return pd.concat(found, ignore_index=True)[["way", "kind", "name", "amount"]]


@dataclass(frozen=True)
class _Rows:
    """Constraints of one kind: ``matrix @ x`` is at least ``lower`` and at most ``upper``. ``names`` say whose they are."""

    kind: str
    names: pd.Series
    matrix: csr_array
    lower: float | np.ndarray = -np.inf
    upper: float | np.ndarray = np.inf

    def with_slack(self, n_slack: int, first: int, relaxed: bool) -> LinearConstraint:
        """The constraints with ``n_slack`` more columns; where ``relaxed``, those from ``first`` on are their slack."""
        slack = lil_array((len(self.names), n_slack))
        if relaxed:
            slack[np.arange(len(self.names)), np.arange(len(self.names)) + first] = -1 if np.ndim(self.upper) else 1
        return LinearConstraint(hstack([self.matrix, slack], format="csr"), self.lower, self.upper)


class _Model:
    """The columns (sessions by unit and week, units given, schools with an action) and the rows of the programme."""

    def __init__(self, problem: Problem) -> None:
        units, schools = problem.units, problem.schools
        self._problem = problem
        self._groups = units["groups"].to_numpy("float64")
        self._unit, self._week = np.nonzero(units["first_week"].to_numpy()[:, None] <= np.arange(len(problem.weeks)))
        self.n_cells = len(self._unit)
        self.sizes = (self.n_cells, len(units), len(schools))
        self.value = np.zeros(sum(self.sizes))
        per_session = units["value"].to_numpy("float64") / self._groups
        self.value[: self.n_cells] = per_session[self._unit] * problem.time_discount[self._week]
        most = np.minimum(self._groups, problem.rules.groups_per_week)[self._unit]
        visited = schools["visited"].to_numpy("float64")
        ones = np.ones(len(units))
        self.bounds = Bounds(np.r_[0 * most, 0 * ones, visited], np.r_[most, ones, np.ones(len(schools))])
        self.integrality = np.repeat([1, 1, 0], self.sizes)
        self.rows = [self._all_or_nothing(), self._hours(), self._with_action(), *self._coverage(), self._due()]

    def _matrix(self, n_rows: int, **blocks: sparray) -> csr_array:
        """Rows over all columns from blocks over the columns of ``cells``, ``units`` and ``schools``."""
        names = ("cells", "units", "schools")
        parts = [blocks.get(name, csr_array((n_rows, n))) for name, n in zip(names, self.sizes, strict=True)]
        return csr_array(hstack(parts, format="csr"))

    def _cells(self, row: np.ndarray, value: np.ndarray, n_rows: int) -> sparray:
        return coo_array((value, (row, np.arange(self.n_cells))), shape=(n_rows, self.n_cells))

    def _all_or_nothing(self) -> _Rows:
        n = self.sizes[1]
        given = self._cells(self._unit, np.ones(self.n_cells), n)
        matrix = self._matrix(n, cells=given, units=-diags_array(self._groups, shape=(n, n)))
        return _Rows("unit", self._problem.units["activity"], matrix, lower=np.zeros(n), upper=0.0)

    def _hours(self) -> _Rows:
        weeks = self._problem.weeks
        hours = self._problem.units["hours"].to_numpy("float64")[self._unit]
        matrix = self._matrix(len(weeks), cells=self._cells(self._week, hours, len(weeks)))
        return _Rows("week", weeks["week"].dt.strftime("%Y-%m-%d"), matrix, upper=weeks["capacity"].to_numpy("float64"))

    def _with_action(self) -> _Rows:
        """A school counts only when one of its units is given, or when it was visited already."""
        _, n_units, n = self.sizes
        mine = coo_array((np.ones(n_units), (self._problem.school_of_unit, np.arange(n_units))), shape=(n, n_units))
        visited = self._problem.schools["visited"].to_numpy("float64")
        matrix = self._matrix(n, units=mine, schools=-diags_array(np.ones(n), shape=(n, n)))
        return _Rows("school", self._problem.schools["school_id"], matrix, lower=-visited)

    def _coverage(self) -> list[_Rows]:
        rows = []
        for kind, part in self._problem.coverage.groupby("kind"):
            mine = self._problem.schools[str(kind)]
            members = csr_array(np.array([mine.eq(name).fillna(False) for name in part["name"]], dtype=float))
            required = part["n_required"].to_numpy("float64")
            rows.append(_Rows(str(kind), part["name"], self._matrix(len(part), schools=members), lower=required))
        return rows

    def _due(self) -> _Rows:
        """A school that may be left out no longer has a session by its last week."""
        schools = self._problem.schools
        due = schools["due"].fillna(-1).to_numpy("int64")
        school = self._problem.school_of_unit[self._unit]
        in_time = self._cells(school, (self._week <= due[school]).astype(float), len(schools))
        named = np.flatnonzero(due >= 0)
        matrix = self._matrix(len(schools), cells=in_time)[named]
        return _Rows("due", schools["school_id"].iloc[named], csr_array(matrix), lower=np.ones(len(named)))

    def solve(
        self, cost: np.ndarray, gap: float, time_limit: float, progress: Progress, relaxed: tuple[str, ...] = ()
    ) -> OptimizeResult:
        """The columns of least ``cost``; rows of the ``relaxed`` kinds have a slack of cost 1, in columns appended."""
        n_slack = sum(len(rows.names) for rows in self.rows if rows.kind in relaxed)
        constraints, first = [], 0
        for rows in self.rows:
            constraints.append(rows.with_slack(n_slack, first, rows.kind in relaxed))
            first += len(rows.names) if rows.kind in relaxed else 0
        bounds = Bounds(np.r_[self.bounds.lb, np.zeros(n_slack)], np.r_[self.bounds.ub, np.full(n_slack, np.inf)])
        return _run(
            lambda: milp(
                np.r_[cost, np.ones(n_slack)],
                constraints=constraints,
                bounds=bounds,
                integrality=np.r_[self.integrality, np.zeros(n_slack)],
                options={"mip_rel_gap": gap, "time_limit": time_limit},
            ),
            time_limit,
            progress,
        )

    def slack_names(self, relaxed: tuple[str, ...]) -> pd.DataFrame:
        """kind and name of each slack of :meth:`solve`, in order."""
        parts = [pd.DataFrame({"kind": r.kind, "name": r.names.astype("str")}) for r in self.rows if r.kind in relaxed]
        return pd.concat(parts, ignore_index=True)

    def sessions(self, solution: np.ndarray) -> pd.DataFrame:
        """The sessions of a solution."""
        n_groups = np.round(solution[: self.n_cells]).astype("int64")
        chosen = np.flatnonzero(n_groups)
        units = self._problem.units.iloc[self._unit[chosen]]
        return as_sessions(self._problem, units, self._week[chosen], n_groups[chosen])


def as_sessions(problem: Problem, units: pd.DataFrame, week: np.ndarray, n_groups: np.ndarray) -> pd.DataFrame:
    """Sessions of ``units`` (rows of the problem's) in numbered weeks: school_id, activity, week, n_groups, hours."""
    sessions = pd.DataFrame(
        {
            "school_id": units["school_id"].to_numpy(),
            "activity": units["activity"].to_numpy(),
            "week": problem.weeks["week"].to_numpy()[week],
            "n_groups": n_groups,
            "hours": n_groups * units["hours"].to_numpy(),
        }
    )
    return sessions.sort_values(["week", "school_id", "activity"], ignore_index=True)


def _run(solve: Callable[[], OptimizeResult], time_limit: float, progress: Progress) -> OptimizeResult:
    """Solve in a thread, and report how much of the time limit has passed."""
    began = time.monotonic()
    with ThreadPoolExecutor(1) as executor:
        solving = executor.submit(solve)
        while True:
            try:
                result = solving.result(timeout=0.25)
            except NotYet:
                share = min((time.monotonic() - began) / time_limit, 0.99)
                progress(share, "Recherche du meilleur programme")
            else:
                progress(1.0, "Programme trouvé")
                return result
