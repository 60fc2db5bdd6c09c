"""Which incident types a case has together, against a count by hand over every case of a known register."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path

import pytest

from analytics.domain.selection import EVERYTHING, Selection
from analytics.intake import Key
from analytics.store import Snapshot, Store
from analytics.workflows.importing import import_register

REGISTER = Path(__file__).parents[1] / "files" / "registre-2025-2026.xlsx"


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory) -> Snapshot:
    store = Store(tmp_path_factory.mktemp("store"))
    import_register(store, REGISTER.read_bytes(), Key(b"k" * 32), datetime(2026, 11, 22, tzinfo=UTC))
    opened = store.snapshot()
    assert opened is not None
    return opened


def types_of_cases(snapshot: Snapshot, level: str | None) -> list[list[str]]:
    rows = snapshot.table("case_incidents").merge(snapshot.table("cases"), on="case_id")
    if level:
        rows = rows[rows["school_level"] == level]
    return rows.groupby("case_id")["incident_type"].apply(list).to_list()


@pytest.mark.parametrize("level", [None, "secondary_1"])
def test_pairs_and_numbers_of_types_are_those_of_the_cases(snapshot, level):
    selection = Selection(school_levels=(level,)) if level else EVERYTHING
    cases = types_of_cases(snapshot, level)
    pairs = Counter(pair for types in cases for pair in permutations(types, 2))
    counted = snapshot.type_pairs(selection)
    assert (
        dict(zip(zip(counted["incident_type"], counted["other_type"], strict=True), counted["n"], strict=True)) == pairs
    )
    numbers = snapshot.type_numbers(selection)
    assert dict(zip(numbers["n_types"], numbers["n"], strict=True)) == Counter(map(len, cases))


def test_a_school_can_be_chosen_with_its_cases_and_its_row(snapshot):
    schools = snapshot.school_counts()
    chosen = schools.sort_values("n").iloc[-1]
    selection = Selection(school_ids=(chosen["school_id"],))
    assert snapshot.case_counts(selection)["n"].iloc[0] == chosen["n"] > 0
    assert snapshot.school_counts(selection)["school_id"].to_list() == [chosen["school_id"]]
    assert selection.description == "1 école"
