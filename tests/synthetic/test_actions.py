"""The sheet Actions of the fictitious register."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analytics.domain.programme import programme
from analytics.domain.school_calendar import calendar
from analytics.domain.vocabulary import TEACHING_LEVELS
from analytics.synthetic.actions import action_rows

AS_OF = date(2026, 3, 17)
SCHOOLS = pd.DataFrame(
    {
        "Code": [f"S{n}" for n in range(80)],
        "Niveau": [TEACHING_LEVELS.label(level) for level in ("fundamental", "secondary")] * 40,
        "Élèves": [200, 600] * 40,
    }
)


def test_each_action_is_of_the_programme_in_a_school_of_its_level_on_a_class_day_that_is_past():
    headings, *rows = action_rows(1, SCHOOLS, [calendar()["2025-2026"]], AS_OF)
    assert len(headings) == 4 and len(rows) > 10
    teaching = SCHOOLS.set_index("Code")["Niveau"]
    planned = {activity.label: activity for activity in programme().planned}
    for school, activity, day, n_groups in rows:
        assert teaching[school] in {TEACHING_LEVELS.label(code) for code in planned[activity].teaching}
        assert day <= AS_OF and calendar().is_class_day(day)
        assert n_groups >= 1


def test_a_later_day_adds_actions_and_changes_none():
    years = [calendar()["2025-2026"]]
    known, later = (action_rows(1, SCHOOLS, years, as_of)[1:] for as_of in (AS_OF, date(2026, 6, 12)))
    assert len(later) > len(known)
    assert [row for row in later if row[2] <= AS_OF] == known
