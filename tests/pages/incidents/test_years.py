"""« Et l’an dernier ? » : each row against last year, with a word."""

import pytest

from analytics.domain.vocabulary import INCIDENT_TYPES
from analytics.store import Store
from analytics.workflows.comparing import compared

ASKED = "Et l’an dernier ?"


@pytest.mark.parametrize("by", ["Type", "Niveau", "Canal", "Qui signale", "Réseau", "École"])
def test_each_row_has_its_numbers_its_interval_and_a_word(visit, demonstration, text, by):
    app = visit("incidents", demonstration, sujet=ASKED, comparer=by)
    rows = app.dataframe[0].value
    assert rows.columns[0] == by
    assert rows[by].notna().all()
    assert set(rows["Ce que l’on peut dire"]) <= {"plus", "moins", "pas de changement sûr", "trop peu pour le dire"}
    assert "La semaine en cours n’y est pas" in text(app)


def test_the_page_shows_what_the_measure_says(visit, demonstration):
    rows = visit("incidents", demonstration, sujet=ASKED).dataframe[0].value.set_index("Type")
    answer = compared(Store(demonstration).snapshot(), "incident_type", list(INCIDENT_TYPES))
    for _, row in answer[answer["n"] > 0].iterrows():
        shown = rows.loc[INCIDENT_TYPES.label(row["incident_type"])]
        assert (shown["Cette année"], shown["Un an plus tôt"]) == (row["n"], row["n_before"])


def test_a_register_of_one_year_says_that_the_comparison_will_come(visit, extracts, text):
    app = visit("incidents", extracts, sujet=ASKED)
    assert "la comparaison viendra" in text(app)
    assert not app.dataframe
