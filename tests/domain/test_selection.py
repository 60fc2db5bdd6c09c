"""A selection says in one French line what it holds."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.domain.selection import EVERYTHING, Selection


@pytest.mark.parametrize(
    ("selection", "words"),
    [
        (EVERYTHING, "tous les dossiers"),
        (Selection(school_years=("2025-2026",)), "année 2025-2026"),
        (Selection(school_years=("2024-2025", "2025-2026")), "années 2024-2025 et 2025-2026"),
        (Selection(first_week=date(2025, 9, 1)), "à partir du 01/09/2025"),
        (Selection(last_week=date(2026, 3, 30)), "jusqu’à la semaine du 30/03/2026"),
        (Selection(incident_types=("insults", "threats")), "Insultes ou Menaces"),
        (Selection(school_levels=("secondary_1", "unknown")), "1er degré ou Inconnu"),
        (Selection(school_networks=("wbe",)), "WBE"),
        (Selection(zones=("Ath", "Mons", "Tournai")), "zone Ath, Mons ou Tournai"),
        (Selection(school_ids=("3000",)), "1 école"),
        (Selection(school_ids=("3000", "3007")), "2 écoles"),
        (Selection(danger=True), "menace pour la vie"),
        (
            Selection(school_years=("2025-2026",), incident_types=("threats",), zones=("Ath",)),
            "année 2025-2026 · Menaces · zone Ath",
        ),
    ],
)
def test_each_choice_has_its_words(selection, words):
    assert selection.description == words
