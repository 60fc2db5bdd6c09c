"""« Plus », « moins » against last year: how often they are said where nothing changed, and where something did.

    uv run python -m tests.benchmarks.claims.years [REGISTERS]

Registers are drawn on the fictitious register's own season and holidays: in all, with its mix of types, or for 60 schools
of unequal size. A report comes alone, or brings others of its own category, 0.6 on average: in its week (``bunched``), or
over three weeks (``lasting``). Each is judged at two days of the year, and as a register of two or of three school years.
"""

from __future__ import annotations

import sys
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analytics.domain.french import number
from analytics.domain.school_calendar import calendar
from analytics.domain.vocabulary import INCIDENT_TYPES
from analytics.measures import years
from analytics.synthetic import assumptions as assumed
from tests.benchmarks.claims import Claim
from tests.benchmarks.claims._registers import draw_paces

YEARS = [calendar()[name] for name in ("2024-2025", "2025-2026", "2026-2027")]
DAYS = (date(2026, 11, 26), date(2027, 5, 27))
SINCE = (YEARS[1].first_day, YEARS[0].first_day)
SIZES = (200, 450, 900)  # cases a year
TABLES = {"all": "total", "types": "types", "schools": "écoles"}
CHANGES = ("more", "less")
MORE = 0.6  # reports that follow one, on average
FACTOR = 1.5
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
        weights = rng.gamma(assumed.SCHOOL_SHAPE, size=60) * rng.lognormal(0, assumed.PUPILS_SPREAD, 60)
    return np.sort(weights)[::-1] / weights.sum()


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


def share_words(seed: int, size: int) -> tuple[str, str]:
    """The word on the share of a step within a day: where nothing changes, and where it takes twice as long this year."""
    paces = draw_paces(np.random.default_rng([seed, size]), len(YEARS) * size, 60, alike=True)
    counts = paces.counts.assign(step="cpms", n_time_completed=0)
    before, now = (counts[counts["school_year"] == year] for year in (1, 2))
    slower = now.assign(delay=now["delay"] + (now["event"] == "done"))  # a delay is a power of two
    same, late = (years.compare_shares(year, before, 4)["verdict"].iloc[0] for year in (now, slower))
    return same, late


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
    """How often the share of a step within a day is said to have changed."""
    drawn = {size: np.array([share_words(seed, size) for seed in range(n_registers)]).T for size in SIZES}
    wrong = {size: 100 * float(np.isin(same, CHANGES).mean()) for size, (same, _) in drawn.items()}
    found = {size: 100 * float((late == "less").mean()) for size, (_, late) in drawn.items()}
    return [
        Claim(
            SHARE,
            "5 fois sur 100 au plus, à 2 près, où rien ne change (60 écoles)",
            _per_size({size: number(rate, 1) for size, rate in wrong.items()}),
            max(wrong.values()) < 7.05,
        ),
        Claim(
            SHARE,
            f"des délais qui doublent sont trouvés {FOUND} fois sur 100 au moins, 900 dossiers par an",
            _per_size({size: f"{rate:.0f}" for size, rate in found.items()}),
            found[900] >= FOUND,
        ),
    ]


def claims(n_registers: int = 300) -> list[Claim]:
    """What the comparisons with last year promise, beside what they do in ``n_registers`` registers of each kind."""
    return number_claims(n_registers) + share_claims(2 * n_registers)


if __name__ == "__main__":
    for claim in claims(*map(int, sys.argv[1:])):
        print(f"{'tenu' if claim.held else 'PAS TENU'} | {claim.promised} | {claim.measured}", flush=True)
