"""« Au-dessus de la limite à 99,8 % », « taux prudent … entre », « le hasard seul donnerait » and « diffèrent plus que le
hasard ne le veut », on the pages of schools: what they promise and do.

    uv run python -m tests.benchmarks.claims.schools [REGISTERS]

Two thousand registers of each kind take ten minutes on two cores.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

import numpy as np
import pandas as pd

from analytics.domain.french import number
from analytics.domain.vocabulary import TEACHING_LEVELS
from analytics.measures import schools
from analytics.measures.funnel import BUNCHED, FLAG_WORDS, bunching
from analytics.planning.evaluation import expected_without_action
from tests.benchmarks.claims import Claim
from tests.benchmarks.claims._registers import COMPANIONS, Reports, draw_reports

SIZES = ((40, 300), (40, 1_500), (60, 300), (60, 600), (60, 1_500))
"""Schools and cases."""
KINDS = {False: "un par événement", True: "par grappes"}
POWER = {300: 10, 600: 26}
"""How often of 100 a fundamental school at four times its level is beyond 99.8 %, at least, by number of cases."""


def rated(reports: Reports) -> pd.DataFrame:
    return schools.rates(reports.schools, bunching(reports.weekly))


def covered(seed: int, n_schools: int, n_cases: int, *, bunched: bool, rate: str = "shrunken_") -> pd.Series:
    """Whether the true rate of each school of a register lies in the interval of the cautious ``rate`` (or of its own, ""),
    by its level.
    """
    reports = draw_reports(np.random.default_rng(seed), n_cases, n_schools, bunched=bunched)
    found, truth = rated(reports), schools.PER * reports.truth
    is_covered = ~(truth < found[f"{rate}lower"]) & (truth <= found[f"{rate}upper"])
    return is_covered.set_axis(found["school_level"])


def is_beyond(seed: int, n_cases: int, ratio: float, *, bunched: bool) -> bool:
    """Whether a fundamental school at ``ratio`` times its level's rate, among 60 schools, is above the 99.8 % limit."""
    reports = draw_reports(np.random.default_rng(seed), n_cases, 60, bunched=bunched, ratio=ratio)
    return rated(reports)["flag"].iloc[reports.place] == "above_998"


def by_chance(seed: int, n_schools: int, n_cases: int, *, bunched: bool) -> dict[str, float]:
    """Of a register whose schools differ by pupils and level alone: is the share of the most concerned tenth within what
    chance makes (``tenth``), in which share of the levels do schools differ (``apart``), which share of schools is beyond
    the 95 % limits (``beyond``), and by how much do repeats pass what chance makes (``repeats``).
    """
    reports = draw_reports(np.random.default_rng([seed, n_cases]), n_cases, n_schools, bunched=bunched, alike=True)
    found = rated(reports)
    tenth = schools.concentration(found, bunching(reports.weekly)).iloc[0]
    repeats = schools.repeats(reports.weekly.groupby(["school_id", "report_week"], as_index=False).sum()).iloc[0]
    return {
        "tenth": tenth["lower"] <= tenth["share"] <= tenth["upper"],
        "apart": (found.groupby("school_level")["spread"].max() > 0).mean(),
        "beyond": (found["flag"] != "within").mean(),
        "repeats": repeats["share"] - repeats["expected"],
    }


def falls(seed: int, *, bunched: bool) -> tuple[float, float]:
    """By how much the ten highest rates of a register are expected to change if nothing is done, and by how much they do."""
    reports = draw_reports(np.random.default_rng([seed, 2]), 600, 60, bunched=bunched)
    table = reports.schools.assign(exposure=reports.schools["n_pupils"].astype(float))
    chosen = expected_without_action(table, 10, bunching(reports.weekly))
    return chosen["change"].mean(), (reports.truth[chosen["school_id"]] / chosen["rate"]).mean() - 1


def own_rate_claim(n_registers: int) -> Claim:
    """How often the true rate lies in the interval of a school's own one."""
    told = {
        words: [
            100 * np.mean([covered(seed, *size, bunched=bunched, rate="").mean() for seed in range(n_registers)])
            for size in SIZES
        ]
        for bunched, words in KINDS.items()
    }
    return Claim(
        "pour 1 000 élèves, entre deux limites",
        "93 fois sur 100 au moins (40 et 60 écoles, 300 à 1 500 dossiers)",
        " ; ".join(f"{words} {number(min(row), 1)} à {number(max(row), 1)}" for words, row in told.items()),
        all(share >= 93 for row in told.values() for share in row),
    )


def bunching_claim(n_registers: int) -> Claim:
    """How often the page says that reports come in bunches, and how far it is from how many there are."""
    found = {
        bunched: np.array(
            [
                bunching(
                    draw_reports(np.random.default_rng([seed, n_cases]), n_cases, n_schools, bunched=bunched).weekly
                )
                for n_schools, n_cases in SIZES
                for seed in range(n_registers)
            ]
        )
        for bunched in KINDS
    }
    said, others = 100 * (found[False] > BUNCHED).mean(), found[True].mean() - 1
    return Claim(
        "Un signalement vient souvent avec d’autres de la même école (1,5 en moyenne)",
        "dit 5 fois sur 100 au plus où chacun vient seul ; par grappes, à 0,2 près en moyenne (1,5)",
        f"{number(said, 1)} fois sur 100 ; {number(others, 2)}",
        bool(said <= 5 and abs(others - COMPANIONS - 0.5) <= 0.2),
    )


def chance_claims(n_registers: int) -> list[Claim]:
    """What chance alone makes where schools of a level are alike."""
    told: dict[str, dict[str, list[float]]] = {}
    for bunched, words in KINDS.items():
        for n_schools, n_cases in SIZES:
            drawn = (by_chance(seed, n_schools, n_cases, bunched=bunched) for seed in range(n_registers))
            for name, share in (100 * pd.DataFrame(drawn).astype(float).mean()).items():
                told.setdefault(str(name), {}).setdefault(words, []).append(share)

    def claim(sentence: str, promised: str, name: str, least: float, most: float, kinds: Iterable[str]) -> Claim:
        rows = {words: told[name][words] for words in kinds}
        measured = " ; ".join(f"{words} {number(min(row), 1)} à {number(max(row), 1)}" for words, row in rows.items())
        return Claim(
            sentence, promised, measured, all(least <= share <= most for row in rows.values() for share in row)
        )

    sizes = "40 et 60 écoles, 300 à 1 500 dossiers"
    changes = {
        words: 100 * np.mean([falls(seed, bunched=bunched) for seed in range(n_registers)], axis=0)
        for bunched, words in KINDS.items()
    }
    return [
        claim(
            "Dossiers du dixième le plus concerné : le hasard seul donnerait, entre deux limites",
            f"93 à 99 fois sur 100 où les écoles d’un niveau se valent ({sizes})",
            *("tenth", 93, 99, KINDS.values()),
        ),
        claim(
            "Les écoles de même niveau diffèrent plus que le hasard ne le veut",
            f"5 fois sur 100 au plus pour chaque niveau, à 2 près, où elles se valent ({sizes})",
            *("apart", 0, 7, KINDS.values()),
        ),
        claim(
            "au-delà de 95 %",
            f"5 écoles sur 100 au plus où elles se valent ({sizes})",
            *("beyond", 0, 5, KINDS.values()),
        ),
        claim(
            "Dossiers qui en suivent un autre : le hasard seul donnerait",
            f"à un point près en moyenne, sans grappes (écart en points, {sizes})",
            *("repeats", -1, 1, [KINDS[False]]),
        ),
        Claim(
            "Les dix taux les plus hauts baisseraient d’eux-mêmes",
            "à cinq points près en moyenne (60 écoles, 600 dossiers)",
            " ; ".join(f"{words} {told:.0f} % annoncés, {true:.0f} % vrais" for words, (told, true) in changes.items()),
            all(abs(told - true) <= 5 for told, true in changes.values()),
        ),
    ]


def claims(n_registers: int = 2_000) -> list[Claim]:
    """What the pages of schools promise, beside what they do in ``n_registers`` registers of each kind."""
    found = []
    for bunched, words in KINDS.items():
        for n_schools, n_cases in SIZES:
            drawn = (covered(seed, n_schools, n_cases, bunched=bunched) for seed in range(n_registers // 10))
            is_covered = pd.concat(drawn)
            share, levels = 100 * is_covered.mean(), 100 * is_covered.groupby(level=0).mean()
            promised = f"93 à 97 fois sur 100 ({n_schools} écoles, {number(n_cases)} dossiers, {words})"
            parts = (
                f"{TEACHING_LEVELS.label(str(level)).lower()} {of_level:.1f}" for level, of_level in levels.items()
            )
            told = f"{share:.1f} ({', '.join(parts)})".replace(".", ",")
            found.append(Claim("taux prudent, entre ses deux limites", promised, told, bool(93 <= share <= 97)))
    for n_cases, least in POWER.items():
        share = 100 * np.mean([is_beyond(seed, n_cases, 4.0, bunched=False) for seed in range(n_registers)])
        promised = f"une école fondamentale à quatre fois son niveau, {least} fois sur 100 au moins "
        promised += f"({number(n_cases)} dossiers)"
        found.append(Claim(FLAG_WORDS["above_998"], promised, f"{share:.1f}".replace(".", ","), bool(share >= least)))
        for bunched, words in KINDS.items():
            share = 1000 * np.mean([is_beyond(seed, n_cases, 1.0, bunched=bunched) for seed in range(n_registers)])
            promised = (
                f"une école au taux de son niveau, 2 fois sur 1 000 au plus ({number(n_cases)} dossiers, {words})"
            )
            found.append(Claim(FLAG_WORDS["above_998"], promised, f"{share:.1f}".replace(".", ","), bool(share <= 2)))
    n_registers //= 10
    return [*found, own_rate_claim(n_registers), *chance_claims(n_registers), bunching_claim(n_registers)]


if __name__ == "__main__":
    for claim in claims(*map(int, sys.argv[1:])):
        print(f"{'tenu' if claim.held else 'PAS TENU'} | {claim.promised} | {claim.measured}")
