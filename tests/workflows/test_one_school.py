"""One school: its years, whatever time was chosen."""

from __future__ import annotations

from analytics.domain.selection import Selection
from analytics.workflows.one_school import by_year, one_school, rated_schools
from tests.released import shared_store


def test_years_add_up_to_all_cases_whatever_time_was_chosen():
    snapshot = shared_store().snapshot()
    assert snapshot is not None
    busiest = snapshot.school_counts().sort_values("n")["school_id"].iloc[-1]
    chosen = Selection(school_years=("2025-2026",))
    years = by_year(one_school(snapshot, chosen, rated_schools(snapshot, chosen), busiest))
    assert years["n"].sum() == snapshot.school_counts().set_index("school_id").loc[busiest, "n"]
    assert years["is_running"].tolist() == [False] * (len(years) - 1) + [True]
