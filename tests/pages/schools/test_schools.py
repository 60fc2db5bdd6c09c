"""The page Écoles concernées: silent schools are told, nobody is ranked, one case is no crisis."""

from __future__ import annotations

import json

import pytest

from analytics.domain.french import number
from analytics.measures.schools import funnel_lines
from analytics.store import Store
from tests.repository import ROOT

TRUTH = json.loads((ROOT / "tests/files/registre-2025-2026-suite.truth.json").read_text("utf-8"))


def metrics(app) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def test_schools_with_a_case_and_those_never_seen_are_counted(visit, extracts):
    with_cases = sum(n > 0 for n in TRUTH["schools"].values())
    silent = sum(n == 0 for n in TRUTH["schools"].values())
    shown = metrics(visit("schools", extracts))
    assert shown["Écoles avec au moins un dossier"] == f"{with_cases} sur {with_cases + silent}"
    assert shown["Écoles jamais vues au registre"] == str(silent)


def test_a_filter_makes_no_school_one_that_was_never_seen(visit, extracts):
    silent = sum(n == 0 for n in TRUTH["schools"].values())
    shown = metrics(visit("schools", extracts, types="Incitation au suicide"))
    assert shown["Écoles jamais vues au registre"] == str(silent)


def test_no_table_of_schools_is_in_the_order_of_a_rate(visit, extracts):
    table = visit("schools", extracts).dataframe[0].value
    assert table["École"].to_list() == sorted(table["École"])
    assert "Taux prudent" in table.columns


def test_over_dispersion_and_silence_are_told_in_words(visit, extracts, text):
    words = text(visit("schools", extracts))
    phi = funnel_lines(Store(extracts).snapshot().school_counts())["over_dispersion"].iloc[0]
    # A variance phi times as large makes deviations, and limits, sqrt(phi) times as large.
    assert (
        f"diffèrent plus que le hasard ne le veut (leurs écarts sont {number(phi**0.5, 1)} fois plus grands)" in words
    )
    assert "Ne rien signaler n’est pas être à l’abri" in words


@pytest.mark.parametrize("n_cases", [1, 2])
def test_one_case_is_no_school_apart(visit, few_cases, n_cases, text):
    words = text(visit("schools", few_cases(n_cases)))
    assert "Aucune école ne sort de l’entonnoir" in words
