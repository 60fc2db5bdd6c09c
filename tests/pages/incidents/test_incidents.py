"""The page Types d'incidents: each question answers on a register, under a filter, on one case and on none."""

from __future__ import annotations

import json

import pytest

from tests.repository import ROOT

TRUTH = json.loads((ROOT / "tests/files/registre-2025-2026-suite.truth.json").read_text("utf-8"))
QUESTIONS = ["Ce qui arrive", "À qui, par où", "Quand"]


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("n_cases", [1, 2])
def test_each_question_answers_on_few_cases(visit, few_cases, question, n_cases, text):
    app = visit("incidents", few_cases(n_cases), sujet=question)
    assert app.get("plotly_chart")
    assert "Comment lire" in text(app)
    assert "Que faire" in text(app)


def test_several_types_in_a_case_are_said(visit, extracts, text):
    n_types, n_cases = sum(TRUTH["incident_types"].values()), TRUTH["n_cases"]
    words = text(visit("incidents", extracts))
    assert f"{n_types} types notés pour {n_cases} dossiers, la somme dépasse 100 %" in words


@pytest.mark.parametrize(
    ("dimension", "heading"), [("Niveau", "niveau"), ("Canal", "canal"), ("Qui signale", "qui signale")]
)
def test_the_types_are_told_by_level_channel_and_reporter(visit, extracts, dimension, heading):
    app = visit("incidents", extracts, sujet="À qui, par où", selon=dimension)
    assert f"Les dossiers\u202f: {dimension.lower()}" in [header.value for header in app.header]
    assert len(app.get("plotly_chart")) == 2


def test_the_weeks_have_a_chart_a_heat_map_and_a_verdict(visit, extracts, text):
    app = visit("incidents", extracts, sujet="Quand")
    assert len(app.get("plotly_chart")) == 3
    assert "Rien de plus que d’ordinaire dans les quatre dernières semaines d’école." in text(app)
    assert "La saison n’est pas encore connue : les limites sont larges." in text(app)


def test_each_type_is_answered_and_a_rare_one_can_be_looked_at(visit, extracts, text):
    app = visit("incidents", extracts, sujet="Quand", compte="Incitation au suicide")
    answers = next(table.value for table in app.dataframe if "Attendu" in table.value and len(table.value) == 10)
    assert answers["Attendu"].notna().all()
    assert "Même quand rien ne change" in text(app)


def test_tables_speak_french(visit, extracts):
    table = visit("incidents", extracts).dataframe[0].value
    assert list(table.columns) == ["Type d’incident", "Dossiers", "Part", "Bas (95 %)", "Haut (95 %)"]


def test_a_register_without_a_case_says_so(visit, few_cases):
    app = visit("incidents", few_cases(0))
    assert app.info
    assert not app.get("plotly_chart")
