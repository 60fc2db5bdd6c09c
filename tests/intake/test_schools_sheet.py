"""The schools sheet: what is kept of it, and how a register's words find a school."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.intake import Extract, RefusedFileError


def found(taken: Extract) -> list[tuple[int, str, str]]:
    """Row, header and rule of each fault."""
    return [(fault.row, fault.header, fault.rule) for fault in taken.faults]


def test_faults_of_the_schools_sheet_are_said_and_refuse_no_more_than_their_cell(take, typed):
    schools = """Code;Nom;Réseau;Niveau;Élèves;Délai CPMS
3000;Institut Hardy;Libre;Secondaire;mille;bientôt
;Sans code;;;;
3 000;Doublon;;;;
3007;École Lebrun;WBE;Lycée;12;5 jours
3 000;Encore;;;;
"""
    result = take(typed({}), schools=schools)
    assert [(fault.row, fault.header, fault.rule) for fault in result.school_faults] == [
        (2, "Réseau", "unknown_term"),
        (2, "Élèves", "not_a_number"),
        (2, "Délai CPMS", "not_a_deadline"),
        (3, "Code", "missing"),
        (5, "Niveau", "unknown_term"),
        (6, "Code", "duplicate"),
    ]
    assert set(result.tables["schools"]["school_id"]) == {"3000", "3 000", "3007"}
    assert result.tables["school_deadlines"][["school_id", "max_school_days"]].to_numpy().tolist() == [["3007", 5]]
    assert not result.faults


def test_a_name_that_two_schools_share_is_not_known(take, typed):
    schools = "Code;Nom\n1;Institut\n2;Institut\n"
    result = take(typed({"École": "Institut"}, {"École": "2"}), schools=schools)
    assert found(result) == [(2, "École", "unknown_school")]
    assert result.faults[0].message.endswith("(plusieurs y portent ce nom : écrivez le code).")


def test_a_school_is_found_by_a_code_without_its_zeros_and_by_code_and_name_together(take, typed):
    schools = "Code;Nom\n0123;Institut Hardy\n0045;Athénée\n45;Lycée\n"
    words = ("123", "00123", "0123 - Institut Hardy", "INSTITUT HARDY (0123)", "0045", "45", "045", "0123 Athénée")
    result = take(typed(*({"École": word} for word in words)), schools=schools)
    assert found(result) == [(8, "École", "unknown_school"), (9, "École", "unknown_school")]
    assert sorted(result.tables["cases"]["school_id"]) == ["0045", "0123", "0123", "0123", "0123", "45"]


@pytest.mark.parametrize(
    ("cell", "limit"),
    [
        ("48 h", (48, None)),
        ("48 HEURES", (48, None)),
        ("5 jours ouvrables", (None, 5)),
        ("2 j. max", (None, 2)),
        ("max. 3 jours scolaires", (None, 3)),
        ("5 jours calendrier", None),
        ("24 h à 48 h", None),
        ("48 h puis 5 j", None),
        ("2 semaines", None),
        ("48", None),
    ],
)
def test_a_deadline_is_read_whole_or_not_at_all(take, typed, cell, limit):
    result = take(typed({}), schools=f"Code;Nom;Délai CPMS\n3000;Institut Hardy;{cell}\n")
    limits = result.tables["school_deadlines"][["max_hours", "max_school_days"]].astype("object")
    told = [tuple(None if pd.isna(value) else value for value in row) for row in limits.to_numpy()]
    assert told == ([limit] if limit else [])
    assert [fault.rule for fault in result.school_faults] == ([] if limit else ["not_a_deadline"])


@pytest.mark.parametrize(
    ("cell", "n_pupils"), [("1 234", 1234), ("1\u202f234", 1234), ("1.234", None), ("9" * 30, None)]
)
def test_a_number_of_pupils_may_have_spaces(take, typed, cell, n_pupils):
    result = take(typed({}), schools=f"Code;Nom;Élèves\n3000;Institut Hardy;{cell}\n")
    (told,) = result.tables["schools"]["n_pupils"]
    assert (None if pd.isna(told) else told) == n_pupils
    assert [fault.rule for fault in result.school_faults] == ([] if n_pupils else ["not_a_number"])


def test_a_file_without_schools_is_read_with_those_known_and_leaves_them_as_they_are(take, typed):
    known = take(typed({})).tables["schools"]
    result = take(typed({}), schools=None, known_schools=known)
    assert result.n_accepted == 1
    assert result.tables["schools"].empty
    with pytest.raises(RefusedFileError, match="La liste des écoles manque"):
        take(typed({}), schools=None, known_schools=known.iloc[:0])


def test_schools_of_another_alphabet_are_told_apart(take, typed):
    schools = "Code;Nom\n1;مدرسة\n2;Школа\n"
    result = take(typed({"École": "Школа"}), schools=schools)
    assert result.tables["cases"]["school_id"].tolist() == ["2"]
