"""This school year against the same weeks a year before, as pages, digest and sheets ask for it."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.domain.selection import Selection
from analytics.store import Snapshot
from analytics.workflows.comparing import NO_YEAR_BEFORE, compared, compared_in_all, parents_compared, which_weeks

WEEKS = ("2023-09-04", "2024-09-09", "2024-10-07", "2024-10-07", "2025-09-08", "2025-10-06", "2025-10-06", "2025-10-06")


@pytest.fixture
def store_of(publish, tmp_path):
    """Cases reported in the weeks of these Mondays, as of 24 October 2025; the last threatens life."""

    def store_of(weeks: tuple[str, ...]) -> Snapshot:
        mondays = pd.to_datetime(list(weeks))
        cases = pd.DataFrame({"case_id": [f"{n:04}" for n in range(len(weeks))], "report_week": mondays})
        cases["school_year"] = [f"{m.year}-{m.year + 1}" for m in mondays]
        cases["danger"] = [False] * (len(weeks) - 1) + [True]
        imports = pd.DataFrame({"as_of": [pd.Timestamp("2025-10-24")]})
        return publish(tmp_path / "store", cases=cases, imports=imports)

    return store_of


def test_cases_are_counted_in_the_same_weeks_of_both_years(store_of):
    snapshot = store_of(WEEKS)
    (row,) = compared_in_all(snapshot).itertuples()
    assert (row.n, row.n_before) == (4, 3)
    (row,) = compared_in_all(snapshot, danger=True).itertuples()
    assert (row.n, row.n_before) == (1, 0)
    (row,) = compared(snapshot, "school_level", ["secondary_1"]).itertuples()
    assert (row.n, row.n_before) == (4, 3)
    (row,) = compared(snapshot, "incident_type", ["insults"]).itertuples()
    assert (row.n, row.n_before) == (4, 3)
    assert "Semaines entières du" in which_weeks(snapshot)


def test_time_that_is_chosen_moves_the_year_and_no_other_choice_does(store_of):
    snapshot = store_of(WEEKS)
    (row,) = compared_in_all(snapshot, Selection(school_years=("2024-2025",))).itertuples()
    assert (row.n, row.n_before) == (3, 1)
    (row,) = compared_in_all(snapshot, Selection(school_levels=("fundamental",))).itertuples()
    assert (row.n, row.n_before) == (0, 0)


def test_without_a_year_before_nothing_is_compared(store_of):
    snapshot = store_of(WEEKS[4:])
    assert compared_in_all(snapshot).empty
    assert parents_compared(snapshot).empty
    assert which_weeks(snapshot) == ""
    assert "viendra" in NO_YEAR_BEFORE
