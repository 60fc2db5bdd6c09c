"""Parts always add up to the total that is shown, under every filter, through the store and the measures."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.domain.school_calendar import calendar
from analytics.domain.selection import Selection
from analytics.domain.vocabulary import CHANNELS, INCIDENT_TYPES, REPORTERS, SCHOOL_LEVELS, SCHOOL_NETWORKS
from analytics.intake import Key
from analytics.measures import incidents, schools
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


def some(words) -> st.SearchStrategy:
    return st.lists(st.sampled_from(list(words)), max_size=2, unique=True).map(tuple)


MONDAYS = st.none() | st.integers(0, 44).map(lambda n: date(2025, 8, 25) + timedelta(weeks=n))
SELECTIONS = st.builds(
    Selection,
    school_years=some(["2024-2025", "2025-2026"]),
    first_week=MONDAYS,
    last_week=MONDAYS,
    incident_types=some(INCIDENT_TYPES),
    school_levels=some(SCHOOL_LEVELS),
    school_networks=some(SCHOOL_NETWORKS),
    zones=some(["Mons", "Tournai", "Ath", "Mouscron", "Soignies"]),
)


@given(SELECTIONS)
@settings(max_examples=40)
def test_every_case_is_in_one_part_of_each_division(snapshot, selection):
    total = snapshot.case_counts(selection)["n"].iloc[0]
    for column, words in (("school_level", SCHOOL_LEVELS), ("channel", CHANNELS), ("reporter", REPORTERS)):
        cases = snapshot.case_counts(selection, ["school_id", column])
        parts = incidents.shares(cases, column, cases, list(words))
        assert parts["n"].sum() == total
        if total:
            assert parts["share"].sum() == pytest.approx(1)
    counts = snapshot.case_counts(selection, ["school_year", "report_week"])
    weeks = [
        incidents.by_week(counts, calendar(), year, snapshot.as_of)["n"].sum() for year in ("2024-2025", "2025-2026")
    ]
    assert sum(weeks) == total


@given(SELECTIONS)
@settings(max_examples=40)
def test_types_add_up_to_what_the_page_says_they_add_up_to(snapshot, selection):
    total = snapshot.case_counts(selection)["n"].iloc[0]
    several = incidents.several_types(snapshot.type_numbers(selection)).iloc[0]
    cases = snapshot.case_counts(selection, ["school_id", "school_level"])
    counts = snapshot.incident_counts(selection, ["school_id", "school_level"])
    of_types = incidents.shares(counts, "incident_type", cases, list(INCIDENT_TYPES))
    assert several["n_cases"] == total
    assert of_types["n"].sum() == several["n_types"]
    crossed = incidents.cross_tabulate(counts, "incident_type", "school_level", cases, list(INCIDENT_TYPES))
    assert crossed["n"].sum() == several["n_types"]
    by_type = snapshot.incident_counts(selection, ["school_year", "report_week"])
    tiles = incidents.types_by_week(by_type, calendar(), "2025-2026", snapshot.as_of, list(INCIDENT_TYPES))
    assert tiles["n"].sum() == by_type.loc[by_type["school_year"] == "2025-2026", "n"].sum()
    numbers = snapshot.type_numbers(selection)
    pairs = incidents.co_occurrence(snapshot.type_pairs(selection), total, list(INCIDENT_TYPES))
    assert pairs["n"].sum() == (numbers["n"] * numbers["n_types"] * (numbers["n_types"] - 1) // 2).sum()


@given(SELECTIONS)
@settings(max_examples=40)
def test_schools_add_up_to_the_cases_and_to_the_schools(snapshot, selection):
    total = snapshot.case_counts(selection)["n"].iloc[0]
    counted = snapshot.school_counts(selection)
    rated = schools.rates(counted, 1.0)
    assert rated["n"].sum() == total
    for column in ("school_network", "school_level"):
        groups = schools.concerned(counted, column)
        assert groups["n_cases"].sum() == total
        assert (groups["n_concerned"] + groups["n_silent"]).sum() == len(counted)
    tenth = schools.concentration(rated, 1.0).iloc[0]
    assert tenth["n_schools"] + tenth["n_left_out"] == len(counted)
    assert schools.repeats(snapshot.case_counts(selection, ["school_id", "report_week"]))["n_cases"].iloc[0] == total
