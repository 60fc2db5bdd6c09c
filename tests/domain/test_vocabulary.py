"""The vocabularies of the frozen data: what the procedure calls a relay, an answer and a danger."""

from __future__ import annotations

from analytics.domain import vocabulary


def test_relays_stand_in_the_order_of_the_procedure():
    assert (
        *("cpms", "school_mediation", "parents", "controlling_authority", "legal_service", "police_contact"),
    ) == vocabulary.RELAYS
    assert list(vocabulary.STEPS)[:3] == ["evidence_kept", "pupil_informed", "cpms"]


def test_a_report_is_answered_by_any_relay_and_the_parents_by_steps_of_their_own():
    assert vocabulary.RESPONSES["first_relay"] == vocabulary.RELAYS
    assert all(steps and set(steps) <= set(vocabulary.STEPS) for steps in vocabulary.RESPONSES.values())


def test_threats_and_incitement_to_suicide_endanger_life():
    assert vocabulary.DANGER_TYPES == ("threats", "suicide_incitement")
