"""The work list in words and numbers."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from analytics.measures import work
from analytics.store.layout import BITS

AS_OF = pd.Timestamp("2026-03-16")


def test_a_case_is_one_line_of_words_and_of_numbers_that_sort():
    cases = pd.DataFrame(
        {
            "overdue": [BITS["parents"] + BITS["cpms"], 0],
            "soon": [0, BITS["police_contact"]],
            "step": ["cpms", "police_contact"],
            "in_hours": [True, False],
            "deadline": [24, 2],
            "late_hours": pd.array([36, -48], dtype="Int64"),
            "as_of": [AS_OF, AS_OF],
        }
    )
    answer = work.listed(cases)
    assert answer["missing"].tolist() == ["CPMS, Parents", ""]
    assert answer["soon_words"].tolist() == ["", "Police"]
    assert answer["limit"].tolist() == ["CPMS, 24\u202fh", "Police, 2 j. d’école"]
    assert answer["due_on"].dt.date.tolist() == [date(2026, 3, 15), date(2026, 3, 18)]
    assert answer["late_days"].tolist() == [1.5, pd.NA]


def test_a_case_that_waits_for_nothing_has_no_deadline():
    nothing = {"overdue": [0], "soon": [0], "step": [None], "in_hours": [None], "deadline": [np.nan], "as_of": [AS_OF]}
    answer = work.listed(pd.DataFrame(nothing | {"late_hours": pd.array([None], dtype="Int64")}))
    assert answer[["missing", "limit"]].to_numpy().tolist() == [["", ""]]
    assert answer["due_on"].isna().all()


def test_states_and_steps_are_counted_by_case(table):
    counts = table(f"""
        state   | danger | overdue                                | soon             | n
        overdue | yes    | {BITS["cpms"]}                         | 0                | 2
        overdue | no     | {BITS["cpms"] + BITS["parents"]}       | {BITS["police_contact"]} | 3
        dormant | no     | {BITS["cpms"]}                         | 0                | 7
    """).assign(danger=lambda t: t["danger"] == "yes")
    assert work.summary(counts).to_dict("list") == {"n": [5, 0, 7], "n_danger": [2, 0, 0]}
    assert work.by_step(counts).to_dict("list") == {"step": ["cpms", "parents"], "n": [5, 3]}
    assert work.by_step(counts, "soon").empty
