"""The days on which people act."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.domain.school_calendar import calendar
from analytics.synthetic.days import Days


@pytest.fixture(scope="module")
def days() -> Days:
    return Days(calendar())


def at_work(days: Days, moment: str, share_any_hour: float) -> pd.DatetimeIndex:
    moments = np.full(200, np.datetime64(moment, "m"))
    return pd.DatetimeIndex(days.at_work(np.random.default_rng(1), moments, share_any_hour))


def test_the_days_that_teach_are_those_of_the_calendar(days):
    every = pd.date_range(calendar().first_day, calendar().last_day)
    assert days.teaches.tolist() == [calendar().is_class_day(day.date()) for day in every]


def test_a_moment_in_the_hours_of_a_class_day_stays(days):
    assert set(at_work(days, "2026-03-17T10:30", 0.0)) == {pd.Timestamp("2026-03-17 10:30")}


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-03-17T19:00", "2026-03-18"),
        ("2026-03-20T19:00", "2026-03-23"),
        ("2026-03-17T02:00", "2026-03-17"),
        ("2026-02-14T12:00", "2026-03-02"),
    ],
)
def test_what_comes_after_hours_or_on_a_day_off_waits_for_the_next_class_day_from_eight(days, moment, day):
    moments = at_work(days, moment, 0.0)
    assert set(moments.normalize()) == {pd.Timestamp(day)}
    assert set(moments.hour) <= {8, 9, 10, 11}


def test_a_share_acts_at_once_but_never_in_the_small_hours(days):
    assert set(at_work(days, "2026-03-17T19:00", 1.0)) == {pd.Timestamp("2026-03-17 19:00")}
    assert set(at_work(days, "2026-03-17T02:00", 1.0).hour) <= {6, 7}
    mixed = at_work(days, "2026-03-17T19:00", 0.5)
    assert 0.3 < (mixed == pd.Timestamp("2026-03-17 19:00")).mean() < 0.7
