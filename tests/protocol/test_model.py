"""The protocol: whole. Which words are the procedure's is held in ``tests/documents``."""

import re
from datetime import date

import msgspec

from analytics.domain.data import CONTENT
from analytics.domain.entries import Observation, ObservedFile, Zone
from analytics.domain.vocabulary import STEPS
from analytics.protocol import build, protocol

TODAY = date(2026, 11, 22)


def test_the_numbers_of_the_procedure_are_those_of_its_contacts():
    contacts = protocol().contacts
    assert contacts["school_mediation"].tel == "tel:0474810891"
    assert contacts["police_contact"].tel == "tel:056863143"
    assert "Delbecque" in contacts["police_contact"].role


def test_the_steps_are_those_of_the_register_in_their_order():
    assert [step.code for step in protocol().steps] == list(STEPS)


def test_what_we_add_never_passes_for_the_procedure():
    for entry in protocol().entries.values():
        assert entry.is_added == (entry.kind == "complement")
        assert entry.is_added != bool(entry.points)


def test_no_article_of_the_penal_code_is_printed():
    printed = str((CONTENT.protocol, CONTENT.contacts))
    assert not re.search(r"code pénal|art\. ?4\d\d|371|417", printed, re.IGNORECASE)


def test_the_phone_card_for_the_parents_holds_the_six_points():
    card = next(card for card in protocol().cards if card.code == "parents")
    assert [entry.points for entry in card.entries] == [(f"P3.{n}",) for n in range(1, 7)]
    assert all(entry.say for entry in card.entries)


# Contacts


def test_a_number_unchecked_for_a_year_says_so():
    contact = protocol().contacts["emergency"]
    assert contact.checked(date(2027, 11, 22)) == "Relu le 22/11/2026."
    assert protocol().role(contact, date(2027, 11, 22)) == "Secours médicaux"
    assert contact.checked(date(2027, 11, 23)).startswith("Non vérifié depuis plus d’un an")
    assert protocol().role(contact, date(2027, 11, 23)) == "Secours médicaux (à confirmer)"


def test_a_number_without_a_source_says_so_from_the_first_day():
    assert protocol().contacts["tele_accueil"].checked(TODAY).startswith("Non vérifié")


def test_the_directory_begins_with_the_zones_own_numbers():
    assert protocol().directory[0].code == "school_mediation"
    assert len(protocol().directory) == len(protocol().contacts)


def test_a_number_names_its_zone_where_there_are_several():
    file = CONTENT.contacts
    north = file.contacts[3].replace(code="north_mediation", zone="north")
    file = file.replace(zones=(*file.zones, Zone("north", "Zone nord")), contacts=(*file.contacts, north))
    two_zones = build(msgspec.structs.replace(CONTENT, contacts=file))
    assert protocol().role(protocol().contacts["school_mediation"], TODAY) == "Médiation scolaire"
    assert two_zones.role(two_zones.contacts["north_mediation"], TODAY) == "Médiation scolaire, Zone nord"
    assert two_zones.role(two_zones.contacts["emergency"], TODAY) == "Secours médicaux"


# What the service observes


def test_an_observation_stands_beside_its_step():
    seen = ObservedFile((Observation("parents", "Contactés le jour même dans 6 situations sur 10."),))
    content = msgspec.structs.replace(CONTENT, observed=seen)
    assert build(content).observed == {"parents": "Contactés le jour même dans 6 situations sur 10."}
