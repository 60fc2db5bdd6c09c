"""What a selection says in SQL: names from a closed list, values as parameters."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.domain.selection import EVERYTHING, Selection
from analytics.store import Snapshot


@pytest.fixture
def snapshot(publish, table, tmp_path) -> Snapshot:
    cases = table("""
        case_id | zone
        A       | Nord
        B       | Sud
    """)
    return publish(
        tmp_path / "store",
        cases=cases[["case_id"]].assign(school_id=cases["zone"]),
        case_steps=cases[["case_id"]].assign(step="cpms", outcome="not_done"),
        schools=pd.DataFrame({"school_id": cases["zone"], "zone": cases["zone"]}),
    )


def test_an_unknown_dimension_or_clock_is_refused_before_it_reaches_the_database(snapshot):
    with pytest.raises(ValueError, match="unknown dimension"):
        snapshot.case_counts(EVERYTHING, ["case_id; DROP TABLE cases"])
    with pytest.raises(ValueError, match="unknown clock"):
        snapshot.step_counts("hours; --")
    with pytest.raises(ValueError, match="unknown step"):
        snapshot.step_counts("hours", step="cpms_outcome FROM records; --")


def test_a_word_of_a_filter_is_a_value_and_never_a_statement(snapshot):
    assert snapshot.case_counts(Selection(zones=("Nord",)))["n"].tolist() == [1]
    assert snapshot.case_counts(Selection(zones=("' OR 1 = 1 --",)))["n"].tolist() == [0]


def test_schools_are_dealt_into_the_same_groups_each_time(snapshot):
    by_school = snapshot.case_counts(by=["school_id", "school_group"])
    assert by_school["school_id"].is_unique
    assert by_school["school_group"].between(0, 19).all()
    assert by_school.equals(snapshot.case_counts(by=["school_id", "school_group"]))
    alone = snapshot.case_counts(by=["school_group"])
    assert by_school.groupby("school_group")["n"].sum().tolist() == alone["n"].tolist()
