"""The sheet Actions of the fictitious register: what was given, at random and without any effect on the cases."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from analytics.domain.programme import programme
from analytics.domain.school_calendar import SchoolYear, calendar
from analytics.domain.vocabulary import TEACHING_LEVELS
from analytics.intake.actions import ACTIONS
from analytics.planning.need import groups
from analytics.spreadsheets.reading import Cell
from analytics.synthetic import assumptions as assumed


def action_rows(seed: int, schools: pd.DataFrame, years: list[SchoolYear], as_of: date) -> list[list[Cell]]:
    """Headings and rows of the sheet, up to ``as_of``. ``schools`` is the sheet Écoles: Code, Niveau, Élèves.

    Has a generator of its own, so that the cases of a seed do not depend on it.
    """
    rng = np.random.default_rng([seed, len(ACTIONS)])
    rows: list[tuple[date, str, str, int]] = []
    for year in years:
        days = [
            day.date() for day in pd.date_range(year.first_day, year.last_day) if calendar().is_class_day(day.date())
        ]
        for activity in programme().planned:
            chosen = schools[schools["Niveau"].isin([TEACHING_LEVELS.label(code) for code in activity.teaching])]
            n_groups = groups(chosen["Élèves"], activity.people_per_pupil, activity.group_size)
            given = rng.random(len(chosen)) < assumed.ACTION_SHARE
            when = rng.choice(len(days), len(chosen))
            rows += [
                (days[day], code, activity.label, int(n))
                for day, code, n, is_given in zip(when, chosen["Code"], n_groups, given, strict=True)
                if is_given and days[day] <= as_of
            ]
    headings: list[Cell] = [field.header for field in ACTIONS]
    cells: list[list[Cell]] = [[school, activity, day, n_groups] for day, school, activity, n_groups in sorted(rows)]
    return [headings, *cells]
