"""One row per action, or the steps of a case in one text, become one case."""

from __future__ import annotations

import pytest

from analytics.intake import RefusedFileError, UnansweredError

HEAD = "N° dossier;École;Année d’études;Signalé le;Faits;Date;Démarche"
CASE = "1;3000;S3;13/01/2026;Insultes"


def steps(result) -> dict[str, int]:
    done = result.tables["case_steps"].query("outcome == 'done'")
    return dict(zip(done["step"], done["delay_school_days"], strict=True))


@pytest.mark.parametrize("below", [CASE, "1;;;;", ";;;;"], ids=["repeated", "number alone", "empty"])
def test_the_rows_of_a_case_are_one_case_with_its_steps(take, below):
    rows = f"{CASE};14/01/2026;Contact CPMS\n{below};15/01/2026;Appel parents\n{below};20/02/2026;Clôture du dossier\n"
    result = take(f"{HEAD}\n{rows}2;3000;S3;13/01/2026;Menaces;16/01/2026;Police\n".encode())
    assert not result.faults
    assert len(result.tables["cases"]) == 2
    assert steps(result) == {"cpms": 1, "parents": 2, "police_contact": 3}
    assert sorted(result.tables["cases"]["status"]) == ["closed", "open"]


def test_a_step_that_no_row_of_the_journal_names_is_not_known(take):
    rows = f"{CASE};14/01/2026;Contact CPMS\n{CASE};15/01/2026;Parents\n2;3000;S3;13/01/2026;Menaces;16/01/2026;CPMS\n"
    outcomes = take(f"{HEAD}\n{rows}".encode()).tables["case_steps"].groupby("step")["outcome"].agg(set)
    assert outcomes["parents"] == {"done", "not_done"}
    assert outcomes["police_contact"] == {"not_recorded"}


def test_a_row_may_tell_two_actions(take):
    rows = f"{CASE};14/01/2026;CPMS + parents\n{CASE};15/01/2026;Police\n2;3000;S3;13/01/2026;Menaces;16/01/2026;\n"
    assert steps(take(f"{HEAD}\n{rows}{rows.splitlines()[-1]}\n".encode())) == {
        "cpms": 1,
        "parents": 1,
        "police_contact": 2,
    }


def test_an_action_that_nothing_explains_is_asked(take):
    rows = (
        f"{CASE};14/01/2026;Contact CPMS\n{CASE};15/01/2026;Réunion\n2;3000;S3;13/01/2026;Menaces;16/01/2026;Police\n"
    )
    with pytest.raises(UnansweredError) as asked:
        take(f"{HEAD}\n{rows}".encode())
    assert [question.place for question in asked.value.questions] == [("words", "actions", "reunion")]


def test_a_journal_that_does_not_say_the_action_is_refused_with_this_reason(take):
    rows = "".join(f"{number};3000;S3;13/01/2026;Insultes\n" for number in (1, 1, 1, 2, 2, 2))
    with pytest.raises(RefusedFileError, match="une ligne par action"):
        take(f"N° dossier;École;Année d’études;Signalé le;Faits\n{rows}".encode())


def test_rows_of_a_case_that_contradict_each_other_are_refused(take):
    rows = f"{CASE};14/01/2026;Contact CPMS\n1;3007;S3;13/01/2026;Insultes;15/01/2026;Parents\n"
    result = take(f"{HEAD}\n{rows}2;3000;S3;13/01/2026;Menaces;16/01/2026;Police\n".encode())
    assert [(fault.row, fault.rule) for fault in result.faults] == [(2, "conflict")]


def test_steps_in_one_text_are_read_whole_or_not_at_all(take):
    head = "N° dossier;École;Année d’études;Signalé le;Faits;Suivi\n"
    result = take(f"{head}{CASE};CPMS 14/01, parents 15/01/2026\n".encode())
    assert steps(result) == {"cpms": 1, "parents": 2}
    with pytest.raises(RefusedFileError, match="les étapes en texte"):
        take(f"{head}{CASE};CPMS 14/01, vu police\n".encode())
