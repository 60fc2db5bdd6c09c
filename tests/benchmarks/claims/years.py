"""« Plus », « moins » against last year: how often they are said where nothing changed, and where something did.

    uv run python -m tests.benchmarks.claims.years [REGISTERS]

Registers are drawn on the fictitious register's own season and holidays: in all, with its mix of types, or for 60 schools
of unequal size. A report comes alone, or brings others of its own category, 0.6 on average: in its week (``bunched``), or
over three weeks (``lasting``). Each is judged at two days of the year, and as a register of two or of three school years.
Shares of steps are those of 60 schools, each with its own, in both years.
"""

from __future__ import annotations

import sys
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analytics.domain.french import number
from analytics.domain.school_calendar import calendar
from analytics.domain.vocabulary import INCIDENT_TYPES, STEPS
from analytics.measures import years
from analytics.synthetic import assumptions as assumed
from tests.benchmarks.claims import Claim

YEARS = [calendar()[name] for name in ("2024-2025", "2025-2026", "2026-2027")]
DAYS = (date(2026, 11, 26), date(2027, 5, 27))
SINCE = (YEARS[1].first_day, YEARS[0].first_day)
SIZES = (200, 450, 900)  # cases a year
TABLES = {"all": "total", "types": "types", "schools": "écoles"}
CHANGES = ("more", "less")
MORE = 0.6  # reports that follow one, on average
FACTOR = 1.5
N_SCHOOLS, N_STEPS = 60, (1, 6, 15)
ALIKE = 0.15  # correlation of the cases of a school
MORE_OFTEN = 0.2
FOUND = 80
"""Changes found of 100, at least."""


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
        weights = school_weights(rng, N_SCHOOLS)
    return np.sort(weights)[::-1] / weights.sum()


def school_weights(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.gamma(assumed.SCHOOL_SHAPE, size=n) * rng.lognormal(0, assumed.PUPILS_SPREAD, n)


def verdicts(n: np.ndarray, mondays: list[date], as_of: date, since: date = YEARS[0].first_day) -> np.ndarray:
    """The word of each row of ``n`` (categories, weeks) as of a day, of a register that begins at ``since``."""
    rows, columns = np.nonzero(n)
    weeks = pd.to_datetime(mondays)
    counts = pd.DataFrame({"category": rows, "report_week": weeks[columns], "n": pd.array(n[rows, columns], "Int64")})
    first_report = since - timedelta(days=since.weekday())
    is_told = counts["report_week"].between(pd.Timestamp(first_report), pd.Timestamp(as_of))
    answer = years.compare(counts[is_told], "category", range(len(n)), calendar(), as_of, first_report)
    return answer["verdict"].to_numpy(str)


def rates(table: str, size: int, factor: float = 1) -> np.ndarray:
    """The mean of each category and week, ``size`` cases a year; the most frequent one ``factor`` times that in the last."""
    _, weights, running = expected()
    mix = shares(table, np.random.default_rng(1))
    raised = np.where((np.arange(len(mix)) == 0)[:, None] & running, factor, 1)
    return size * mix[:, None] * weights * raised


def words(n_registers: int, table: str, kind: str, size: int, factor: float = 1) -> list[np.ndarray]:
    """The word of each row of ``n_registers`` tables, at each of DAYS and for each of SINCE."""
    rng, mean, mondays = np.random.default_rng([size, len(kind)]), rates(table, size, factor), expected()[0]
    drawn = [draw(rng, mean, kind) for _ in range(n_registers)]
    return [verdicts(n, mondays, day, since) for n in drawn for since in SINCE for day in DAYS]


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


def share_rates(rng: np.random.Generator, n_registers: int, *size: int) -> tuple[float, float]:
    """The share of tables with a false change, and of those where a rise of MORE_OFTEN in the first step is found."""

    def told(more: float) -> list[pd.Series]:
        drawn = (draw_steps(rng, *size, more) for _ in range(n_registers))
        return [years.compare_shares(*both, 48).set_index("step")["verdict"] for both in drawn]

    first = next(iter(STEPS))
    return (
        float(np.mean([row.isin(CHANGES).any() for row in told(0)])),
        float(np.mean([row[first] == "more" for row in told(MORE_OFTEN)])),
    )


def _per_size(told: dict[int, str]) -> str:
    return " ; ".join(f"{size} dossiers par an : {figures}" for size, figures in told.items())


NUMBER = "« 148 l’an dernier aux mêmes semaines entières : plus », ou « moins »"
SHARE = "« 82 %, 78 % l’an dernier : plus », ou « moins »"
KINDS = {"poisson": "signalés un à un", "lasting": "par grappes"}
FALSE = "5 tableaux sur 100 au plus, à 2 près, où rien ne change"


def number_claims(n_registers: int) -> list[Claim]:
    """How often the number of cases is said to have changed."""
    found = []
    for kind, of_kind in KINDS.items():
        rates_of = {
            size: {
                label: 100 * np.mean([np.isin(row, CHANGES).any() for row in words(n_registers, table, kind, size)])
                for table, label in TABLES.items()
            }
            for size in SIZES
        }
        told = {
            size: ", ".join(f"{label} {number(rate, 1)}" for label, rate in row.items())
            for size, row in rates_of.items()
        }
        most = max(rate for row in rates_of.values() for rate in row.values())
        found.append(Claim(NUMBER, f"{FALSE} ({of_kind})", _per_size(told), bool(most <= 7)))
    power = {
        (size, kind): 100 * np.mean([row[0] == "more" for row in words(n_registers, "all", kind, size, FACTOR)])
        for size in SIZES
        for kind in KINDS
    }
    told = {size: f"{power[size, 'poisson']:.0f}, et {power[size, 'lasting']:.0f} en grappes" for size in SIZES}
    promised = f"une hausse de moitié est trouvée {FOUND} fois sur 100 au moins, 900 dossiers par an"
    found.append(Claim(NUMBER, promised, _per_size(told), bool(power[900, "poisson"] >= FOUND)))
    return found


def share_claims(n_registers: int) -> list[Claim]:
    """How often the share of steps within a delay is said to have changed."""
    rates_of = {
        size: {n: share_rates(np.random.default_rng([size, n]), n_registers, N_SCHOOLS, size, n) for n in N_STEPS}
        for size in SIZES
    }
    wrong, found = (
        {
            size: ", ".join(f"{n} étape{'s' * (n > 1)} {number(100 * rates[which], 1)}" for n, rates in row.items())
            for size, row in rates_of.items()
        }
        for which in (0, 1)
    )
    most = max(rates[0] for row in rates_of.values() for rates in row.values())
    least = min(rates[1] for rates in rates_of[SIZES[-1]].values())
    promised = f"une hausse de 20 points est trouvée {FOUND} fois sur 100 au moins, {SIZES[-1]} dossiers par an"
    return [
        Claim(SHARE, f"{FALSE} ({N_SCHOOLS} écoles)", _per_size(wrong), bool(100 * most < 7.05)),
        Claim(SHARE, promised, _per_size(found), bool(100 * least >= FOUND)),
    ]


def claims(n_registers: int = 300) -> list[Claim]:
    """What the comparisons with last year promise, beside what they do in ``n_registers`` registers of each kind."""
    return number_claims(n_registers) + share_claims(n_registers)


if __name__ == "__main__":
    for claim in claims(*map(int, sys.argv[1:])):
        print(f"{'tenu' if claim.held else 'PAS TENU'} | {claim.promised} | {claim.measured}", flush=True)
