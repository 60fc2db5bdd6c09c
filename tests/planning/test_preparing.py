"""What a plan is made of says what has no part in it."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analytics.domain.programme import programme
from analytics.domain.school_calendar import calendar
from analytics.planning.preparing import Team, prepare


def test_cases_without_a_level_or_whose_school_has_no_size_are_counted_and_left_out(publish, table, tmp_path):
    cases = table("""
        case_id | school_id | school_level
        A       | sized     | secondary_1
        B       | sized     | secondary_1
        C       | sized     | unknown
        D       | unsized   | secondary_1
    """)
    schools = pd.DataFrame({"school_id": ["sized", "unsized"], "n_pupils": [500, pd.NA], "provisional": [False, True]})
    snapshot = publish(
        tmp_path,
        cases=cases,
        case_steps=cases[["case_id"]].assign(step="cpms", outcome="not_done"),
        schools=schools,
    )
    preparation = prepare(snapshot, Team(2, 10.0, 5.0, date(2025, 10, 6)), programme().rules, calendar())
    assert preparation.n_cases_left_out == 2
    assert preparation.need["n"].sum() == 2
    assert preparation.unplannable["school_id"].tolist() == ["unsized"]
