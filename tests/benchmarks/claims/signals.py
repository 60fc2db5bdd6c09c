"""How often the weekly charts ring where nothing changes, how often they find a doubling, and how often XmR rings.

Registers are drawn by the fictitious register's own mechanism (season, weekdays, holidays, growth, types). It draws each
report apart; ``bunched`` ones come by events of one to many reports, geometric with mean 1.75, within four weeks and of the
same types: the variance of a school's reports is then 2.5 times their mean.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.domain.french import number
from analytics.domain.school_calendar import breaks, calendar
from analytics.domain.vocabulary import INCIDENT_TYPES, RELAYS, STEPS
from analytics.measures import incidents, relays, surveillance
from analytics.measures.signals import xmr
from analytics.synthetic import assumptions as assumed
from analytics.synthetic import register
from analytics.synthetic.days import Days
from tests.benchmarks.claims import Claim

N_REGISTERS = 1_000
SIZES = (200, 450, 900)
YEARS = ("2024-2025", "2025-2026", "2026-2027")  # the smartphone ban opens the second of them
NO_BREAKS = breaks()[:0]
DAYS = Days(calendar())
BUNCH = 1.75
NEEDED = {450: 65, 900: 85}  # doublings found, of 100

Floats = NDArray[np.float64]


def month_ends(year: str) -> list[date]:
    """The last days of September to June."""
    first = int(year[:4])
    months = [(first, month) for month in (10, 11, 12)] + [(first + 1, month) for month in range(1, 8)]
    return [date(*month, 1) - timedelta(days=1) for month in months]


def weeks_known(years: tuple[str, ...], as_of: date) -> pd.DataFrame:
    return incidents.school_weeks(calendar(), years, as_of, surveillance.OPEN_WEEKS)


def drawn(rng: np.random.Generator, n_cases: int, years: tuple[str, ...], *, bunched: bool = False) -> Floats:
    """The reports of a register by week of school: (series, weeks), all of them first, then each type."""
    moments, _ = register._reports(rng, n_cases, [calendar()[year] for year in years], DAYS)
    days, types = moments.astype("datetime64[D]"), register._incident_types(rng, n_cases)
    of_type = np.array([[code in listed for listed in types] for code in INCIDENT_TYPES])
    has = np.vstack([np.ones(n_cases, dtype=bool), of_type])
    if bunched:
        events = rng.permutation(n_cases)
        source = np.repeat(events, rng.geometric(1 / BUNCH, n_cases))[:n_cases]
        follows = np.append(False, source[1:] == source[:-1])
        days = days[source] + np.where(follows, np.minimum(rng.exponential(7, n_cases), 27), 0).astype(int)
        has = has[:, source]
    mondays = weeks_known(years, calendar()[years[-1]].last_day)["period"].to_numpy("datetime64[D]")
    place = np.searchsorted(mondays, days, side="right") - 1
    taught = (place >= 0) & (days < mondays[place] + 7)
    return np.array([np.bincount(place[taught & of], minlength=len(mondays)) for of in has], dtype=float)


def registers(n: int, cases_a_year: int, years: tuple[str, ...] = YEARS, *, bunched: bool = False) -> Floats:
    """(registers, series, weeks)"""
    rng = np.random.default_rng([cases_a_year, 1])
    return np.array([drawn(rng, cases_a_year * len(years), years, bunched=bunched) for _ in range(n)])


def ringing(value: Floats, years: tuple[str, ...] = YEARS) -> tuple[Floats, Floats]:
    """Of 100 registers, how many ring at the end of each month, where nothing changes in the four weeks judged, and where
    all reports double in the last two: each (months, all reports then each type then any of them).

    A doubling is the same weeks of another register, added; the weeks judged have no part in their limits.
    """
    quiet, doubled = [], []
    for as_of in month_ends(years[-1]):
        weeks = weeks_known(years, as_of)
        if len(at := np.flatnonzero(~weeks["provisional"])) < surveillance.MIN_WEEKS + surveillance.JUDGED:
            continue
        mean, variance = surveillance.expected(value[:, :, : len(weeks)], weeks, breaks())
        at = at[-surveillance.JUDGED :]
        lower, upper = surveillance.limits(mean[:, :, at], variance[:, :, at])
        now = value[:, :, at]
        quiet.append(((now < lower) | (now > upper)).any(axis=2))
        doubled.append((now + np.roll(now, 1, axis=0) > upper)[:, :, -2:].any(axis=2))
    return tuple(
        100 * np.array([[*month.mean(axis=0), month.any(axis=1).mean()] for month in months])
        for months in (quiet, doubled)
    )


def monthly_rate(n: int, step: str, cases_a_year: int = 450) -> float:
    """Of 100 months of a chart of the monthly medians of a step where nothing changes, how many ring."""
    rng, as_of = np.random.default_rng(cases_a_year), date(2026, 11, 30)
    n_cases, found = cases_a_year * len(YEARS), []
    for _ in range(n):
        reported, _ = register._reports(rng, n_cases, [calendar()[year] for year in YEARS], DAYS)
        pace = rng.lognormal(0, assumed.SCHOOL_PACE_SPREAD, 60)[rng.integers(0, 60, n_cases)]
        done = DAYS.at_work(rng, reported + register._delays(rng, STEPS[step].assumed, pace), assumed.ANY_HOUR_SHARE)
        known = (reported < np.datetime64(as_of)) & (done < np.datetime64(calendar().last_day))
        first, last = (
            pd.Series(moments[known].astype("datetime64[D]").astype("datetime64[s]")) for moments in (reported, done)
        )
        weeks = first - pd.to_timedelta(first.dt.day_of_week, unit="D")
        delay = calendar().school_days(first, last)
        counts = pd.DataFrame({"step": step, "report_week": weeks, "event": "done", "delay": delay, "n": 1})
        chart = xmr(relays.monthly_median(counts, as_of), NO_BREAKS)
        found.append(chart.loc[~chart["provisional"].astype(bool), "signal"].ne("none"))
    return 100 * float(pd.concat(found).mean())


def _by_size(figures: dict[int, str]) -> str:
    return " ; ".join(f"{size} dossiers par an : {figure}" for size, figure in figures.items())


def claims(n: int = N_REGISTERS) -> list[Claim]:
    apart, together = ({size: ringing(registers(n, size, bunched=b)) for size in SIZES} for b in (False, True))
    one_year = {size: ringing(registers(n, size, YEARS[:1]), YEARS[:1]) for size in SIZES}
    months = {STEPS[step].label: monthly_rate(n // 5, step) for step in RELAYS}

    def most(rates: dict[int, tuple[Floats, Floats]]) -> str:
        return _by_size({size: f"{number(quiet[:, :-1].max(), 1)} au plus" for size, (quiet, _) in rates.items()})

    def kept(rates: dict[int, tuple[Floats, Floats]]) -> bool:
        return all(quiet[:, :-1].max() <= 3 for quiet, _ in rates.values())

    def both(place: int, series: int, sizes: Iterable[int]) -> str:
        """The mean over the months where each report comes apart, and where an event brings several."""
        means = {size: [number(rates[size][place][:, series].mean()) for rates in (apart, together)] for size in sizes}
        return _by_size({size: f"{one}, et {other} en grappes" for size, (one, other) in means.items()})

    promise = "quand rien ne change, au plus 3 fois sur 100 pour chaque graphique, chaque mois de l’année"
    in_any = [rates[size][0][:, -1].mean() for rates in (apart, together) for size in SIZES]
    return [
        Claim("Un signal dans les quatre dernières semaines, trois années gardées", promise, most(apart), kept(apart)),
        Claim(
            "Un signal, même quand un événement amène une grappe de signalements",
            promise,
            most(together),
            kept(together),
        ),
        Claim("Un signal, la première année", promise, most(one_year), kept(one_year)),
        Claim(
            "Un signal dans l’un des dix graphiques",
            "quand rien ne change, de 5 à 12 fois sur 100 en moyenne",
            both(0, -1, SIZES),
            all(4.5 <= rate < 12.5 for rate in in_any),
        ),
        Claim(
            "Des signalements qui doublent pendant deux semaines",
            "trouvés " + _by_size({size: f"au moins {needed} fois sur 100" for size, needed in NEEDED.items()}),
            both(1, 0, NEEDED),
            all(apart[size][1][:, 0].mean() >= needed for size, needed in NEEDED.items()),
        ),
        Claim(
            "Un signal sur les médianes mois par mois",
            "quand rien ne change, de 2 à 8 mois sur 100",
            " ; ".join(f"{label} : {number(rate, 1)}" for label, rate in months.items()),
            all(rate <= 8.5 for rate in months.values()),
        ),
    ]
