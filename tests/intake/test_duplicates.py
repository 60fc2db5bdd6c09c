"""Probable duplicates: one school, level and week, and a type in common; the most alike first."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.intake.duplicates import MAX_GROUP, probable_duplicates


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
