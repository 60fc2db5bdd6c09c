"""What happens: incident types, levels, channels, reporters and weeks of report. Counts in, answers out."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from analytics.measures.intervals import wilson
from analytics.school_calendar import SchoolCalendar


def shares(counts: pd.DataFrame, column: str, n_cases: int, codes: list[str]) -> pd.DataFrame:
    """Share of the cases in each category, with its 95 % interval (Wilson), the most frequent first.

    ``counts``: ``column``, n, from :meth:`Snapshot.incident_counts` or :meth:`Snapshot.case_counts`. A case has one level
    but may have several incident types: their shares then add to more than 1. ``codes`` are all the categories, so that
    one without a case is 0 and not absent.
    Returns ``column``, n, n_cases, share, lower, upper; shares are NaN when there is no case.
    """
    answer = counts.groupby(column)["n"].sum().reindex(codes, fill_value=0).rename_axis(column).reset_index()
    answer = answer.sort_values("n", ascending=False, kind="stable", ignore_index=True)
    answer["n_cases"] = n_cases
    answer["share"] = answer["n"] / n_cases if n_cases else float("nan")
    answer["lower"], answer["upper"] = wilson(answer["n"], n_cases) if n_cases else (float("nan"), float("nan"))
    return answer


def crossing(counts: pd.DataFrame, rows: str, columns: str, totals: pd.DataFrame) -> pd.DataFrame:
    """Share of the cases of each column that fall in each row, e.g. of each level that involve an incident type.

    ``counts``: ``rows``, ``columns``, n. ``totals``: ``columns``, n, the number of cases of each column.
    Returns ``rows``, ``columns``, n, n_cases, share.
    """
    answer = counts.merge(totals.rename(columns={"n": "n_cases"}), on=columns)
    answer["share"] = answer["n"] / answer["n_cases"]
    return answer[[rows, columns, "n", "n_cases", "share"]]


def by_week(counts: pd.DataFrame, calendar: SchoolCalendar, school_year: str, as_of: date) -> pd.DataFrame:
    """Reports a week of a school year, from its first week to its last or to the extraction, beside the year before.

    ``counts``: school_year, report_week, n. Weeks are matched by their rank in the school year, so that the first week of
    school meets the first week of school.
    Returns week (Monday), rank, n, n_before (NA when the year before holds no case), holiday (its name where no school day
    falls in the week, else empty), provisional (the week of the extraction, not over yet).
    """
    year = calendar[school_year]
    last = min(year.end, as_of)
    first_week = _monday(year.first_day)
    weeks = pd.date_range(first_week, max(_monday(last), first_week), freq="7D", unit="s")
    answer = pd.DataFrame({"week": weeks, "rank": range(1, len(weeks) + 1)})
    of_year = counts[counts["school_year"] == school_year].groupby("report_week")["n"].sum()
    answer["n"] = of_year.reindex(weeks, fill_value=0).to_numpy()
    answer["n_before"] = _year_before(counts, calendar, school_year, len(weeks))
    answer["holiday"] = [calendar.holiday_of_week(week.date()) for week in weeks]
    answer["provisional"] = answer["week"] + pd.Timedelta(days=6) > pd.Timestamp(as_of)
    return answer


def year_before(calendar: SchoolCalendar, school_year: str) -> str | None:
    """The name of the school year before ``school_year``, None when the calendar does not hold it."""
    names = [year.name for year in calendar.years]
    place = names.index(school_year)
    return names[place - 1] if place else None


def _year_before(counts: pd.DataFrame, calendar: SchoolCalendar, school_year: str, n_weeks: int) -> pd.array:
    name = year_before(calendar, school_year)
    before = counts[counts["school_year"] == name]
    if name is None or before.empty:
        return pd.array([pd.NA] * n_weeks, dtype="Int64")
    weeks = pd.date_range(_monday(calendar[name].first_day), periods=n_weeks, freq="7D", unit="s")
    return before.groupby("report_week")["n"].sum().reindex(weeks, fill_value=0).astype("Int64").array


def same_weeks(calendar: SchoolCalendar, as_of: date) -> tuple[tuple[date, date], tuple[date, date]] | None:
    """The whole weeks of the running school year up to ``as_of``, and the same weeks of school a year before.

    Each as (first Monday, last Monday); the week of ``as_of`` is left out until it is over. None when the calendar does not
    hold the year before, or no week is over.
    """
    name = next((year.name for year in calendar.years if year.first_day <= as_of <= year.end), None)
    before = year_before(calendar, name) if name else None
    if name is None or before is None:
        return None
    first, first_before = _monday(calendar[name].first_day), _monday(calendar[before].first_day)
    last = _monday(as_of + timedelta(days=1)) - timedelta(days=7)  # a Sunday ends its week
    if last < first:
        return None
    return (first, last), (first_before, first_before + (last - first))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
