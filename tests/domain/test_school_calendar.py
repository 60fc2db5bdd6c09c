"""The two clocks, held to published cases, to a second opinion on the holidays, and to slow and obvious oracles."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from math import ceil
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.domain.data import CONTENT
from analytics.domain.school_calendar import (
    TIMEZONE,
    OutsideCalendarError,
    calendar,
    elapsed_hours,
    read_calendar,
    to_utc,
)

BRUSSELS = ZoneInfo(TIMEZONE)
REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "19_delays_dst_holidays.json").read_text())
FIRST, LAST = calendar().first_day, calendar().last_day

days = st.dates(FIRST, LAST)
wall_clocks = st.datetimes(datetime(FIRST.year, 9, 1), datetime(LAST.year, 6, 30))  # noqa: DTZ001 (wall-clock times)


def stamps(*values: date | str) -> pd.Series:
    return pd.Series([pd.Timestamp(value) for value in values])


def all_days() -> list[date]:
    return [FIRST + timedelta(days=i) for i in range((LAST - FIRST).days + 1)]


def school_days(start: date, end: date) -> int:
    return int(calendar().school_days(stamps(start), stamps(end)).iloc[0])


def exists_once(wall_clock: datetime) -> bool:
    """The standard library's view: a skipped hour does not come back from UTC as it went, a repeated one has two offsets."""
    local = wall_clock.replace(tzinfo=BRUSSELS)
    comes_back = local.astimezone(UTC).astimezone(BRUSSELS).replace(tzinfo=None) == wall_clock
    return comes_back and local.utcoffset() == local.replace(fold=1).utcoffset()


@pytest.mark.parametrize("case", REFERENCE["delays"], ids=lambda case: case["start_local"])
def test_hours_elapse_as_published_across_clock_changes(case):
    start, end = (stamps(case[name]).dt.tz_convert("UTC") for name in ("start_local", "end_local"))
    assert elapsed_hours(start, end).tolist() == [ceil(case["elapsed_hours"])]


@pytest.mark.parametrize("case", REFERENCE["ambiguous"], ids=lambda case: case["local"])
def test_an_hour_that_the_clock_skips_or_repeats_has_no_instant(case):
    assert to_utc(stamps(case["local"])).isna().all()


@pytest.mark.parametrize(
    ("minutes", "hours"), [(0, 0), (1, 1), (60, 1), (61, 2), (24 * 60, 24), (24 * 60 + 1, 25), (-30, 0)]
)
def test_what_was_done_within_24_hours_stays_within_24_hours(minutes, hours):
    start = stamps("2026-01-15 10:00").dt.tz_localize("UTC")
    assert elapsed_hours(start, start + pd.Timedelta(minutes=minutes)).tolist() == [hours]


def test_a_missing_date_has_no_delay():
    start, none = stamps("2026-01-15"), pd.Series([pd.NaT], dtype="datetime64[us]")
    assert elapsed_hours(to_utc(start), to_utc(none)).isna().all()
    assert calendar().school_days(start, none).isna().all()
    assert calendar().school_days(none, start).isna().all()


@given(start=wall_clocks, end=wall_clocks)
def test_hours_agree_with_the_standard_library_all_year_round(start, end):
    instants = to_utc(stamps(start, end))
    assert instants.notna().tolist() == [exists_once(start), exists_once(end)]
    if instants.notna().all():
        seconds = (
            end.replace(tzinfo=BRUSSELS).astimezone(UTC) - start.replace(tzinfo=BRUSSELS).astimezone(UTC)
        ).total_seconds()
        assert elapsed_hours(instants[:1], instants[1:].reset_index(drop=True)).tolist() == [
            max(0, ceil(seconds / 3600))
        ]


@given(start=days, end=days)
def test_school_days_agree_with_a_walk_from_day_to_day(start, end):
    walked, day = 0, start
    while day < end:
        day += timedelta(days=1)
        walked += calendar().is_class_day(day)
    assert school_days(start, end) == walked


@given(start=days, middle=days, end=days)
def test_school_days_add_up_over_any_day_in_between(start, middle, end):
    start, middle, end = sorted((start, middle, end))
    assert school_days(start, middle) + school_days(middle, end) == school_days(start, end)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-03-27", "2026-03-27", 0),  # the day of the report is day 0
        ("2026-03-27", "2026-03-30", 1),  # from Friday to Monday
        ("2025-10-17", "2025-11-03", 1),  # the eve of the autumn holiday to the day after it
        ("2025-10-20", "2025-10-24", 0),  # within a holiday
        ("2026-04-03", "2026-04-07", 1),  # Easter Monday is closed
        ("2026-07-03", "2026-08-23", 0),  # the summer
        ("2026-07-03", "2026-08-24", 1),  # up to the first day of the next year
        ("2026-03-30", "2026-03-27", 0),  # never less than 0
    ],
)
def test_school_days_count_the_days_on_which_schools_teach(start, end, expected):
    assert school_days(date.fromisoformat(start), date.fromisoformat(end)) == expected


def test_each_school_year_has_the_published_number_of_class_days():
    taught = [
        sum(calendar().is_class_day(day) for day in all_days() if year.first_day <= day <= year.end)
        for year in calendar().years
    ]
    assert taught == [180, 182, 180, 181, 182]


def test_a_second_opinion_on_the_holidays_agrees_but_for_days_that_are_local():
    """The package closes Mardi gras and All Souls' Day, which the table leaves to ``local_closed_dates``."""
    closed = holidays.BE(subdiv="French", categories=("school", "public"), language="fr", years=range(2024, 2029))
    known = [day for day in all_days() if day >= date(2024, 1, 1)]
    disagreed = [day for day in known if calendar().is_class_day(day) != (day.weekday() < 5 and day not in closed)]
    assert {day: closed.get(day) for day in disagreed} == {
        date(2024, 2, 13): "Mardi gras",
        date(2027, 2, 9): "Mardi gras",
        date(2026, 11, 2): "Fête des morts",
    }


@pytest.mark.parametrize("year", ["2025", "2026", "2027"])
def test_no_school_teaches_on_a_public_holiday(year):
    listed = [date.fromisoformat(day) for day in REFERENCE["public_holidays_BE"][year]]
    assert not any(calendar().is_class_day(day) for day in listed if FIRST <= day <= LAST)


@given(day=days)
def test_every_day_belongs_to_one_school_year_and_a_summer_to_the_year_that_it_ends(day):
    name = calendar().school_year(stamps(day)).iloc[0]
    year = calendar()[name]
    assert year.first_day <= day <= year.end
    assert name == f"{year.first_day.year}-{year.first_day.year + 1}"


@given(day=st.dates(date(1990, 1, 1), date(2099, 12, 31)).filter(lambda day: not FIRST <= day <= LAST))
def test_a_date_outside_the_calendar_is_an_error_and_never_a_guess(day):
    assert not calendar().covers(stamps(day)).any()
    for ask in (
        lambda: calendar().is_class_day(day),
        lambda: calendar().school_year(stamps(day)),
        lambda: calendar().school_days(stamps(FIRST), stamps(day)),
        lambda: calendar().school_days(stamps(day), stamps(LAST)),
    ):
        with pytest.raises(OutsideCalendarError, match=f"{FIRST:%d/%m/%Y}"):
            ask()


def test_the_calendar_is_followed_without_a_gap_from_its_first_year_to_its_last():
    for year, following in zip(calendar().years, calendar().years[1:], strict=False):
        assert year.end + timedelta(days=1) == following.first_day
    for year in calendar().years:
        for holiday in year.holidays:
            assert year.first_day < holiday.first_day < holiday.last_day < year.last_day
            assert (holiday.first_day.weekday(), holiday.last_day.weekday()) == (0, 4)


def test_the_same_weeks_of_two_years_may_hold_other_class_days():
    """To 22 February 2026: 26 weeks less five of holidays, less 11 November; 27 September is a Saturday. A year before,
    carnival comes a week later: 26 weeks less four, less 27 September and 11 November.
    """
    now, before = calendar().same_weeks(date(2026, 2, 22))
    assert now == (date(2025, 8, 25), date(2026, 2, 16))
    assert calendar().class_days(now[0], now[1] + timedelta(days=6)) == 5 * (26 - 5) - 1
    assert calendar().class_days(before[0], before[1] + timedelta(days=6)) == 5 * (26 - 4) - 2
    assert calendar().class_days(date(2022, 8, 22), date(2022, 8, 30)) == 2  # the calendar begins on the 29th


def test_a_class_day_is_found_forwards_and_backwards_over_holidays():
    """Friday 13 February 2026 is the last class day before two weeks of carnival."""
    days = calendar()
    friday, monday = date(2026, 2, 13), date(2026, 3, 2)
    assert days.class_day(friday, 1) == monday
    assert days.class_day(monday, -1) == days.class_day(date(2026, 3, 1), 0) == friday
    assert days.days_since_class_day(monday, 1) == 17
    assert days.days_since_class_day(friday, -2) == -18
    assert days.class_day(days.first_day, -5) == days.first_day
    assert days.class_day(days.last_day, 5) == days.last_day


def test_local_days_are_closed_and_the_rest_stays():
    local = read_calendar(CONTENT.calendar.replace(local_closed_dates=(date(2026, 2, 3),)))
    assert not local.is_class_day(date(2026, 2, 3))
    assert local.is_class_day(date(2026, 2, 4))
    assert local.school_days(stamps(date(2026, 2, 2)), stamps(date(2026, 2, 4))).tolist() == [1]
    assert calendar().is_class_day(date(2026, 2, 3))


def test_a_year_that_is_added_ends_the_summer_before_it():
    added = CONTENT.calendar.school_years[-1].replace(
        name="2027-2028", first_day=date(2027, 8, 23), last_day=date(2028, 6, 30), holidays=()
    )
    longer = read_calendar(CONTENT.calendar.replace(school_years=(added, *CONTENT.calendar.school_years)))
    assert longer.is_class_day(date(2027, 9, 1))
    assert longer["2026-2027"].end == date(2027, 8, 22)


def test_schools_teach_in_a_week_that_is_no_holiday_and_never_outside_the_calendar():
    weeks = pd.date_range(
        calendar().first_day - timedelta(days=70), calendar().last_day + timedelta(days=70), freq="W-MON"
    )
    taught = calendar().class_days_of_weeks(weeks.to_numpy()) > 0
    assert taught.tolist() == [not calendar().holiday_of_week(week) for week in weeks.date]
    assert not taught[:10].any() and not taught[-10:].any() and taught.any()
