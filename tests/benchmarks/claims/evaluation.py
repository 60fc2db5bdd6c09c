"""What the page Programme de prévention claims of an effect, on registers where nothing changed and where something did.

    uv run python -m tests.benchmarks.claims.evaluation [REGISTERS]

Registers of three years by the generator's own mechanism: pupils, rates by level and school, season, holidays and growth
(:mod:`analytics.synthetic.assumptions`), at 60 schools and 450 cases a year, each once with every report on its own and once
in bunches: one event brings one or several reports within four weeks, their variance 2.5 times Poisson's.

In 200 registers each, one by one and in bunches: 4 and 4 false claims in 100 where schools were chosen by need, 2 and 5.5
by their rate so far, 3.5 and 6 by their last term, 5.5 and 2.5 by lot. Of true falls of 40 %, by lot, 96.5 and 64.5 in 100.
"""

from __future__ import annotations

import sys
from functools import cache

import numpy as np
import pandas as pd

from analytics.domain.programme import programme
from analytics.domain.school_calendar import calendar
from analytics.planning.evaluation import VERDICT_WORDS, baseline, effect
from analytics.planning.lots import draw_lots, drawn_effect
from analytics.planning.need import need
from analytics.planning.power import power
from analytics.planning.school_terms import panel
from analytics.synthetic import assumptions as assumed
from tests.benchmarks.claims import Claim

YEARS = ("2023-2024", "2024-2025", "2025-2026")
CASES = 450  # a year
BUNCHING = 2.5
N_SCHOOLS = 60
MONDAYS = ("2024-09-16", "2025-02-03", "2025-09-15")
"""Mondays on which sessions begin: a third of the visited schools each."""
MOST_FALSE, LEAST_FOUND = 0.07, 0.6


@cache
def weeks() -> pd.DataFrame:
    """The weeks of YEARS: week (Monday), weight (of its reports)."""
    years = []
    for rank, name in enumerate(YEARS):
        year = calendar()[name]
        first = pd.Timestamp(year.first_day) - pd.Timedelta(days=year.first_day.weekday())
        mondays = pd.Series(pd.date_range(first, year.end - pd.Timedelta(days=6), freq="7D"))
        teaches = np.where(calendar().class_days_of_weeks(mondays.to_numpy()) > 0, 1, assumed.HOLIDAY_WEIGHT)
        weight = assumed.season(np.arange(len(mondays))) * teaches * assumed.YEARLY_GROWTH**rank
        years.append(pd.DataFrame({"week": mondays, "weight": weight}))
    return pd.concat(years, ignore_index=True)


class Register:
    """Schools and their reports by week. Sessions lower what follows them by ``drop``."""

    def __init__(self, rng: np.random.Generator, bunching: float, cases: int = CASES) -> None:
        self.rng = rng
        secondary = rng.random(N_SCHOOLS) < assumed.SECONDARY_SHARE
        sizes = np.where(secondary, assumed.PUPILS_SECONDARY, assumed.PUPILS_FUNDAMENTAL)
        pupils = sizes * rng.lognormal(0, assumed.PUPILS_SPREAD, N_SCHOOLS)
        rates = (
            pupils * np.where(secondary, assumed.SECONDARY_RATE, 1) * rng.gamma(assumed.SCHOOL_SHAPE, size=N_SCHOOLS)
        )
        self.schools = pd.DataFrame(
            {
                "school_id": [f"s{i:03}" for i in range(N_SCHOOLS)],
                "school_level": np.where(secondary, "secondary", "fundamental"),
                "n_pupils": np.ceil(pupils).astype(int),
            }
        )
        share = weeks()["weight"].to_numpy() / weeks()["weight"].sum()
        expected = cases * len(YEARS) * np.outer(rates / rates.sum(), share)
        self.counts = rng.poisson(expected) if bunching == 1 else _bunched(rng, expected, bunching)

    def cases(self, until: str | None = None) -> pd.DataFrame:
        """school_id, report_week, n; before the week ``until`` where it is given."""
        school, week = np.nonzero(self.counts)
        mondays = weeks()["week"].to_numpy()[week]
        found = pd.DataFrame(
            {
                "school_id": self.schools["school_id"].to_numpy()[school],
                "report_week": mondays,
                "n": self.counts[school, week],
            }
        )
        return found if until is None else found[found["report_week"] < pd.Timestamp(until)]

    def scores(self, rule: str, monday: str) -> pd.Series:
        """What the schools are chosen by on a Monday: school_id to a score."""
        cases, schools = self.cases(monday), self.schools.set_index("school_id")
        if rule == "need":
            levels = schools["school_level"].reindex(cases["school_id"]).to_numpy()
            degrees = self.rng.choice(["secondary_1", "secondary_2", "secondary_3"], len(cases))
            cases = cases.assign(
                school_level=np.where(levels == "secondary", degrees, levels), danger=self.rng.random(len(cases)) < 0.2
            )
            years = (pd.Timestamp(monday) - weeks()["week"].iloc[0]).days / 365
            nothing = NO_SESSIONS.assign(activity="", n_groups=0)
            needs = need(self.schools, cases, nothing, pd.Timestamp(monday).date(), years, programme())
            return needs.groupby("school_id")["need"].sum()
        if rule == "last term":
            cases = cases[cases["report_week"] >= pd.Timestamp(monday) - pd.Timedelta(weeks=15)]
        return cases.groupby("school_id")["n"].sum().reindex(schools.index).fillna(0) / schools["n_pupils"]

    def visit(self, schools: pd.Index, monday: str, drop: float) -> pd.DataFrame:
        """The sessions of these schools (school_id, week), and their effect on the counts from that week on."""
        mine = self.schools["school_id"].isin(schools).to_numpy()[:, None]
        later = (weeks()["week"] >= pd.Timestamp(monday)).to_numpy()
        self.counts = np.where(mine & later, self.rng.binomial(self.counts, 1 - drop), self.counts)
        return pd.DataFrame({"school_id": schools, "week": pd.Timestamp(monday)})

    def panel(self, given: pd.DataFrame) -> pd.DataFrame:
        return panel(self.schools, self.cases(), given, weeks()["week"], calendar())


NO_SESSIONS = pd.DataFrame({"school_id": [], "week": []}).astype({"school_id": "str", "week": "datetime64[us]"})


def _bunched(rng: np.random.Generator, expected: np.ndarray, bunching: float) -> np.ndarray:
    """Events, each of a geometric number of reports spread over its week and the three after."""
    chance = 2 / (bunching + 1)
    events = rng.poisson(expected * chance)
    reports = events + rng.negative_binomial(np.maximum(events, 1), chance) * (events > 0)
    dealt = rng.multinomial(reports, [0.4, 0.3, 0.2, 0.1])
    late = [np.pad(dealt[:, : dealt.shape[1] - k, k], ((0, 0), (k, 0))) for k in range(4)]
    return np.sum(late, axis=0)


def chosen_by(rule: str, bunching: float, n: int, drop: float = 0, n_visited: int = 30) -> pd.Series:
    """The verdicts of :func:`effect` on ``n`` registers whose schools are chosen by ``rule``, in three waves."""
    found = []
    for seed in range(n):
        register = Register(np.random.default_rng([seed, int(10 * bunching)]), bunching)
        given = NO_SESSIONS
        for monday in MONDAYS:
            scores = register.scores(rule, monday).drop(given["school_id"], errors="ignore")
            first = scores.sample(frac=1, random_state=seed).nlargest(n_visited // len(MONDAYS), keep="first").index
            given = pd.concat([given, register.visit(first, monday, drop)])
        found.append(effect(register.panel(given), seed).verdict)
    return pd.Series(found)


def drawn_by_lot(bunching: float, n: int, drop: float, monday: str = "2025-05-12") -> tuple[float, float]:
    """The shares of ``n`` registers with a fall claimed and with any change claimed, half of the schools drawn by lot."""
    fewer = more = 0
    for seed in range(n):
        register = Register(np.random.default_rng([seed, int(10 * bunching)]), bunching)
        day = pd.Timestamp(monday).date()
        draw = draw_lots(register.schools["school_id"], N_SCHOOLS // 2, seed, day, "2024-2025", day)
        given = register.visit(pd.Index(draw.drawn), monday, drop)
        answer = drawn_effect(register.panel(given), given, draw)
        fewer, more = fewer + (answer.upper < 1), more + (answer.lower > 1)
    return fewer / n, (fewer + more) / n


def power_promised_and_found(bunching: float, n: int, cases: int = 900, drop: float = 0.2) -> tuple[float, float]:
    """The mean chance to see a fall that the chart promises for ``n`` registers, half of whose 60 schools have a session in
    the middle, four terms before and after it, and the share of them in which :func:`effect` sees it.
    """
    promised, monday, half = [], "2025-02-03", N_SCHOOLS // 2
    n_found = 0
    for seed in range(n):
        register = Register(np.random.default_rng([seed, int(10 * bunching)]), bunching, cases)
        of_term, dispersion = baseline(register.panel(NO_SESSIONS))
        promised.append(power(half, half, 4, 4, of_term, drop, dispersion))
        visited = register.schools["school_id"].sample(half, random_state=seed)
        n_found += effect(register.panel(register.visit(pd.Index(visited), monday, drop)), seed).verdict == "fewer"
    return float(np.mean(promised)), n_found / n


def power_claim(n: int) -> Claim:
    """The chart of power beside what is found."""
    found = {words: power_promised_and_found(bunching, n) for words, bunching in KINDS.items()}
    told = " ; ".join(f"{words} {100 * said:.0f} promis, {100 * seen:.0f} vus" for words, (said, seen) in found.items())
    return Claim(
        "La chance, au mieux, de voir une vraie baisse de 20 % ; où les écoles sont très inégales, un quart de moins",
        "à 10 points près (60 écoles inégales, 900 dossiers par an, quatre trimestres avant et après)",
        told,
        all(abs(seen - 0.75 * said) <= 0.1 for said, seen in found.values()),
    )


KINDS = {"signalés un à un": 1, "par grappes": BUNCHING}
RULES = {"need": "selon le besoin", "rate": "selon leur taux jusque-là", "last term": "selon leur dernier trimestre"}


def claims(n: int = 200) -> list[Claim]:
    """Each sentence with what it promises and what ``n`` registers show, in registers of 100 (separate, then in bunches)."""
    found = []
    for rule, words in RULES.items():
        false = [chosen_by(rule, bunching, n).isin(["fewer", "more"]).mean() for bunching in (1, BUNCHING)]
        promised = f"au plus 7 sur 100 où rien ne change, écoles choisies {words}"
        found.append(Claim(VERDICT_WORDS["fewer"], promised, _per_100(false), max(false) <= MOST_FALSE))
    lot = f"Écoles tirées au sort. {VERDICT_WORDS['fewer']}"
    by_lot = [drawn_by_lot(bunching, n, 0.4)[0] for bunching in (1, BUNCHING)]
    promised = "au moins 60 baisses de 40 % sur 100, la moitié de 60 écoles tirée au sort, une année d’école après"
    found.append(Claim(lot, promised, _per_100(by_lot), min(by_lot) >= LEAST_FOUND))
    false = [drawn_by_lot(bunching, n, 0)[1] for bunching in (1, BUNCHING)]
    found.append(Claim(lot, "au plus 7 sur 100 où rien ne change", _per_100(false), max(false) <= MOST_FALSE))
    return [*found, power_claim(n // 2)]


def _per_100(shares: list[float]) -> str:
    alone, bunched = (f"{100 * share:.1f}".replace(".", ",") for share in shares)
    return f"{alone} signalés un à un, {bunched} par grappes"


if __name__ == "__main__":
    for claim in claims(*map(int, sys.argv[1:])):
        print(f"{'tenu' if claim.held else 'NON TENU'} · {claim.promised} : {claim.measured}", flush=True)
