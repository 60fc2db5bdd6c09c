"""The school calendar of French-speaking Belgium, and the two clocks that run from a report to a step.

Elapsed hours run between UTC instants, so that Brussels summer time is respected. School days are class days: the day of
the report is day 0, and only days on which the schools teach count. The calendar is data: ``calendar.toml``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd
from dateutil.easter import easter

from analytics.domain.data import CONTENT
from analytics.domain.errors import RelaisError
from analytics.domain.french import day
from analytics.domain.numbers import CalendarFile, Holiday
from analytics.domain.timezone import TIMEZONE


class OutsideCalendarError(RelaisError):
    """A day that no school year of the calendar covers."""


@dataclass(frozen=True)
class SchoolYear:
    """A school year. ``end`` is its last day with the summer that follows: the eve of the next year, where it is known."""

    name: str
    first_day: date
    last_day: date
    end: date
    holidays: tuple[Holiday, ...]


class SchoolCalendar:
    """Consecutive school years. Days are numbered from the first one, so that a delay is one subtraction a case."""

    def __init__(self, years: tuple[SchoolYear, ...], closed: frozenset[date]) -> None:
        self.years = years
        self.first_day = years[0].first_day
        self.last_day = years[-1].end
        days = pd.date_range(self.first_day, self.last_day).date
        self._year_of_day = np.array([self._covering(day) for day in days])
        self._is_class_day = np.array([self._teaches(day, closed) for day in days])
        self._class_days_up_to = np.cumsum(self._is_class_day)

    def _covering(self, day: date) -> int:
        return next(i for i, year in enumerate(self.years) if year.first_day <= day <= year.end)

    def _teaches(self, day: date, closed: frozenset[date]) -> bool:
        year = self.years[self._covering(day)]
        on_holiday = any(holiday.first_day <= day <= holiday.last_day for holiday in year.holidays)
        return day.weekday() < 5 and day <= year.last_day and day not in closed and not on_holiday

    def _index(self, days: pd.Series) -> np.ndarray:
        """Day numbers of ``days`` (datetime64, no time of day); OutsideCalendarError when one is not covered."""
        if not self.covers(days).all():
            raise self._outside()
        return (days.to_numpy("datetime64[D]") - np.datetime64(self.first_day)).astype(int)

    def covers(self, days: pd.Series) -> pd.Series:
        """True where the calendar knows the day; a missing day is not known."""
        return days.between(pd.Timestamp(self.first_day), pd.Timestamp(self.last_day))

    def is_class_day(self, day: date) -> bool:
        """Whether schools teach on ``day``."""
        if not self.first_day <= day <= self.last_day:
            raise self._outside()
        return bool(self._is_class_day[(day - self.first_day).days])

    def _outside(self) -> OutsideCalendarError:
        return OutsideCalendarError(f"Le calendrier va du {day(self.first_day)} au {day(self.last_day)}.")

    def school_days(self, start: pd.Series, end: pd.Series) -> pd.Series:
        """Class days after each ``start`` up to its ``end`` (datetime64), never less than 0; NA where one is missing."""
        known = start.notna() & end.notna()
        result = pd.Series(pd.NA, index=start.index, dtype="Int64")
        between = self._class_days_up_to[self._index(end[known])] - self._class_days_up_to[self._index(start[known])]
        result[known] = np.maximum(between, 0)
        return result

    def class_days(self, first: date, last: date) -> int:
        """Class days from ``first`` to ``last``, both included, as far as the calendar goes."""
        before = np.concatenate([[0], self._class_days_up_to])
        start, end = ((day - self.first_day).days for day in (first, last + timedelta(days=1)))
        from_start, up_to = before[np.clip([start, end], 0, len(before) - 1)]
        return max(int(up_to - from_start), 0)

    def class_day(self, day: date, n: int) -> date:
        """The ``n``-th class day after ``day``, before it where negative; for 0 the last one up to it. The calendar's
        first or last day where it does not go so far.
        """
        up_to = self._class_days_up_to
        index = int(np.clip((day - self.first_day).days, 0, len(up_to) - 1))
        place = int(np.searchsorted(up_to, up_to[index] + n))
        return self.first_day + timedelta(days=min(place, len(up_to) - 1))

    def days_since_class_day(self, day: date, n: int) -> int:
        """Days from the class day that lies ``n`` class days before ``day``; negative where it is still to come."""
        return (day - self.class_day(day, -n)).days

    def school_year(self, days: pd.Series) -> pd.Series:
        """The name of the school year of each day (``"2025-2026"``); a summer belongs to the year that it ends."""
        names = pd.Series([year.name for year in self.years], dtype="str")
        return names.take(self._year_of_day[self._index(days)]).set_axis(days.index)

    def class_days_of_weeks(self, mondays: np.ndarray) -> np.ndarray:
        """The number of class days of each week (datetime64, its Monday), as far as the calendar goes."""
        before = np.concatenate([[0], self._class_days_up_to])
        first = (mondays.astype("datetime64[D]") - np.datetime64(self.first_day)).astype(int)
        monday, saturday = (before[np.clip(day, 0, len(before) - 1)] for day in (first, first + 5))
        return saturday - monday

    def holiday_of_week(self, monday: date) -> str:
        """The holiday that leaves the week of ``monday`` without a class day, "" when schools teach in it."""
        days = [monday + timedelta(days=i) for i in range(5)]
        if any(self.first_day <= day <= self.last_day and self.is_class_day(day) for day in days):
            return ""
        holidays = [holiday for year in self.years for holiday in year.holidays]
        return next((h.name for h in holidays if h.first_day <= days[0] <= h.last_day), "Vacances d’été")

    def same_weeks(self, as_of: date) -> tuple[tuple[date, date], tuple[date, date]] | None:
        """The whole weeks of the running school year up to ``as_of``, and the same weeks of school a year before.

        Each as (first Monday, last Monday); the week of ``as_of`` is left out until it is over. None when the calendar does
        not hold the year before, or no week is over.
        """
        place = next((i for i, year in enumerate(self.years) if year.first_day <= as_of <= year.end), 0)
        first, first_before = (_monday(self.years[i].first_day) for i in (place, place - 1))
        last = _monday(as_of + timedelta(days=1)) - timedelta(days=7)  # a Sunday ends its week
        if place == 0 or last < first:
            return None
        return (first, last), (first_before, first_before + (last - first))

    def __getitem__(self, name: str) -> SchoolYear:
        return next(year for year in self.years if year.name == name)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def breaks() -> pd.DataFrame:
    """What changed for everybody on a day: on (datetime64), reason; as :func:`analytics.measures.signals.xmr` takes them."""
    listed = CONTENT.calendar.breaks
    return pd.DataFrame(
        {
            "on": pd.to_datetime([entry.on for entry in listed]),
            "reason": pd.Series([entry.reason for entry in listed], dtype="str"),
        }
    )


@cache
def calendar() -> SchoolCalendar:
    """The calendar of the service."""
    return read_calendar(CONTENT.calendar)


def read_calendar(file: CalendarFile) -> SchoolCalendar:
    """The school years of ``file`` in order, and the days that are closed in each."""
    listed = sorted(file.school_years, key=lambda year: year.first_day)
    ends = [following.first_day - timedelta(days=1) for following in listed[1:]] + [listed[-1].last_day]
    years = tuple(
        SchoolYear(year.name, year.first_day, year.last_day, end, year.holidays)
        for year, end in zip(listed, ends, strict=True)
    )
    civil_years = range(years[0].first_day.year, years[-1].end.year + 1)
    closed = {date.fromisoformat(f"{year}-{day}") for year in civil_years for day in file.closed_dates}
    closed |= {easter(year) + timedelta(days=days) for year in civil_years for days in file.closed_days_after_easter}
    return SchoolCalendar(years, frozenset(closed.union(file.local_closed_dates)))


def elapsed_hours(start: pd.Series, end: pd.Series) -> pd.Series:
    """Whole hours between UTC instants, rounded up, never less than 0; NA where one is missing.

    Rounded up, what was done within 24 h stays within 24 h and what was not stays beyond.
    """
    hours = np.ceil((end - start).dt.total_seconds() / 3600).clip(lower=0)
    return hours.astype("Int64")


def to_utc(local: pd.Series) -> pd.Series:
    """Brussels wall-clock times as UTC instants; NaT for an hour that the spring skips or the autumn repeats."""
    return local.dt.tz_localize(TIMEZONE, ambiguous="NaT", nonexistent="NaT").dt.tz_convert("UTC")
