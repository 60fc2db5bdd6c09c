"""The days on which people act: mostly class days, in the hours of the school."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.domain.school_calendar import SchoolCalendar

_OPENING, _CLOSING = 8 * 60, 18 * 60  # the minutes of the day between which a school acts


class Days:
    """The days of a calendar by number. ``teaches`` is True for the class days."""

    def __init__(self, calendar: SchoolCalendar) -> None:
        days = pd.Series(pd.date_range(calendar.first_day, calendar.last_day))
        following = calendar.school_days(days[:-1], days[1:].set_axis(days.index[:-1]))
        self.teaches = np.append(calendar.is_class_day(calendar.first_day), following.to_numpy(dtype=bool))
        self._first = np.datetime64(calendar.first_day)
        # Beyond the last class day nothing is known: a step put off to it lies after any extract.
        beyond = len(days)
        class_days = np.append(np.where(self.teaches, np.arange(beyond), beyond), beyond)
        self._next = np.minimum.accumulate(class_days[::-1])[::-1]

    def number(self, days: np.ndarray) -> np.ndarray:
        return np.minimum((days.astype("datetime64[D]") - self._first).astype(int), len(self.teaches))

    def at_work(self, rng: np.random.Generator, moments: np.ndarray, share_any_hour: float) -> np.ndarray:
        """Moments (datetime64[m]) put off to the next class day and its hours, but for a share; none in the small hours."""
        today = moments.astype("datetime64[D]")
        minute = (moments - today).astype(int)
        number = self.number(today)
        class_day = self._next[np.minimum(number + (minute >= _CLOSING), len(self.teaches))]
        morning = self._first + class_day + (_OPENING + rng.integers(0, 240, len(moments))).astype("timedelta64[m]")
        at_dawn = today + (6 * 60 + minute % 120).astype("timedelta64[m]")
        at_any_hour = np.where(minute < 6 * 60, at_dawn, moments)
        waits = (class_day != number) | (minute < _OPENING)
        put_off = np.where(rng.random(len(moments)) < share_any_hour, at_any_hour, morning)
        return np.where(waits, put_off, moments)
