"""The protocol: whole, checked when read, and answering each situation with the steps that apply."""

import re
from datetime import date

import msgspec
import pytest

from analytics.domain.data import CONTENT
from analytics.domain.entries import Observation, ObservedFile
from analytics.domain.vocabulary import STEPS, normalise
from analytics.protocol import (
    FACTS,
    Situation,
    advise,
    applies,
    build,
    protocol,
    search,
)

TODAY = date(2026, 11, 22)

# The service's procedure, point by point: its number here, and words that whoever carries the point must hold. The document
# itself is not ours to copy; the words were chosen beside it.
PROCEDURE = """
    P0.1 | grave images intimes photomontage insultes intimidations menaces mort suicide
    P0.2 | suggestions expérience service directions
    P1.1 | éclaircis prudent
    P1.2 | sans juger
    P1.3 | équipe aider veut
    P1.4 | équipe éducative discrète école
    P1.5 | sécurité école
    P1.6 | trace avant disparaisse messages courriels captures snapchat
    P1.7 | mineur parents prévenus accompagné
    P2.1 | attendre répandre
    P2.2 | CPMS
    P2.2 | médiation scolaire en plus du CPMS ou à sa place
    P2.3 | travaille avec lui
    P3.1 | direction veille sécurité enfant école
    P3.2 | CPMS médiation prévenus disponibles
    P3.3 | garde nuire réseaux sociaux contacter auteurs présumés famille
    P3.4 | discrétion démarches
    P3.5 | mineur danger justice parents élève porter plainte
    P3.6 | remettez parents feuille information victimes
    P4.1 | pouvoir organisateur fait change
    P4.2 | hésitez démarche service juridique
    P5.1 | selon situation éducateurs récréation
    P5.2 | équipe adulte confiance
    P5.3 | urgence séance classe situation
    P5.4 | CPMS médiation SMSW
    P6.1 | référent scolaire zone de police
    P7.1 | autres actions sensibilisation
    P7.2 | programme détaillé préparation
    P7.3 | bien après apaisée parents information générale
    P7.4 | plusieurs services
    P8.1 | question
"""
POINTS = [tuple(map(str.strip, line.split("|"))) for line in PROCEDURE.strip().splitlines()]


def labels(situation: Situation) -> list[str]:
    return [advice.step.label for advice in advise(protocol(), situation)]


@pytest.mark.parametrize(("point", "words"), POINTS)
def test_each_point_of_the_procedure_has_an_entry_that_carries_it(point, words):
    carriers = [entry for entry in protocol().entries.values() if point in entry.points]
    texts = [
        normalise(
            " ".join(
                (
                    entry.label,
                    entry.action,
                    getattr(entry, "when", ""),
                    getattr(entry, "who", ""),
                    *entry.say,
                    *entry.words,
                )
            )
        )
        for entry in carriers
    ]
    assert any(all(word in text for word in normalise(words).split()) for text in texts), (point, texts)


def test_the_list_of_points_is_the_whole_numbering():
    numbered = {f"{row.code}.{n}" for row in CONTENT.protocol.paragraphs for n in range(1, row.points + 1)}
    assert {point for point, _ in POINTS} == numbered


def test_the_numbers_of_the_procedure_are_those_of_its_contacts():
    contacts = protocol().contacts
    assert contacts["school_mediation"].tel == "tel:0474810891"
    assert contacts["police_contact"].tel == "tel:056863143"
    assert "Delbecque" in contacts["police_contact"].role


def test_the_steps_are_those_of_the_register_in_their_order():
    assert [step.code for step in protocol().steps] == list(STEPS)


def test_what_we_add_never_passes_for_the_procedure():
    for entry in protocol().entries.values():
        added = entry.kind == "complement"
        assert added == protocol().origin(entry).startswith("Complément")
        assert added != bool(entry.points)


def test_no_article_of_the_penal_code_is_printed():
    printed = str((CONTENT.protocol, CONTENT.contacts))
    assert not re.search(r"code pénal|art\. ?4\d\d|371|417", printed, re.IGNORECASE)


def test_the_phone_card_for_the_parents_holds_the_six_points():
    card = protocol().cards["parents"]
    assert [entry.points for entry in card.entries] == [(f"P3.{n}",) for n in range(1, 7)]
    assert all(entry.say for entry in card.entries)


def test_an_adult_pupil_is_not_told_what_a_minor_is():
    said = protocol().card("pupil", Situation(minor=False)).entries
    assert "pupil_informed" not in [entry.code for entry in said]
    assert len(said) == len(protocol().cards["pupil"].entries) - 1


# What a situation asks for


def test_nothing_said_keeps_every_step():
    assert labels(Situation()) == [step.label for step in STEPS.values()]


def test_an_insult_to_an_adult_without_threat_or_images_calls_for_neither_police_nor_the_minor_s_step():
    situation = Situation(frozenset({"insults"}), minor=False, images=False, threat=False)
    assert {"Élève informé", "Police", "Plainte encouragée"}.isdisjoint(labels(situation))
    assert len(labels(situation)) == 12


def test_a_threat_outweighs_an_answer_that_there_is_none():
    situation = Situation(frozenset({"threats"}), threat=False, images=False)
    reasons = {advice.step.code: advice.reason for advice in advise(protocol(), situation)}
    assert reasons["police_contact"].startswith("Il y a une menace")


def test_images_bring_the_warning_never_to_copy_them_unless_the_pupil_is_of_age():
    warning = protocol().entries["no_copy"]
    assert applies(warning, Situation(frozenset({"intimate_images"}), minor=True))
    assert not applies(warning, Situation(frozenset({"intimate_images"}), minor=False))
    assert not applies(warning, Situation(frozenset({"insults"}), images=False))


def test_whoever_is_told_already_stays_with_what_remains_to_do():
    advice = {each.step.code: each for each in advise(protocol(), Situation(told=frozenset({"cpms"})))}
    assert advice["cpms"].already
    assert advice["cpms"].reason == advice["cpms"].step.told
    assert not advice["parents"].already


@pytest.mark.parametrize("fact", FACTS)
@pytest.mark.parametrize("minor", [True, False, None])
def test_every_step_of_every_situation_has_a_reason(fact, minor):
    assert all(advice.reason for advice in advise(protocol(), Situation(frozenset({fact}), minor)))


def test_saying_more_never_adds_a_step():
    everything = set(labels(Situation()))
    for fact in FACTS:
        for answer in (True, False):
            assert set(labels(Situation(frozenset({fact}), answer, answer, answer))) <= everything


def test_facts_that_the_procedure_does_not_name_are_refused():
    with pytest.raises(ValueError, match="exclusion"):
        Situation(frozenset({"exclusion"}))


# Searching


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("CAPTURE ecran", "Preuves conservées"),
        ("0474 810 891", "Médiation scolaire\u202f: 0474\u202f810\u202f891"),
        ("0474810891", "Médiation scolaire\u202f: 0474\u202f810\u202f891"),
        ("témoin", "Les témoins"),
        ("grossiers mots", None),
    ],
)
def test_a_search_finds_words_without_accents_and_numbers_without_spaces(query, found):
    hits = [hit.label for hit in search(protocol(), query)]
    assert (found in hits) if found else hits == []


def test_a_search_puts_first_what_bears_the_word_in_its_name():
    assert search(protocol(), "police")[0].label == "Police"


def test_an_empty_search_finds_nothing():
    assert search(protocol(), "  ?") == ()


# Contacts


def test_a_number_unchecked_for_a_year_says_so():
    contact = protocol().contacts["emergency"]
    assert contact.checked(date(2027, 11, 22)) == "Numéro relu dans sa source le 22/11/2026."
    assert contact.named(date(2027, 11, 22)) == "Secours médicaux"
    assert contact.checked(date(2027, 11, 23)).startswith("Numéro non vérifié depuis plus d’un an")
    assert contact.named(date(2027, 11, 23)) == "Secours médicaux (numéro à confirmer)"


def test_a_number_without_a_source_says_so_from_the_first_day():
    assert protocol().contacts["tele_accueil"].checked(TODAY).startswith("Numéro non vérifié.")


def test_another_zone_shows_only_the_numbers_of_everywhere():
    assert {contact.zone for contact in protocol().contacts_of("other")} == {"everywhere"}
    assert protocol().contacts_of("procedure")[0].code == "school_mediation"


# What the service observes


def test_an_observation_stands_beside_its_step():
    seen = ObservedFile((Observation("parents", "Contactés le jour même dans 6 situations sur 10."),))
    content = msgspec.structs.replace(CONTENT, observed=seen)
    assert build(content).observed == {"parents": "Contactés le jour même dans 6 situations sur 10."}


# A step from another source


def test_a_step_from_another_source_is_marked_as_a_complement_is():
    step, *others = CONTENT.protocol.steps
    file = CONTENT.protocol.replace(steps=(step.replace(source="child_focus", points=()), *others))
    added = build(msgspec.structs.replace(CONTENT, protocol=file))
    assert added.origin(added.entries[step.code]) == "Complément. Child Focus, actualité (19/03/2024)"
