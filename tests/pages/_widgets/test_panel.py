"""The filters and their address, from one list of fields."""

from dataclasses import fields
from datetime import date

from analytics.domain.selection import Selection
from pages._widgets.panel import FIELDS, address, school_label


def test_whatever_can_be_selected_has_a_filter():
    assert {field.attribute for field in FIELDS} == {field.name for field in fields(Selection)} - {"school_ids"}


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
