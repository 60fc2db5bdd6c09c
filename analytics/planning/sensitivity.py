"""Sensitivity of the choice of schools: the plan again, with rates drawn from their posterior."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint
from scipy.sparse import coo_array, csr_array, diags_array, hstack
from scipy.special import gammaincinv

from analytics.domain.programme import Programme
from analytics.planning.problem import Problem, answered
from analytics.solving import milp

N_DRAWS = 100
_GAP = 0.01


def chosen_shares(
    problem: Problem, need: pd.DataFrame, programme: Programme, seed: int, n_draws: int = N_DRAWS
) -> pd.DataFrame:
    """How often each school is chosen when the rates are drawn from their posterior: school_id, chosen_share, always first.

    Each draw is a whole-year plan (the hours of all weeks together, the coverage, the schools that are due), within 1 %;
    the weeks, which change little of who is chosen, are left out so that a hundred plans take seconds. A need without
    uncertainty chooses the same schools each time: shares are then 0 or 1. Without a plan in any draw the table is empty.
    """
    rng = np.random.default_rng(seed)
    rates = need["shrunken_rate"].to_numpy("float64")
    shapes = posterior_shapes(rates, need["upper"].to_numpy("float64"))
    weights, solve = answered(problem.units, need, programme), _year_plans(problem)
    chosen = []
    for _ in range(n_draws):
        drawn = rates * rng.gamma(shapes) / shapes
        factor = np.divide(drawn, rates, out=np.ones_like(rates), where=rates > 0)
        picked = solve(weights @ (need["need"].to_numpy("float64") * factor))
        if picked is None:
            break
        chosen.append(picked)
    share = np.mean(chosen, axis=0) if chosen else np.zeros(0)
    answer = pd.DataFrame({"school_id": problem.schools["school_id"][: len(share)], "chosen_share": share})
    return answer.sort_values(["chosen_share", "school_id"], ascending=[False, True], ignore_index=True)


def posterior_shapes(mean: NDArray[np.float64], upper: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shapes of the gamma distributions with these means and 97.5 % quantiles; 1 where the mean is 0.

    The quantile over the mean falls as the shape grows wherever the shape is above a third, and a posterior's is: solved
    by bisection on its logarithm, down to a third.
    """
    ratio = np.divide(upper, mean, out=np.full_like(mean, np.nan), where=mean > 0)
    low, high = np.full_like(mean, np.log(1 / 3)), np.full_like(mean, np.log(1e8))
    for _ in range(60):
        middle = (low + high) / 2
        shape = np.exp(middle)
        too_wide = gammaincinv(shape, 0.975) / shape > ratio
        low, high = np.where(too_wide, middle, low), np.where(too_wide, high, middle)
    return np.where(mean > 0, np.exp((low + high) / 2), 1.0)


def _year_plans(problem: Problem) -> Callable[[NDArray[np.float64]], NDArray[np.bool_] | None]:
    """From the values of the units: whether each school has an action in the best plan of the year, None without a plan."""
    units, schools, coverage = problem.units, problem.schools, problem.coverage
    n_units, n = len(units), len(schools)
    hours = (units["groups"] * units["hours"]).to_numpy("float64")
    units_of = coo_array((np.ones(n_units), (problem.school_of_unit, np.arange(n_units))), shape=(n, n_units))
    visited = schools["visited"].to_numpy("float64")
    members = np.array(
        [schools[kind].eq(name).fillna(False) for kind, name in zip(coverage["kind"], coverage["name"], strict=True)],
        dtype="float64",
    ).reshape(len(coverage), n)
    due = schools["due"].notna().to_numpy("float64")
    in_time = (units["first_week"] < len(problem.weeks)).to_numpy("float64")
    constraints = [
        LinearConstraint(np.r_[hours, np.zeros(n)][None, :], ub=problem.weeks["capacity"].sum()),
        LinearConstraint(hstack([units_of, -diags_array(np.ones(n), shape=(n, n))], format="csr"), lb=-visited),
        LinearConstraint(
            hstack([csr_array((len(coverage), n_units)), csr_array(members)], format="csr"), lb=coverage["n_required"]
        ),
    ]
    bounds = Bounds(np.r_[np.zeros(n_units), np.maximum(visited, due)], np.r_[in_time, np.ones(n)])
    integrality = np.r_[np.ones(n_units), np.zeros(n)]

    def solve(values: NDArray[np.float64]) -> NDArray[np.bool_] | None:
        costs = np.r_[-values, np.zeros(n)]
        result = milp(
            costs, constraints=constraints, bounds=bounds, integrality=integrality, options={"mip_rel_gap": _GAP}
        )
        return None if result.x is None else np.asarray(units_of @ np.round(result.x[:n_units]) > 0)

    return solve
