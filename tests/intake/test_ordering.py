"""A column that cannot tell its order follows those of its file that can; where none can, it is asked."""

from __future__ import annotations

import pytest

from analytics.intake import OwnWords, RefusedFileError, UnansweredError

STEP = "CPMS contacté le"


def test_a_column_that_cannot_tell_follows_the_others(taken):
    steps = taken({"Signalé le": "01/13/2026", STEP: "02/01/2026"}).tables["case_steps"].set_index("step")
    assert steps.loc["cpms", "delay_school_days"] == 13  # to Sunday 1 February


def test_where_nothing_tells_the_order_it_is_asked_once(taken):
    row = {"Signalé le": "05/02/2026", STEP: "06/02/2026"}
    with pytest.raises(UnansweredError) as asked:
        taken(row, own_words=OwnWords())
    (question,) = asked.value.questions
    assert question.default == "day_first"
    answered = taken(row, own_words=OwnWords().with_answer(question.place, question.default))
    assert answered.tables["cases"]["report_week"].dt.strftime("%Y-%m-%d").tolist() == ["2026-02-02"]


def test_a_column_of_both_orders_is_refused_whole_with_a_row_of_each(taken):
    with pytest.raises(RefusedFileError, match=r"ligne 2 \(99/99/9999\), ligne 3 \(99/99/9999\)"):
        taken({"Signalé le": "13/01/2026"}, {"Signalé le": "01/14/2026"})


@pytest.mark.parametrize(("day", "week"), [("05/08/2026", "2026-05-04"), ("08/05/2026", "2026-05-04")])
def test_an_order_that_puts_a_report_after_the_extract_is_excluded(taken, day, week):
    cases = taken({"Signalé le": day}, own_words=OwnWords()).tables["cases"]  # as of 12 June
    assert cases["report_week"].dt.strftime("%Y-%m-%d").tolist() == [week]
