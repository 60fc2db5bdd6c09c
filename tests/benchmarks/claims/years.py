"""How often the comparison with last year says "plus" or "moins", where nothing changed and where something did.

    python tests/benchmarks/years_benchmark.py [DRAWS]

Registers are drawn on the fictitious register's own season and holidays: in all, with its mix of types, or for 60 schools
of unequal size. A report brings others: in its week (``bunched``), or over three weeks (``lasting``), 0.6 more on average,
of its own category. Printed for each size, at two days of the year and for a register that holds two or three school years:
the share of tables in which any row shows a change where there is none (at most 5 in 100 are promised), and the share of
registers in which the most frequent category is "plus" where it was multiplied by 1.5 this year. Then the same for tables
of shares of steps, where each school has its own share, in both years: false changes, and a first step done more often by 20
in 100 that is found.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analytics.domain.school_calendar import calendar
from analytics.domain.vocabulary import INCIDENT_TYPES, STEPS
from analytics.measures import years
from analytics.synthetic import assumptions as assumed

YEARS = [calendar()[name] for name in ("2024-2025", "2025-2026", "2026-2027")]
DAYS = (date(2026, 11, 26), date(2027, 5, 27))
YEARS_KNOWN = {2: YEARS[1].first_day, 3: YEARS[0].first_day}
SIZES = {"all": (30, 150, 600), "types": (30, 150, 600, 2_000), "schools": (150, 600, 2_000)}  # cases a year
CHANGES = ("more", "less")
MORE = 0.6  # reports that follow one, on average
FACTOR = 1.5
STEP_SIZES = ((20, 60), (60, 125), (60, 450), (200, 3_000))  # schools, cases a year
ALIKE = 0.15  # correlation of the cases of a school
MORE_OFTEN = 0.2


def expected() -> tuple[list[date], np.ndarray, np.ndarray]:
    """The Mondays of three school years, their weight in a year, and whether they are of the last one."""
    mondays, weights, running = [], [], []
    for year in YEARS:
        first = year.first_day - timedelta(days=year.first_day.weekday())
        for rank in range((year.end - first).days // 7 + 1):
            monday = first + timedelta(weeks=rank)
            mondays.append(monday)
            taught = calendar().class_days(monday, monday + timedelta(days=6))
            weights.append((taught + 5 * assumed.HOLIDAY_WEIGHT * (taught == 0)) * assumed.season(np.array(rank)))
            running.append(year is YEARS[-1])
    return mondays, np.array(weights) * len(YEARS) / np.sum(weights), np.array(running)


def draw(rng: np.random.Generator, rates: np.ndarray, kind: str) -> np.ndarray:
    """Weekly counts (categories, weeks) of mean ``rates``."""
    if kind == "poisson":
        return rng.poisson(rates)
    first = rng.poisson(rates / (1 + MORE))
    follow = rng.negative_binomial(np.maximum(first, 1), 1 / (1 + MORE)) * (first > 0)  # a geometric number each
    if kind == "bunched":
        return first + follow
    later = rng.multinomial(follow, [0.4, 0.3, 0.3])
    total = first + later[..., 0]
    for lag in (1, 2):
        total[:, lag:] += later[:, :-lag, lag]
    return total


def shares(name: str, rng: np.random.Generator) -> np.ndarray:
    if name == "all":
        return np.ones(1)
    if name == "types":
        weights = np.array([entry.assumed.weight for entry in INCIDENT_TYPES.values()])
    else:
        weights = school_weights(rng, 60)
    return np.sort(weights)[::-1] / weights.sum()


def school_weights(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.gamma(assumed.SCHOOL_SHAPE, size=n) * rng.lognormal(0, assumed.PUPILS_SPREAD, n)


def draw_steps(
    rng: np.random.Generator, n_schools: int, n_cases: int, n_steps: int, more: float = 0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cases of this year and the one before by group of schools and step, each step done in time in about 0.6 of them.

    Each school has its own share for each step, alike by ALIKE; the first step is ``more`` often done this year.
    """
    weights = school_weights(rng, n_schools)
    own = rng.beta(*((1 - ALIKE) / ALIKE * np.array([0.6, 0.4])), (n_steps, n_schools))
    raised = np.minimum(own + more * (np.arange(n_steps) == 0)[:, None], 1)
    group = rng.integers(20, size=n_schools)
    step, school = np.indices(own.shape).reshape(2, -1)
    years_drawn = []
    for in_time in (raised, own):
        cases = rng.poisson(n_cases * weights / weights.sum())
        done = rng.binomial(cases, in_time)
        counts = {
            "school_group": np.tile(group[school], 2),
            "step": np.array(list(STEPS))[np.tile(step, 2)],
            "event": np.repeat(["done", "pending"], own.size),
            "delay": np.repeat([10, 100], own.size),
            "n": np.concatenate([done.ravel(), (cases - done).ravel()]),
            "n_time_completed": 0,
        }
        years_drawn.append(pd.DataFrame(counts).query("n > 0").reset_index(drop=True))
    return years_drawn[0], years_drawn[1]


def share_rates(rng: np.random.Generator, draws: int, *size: int) -> tuple[float, float]:
    """The share of tables with a false change, and of those where a rise of MORE_OFTEN in the first step is found."""

    def told(more: float) -> list[pd.Series]:
        drawn = (draw_steps(rng, *size, more) for _ in range(draws))
        return [years.compare_shares(*both, 48).set_index("step")["verdict"] for both in drawn]

    first = next(iter(STEPS))
    return (
        float(np.mean([row.isin(CHANGES).any() for row in told(0)])),
        float(np.mean([row[first] == "more" for row in told(MORE_OFTEN)])),
    )


def verdicts(n: np.ndarray, mondays: list[date], as_of: date, since: date = YEARS[0].first_day) -> np.ndarray:
    """The word of each row of ``n`` (categories, weeks) as of a day, of a register that begins at ``since``."""
    rows, columns = np.nonzero(n)
    weeks = pd.to_datetime(mondays)
    counts = pd.DataFrame({"category": rows, "report_week": weeks[columns], "n": pd.array(n[rows, columns], "Int64")})
    first_report = since - timedelta(days=since.weekday())
    is_told = counts["report_week"].between(pd.Timestamp(first_report), pd.Timestamp(as_of))
    answer = years.compare(counts[is_told], "category", range(len(n)), calendar(), as_of, first_report)
    return answer["verdict"].to_numpy(str)


def measure(draws: int, seed: int = 1) -> Iterator[tuple[str, str, int, list[tuple[float, float]]]]:
    """Table, kind, cases a year, and for each of YEARS_KNOWN and DAYS the shares of false changes and of changes found."""
    mondays, weights, running = expected()
    for table, sizes in SIZES.items():
        for kind in ("poisson", "bunched", "lasting"):
            for size in sizes:
                rng = np.random.default_rng(seed)
                mix = shares(table, rng)
                rates = size * mix[:, None] * weights
                raised = np.where((np.arange(len(mix)) == 0)[:, None] & running, FACTOR, 1) * rates
                same, changed = ([draw(rng, mean, kind) for _ in range(draws)] for mean in (rates, raised))
                yield (
                    table,
                    kind,
                    size,
                    [
                        (
                            float(np.mean([np.isin(verdicts(n, mondays, day, since), CHANGES).any() for n in same])),
                            float(np.mean([verdicts(n, mondays, day, since)[0] == "more" for n in changed])),
                        )
                        for since in YEARS_KNOWN.values()
                        for day in DAYS
                    ],
                )


def main(draws: int) -> None:
    days = " | ".join(f"{n} years, {day:%d/%m/%Y}" for n in YEARS_KNOWN for day in DAYS)
    print(f"False changes, and changes by {FACTOR} found, in 100 registers.\n")
    print(f"| table | reports | cases a year | {days} |\n|---|---|---|---|---|---|---|")
    for table, kind, size, found in measure(draws):
        shown = " | ".join(f"{100 * false:.1f}, {100 * power:.0f}" for false, power in found)
        print(f"| {table} | {kind} | {size} | {shown} |", flush=True)
    print("\n| schools | cases a year | 1 step | 6 steps | 15 steps |\n|---|---|---|---|---|")
    for n_schools, n_cases in STEP_SIZES:
        rates = (share_rates(np.random.default_rng(1), draws, n_schools, n_cases, n) for n in (1, 6, 15))
        shown = " | ".join(f"{100 * false:.1f}, {100 * power:.0f}" for false, power in rates)
        print(f"| {n_schools} | {n_cases} | {shown} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
