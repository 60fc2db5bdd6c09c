"""The Vue d'ensemble: what is new, what waits, what has changed, where to look, each leading to its page, filtered."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest

from analytics.measures import relays
from analytics.store import Store


def metrics(app) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def links(app) -> dict[str, dict[str, list[str]]]:
    """What each link asks of its page; that it opens it is for the browser tests."""
    return {link.proto.label: parse_qs(link.proto.query_string) for link in app.get("page_link")}


def test_what_is_new_is_the_difference_between_the_extracts(visit, extracts):
    """420 and 431 cases: the truth files of the two registers."""
    app = visit("overview", extracts)
    assert metrics(app)["Nouveau depuis l’extrait du 12/06/2026"] == "+11 dossiers"


def test_what_waits_is_what_the_page_of_the_relays_counts(visit, extracts):
    snapshot = Store(extracts).snapshot()
    n_overdue = relays.against_deadline(snapshot.step_counts("deadline"))["n_overdue"].sum()
    assert metrics(visit("overview", extracts))["Hors délai, dossiers ouverts"] == f"{n_overdue} étapes"


def test_each_figure_leads_to_its_page_with_the_filters_of_this_one(visit, extracts):
    found = links(visit("overview", extracts, niveaux="1er degré", zones="Mons"))
    kept = {"niveaux": ["1er degré"], "zones": ["Mons"]}
    assert found["Voir ces semaines"] == kept | {"depuis": ["08/06/2026"]}
    assert found["Voir qui attend"] == kept | {"question": ["Délais et retards"]}
    assert found["Voir les semaines"] == kept | {"sujet": ["Quand"]}
    assert found["Voir les écoles"] == kept


def test_the_weeks_still_being_written_are_never_judged(visit, extracts, text):
    app = visit("overview", extracts)
    assert metrics(app)["Au-delà de la saison"] == "Rien"
    assert "Les dernières semaines, encore incomplètes, ne sont jamais jugées." in text(app)


def test_a_first_extract_says_that_there_is_nothing_to_compare(visit, few_cases, text):
    app = visit("overview", few_cases(3))
    assert metrics(app)["Dossiers au registre"] == "3"
    assert "Premier extrait" in text(app)


@pytest.mark.parametrize("n_cases", [1, 2])
def test_too_few_weeks_raise_no_alarm(visit, few_cases, n_cases, text):
    app = visit("overview", few_cases(n_cases), types="")
    assert metrics(app)["Au-delà de la saison"] == "Pas assez de données"
    assert metrics(app)["Où regarder"] == "Aucune école"


def test_a_register_without_a_case_says_so(visit, few_cases, text):
    app = visit("overview", few_cases(0))
    assert not app.metric
    assert app.info
