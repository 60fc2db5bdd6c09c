"""« Rare par le seul hasard », on the page of relays: how often it is said where nothing differs, and where something does.

    uv run python -m tests.benchmarks.claims.comparisons [REGISTERS]

A thousand registers of each size take ten minutes on two cores.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

from analytics.domain.french import RARE, chance, number
from analytics.measures import relays
from tests.benchmarks.claims import Claim
from tests.benchmarks.claims._registers import draw_paces

SIZES = ((40, 450), (40, 1_500), (60, 450), (60, 1_500))
"""Schools and cases."""
SLOW = ("wbe", "municipal", "denominational")
"""The networks of which each register of 60 schools has several."""

WORDS = {
    "school_level": "niveau",
    "zone": "zone",
    "danger": "danger",
    "school_network": "réseau",
    "school_year": "année",
}
WORDS |= {"incident_type": "type", "wbe": "WBE", "municipal": "communal", "denominational": "confessionnel"}


def p_values(seed: int, n_schools: int, n_cases: int, slow: str | None = None) -> pd.Series:
    """The p value of each comparison of a register, and the least false discovery rate of its step (``any``)."""
    paces = draw_paces(np.random.default_rng(seed), n_cases, n_schools, {slow: 3.0} if slow else None, alike=not slow)
    found = relays.comparisons(paces.counts, paces.schools).set_index("group")
    told = pd.Series(
        {"incident_type": relays.type_comparison(paces.by_type), "any": found["false_discovery_rate"].min()}
    )
    return pd.concat([found["p_value"], told, found["false_discovery_rate"].add_prefix("rate_")])


def share_rare(n_registers: int, n_schools: int, n_cases: int, slow: str | None = None) -> pd.Series:
    """How often each is called rare, of 100."""
    first = 1_000_000 * n_schools + n_cases
    drawn = pd.DataFrame([p_values(first + seed, n_schools, n_cases, slow) for seed in range(n_registers)])
    return 100 * (drawn < RARE).mean()


def claims(n_registers: int = 1_000) -> list[Claim]:
    """What the page promises of comparisons, beside what it does in ``n_registers`` registers of each kind."""
    found = []
    sentence = chance(RARE - 0.001)
    for n_schools, n_cases in SIZES:
        shares = share_rare(n_registers, n_schools, n_cases)
        single = shares.drop("any").filter(regex="^(?!rate_)")
        told = ", ".join(f"{WORDS[group]} {share:.1f}".replace(".", ",") for group, share in single.items())
        size = f"{n_schools} écoles, {number(n_cases)} dossiers, rien ne diffère"
        found.append(
            Claim(sentence, f"5 fois sur 100, à 2 près ({size})", told, bool(single.between(3, 7).all())),
        )
        least = shares["any"]
        found.append(
            Claim(
                sentence,
                f"7 fois sur 100 au plus, de toutes les comparaisons ({size})",
                f"{least:.1f}".replace(".", ","),
                bool(least <= 7),
            )
        )
    shares = [share_rare(n_registers // 2, 60, 1_500, slow) for slow in SLOW]
    for column, words in (("school_network", "seule"), ("rate_school_network", "parmi les comparaisons de l’étape")):
        least = min(share[column] for share in shares)
        told = ", ".join(f"{WORDS[slow]} {share[column]:.0f}" for slow, share in zip(SLOW, shares, strict=True))
        promised = (
            f"un réseau trois fois plus lent est trouvé 75 fois sur 100 au moins, {words} (60 écoles, 1 500 dossiers)"
        )
        found.append(Claim(sentence, promised, told, bool(least >= 75)))
    return found


if __name__ == "__main__":
    for claim in claims(*map(int, sys.argv[1:])):
        print(f"{'tenu' if claim.held else 'PAS TENU'} | {claim.promised} | {claim.measured}")
