"""What each cell of a column is read as."""

from __future__ import annotations

import pytest

from analytics.intake import OwnWords
from tests.intake.small import found

OPTIONAL = [
    ("Année d’études", "", "school_level"),
    ("Année d’études", "S9", "school_level"),
    ("Signalé par", "Madame X", "reporter"),
    ("Canal", "Pigeon", "channel"),
]


@pytest.mark.parametrize(("header", "cell", "column"), OPTIONAL)
def test_a_cell_that_only_describes_never_refuses_a_case(taken, header, cell, column):
    result = taken({}, {header: cell})
    assert not result.faults
    assert "unknown" in set(result.tables["cases"][column])


def test_a_status_closes_a_case_on_a_day_that_is_not_known_and_contradicts_nothing(taken):
    result = taken({"Statut": "Clos"}, {"Statut": "En cours"}, {"Statut": "Bleu"})
    assert found(result) == [(4, "Statut", "unknown_term")]
    cases = result.tables["cases"].sort_values("status")
    assert cases["status"].tolist() == ["closed", "open"]
    assert cases["followed_hours"].isna().tolist() == [True, False]
    contradicted = taken({"Clôturé le": "13/02/2026", "Statut": "ouvert"})
    assert found(contradicted) == [(2, "Statut", "contradiction")]


def test_a_step_before_the_report_took_no_time_and_a_planned_one_is_not_done(taken):
    result = taken({"CPMS contacté le": "09/01/2026", "PO informé le": "25/06/2026"})
    steps = result.tables["case_steps"].set_index("step")
    assert not result.faults
    assert steps.loc["cpms", ["outcome", "delay_hours", "delay_school_days"]].tolist() == ["done", 0, 0]
    assert steps.loc["controlling_authority", "outcome"] == "not_done"


def test_a_reason_is_kept_beside_what_is_not_done_or_not_applicable(taken):
    result = taken({"CPMS contacté le": "non (refus des parents)", "PO informé le": "sans objet – élève majeur"})
    steps = result.tables["case_steps"].set_index("step")
    assert steps.loc["cpms", ["outcome", "reason"]].tolist() == ["not_done", "family_refuses"]
    assert steps.loc["controlling_authority", ["outcome", "reason"]].tolist() == ["not_applicable", "pupil_of_age"]


def test_a_report_may_have_a_step_on_its_day_when_one_of_them_has_no_time(taken):
    assert not taken(
        {"CPMS contacté le": "12/01/2026"}, {"Signalé le": "12/01/2026", "Clôturé le": "12/01/2026 07:00"}
    ).faults


def test_words_of_a_service_are_accepted_once_they_are_mapped(taken):
    own_words = OwnWords({}, {"incident_types": {"chahut": "other"}})
    assert not taken({"Faits": "CHAHUT; insulte"}, own_words=own_words).faults


@pytest.mark.parametrize(
    ("cell", "types"),
    [
        ("Insultes et menaces", {"insults", "threats"}),
        ("Insultes / Menaces", {"insults", "threats"}),
        ("menaces d’agression ou de mort et insultes", {"insults", "threats"}),
        ("Insulte + insultes", {"insults"}),
        ("PHOTOMONTAGES; image intime", {"degrading_montage", "intimate_images"}),
        ("Usurpations d’identité, Exclusions", {"impersonation", "exclusion"}),
        ("Insultes et chahut", None),
        ("Insultes et", None),
    ],
)
def test_facts_are_told_apart_by_what_a_coordinator_writes_between_them(taken, cell, types):
    result = taken({"Faits": cell})
    assert set(result.tables["case_incidents"]["incident_type"]) == (types or set())
    assert found(result) == ([] if types else [(2, "Faits", "unknown_term")])


def test_a_word_that_says_not_yet_is_read_as_an_empty_cell(taken):
    result = taken(
        {"CPMS contacté le": "pas encore", "PO informé le": "NON", "Clôturé le": "en cours"}, {"PO informé le": ""}
    )
    assert not result.faults
    steps = result.tables["case_steps"].set_index("step")["outcome"]
    assert set(steps[["cpms", "controlling_authority"]]) == {"not_done"}
    assert set(result.tables["cases"]["status"]) == {"open"}


def test_a_word_that_says_done_without_a_date_is_done_undated(taken):
    result = taken(
        {"CPMS contacté le": "oui", "PO informé le": "fait", "Police contactée le": "✓", "Clôturé le": "oui"}
    )
    steps = result.tables["case_steps"].set_index("step").loc[["cpms", "controlling_authority", "police_contact"]]
    assert not result.faults
    assert set(steps["outcome"]) == {"done"}
    assert steps["delay_hours"].isna().all()
    assert not steps["time_completed"].any()
    assert result.tables["cases"]["status"].tolist() == ["closed"]


def test_only_a_question_mark_says_that_nobody_knows_and_another_sign_must_be_mapped(taken):
    """A dash may mean that a step is not done, or not to be done: reading it as « inconnu » would change the shares."""
    signs = {"CPMS contacté le": "-", "Mineur": "??"}
    assert [(fault.header, fault.rule) for fault in taken(signs).faults] == [("CPMS contacté le", "not_a_date")]
    own_words = OwnWords({}, {"outcomes": {"-": "not_applicable"}})
    steps = taken(signs, own_words=own_words).tables["case_steps"].set_index("step")["outcome"]
    assert steps["cpms"] == "not_applicable"


def test_a_school_level_beside_the_year_says_nothing_more_and_refuses_nothing(taken):
    beside = {"Année d’études": "S3", "Niveau": "Secondaire"}
    result = taken(beside, {"Année d’études": "", "Niveau": "2e degré"}, {"Année d’études": "", "Niveau": "Secondaire"})
    assert not result.faults
    assert sorted(result.tables["cases"]["school_level"]) == ["secondary_2", "secondary_2", "unknown"]


def test_without_a_column_of_years_a_fundamental_school_alone_tells_the_level(take):
    rows = "N° dossier;École;Signalé le;Faits\n1;3000;12/01/2026;Insultes\n2;3007;12/01/2026;Insultes\n"
    result = take(rows.encode())
    assert sorted(result.tables["cases"]["school_level"]) == ["fundamental", "unknown"]


def test_a_step_that_the_register_has_no_column_for_is_not_known(taken):
    steps = taken({"CPMS contacté le": ""}).tables["case_steps"].set_index("step")["outcome"]
    assert (steps["cpms"], steps["police_contact"]) == ("not_done", "not_recorded")


@pytest.mark.parametrize(
    ("word", "status"), [("Dossier clos", "closed"), ("En cours de suivi", "open"), ("En cours de clôture", None)]
)
def test_a_status_is_read_beside_the_case_that_has_it(taken, word, status):
    assert taken({"Statut": word}).tables["cases"]["status"].tolist() == [status] * (status is not None)
