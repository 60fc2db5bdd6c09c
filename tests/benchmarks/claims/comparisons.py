"""« Rare par le seul hasard », on the page of relays: how often it is said where nothing differs, and where something does.

    uv run python -m tests.benchmarks.claims.comparisons [REGISTERS]

A thousand registers of each size take ten minutes on two cores.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.domain.french import RARE, VERY_RARE, chance, number
from analytics.domain.vocabulary import SCHOOL_NETWORKS
from analytics.measures import relays
from tests.benchmarks.claims import Claim
from tests.benchmarks.claims._registers import draw_paces

SIZES = ((40, 450), (40, 1_500), (60, 450), (60, 1_500))
"""Schools and cases."""
ENOUGH_SCHOOLS = 8
"""A slow network of fewer is found less often: schools differ, and have 25 cases each."""
BANDS = {1: "1 à 3 écoles", 4: "4 à 7", 8: "8 à 11", 12: "12 ou plus"}
"""By how many schools of 60 a slow network has, at least."""

WORDS = {
    "school_level": "niveau",
    "zone": "zone",
    "danger": "danger",
    "school_network": "réseau",
    "school_year": "année",
}
WORDS |= {"incident_type": "type"}


def p_values(seed: int, n_schools: int, n_cases: int, slow: str | None = None) -> pd.Series:
    """The p value of each comparison of a register, the least false discovery rate of its step (``any``), the rate of each
    comparison, and how many schools are in the ``slow`` network.
    """
    paces = draw_paces(np.random.default_rng(seed), n_cases, n_schools, {slow: 3.0} if slow else None, alike=not slow)
    found = relays.comparisons(paces.counts, paces.schools).set_index("group")
    told = pd.Series(
        {"incident_type": relays.type_comparison(paces.by_type), "any": found["false_discovery_rate"].min()}
    )
    rates = found["false_discovery_rate"].add_prefix("rate_")
    return pd.concat(
        [found["p_value"], told, rates, pd.Series({"n_slow": (paces.schools["school_network"] == slow).sum()})]
    )


def where_nothing_differs(n_registers: int, n_schools: int, n_cases: int) -> pd.DataFrame:
    """:func:`p_values` of registers where nothing differs, a row each."""
    first = 1_000_000 * n_schools + n_cases
    drawn = [p_values(first + seed, n_schools, n_cases) for seed in range(n_registers)]
    return pd.DataFrame(drawn).drop(columns="n_slow")


def found_by_size(n_registers: int) -> tuple[pd.Series, pd.DataFrame]:
    """How often a network three times as slow is called rare, of 100, alone and among the comparisons of the step: for the
    network of a school taken by chance, and by BANDS.

    Each network is the slow one in ``n_registers`` registers of 60 schools and 1,500 cases; those without a school of it
    are left out.
    """
    drawn = pd.DataFrame(
        [p_values(seed, 60, 1_500, slow) for slow in SCHOOL_NETWORKS.labels for seed in range(n_registers)]
    )
    drawn = drawn[drawn["n_slow"] > 0]
    band = np.array(list(BANDS))[np.searchsorted(list(BANDS), drawn["n_slow"], side="right") - 1]
    is_rare = 100.0 * (drawn[["school_network", "rate_school_network"]] < RARE)
    of_a_school = is_rare.mul(drawn["n_slow"], axis=0).sum() / drawn["n_slow"].sum()
    return of_a_school, is_rare.groupby(band).mean()


SENTENCE = chance(RARE - 0.001)


def false_claims(n_registers: int) -> list[Claim]:
    """How often a difference is called rare where there is none."""
    found, every = [], []
    for n_schools, n_cases in SIZES:
        every.append(drawn := where_nothing_differs(n_registers, n_schools, n_cases))
        shares = 100 * (drawn < RARE).mean()
        single, least = shares.drop("any").filter(regex="^(?!rate_)"), shares["any"]
        told = ", ".join(f"{WORDS[group]} {number(share, 1)}" for group, share in single.items())
        size = f"{n_schools} écoles, {number(n_cases)} dossiers, rien ne diffère"
        found += [
            Claim(SENTENCE, f"5 fois sur 100, à 2 près ({size})", told, bool(single.between(3, 7).all())),
            Claim(
                SENTENCE,
                f"7 fois sur 100 au plus, de toutes les comparaisons ({size})",
                number(least, 1),
                bool(least <= 7),
            ),
        ]
    return [*found, very_rare_claim(every)]


def very_rare_claim(drawn: Sequence[pd.DataFrame]) -> Claim:
    """How often a difference is called very rare where there is none, in registers of each of SIZES."""
    shares = pd.DataFrame([100 * (registers < VERY_RARE).mean() for registers in drawn])
    single, least = shares.drop(columns="any").filter(regex="^(?!rate_)").mean(), shares["any"].mean()
    return Claim(
        chance(VERY_RARE - 0.001),
        "1 fois sur 100, à 1 près, seule ou de toutes les comparaisons (40 et 60 écoles, 450 et 1 500 dossiers)",
        f"{', '.join(f'{WORDS[group]} {number(share, 1)}' for group, share in single.items())} ; toutes {number(least, 1)}",
        bool(max(single.max(), least) <= 2),
    )


def power_claims(n_registers: int) -> list[Claim]:
    """How often a slow network is found, and by how many schools it has."""
    of_a_school, shares = found_by_size(n_registers)
    found = []
    for column, words in (("school_network", "seule"), ("rate_school_network", "parmi les comparaisons de l’étape")):
        sizes = ", ".join(f"{BANDS[band]} {share:.0f}" for band, share in shares[column].items())
        promised = (
            "trois fois plus lent que les autres, le réseau d’une école prise au hasard est trouvé 75 fois sur 100 au "
            f"moins, et chaque réseau de {ENOUGH_SCHOOLS} écoles ou plus, {words} (60 écoles, 1 500 dossiers)"
        )
        least = min(of_a_school[column], *shares.loc[ENOUGH_SCHOOLS:, column])
        found.append(Claim(SENTENCE, promised, f"{of_a_school[column]:.0f} ; {sizes}", bool(least >= 75)))
    return found


def claims(n_registers: int = 1_000) -> list[Claim]:
    """What the page promises of comparisons, beside what it does in ``n_registers`` registers of each kind."""
    return false_claims(n_registers) + power_claims(n_registers // 4)


if __name__ == "__main__":
    for claim in claims(*map(int, sys.argv[1:])):
        print(f"{'tenu' if claim.held else 'PAS TENU'} | {claim.promised} | {claim.measured}")
