"""The filters and their address, from one list of fields."""

from dataclasses import fields
from datetime import date

from analytics.domain.selection import Selection
from pages._widgets.panel import FIELDS, address, school_label


def test_whatever_can_be_selected_has_a_filter():
    of_a_question = {"school_ids", "danger"}  # a question narrows by these, not the reader
    assert {field.attribute for field in FIELDS} == {field.name for field in fields(Selection)} - of_a_question


def test_an_address_holds_the_words_of_what_is_chosen_and_the_pages_own_choices():
    chosen = Selection(school_levels=("secondary_1",), zones=("Mons", "Ath"), first_week=date(2026, 6, 8))
    assert address(chosen, sujet="Quand") == {
        "depuis": "08/06/2026",
        "niveaux": ["1er degré"],
        "zones": ["Mons", "Ath"],
        "sujet": "Quand",
    }


def test_two_schools_of_one_name_are_told_apart():
    assert school_label("Institut Hardy", "A1") == "Institut Hardy (A1)"


def test_all_filters_are_cleared_at_once_and_the_number_of_those_set_is_told(visit, extracts, text):
    app = visit("incidents", extracts, niveaux="1er degré", zones="Mons")
    assert any("2 filtres" in block.proto.body for block in app.get("html"))
    app.button(key="clear").click().run()
    assert "tous les dossiers" in text(app)
    assert "niveaux" not in app.query_params and "zones" not in app.query_params
    assert app.button(key="clear").disabled
