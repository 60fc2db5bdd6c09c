"""A column is weighed by its header, its cells and its neighbours."""

from __future__ import annotations

import pytest

from analytics.intake import Extract, RefusedFileError, UnansweredError
from analytics.intake.mapping import IGNORED, OwnWords

HEAD = "N°;École;Classe;Signalé le;Faits"
ROWS = [f"{n};3000;S3;{day}/01/2026;Insultes" for n, day in enumerate((13, 14, 15, 16), 1)]


@pytest.fixture
def read(take):
    """What the intake makes of the columns that all have, and of more: « header » to its cells."""

    def read(more: dict[str, list[str]], head: str = HEAD, own_words: OwnWords | None = None) -> Extract:
        lines = [";".join([row, *cells]) for row, cells in zip(ROWS, zip(*more.values(), strict=True), strict=True)]
        content = "\n".join([";".join([head, *more]), *lines]).encode()
        return take(content, own_words=own_words or OwnWords())

    return read


def outcomes(result: Extract, step: str) -> list[str]:
    steps = result.tables["case_steps"]
    return sorted(steps.loc[steps["step"] == step, "outcome"])


def asked(of: pytest.ExceptionInfo[UnansweredError]) -> list[tuple[str, ...]]:
    return [question.place for question in of.value.questions]


STARTS = [f"{day}/01/2026 09:0{day % 10}" for day in (13, 14, 15, 16)]
ENDS = [f"{day}/01/2026 09:1{day % 10}" for day in (13, 14, 15, 16)]


def test_the_instants_that_a_form_notes_are_neither_closure_nor_asked_about(read):
    result = read({"Début": STARTS, "Fin": ENDS})
    assert not result.tells_closure
    assert set(result.tables["cases"]["status"]) == {"open"}


def test_an_instant_in_every_row_under_a_bare_end_is_asked_about(read):
    with pytest.raises(UnansweredError) as question:
        read({"Fin": ENDS})
    assert asked(question) == [("columns", "fin")]


def test_a_beginning_and_an_end_that_are_days_apart_are_report_and_closure(read):
    ends = ["20/02/2026", "", "21/03/2026", ""]
    result = read({"Fin": ends}, head=HEAD.replace("Signalé le", "Début"))
    assert sorted(result.tables["cases"]["status"]) == ["closed", "closed", "open", "open"]


def test_a_header_cut_short_by_a_point_is_the_word_that_it_begins(read):
    days = ["14/01/2026", "", "", ""]
    result = read({"par.": days, "pol.": days, "clôt.": days})
    assert outcomes(result, "parents") == ["done", "not_done", "not_done", "not_done"]
    assert outcomes(result, "police_contact") == ["done", "not_done", "not_done", "not_done"]
    assert sorted(result.tables["cases"]["status"]) == ["closed", "open", "open", "open"]


def test_hours_are_no_reporter_and_are_not_asked_about(read):
    result = read({"Heure signalement": ["10:15", "11:00", "09:30", "14:45"]})
    assert set(result.tables["cases"]["reporter"]) == {"unknown"}
    assert not result.questions


def test_a_header_of_a_number_over_days_is_no_number(read):
    result = read({"Date du dossier": ["12/01/2026"] * 4, "Statut": ["Clos", "Ouvert", "Clos", "Ouvert"]})
    assert result.n_accepted == 4


def test_a_text_under_a_part_of_the_name_of_a_number_is_no_number(read):
    result = read({"CPMS": ["14/01/2026", "", "", ""], "Suivi": ["à revoir", "", "à revoir", "en attente"]})
    assert result.layout.header("case_number") == "N°"


def test_a_row_of_totals_does_not_change_what_a_column_is(take):
    rows = [f"{row};{said}" for row, said in zip(ROWS, ("oui", "non", "oui", "sans objet"), strict=True)]
    content = "\n".join([f"{HEAD};PMS", *rows, "Total;;;;;18"]).encode()
    assert outcomes(take(content, own_words=OwnWords()), "cpms") == ["done", "done", "not_applicable", "not_done"]


def test_two_columns_of_one_step_with_other_days_are_asked_about(read):
    with pytest.raises(UnansweredError) as question:
        read({"CPMS": ["14/01/2026", "", "", ""], "CPMS contacté": ["21/01/2026", "", "", ""]})
    assert asked(question) == [("columns", "cpms")]


def test_a_column_that_may_be_two_steps_is_asked_about_once_and_one_that_denies_is_left_aside_by_default(read):
    with pytest.raises(UnansweredError) as question:
        read({"Document police": ["oui", "non", "oui", "non"], "Pas de contact CPMS": ["oui", "non", "oui", "non"]})
    defaults = {question.place: question.default for question in question.value.questions}
    assert defaults[("columns", "pas de contact cpms")] == IGNORED


def test_a_further_contact_and_one_to_come_are_not_read(read):
    days = ["14/01/2026", "", "", ""]
    later = ["28/01/2026", "", "", ""]
    result = read({"Contact parents": days, "2e contact parents": later, "Prochain contact parents": later})
    steps = result.tables["case_steps"].query("step == 'parents' and outcome == 'done'")
    assert len(result.questions) == 0
    assert len(steps) == 1
    assert steps["delay_school_days"].tolist() == [1]


def test_each_of_several_columns_of_facts_counts(read):
    more = {"Fait 2": ["Menaces", "", "", ""], "Fait 3": ["", "Usurpation", "", ""]}
    result = read(more, head=HEAD.replace("Faits", "Fait 1"))
    assert sorted(result.tables["case_incidents"]["incident_type"]) == sorted(
        ["insults"] * 4 + ["threats", "impersonation"]
    )


def test_a_remark_that_names_steps_is_no_journal_where_steps_have_columns(read):
    more = {"CPMS": ["14/01/2026", "", "", ""], "Suivi": ["rappeler les parents", "voir la police", "", "parents vus"]}
    result = read(more)
    assert outcomes(result, "cpms") == ["done", "not_done", "not_done", "not_done"]
    assert outcomes(result, "parents") == ["not_recorded"] * 4


def test_a_column_that_is_set_aside_is_not_taken_back_for_what_its_cells_hold(read):
    more = {"Statut": ["Clos", "Ouvert", "Clos", "Ouvert"]}
    assert read(more).tells_closure
    assert not read(more, own_words=OwnWords(columns={"statut": IGNORED})).tells_closure


def test_headers_that_come_again_in_another_order_refuse_the_file(take):
    again = "N°;École;Classe;Faits;Signalé le"
    with pytest.raises(RefusedFileError, match="ligne 4"):
        take("\n".join([HEAD, *ROWS[:2], again, "5;3000;S3;Insultes;19/01/2026"]).encode(), own_words=OwnWords())
    assert take("\n".join([HEAD, *ROWS[:2], HEAD, *ROWS[2:]]).encode(), own_words=OwnWords()).n_accepted == 4


def test_a_register_without_numbers_is_told_to_give_some(take):
    rows = [row.split(";", 1)[1] for row in (HEAD, *ROWS)]
    with pytest.raises(RefusedFileError, match="numéro par dossier"):
        take("\n".join(rows).encode(), own_words=OwnWords())


def test_names_under_a_closure_and_hours_under_a_report_are_neither(read):
    result = read({"Clôturé par": ["AB", "", "CD", ""], "Heure d’appel": ["10:15", "11:00", "09:30", "14:45"]})
    assert result.n_accepted == 4
    assert not result.tells_closure


def test_a_lone_column_of_one_fact_beside_the_facts_is_asked_about(read):
    with pytest.raises(UnansweredError) as question:
        read({"Exclusion": ["oui", "non", "non", "oui"]})
    assert asked(question) == [("columns", "exclusion")]
