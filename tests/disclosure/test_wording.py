"""The French text of a publication."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics.disclosure.published import Cell
from analytics.disclosure.wording import about, certificate, describe_rules, explain_refusal, format_cell
from tests.released import proposal, release


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (Cell(1234), "1\u202f234"),
        (Cell(0), "0"),
        (Cell(None, 1, 8), "retenu (de 1 à 8)"),
        (Cell(None, 3), "retenu (au moins 3)"),
    ],
)
def test_a_cell_is_its_number_or_its_interval(cell, text):
    assert format_cell(cell) == text


def test_the_first_page_says_period_day_rules_method_and_certificate():
    assert [heading for heading, _ in about(release())] == ["Période", "Publié le", "Règles", "Méthode", "Certificat"]
    assert ("Attention", "Données fictives, pour essayer. Aucun dossier réel.") in about(
        replace(release(), is_demo=True)
    )
    assert "Ce qui est compté" in dict(about(release(), release().tables[0]))


def test_the_certificate_counts_what_is_suppressed_and_the_past_releases_attacked_with_it():
    n = sum(cell.value is None for table in release().tables for cell in table.cells.values())
    assert f"parmi les {n} nombres retenus" in certificate(release())
    assert "et avec 2 publication(s) précédente(s)" in certificate(replace(release(), n_past=2))
    assert certificate(proposal().rounded) == "Version arrondie, sans certificat."


def test_the_rules_say_the_thresholds_or_how_it_was_rounded():
    assert "Un nombre de 1 à 4 n’est pas montré" in describe_rules(release())
    assert "1 à 6 devient 3" in describe_rules(proposal().rounded)


def test_a_refusal_names_the_table_and_what_to_do():
    assert explain_refusal("Types").startswith("« Types » n’est pas publié")
    assert "Regroupez" in explain_refusal("Types")
