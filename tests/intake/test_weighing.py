"""A column is weighed by its header, its cells and its neighbours."""

from __future__ import annotations

import pytest

from analytics.intake import Extract, RefusedFileError, UnansweredError
from analytics.intake.mapping import IGNORED, OwnWords
from analytics.intake.weighing import lay_out_register
from analytics.spreadsheets.reading import read
from tests.intake.small import BEGIN, CASE, columns_of

HEAD = "N°;École;Classe;Signalé le;Faits"
ROWS = [f"{n};3000;S3;{day}/01/2026;Insultes" for n, day in enumerate((13, 14, 15, 16), 1)]


@pytest.fixture
def read_with(take):
    """What the intake makes of the columns that all have, and of more: « header » to its cells."""

    def read_with(more: dict[str, list[str]], head: str = HEAD, own_words: OwnWords | None = None) -> Extract:
        lines = [";".join([row, *cells]) for row, cells in zip(ROWS, zip(*more.values(), strict=True), strict=True)]
        content = "\n".join([";".join([head, *more]), *lines]).encode()
        return take(content, own_words=own_words or OwnWords())

    return read_with


def outcomes(result: Extract, step: str) -> list[str]:
    steps = result.tables["case_steps"]
    return sorted(steps.loc[steps["step"] == step, "outcome"])


def asked(of: pytest.ExceptionInfo[UnansweredError]) -> list[tuple[str, ...]]:
    return [question.place for question in of.value.questions]


STARTS = [f"{day}/01/2026 09:0{day % 10}" for day in (13, 14, 15, 16)]
ENDS = [f"{day}/01/2026 09:1{day % 10}" for day in (13, 14, 15, 16)]


def test_the_instants_that_a_form_notes_are_neither_closure_nor_asked_about(read_with):
    result = read_with({"Début": STARTS, "Fin": ENDS})
    assert not result.tells_closure
    assert set(result.tables["cases"]["status"]) == {"open"}


def test_an_instant_in_every_row_under_a_bare_end_is_asked_about(read_with):
    with pytest.raises(UnansweredError) as question:
        read_with({"Fin": ENDS})
    assert asked(question) == [("columns", "fin")]


def test_a_beginning_and_an_end_that_are_days_apart_are_report_and_closure(read_with):
    ends = ["20/02/2026", "", "21/03/2026", ""]
    result = read_with({"Fin": ends}, head=HEAD.replace("Signalé le", "Début"))
    assert sorted(result.tables["cases"]["status"]) == ["closed", "closed", "open", "open"]


def test_a_header_cut_short_by_a_point_is_the_word_that_it_begins(read_with):
    days = ["14/01/2026", "", "", ""]
    result = read_with({"par.": days, "pol.": days, "clôt.": days})
    assert outcomes(result, "parents") == ["done", "not_done", "not_done", "not_done"]
    assert outcomes(result, "police_contact") == ["done", "not_done", "not_done", "not_done"]
    assert sorted(result.tables["cases"]["status"]) == ["closed", "open", "open", "open"]


def test_hours_are_no_reporter_and_are_not_asked_about(read_with):
    result = read_with({"Heure signalement": ["10:15", "11:00", "09:30", "14:45"]})
    assert set(result.tables["cases"]["reporter"]) == {"unknown"}
    assert not result.questions


def test_a_header_of_a_number_over_days_is_no_number(read_with):
    result = read_with({"Date du dossier": ["12/01/2026"] * 4, "Statut": ["Clos", "Ouvert", "Clos", "Ouvert"]})
    assert result.n_accepted == 4


def test_a_text_under_a_part_of_the_name_of_a_number_is_no_number(read_with):
    result = read_with({"CPMS": ["14/01/2026", "", "", ""], "Suivi": ["à revoir", "", "à revoir", "en attente"]})
    assert result.layout.header("case_number") == "N°"


def test_a_row_of_totals_does_not_change_what_a_column_is(take):
    rows = [f"{row};{said}" for row, said in zip(ROWS, ("oui", "non", "oui", "sans objet"), strict=True)]
    content = "\n".join([f"{HEAD};PMS", *rows, "Total;;;;;18"]).encode()
    assert outcomes(take(content, own_words=OwnWords()), "cpms") == ["done", "done", "not_applicable", "not_done"]


def test_two_columns_of_one_step_with_other_days_are_asked_about(read_with):
    with pytest.raises(UnansweredError) as question:
        read_with({"CPMS": ["14/01/2026", "", "", ""], "CPMS contacté": ["21/01/2026", "", "", ""]})
    assert asked(question) == [("columns", "cpms")]


def test_a_column_that_may_be_two_steps_is_asked_about_once_and_one_that_denies_is_left_aside_by_default(read_with):
    with pytest.raises(UnansweredError) as question:
        read_with(
            {"Document police": ["oui", "non", "oui", "non"], "Pas de contact CPMS": ["oui", "non", "oui", "non"]}
        )
    defaults = {question.place: question.default for question in question.value.questions}
    assert defaults[("columns", "pas de contact cpms")] == IGNORED


def test_a_further_contact_and_one_to_come_are_not_read(read_with):
    days = ["14/01/2026", "", "", ""]
    later = ["28/01/2026", "", "", ""]
    result = read_with({"Contact parents": days, "2e contact parents": later, "Prochain contact parents": later})
    steps = result.tables["case_steps"].query("step == 'parents' and outcome == 'done'")
    assert len(result.questions) == 0
    assert len(steps) == 1
    assert steps["delay_school_days"].tolist() == [1]


def test_each_of_several_columns_of_facts_counts(read_with):
    more = {"Fait 2": ["Menaces", "", "", ""], "Fait 3": ["", "Usurpation", "", ""]}
    result = read_with(more, head=HEAD.replace("Faits", "Fait 1"))
    assert sorted(result.tables["case_incidents"]["incident_type"]) == sorted(
        ["insults"] * 4 + ["threats", "impersonation"]
    )


def test_a_remark_that_names_steps_is_no_journal_where_steps_have_columns(read_with):
    more = {"CPMS": ["14/01/2026", "", "", ""], "Suivi": ["rappeler les parents", "voir la police", "", "parents vus"]}
    result = read_with(more)
    assert outcomes(result, "cpms") == ["done", "not_done", "not_done", "not_done"]
    assert outcomes(result, "parents") == ["not_recorded"] * 4


def test_a_column_that_is_set_aside_is_not_taken_back_for_what_its_cells_hold(read_with):
    more = {"Statut": ["Clos", "Ouvert", "Clos", "Ouvert"]}
    assert read_with(more).tells_closure
    assert not read_with(more, own_words=OwnWords(columns={"statut": IGNORED})).tells_closure


def test_headers_that_come_again_in_another_order_refuse_the_file(take):
    again = "N°;École;Classe;Faits;Signalé le"
    with pytest.raises(RefusedFileError, match="ligne 4"):
        take("\n".join([HEAD, *ROWS[:2], again, "5;3000;S3;Insultes;19/01/2026"]).encode(), own_words=OwnWords())
    assert take("\n".join([HEAD, *ROWS[:2], HEAD, *ROWS[2:]]).encode(), own_words=OwnWords()).n_accepted == 4


def test_names_under_a_closure_and_hours_under_a_report_are_neither(read_with):
    result = read_with({"Clôturé par": ["AB", "", "CD", ""], "Heure d’appel": ["10:15", "11:00", "09:30", "14:45"]})
    assert result.n_accepted == 4
    assert not result.tells_closure


def test_a_lone_column_of_one_fact_beside_the_facts_is_asked_about(read_with):
    with pytest.raises(UnansweredError) as question:
        read_with({"Exclusion": ["oui", "non", "non", "oui"]})
    assert asked(question) == [("columns", "exclusion")]


def register(*lines: str) -> dict[str, int]:
    """The columns of a register of these lines."""
    found = lay_out_register(read("\n".join(lines).encode())[0], OwnWords(), lambda word: False)
    assert found is not None
    return dict(found.columns)


def test_of_two_columns_for_a_field_the_one_whose_cells_fit_is_taken():
    columns = register(
        "N° dossier;Année;École;Classe;Signalé le;Faits;Parents;Date contact parents",
        "1;2025-2026;3000;S3;12/01/2026;Insultes;M. et Mme N.;14/01/2026",
        "2;2025-2026;3007;P5;13/01/2026;Menaces;M. et Mme N.;15/01/2026",
    )
    assert columns["year"] == 3
    assert columns["step:parents"] == 7


def test_a_yes_beside_its_day_is_one_step():
    columns = register("N° dossier;École;Signalé le;Faits;CPMS;Date CPMS", "1;3000;12/01/2026;Insultes;oui;13/01/2026")
    assert (columns["step:cpms"], columns["also:step:cpms"]) == (5, 4)


def test_a_header_that_says_more_than_its_field_is_asked_about():
    content = "N° dossier;École;Signalé le;Faits;Retour CPMS;Clôturé le\n1;3000;12/01/2026;Insultes;13/01/2026;\n"
    found = lay_out_register(read(content.encode())[0], OwnWords(), lambda word: False)
    assert found is not None
    (question,) = found.questions
    assert question.blocking
    assert question.place == ("columns", "retour cpms")
    assert list(question.choices) == ["step:cpms", "ignored"]


def test_what_the_cells_alone_can_tell_needs_no_known_header():
    columns = register(
        "N° dossier;École;Signalé le;Constat;Aaa", "1;A;12/01/2026;Insultes;S3", "2;B;13/01/2026;nudes;P5"
    )
    assert (columns["incidents"], columns["year"]) == (3, 4)


def test_one_column_per_fact_is_read_and_a_fact_that_nothing_explains_is_asked():
    header = "N° dossier;École;Signalé le;faits/insultes;faits/menaces;faits/rumeurs;Clôturé le"
    found = lay_out_register(
        read(f"{header}\n1;A;12/01/2026;1;0;1;\n2;A;12/01/2026;0;1;0;\n".encode())[0], OwnWords(), lambda word: False
    )
    assert found is not None
    assert (found.columns["incident:insults"], found.columns["incident:threats"]) == (3, 4)
    assert [question.place for question in found.questions] == [("columns", "faits rumeurs")]


def test_missing_columns_are_named():
    with pytest.raises(RefusedFileError, match="il manque les colonnes « École » et « Faits »"):
        columns_of("N° dossier;Signalé le")


@pytest.mark.parametrize(
    "header", ["Heure de fin", "end", "Horodateur", "Timestamp", "Date de soumission", "_submission_time"]
)
def test_the_instants_of_a_form_are_no_report_and_no_closure(header):
    assert set(columns_of(f"{BEGIN}{header}\n{CASE}14/01/2026 09:07\n")) == {
        "case_number",
        "school",
        "reported",
        "incidents",
    }


@pytest.mark.parametrize(
    "header", ["Zone de police", "Référent police", "RDV police", "Police (date)", "ZP", "Date police"]
)
def test_a_step_is_known_by_its_word_and_by_cells_of_days(header):
    assert columns_of(f"{BEGIN}{header}\n{CASE}14/01/2026\n")["step:police_contact"] == 4


@pytest.mark.parametrize(
    ("header", "cell"), [("Retour CPMS", "14/01/2026"), ("Parents séparés", "oui"), ("Avis reçu", "sans objet")]
)
def test_a_column_that_may_be_a_step_is_asked_about(header, cell):
    sheet = read(f"{BEGIN}{header}\n{CASE}{cell}\n".encode())[0]
    (question,) = lay_out_register(sheet, OwnWords(), lambda word: False).questions
    assert question.blocking
    assert f"« {header} »" in question.text
