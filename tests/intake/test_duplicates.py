"""Probable duplicates: one school, level and week, and a type in common; the most alike first."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.intake.duplicates import MAX_GROUP, N_SHOWN, duplicate_sentences, probable_duplicates


@pytest.fixture
def found(table):
    def found(drawing: str) -> pd.DataFrame:
        cases = table(drawing).assign(case_id=lambda drawn: drawn["case_id"].astype("str"))
        types = cases[["case_id", "types"]].assign(incident_type=cases["types"].str.split("+")).explode("incident_type")
        cases["report_week"] = pd.to_datetime(cases["report_week"])
        cases["minor"] = cases["minor"].map({"yes": True, "no": False}).astype("boolean")
        return probable_duplicates({"cases": cases, "case_incidents": types[["case_id", "incident_type"]]})

    return found


def test_only_cases_of_one_school_level_and_week_with_a_type_in_common_are_pairs(found):
    pairs = found("""
        case_id | school_id | school_level | report_week | types           | reporter | channel | minor
        A       | 3001      | secondary_1  | 2026-01-12  | insults+threats | pupil    | email   | yes
        B       | 3001      | secondary_1  | 2026-01-12  | threats         | parent   | other   | no
        C       | 3002      | secondary_1  | 2026-01-12  | threats         | pupil    | email   | yes
        D       | 3001      | secondary_2  | 2026-01-12  | threats         | pupil    | email   | yes
        E       | 3001      | secondary_1  | 2026-01-19  | threats         | pupil    | email   | yes
        F       | 3001      | secondary_1  | 2026-01-12  | exclusion       | pupil    | email   | yes
    """)
    assert pairs[["case_id", "other_case_id"]].to_numpy().tolist() == [["A", "B"]]
    assert pairs["likeness"].tolist() == [1 / 2 / 4]


def test_the_most_alike_come_first(found):
    pairs = found("""
        case_id | school_id | school_level | report_week | types           | reporter | channel | minor
        A       | 3001      | secondary_1  | 2026-01-12  | insults+threats | pupil    | email   | yes
        B       | 3001      | secondary_1  | 2026-01-12  | threats         | pupil    | email   | yes
        C       | 3001      | secondary_1  | 2026-01-12  | insults+threats | parent   | email   | yes
    """)
    assert pairs[["case_id", "other_case_id"]].to_numpy().tolist() == [["A", "B"], ["A", "C"], ["B", "C"]]
    assert pairs["likeness"].tolist() == [3.5 / 4, 3 / 4, 2.5 / 4]


def test_among_very_many_cases_of_one_week_none_is_probably_another(found):
    header = "case_id|school_id|school_level|report_week|types|reporter|channel|minor\n"
    rows = [f"C{i}|3001|secondary_1|2026-01-12|insults|pupil|email|yes" for i in range(MAX_GROUP + 1)]
    assert len(found(header + "\n".join(rows[:-1]))) == MAX_GROUP * (MAX_GROUP - 1) / 2
    assert found(header + "\n".join(rows)).empty


def test_ten_pairs_are_shown_by_their_rows_and_the_others_counted():
    pair = {"school": "Institut", "level": "secondary_1", "report_week": pd.Timestamp("2026-01-12"), "row": "3"}
    pairs = pd.DataFrame([pair | {"other_row": row} for row in ("5", pd.NA)] + [pair | {"other_row": "7"}] * N_SHOWN)
    question, first, second, *_, last = duplicate_sentences(pairs)
    assert question.endswith("?")
    assert first == "Institut, 1er degré, semaine du 12/01/2026 : ligne 3 et ligne 5."
    assert second.endswith("ligne 3 et un dossier connu.")
    assert last == "Et 2 autres paires."
    assert duplicate_sentences(pairs.iloc[:0]) == []
