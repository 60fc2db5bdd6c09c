"""« Au-dessus de la limite à 99,8 % » and « taux prudent … entre », on the pages of schools: what they promise and do.

    uv run python -m tests.benchmarks.claims.schools [REGISTERS]

Two thousand registers of each kind take ten minutes on two cores.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

from analytics.domain.french import number
from analytics.domain.vocabulary import TEACHING_LEVELS
from analytics.measures import schools
from analytics.measures.funnel import FLAG_WORDS, bunching
from tests.benchmarks.claims import Claim
from tests.benchmarks.claims._registers import Reports, draw_reports

SIZES = ((40, 300), (40, 1_500), (60, 300), (60, 600), (60, 1_500))
"""Schools and cases."""
POWER = {300: 10, 600: 26}
"""How often of 100 a fundamental school at four times its level is beyond 99.8 %, at least, by number of cases."""


def rated(reports: Reports) -> pd.DataFrame:
    return schools.rates(reports.schools, bunching(reports.weekly))


def covered(seed: int, n_schools: int, n_cases: int, *, bunched: bool) -> pd.Series:
    """Whether the true rate of each school of a register lies in the interval of the cautious one, by its level."""
    reports = draw_reports(np.random.default_rng(seed), n_cases, n_schools, bunched=bunched)
    found, truth = rated(reports), schools.PER * reports.truth
    is_covered = (found["shrunken_lower"] <= truth) & (truth <= found["shrunken_upper"])
    return is_covered.set_axis(found["school_level"])


def is_beyond(seed: int, n_cases: int, ratio: float, *, bunched: bool) -> bool:
    """Whether a fundamental school at ``ratio`` times its level's rate, among 60 schools, is above the 99.8 % limit."""
    reports = draw_reports(np.random.default_rng(seed), n_cases, 60, bunched=bunched, ratio=ratio)
    return rated(reports)["flag"].iloc[reports.place] == "above_998"


def claims(n_registers: int = 2_000) -> list[Claim]:
    """What the pages of schools promise, beside what they do in ``n_registers`` registers of each kind."""
    found = []
    for bunched, words in ((False, "un par événement"), (True, "par grappes")):
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
        for bunched, words in ((False, "un par événement"), (True, "par grappes")):
            share = 1000 * np.mean([is_beyond(seed, n_cases, 1.0, bunched=bunched) for seed in range(n_registers)])
            promised = (
                f"une école au taux de son niveau, 2 fois sur 1 000 au plus ({number(n_cases)} dossiers, {words})"
            )
            found.append(Claim(FLAG_WORDS["above_998"], promised, f"{share:.1f}".replace(".", ","), bool(share <= 2)))
    return found


if __name__ == "__main__":
    for claim in claims(*map(int, sys.argv[1:])):
        print(f"{'tenu' if claim.held else 'PAS TENU'} | {claim.promised} | {claim.measured}")
