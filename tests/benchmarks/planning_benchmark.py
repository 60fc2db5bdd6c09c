"""How long the allocation takes to prove its plan, at the size that was promised.

    python tests/benchmarks/planning_benchmark.py [SCHOOLS] [WEEKS]

200 schools, 40 weeks and 5 activities are to be proved within 1 % of the best possible in 60 s on two cores. Prints, for
several teams, the time to 1 % and to the gap of the page, and the gap that was proved; never a rule broken.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd

from analytics.domain.programme import programme
from analytics.planning.allocation import GAP, NoPlanError, allocate, loosen
from analytics.planning.comparison import violations
from analytics.planning.problem import Problem

CODES = ("awareness_secondary_1", "awareness_secondary_2", "awareness_secondary_3", "staff_training", "parents_evening")


def random_problem(seed: int, n_schools: int, n_weeks: int, hours: float) -> Problem:
    """Schools of all sizes in eight zones and four networks, a tenth due by some week, a team of about ``hours`` a week."""
    rng = np.random.default_rng(seed)
    activities = [programme().activities[code] for code in CODES]
    days = pd.date_range("2026-08-24", periods=n_weeks, freq="7D").astype("datetime64[us]")
    capacity = hours + rng.integers(-4, 5, n_weeks).astype(float)
    names = [f"{3000 + i}" for i in range(n_schools)]
    due = np.where(rng.random(n_schools) < 0.1, rng.integers(n_weeks // 3, n_weeks, n_schools), -1)
    schools = pd.DataFrame(
        {
            "school_id": names,
            "name": names,
            "zone": rng.choice(list("ABCDEFGH"), n_schools),
            "school_network": rng.choice(["wbe", "municipal", "denominational", "provincial"], n_schools),
            "n": rng.poisson(3, n_schools),
            "visited": False,
            "due": pd.Series(due, dtype="Int64").mask(due < 0),
        }
    )
    pupils, level = rng.integers(150, 900, n_schools), rng.gamma(1.5, 1, n_schools)
    units = pd.DataFrame(
        [
            {
                "school_id": names[i],
                "activity": activity.code,
                "groups": max(1, int(np.ceil(pupils[i] * activity.people_per_pupil / activity.group_size))),
                "hours": activity.team_hours,
                "first_week": int(rng.integers(0, n_weeks // 2)) if activity.postvention else 0,
                "value": float(level[i] * rng.gamma(3, 1 / 3) * activity.weight),
            }
            for i in range(n_schools)
            for activity in activities
        ]
    )
    weeks = pd.DataFrame({"week": days, "class_days": 5, "capacity": capacity})
    return Problem(weeks, schools, units, programme().rules)


def main(n_schools: int = 200, n_weeks: int = 40) -> None:
    print(f"{n_schools} schools, {n_weeks} weeks, {len(CODES)} activities")
    for seed, hours in ((1, 40.0), (2, 25.0), (3, 80.0), (4, 18.0), (5, 150.0)):
        problem = random_problem(seed, n_schools, n_weeks, hours)
        for gap in (0.01, GAP):
            began = time.perf_counter()
            try:
                plan = allocate(problem, gap=gap)
            except NoPlanError as error:
                print(f"  {hours:5.0f} h a week: {error} after {time.perf_counter() - began:.1f} s")
                began = time.perf_counter()
                print(
                    f"    {len(loosen(problem))} rules or weeks to loosen, found in {time.perf_counter() - began:.1f} s"
                )
                break
            seconds = time.perf_counter() - began
            broken = len(violations(problem, plan.sessions))
            print(
                f"  {hours:5.0f} h a week, asked {gap:.1%}: {seconds:5.1f} s, proved {plan.gap:.2%}, {broken} rules broken"
            )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
