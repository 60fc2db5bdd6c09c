"""« Entre … et … » around a share or a median, on the pages of incidents, relays and one school: is the truth there?

    uv run python -m tests.benchmarks.claims.shares [REGISTERS]

The truth is what all registers of a kind have together: other schools, each with its own pace, and other cases; of one
school, what the school has in the long run. Reports come one by one; or an event brings several of the same types, level and
channel, each followed on its own or all together; or all schools have the same pace. A hundred registers of each take five
minutes.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.domain.french import number
from analytics.domain.vocabulary import CHANNELS, INCIDENT_TYPES, SCHOOL_LEVELS
from analytics.measures import incidents, relays
from analytics.measures.funnel import bunching
from analytics.synthetic import register
from tests.benchmarks.claims import Claim
from tests.benchmarks.claims._registers import STEP, draw_cases, levels, step

SIZES = ((40, 450), (40, 1_500), (60, 450), (60, 1_500))
"""Schools and cases."""
KINDS = {"un par événement": {}, "par grappes": {"bunched": True}, "écoles de même allure": {"paced": False}}
DELAYS = (24, 48, 120)
OWN_DEADLINES = {"": 24, "48 h": 48, "2 j": 48, "5 j": 120}
"""Hours, for the deadlines of CPMS that the fictitious schools set."""
CODES = {"incident_type": INCIDENT_TYPES, "school_level": SCHOOL_LEVELS, "channel": CHANNELS}
OF_ONE_SCHOOL = {
    "un par événement": {},
    "par grappes": {"bunched": True},
    "par grappes suivies ensemble": {"bunched": True, "together": True},
}
FEWEST = 10
"""Cases of a school whose shares are looked at."""
MOST = 15
"""Schools of a register that are looked at."""
SENTENCES = {
    "incident_type": "la part d’un type d’incident, entre deux limites (95 %)",
    "school_level": "la part d’un niveau, entre deux limites (95 %)",
    "channel": "la part d’un canal, entre deux limites (95 %)",
    "within": "la part des dossiers où un relais est activé en 24, 48 ou 120 h, entre deux limites (95 %)",
    "median": "la moitié des dossiers ont un relais, entre deux délais (95 %)",
    "deadline": "la part d’un relais à temps, entre deux limites (95 %)",
}

Tables = dict[str, pd.DataFrame]


def _counted(columns: Mapping[str, Sequence[object] | NDArray]) -> pd.DataFrame:
    table = pd.DataFrame(columns)
    return table.groupby(list(table), as_index=False).size().rename(columns={"size": "n"})


def draw(rng: np.random.Generator, n_cases: int, n_schools: int, *, together: bool = False, **kind: bool) -> Tables:
    """What the store counts by school in one register: of what a case is, and of what became of a relay. Cases of an event
    are followed on their own, or ``together``.
    """
    sheet, cases, of_event = draw_cases(rng, n_cases, n_schools, **kind)
    event, hours = step(rng, cases, cases.pace)
    if together:
        first = np.unique(of_event, return_index=True)[1][of_event]
        event, hours = event[first], hours[first]
    part = hours / sheet["Délai CPMS"].map(OWN_DEADLINES).to_numpy()[cases.school]
    channel = register._pick(rng, register._weights(CHANNELS), of_event[-1] + 1)[of_event]
    case, kind_of = np.nonzero([[code in listed for code in INCIDENT_TYPES] for listed in cases.types])
    types = np.array(list(INCIDENT_TYPES))[kind_of]
    known, school = event != "", cases.school
    of_step = {"step": STEP.code, "event": event[known], "school_id": school[known]}
    return {
        "cases": _counted({"school_id": school}),
        "weekly": _counted({"school_id": school, "report_week": _mondays(cases.reported)}),
        "incident_type": _counted({"incident_type": types, "school_id": school[case]}),
        "school_level": _counted({"school_level": levels(cases), "school_id": school}),
        "channel": _counted({"channel": channel, "school_id": school}),
        "within": _counted(of_step | {"delay": hours[known]}).assign(n_time_completed=0),
        "deadline": _counted(of_step | {"delay": part[known]}).assign(n_time_completed=0),
    }


def _mondays(moments: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    day = moments.astype("datetime64[D]")
    return day - (day.astype(int) + 3) % 7


def reached(counts: pd.DataFrame) -> pd.DataFrame:
    """One step's counts (step, school_id, delay, event, n) as :meth:`Snapshot.steps_reached` tells its cases."""
    power = np.ceil(np.log2(1 + counts["delay"])).astype(int)
    came = pd.DataFrame(
        {"school_id": counts["school_id"], counts["step"].iloc[0]: 2 * power + (counts["event"] == "done")}
    )
    return came.loc[came.index.repeat(counts["n"])]


def estimates(tables: Tables, bunching: float = 1.0) -> pd.DataFrame:
    """What the pages show of one register: share (or median), lower, upper, a row each by SENTENCES and name."""
    found = {}
    for column, codes in CODES.items():
        shares = incidents.shares(tables[column], column, tables["cases"], list(codes), bunching)
        shares = shares.set_index(column)
        found[column] = shares[shares["n"] > 0][["share", "lower", "upper"]]
    for table, delays in (("within", DELAYS), ("deadline", (1,))):
        counts = tables[table]
        curves = relays.curves(counts, effects=relays.design_effects(reached(counts), bunching=bunching))
        read = curves.at(delays).set_index("delay")
        found[table] = read.rename(columns={"incidence": "share"})[["share", "lower", "upper"]]
        if table == "within":
            median = curves.quantile().rename(columns={"delay": "share"})
            found["median"] = median[["share", "lower", "upper"]]
    return pd.concat(found)


def covered(n_registers: int, n_schools: int, n_cases: int, **kind: bool) -> pd.Series:
    """How often of 100 the truth lies in the interval, by SENTENCES: the mean of the shares of each."""
    drawn = [_seeded(seed, n_schools, n_cases, **kind) for seed in range(n_registers)]
    return _inside([estimates(tables) for tables in drawn], _truth(drawn))


def covered_of_one(n_registers: int, n_cases: int = 1_500, **kind: bool) -> pd.Series:
    """The same of each school with FEWEST cases, among 60 schools of one pace (not of levels, nor of
    deadlines: what is true of them is the school’s own)."""
    drawn = [_seeded(seed, 60, n_cases, paced=False, **kind) for seed in range(n_registers)]
    found = []
    for tables in drawn:
        bunched = bunching(tables["weekly"])
        large = tables["cases"].query("n >= @FEWEST")["school_id"].head(MOST)
        found += [
            estimates({name: table[table["school_id"] == school] for name, table in tables.items()}, bunched)
            for school in large
        ]
    return _inside(found, _truth(drawn))


def _seeded(seed: int, n_schools: int, n_cases: int, **kind: bool) -> Tables:
    return draw(np.random.default_rng([seed, n_schools, n_cases]), n_cases, n_schools, **kind)


def _truth(drawn: Sequence[Tables]) -> pd.Series:
    together = {name: _summed(pd.concat([tables[name] for tables in drawn])) for name in drawn[0]}
    return estimates(together)["share"]


def _inside(found: Sequence[pd.DataFrame], truth: pd.Series) -> pd.Series:
    inside = []
    for shares in found:
        true = truth.reindex(shares.index)
        inside.append((shares["lower"] <= true) & ~(shares["upper"] < true))
    of_each = 100 * pd.concat(inside, axis=1).astype(float).mean(axis=1)
    return of_each.groupby(level=0, sort=False).mean()


def _summed(table: pd.DataFrame) -> pd.DataFrame:
    numbers = [name for name in ("n", "n_time_completed") if name in table]
    return table.groupby([name for name in table if name not in numbers], as_index=False)[numbers].sum()


def claims(n_registers: int = 100) -> list[Claim]:
    """What the intervals promise, beside what they do in ``n_registers`` registers of each size and kind."""
    found = {
        words: pd.DataFrame([covered(n_registers, *size, **kind) for size in SIZES]).mean()
        for words, kind in KINDS.items()
    }
    of_one = {words: covered_of_one(n_registers // 10, **kind) for words, kind in OF_ONE_SCHOOL.items()}
    return listed(found, of_one)


def listed(found: Mapping[str, pd.Series], of_one: Mapping[str, pd.Series]) -> list[Claim]:
    """The claims of all schools together, and of one, from what was covered by kind."""

    def claim(sentence: str, size: str, name: str, covered: Mapping[str, pd.Series], most: float) -> Claim:
        told = " ; ".join(f"{words} {number(shares[name], 1)}" for words, shares in covered.items())
        promised = f"93 {'à 97 fois sur 100' if most < 100 else 'fois sur 100 au moins'} ({size})"
        return Claim(sentence, promised, told, all(92.5 <= shares[name] <= most for shares in covered.values()))

    every = "moyenne de 40 et 60 écoles, 450 et 1 500 dossiers"
    one = f"une école de {FEWEST} dossiers ou plus, parmi 60"
    most = dict.fromkeys(SENTENCES, 97.5) | {"median": 100}  # a median is in whole hours: its limits hold more
    return [
        *(claim(sentence, every, name, found, most[name]) for name, sentence in SENTENCES.items()),
        *(
            claim(f"Fiche d’une école : {SENTENCES[name]}", one, name, of_one, 100)
            for name in ("incident_type", "within", "median")
        ),
    ]


if __name__ == "__main__":
    for claim in claims(*map(int, sys.argv[1:])):
        print(f"{'tenu' if claim.held else 'PAS TENU'} | {claim.sentence} | {claim.promised} | {claim.measured}")
