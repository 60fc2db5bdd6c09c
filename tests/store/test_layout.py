"""A case is one wide row, and its three tables are read back from it as they were."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.domain.schema import TABLES
from analytics.domain.vocabulary import REASONS
from analytics.store.layout import columns


@pytest.fixture
def drawn(table) -> dict[str, pd.DataFrame]:
    cases = table("""
        case_id | status | followed_hours | followed_school_days | detection_days
        A       | closed |                |                      | 3
        B       | open   |            100 |                    5 |
    """)
    steps = table("""
        case_id | step    | outcome        | delay_hours | delay_school_days
        A       | cpms    | done           |             |
        A       | parents | done           |           5 |                 0
        B       | cpms    | not_applicable |             |
        B       | parents | not_done       |             |
    """)
    steps["reason"] = [None, None, *list(REASONS)[:2]]
    return {"cases": cases, "case_steps": steps}


def test_undated_steps_reasons_and_closures_on_an_unknown_day_are_read_back(publish, drawn, tmp_path):
    with publish(tmp_path, **drawn) as snapshot:
        read = {name: snapshot.table(name) for name in drawn}
        assert snapshot.columns("records") == set(columns())
    for name, rows in drawn.items():
        expected = TABLES[name].conform(read[name].assign(**{column: rows[column] for column in rows}))
        pd.testing.assert_frame_equal(read[name], expected)
    assert read["cases"]["followed_hours"].isna().tolist() == [True, False]
    assert read["case_steps"]["delay_hours"].notna().tolist() == [False, True, False, False]
