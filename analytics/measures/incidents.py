"""What happens: incident types, levels, channels, reporters and weeks of report. Counts in, answers out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.domain.school_calendar import SchoolCalendar
from analytics.measures.clusters import design_effects
from analytics.measures.grouping import picked, places, sums, taken, totals, with_columns
from analytics.measures.intervals import wilson


def shares(
    counts: pd.DataFrame, column: str, cases: pd.DataFrame, codes: Sequence[str], bunching: float = 1.0
) -> pd.DataFrame:
    """Share of the cases in each category, with its 95 % interval (Wilson, the cases of a school being alike), the most
    frequent first.

    ``counts``: ``column``, school_id, n, from :meth:`Snapshot.incident_counts` or :meth:`Snapshot.case_counts`; ``cases``:
    school_id, n, of all cases. A case has one level but may have several incident types: their shares then add to more than
    1. ``codes`` are all the categories, so that one without a case is 0 and not absent. ``bunching`` serves where schools
    are few (:func:`clusters.design_effects`).
    Returns ``column``, n, n_cases, share, lower, upper, effect (by which n_cases is divided in the interval); shares are NaN
    when there is no case.
    """
    answer = _shares(counts, column, cases, codes, bunching)
    order = np.argsort(-answer["n"], kind="stable")
    return pd.DataFrame({column: np.array(codes, dtype=object), **answer}).iloc[order].reset_index(drop=True)


def _shares(
    counts: pd.DataFrame, column: str, cases: pd.DataFrame, codes: Sequence[str], bunching: float
) -> dict[str, NDArray[Any]]:
    """The numbers of :func:`shares` in the order of ``codes``."""
    schools = pd.unique(cases["school_id"]).tolist()
    school, code = places(counts["school_id"], schools), places(counts[column], codes)
    n = sums(school, code, counts["n"], (len(schools), len(codes)))
    n_cases = totals(places(cases["school_id"], schools), cases["n"], len(schools))
    of_codes = np.full(len(codes), n_cases.sum())
    return {"n": n.sum(axis=0), **_with_intervals(n.sum(axis=0), of_codes, design_effects(n, n_cases, bunching))}


def several_types(numbers: pd.DataFrame) -> pd.DataFrame:
    """How many cases have more than one incident type: one row n, n_cases, share, n_types (of all cases).

    ``numbers`` is what :meth:`Snapshot.type_numbers` returns. n_types is what the counts by type add to.
    """
    several = numbers.loc[numbers["n_types"] > 1, "n"].sum()
    n_cases, n_types = numbers["n"].sum(), (numbers["n_types"] * numbers["n"]).sum()
    share = several / n_cases if n_cases else np.nan
    return pd.DataFrame({"n": [several], "n_cases": n_cases, "share": share, "n_types": n_types})


def co_occurrence(pairs: pd.DataFrame, n_cases: int, codes: Sequence[str], effect: float = 1.0) -> pd.DataFrame:
    """Incident types that a case has together, each pair once, the most frequent first.

    ``pairs`` is what :meth:`Snapshot.type_pairs` returns; a case with three types counts in three pairs. ``codes`` give the
    order within a pair; ``effect`` is the largest of their :func:`shares`. Returns incident_type, other_type, n, n_cases,
    share (of all cases), lower, upper, effect.
    """
    once = np.flatnonzero(places(pairs["incident_type"], codes) < places(pairs["other_type"], codes))
    n = pairs["n"].to_numpy("int64")
    once = once[np.argsort(-n[once], kind="stable")]
    intervals = _with_intervals(n[once], np.full(len(once), n_cases), np.full(len(once), effect))
    return with_columns(picked(pairs, pairs.columns, once), intervals)


def cross_tabulate(
    counts: pd.DataFrame, rows: str, columns: str, cases: pd.DataFrame, codes: Sequence[str], bunching: float = 1.0
) -> pd.DataFrame:
    """Share of the cases of each column that fall in each row, e.g. of each level that involve an incident type.

    ``counts``: ``rows``, ``columns``, school_id, n. ``cases``: ``columns``, school_id, n, of all cases of each column.
    ``codes`` are all the rows: one without a case is 0. Returns ``rows``, ``columns``, and the numbers of :func:`shares`.
    """
    found = {
        value: _shares(counts[counts[columns] == value], rows, of_column, codes, bunching)
        for value, of_column in cases.groupby(columns, observed=True)
    }
    names = ["n", "n_cases", "effect", "share", "lower", "upper"]
    cells = {rows: np.repeat(np.array(codes, dtype=object), len(found)), columns: [*found] * len(codes)}
    numbers = {name: np.array([answer[name] for answer in found.values()]).T.ravel() for name in names}
    return pd.DataFrame(cells | numbers)


def compare_groups(answers: dict[str, pd.DataFrame], column: str) -> pd.DataFrame:
    """The shares of several groups (:func:`shares`) side by side, in the order of the first: ``column``, group, n, n_cases,
    share, lower, upper. ``answers`` holds each group's by its name.
    """
    stacked = pd.concat([answer.assign(group=name) for name, answer in answers.items()], ignore_index=True)
    order = places(stacked[column], next(iter(answers.values()))[column].tolist()).argsort(kind="stable")
    return taken(stacked, order)


def by_week(
    counts: pd.DataFrame,
    calendar: SchoolCalendar,
    school_year: str,
    as_of: date,
    first_week: date | None = None,
    last_week: date | None = None,
) -> pd.DataFrame:
    """Reports a week of a school year, from its first week to its last or to the extraction, beside the year before.

    ``counts``: school_year, report_week, n. Weeks are matched by their rank in the school year, so that the first week of
    school meets the first week of school.
    ``first_week`` and ``last_week`` are the period that was counted, if there is one (:func:`between`).
    Returns week (Monday), rank, n, n_before (NA when the year before holds no case, or its week was not counted), holiday
    (its name where no school day falls in the week, else empty), provisional (the week of the extraction, not over yet).
    """
    weeks = _weeks_of(calendar, school_year, as_of)
    columns = {
        "week": weeks.astype("datetime64[s]"),
        "rank": range(1, len(weeks) + 1),
        "n": totals(_places_of_weeks(counts, weeks, school_year), counts["n"], len(weeks)),
        "n_before": _year_before(counts, calendar, school_year, len(weeks), first_week, last_week),
    }
    return between(pd.DataFrame(columns | _state_of(weeks, calendar, as_of)), first_week, last_week)


def types_by_week(
    counts: pd.DataFrame, calendar: SchoolCalendar, school_year: str, as_of: date, codes: Sequence[str]
) -> pd.DataFrame:
    """Reports of each incident type in each week of a school year: week, incident_type, n, holiday, provisional.

    ``counts``: incident_type, school_year, report_week, n. Each of ``codes`` has each week, with 0 where nothing was
    reported; a case counts once for each of its types.
    """
    weeks = _weeks_of(calendar, school_year, as_of)
    week, code = _places_of_weeks(counts, weeks, school_year), places(counts["incident_type"], codes)
    n = sums(code, week, counts["n"], (len(codes), len(weeks)))
    of_weeks = {"week": weeks.astype("datetime64[s]"), **_state_of(weeks, calendar, as_of)}
    of_weeks = {name: np.tile(values, len(codes)) for name, values in of_weeks.items()}
    cells = {"week": of_weeks.pop("week"), "incident_type": np.repeat(codes, len(weeks)), "n": n.ravel()}
    return pd.DataFrame(cells | of_weeks)


def between(weeks: pd.DataFrame, first_week: date | None, last_week: date | None) -> pd.DataFrame:
    """The rows of ``weeks`` (week) that a period holds: outside it nothing was counted, which is not 0. None is no limit."""
    return picked(weeks, weeks.columns, np.flatnonzero(_within(weeks["week"].to_numpy(), first_week, last_week)))


def school_weeks(
    calendar: SchoolCalendar,
    school_years: Sequence[str],
    as_of: date,
    n_open: int,
    first_week: date | None = None,
    last_week: date | None = None,
) -> pd.DataFrame:
    """The weeks in which schools teach, up to ``as_of``, for :func:`surveillance.charts`.

    Returns period (Monday), school_year, rank (in the school year, holidays counted, from 0), class_days, provisional (the
    last ``n_open`` weeks, the running one included: still being written). That nothing is reported in a week of holidays is
    no news: it is not here. ``first_week`` and ``last_week`` are the period that was counted.
    """
    of_years = [_weeks_of(calendar, year, as_of) for year in school_years]
    period = np.concatenate([_NO_WEEK, *of_years])
    weeks = pd.DataFrame(
        {
            "period": period.astype("datetime64[s]"),
            "school_year": np.repeat(np.array(school_years, dtype=object), [len(year) for year in of_years]),
            "rank": np.concatenate([np.arange(0), *(np.arange(len(year)) for year in of_years)]),
            "class_days": calendar.class_days_of_weeks(period),
            "provisional": _is_running(period, as_of - timedelta(weeks=n_open - 1)),
        }
    )
    counted = _within(period, first_week, last_week) & (weeks["class_days"].to_numpy() > 0)
    return picked(weeks, weeks.columns, np.flatnonzero(counted))


def change(now: pd.DataFrame, before: pd.DataFrame, column: str, codes: Sequence[str]) -> pd.DataFrame:
    """How the number of cases in each category moved from one extraction to the next: ``column``, n, n_before, difference.

    Both tables: ``column``, n, for one selection. A corrected case moves from one category to another, so that a difference
    may be negative. The largest difference first.
    """
    n, n_before = (_totals(counts, column, codes) for counts in (now, before))
    answer = pd.DataFrame({column: codes, "n": n, "n_before": n_before, "difference": n - n_before})
    return answer.sort_values("difference", ascending=False, kind="stable", ignore_index=True)


def year_before(calendar: SchoolCalendar, school_year: str) -> str | None:
    """The name of the school year before ``school_year``, None when the calendar does not hold it."""
    names = [year.name for year in calendar.years]
    place = names.index(school_year)
    return names[place - 1] if place else None


def _with_intervals(
    n: NDArray[np.int64], n_cases: NDArray[np.int64], effect: NDArray[np.float64]
) -> dict[str, NDArray[Any]]:
    """n_cases and effect with the share of ``n``, its lower and its upper limit; NaN where there is no case."""
    total = np.where(n_cases > 0, n_cases, np.nan)
    lower, upper = wilson(n / effect, total / effect)
    return {"n_cases": n_cases, "effect": effect, "share": n / total, "lower": lower, "upper": upper}


_Weeks = NDArray[np.datetime64]
_NO_WEEK: _Weeks = np.array([], dtype="datetime64[D]")


def _weeks_of(calendar: SchoolCalendar, school_year: str, as_of: date) -> _Weeks:
    """The Mondays of a school year, from its first to its last or to the extraction's; at least the first."""
    year = calendar[school_year]
    first_week = _monday(year.first_day)
    return _weeks_from(first_week, (max(_monday(min(year.end, as_of)), first_week) - first_week).days // 7 + 1)


def _weeks_from(monday: date, n_weeks: int) -> _Weeks:
    return np.datetime64(monday, "D") + 7 * np.arange(n_weeks)


def _is_running(weeks: _Weeks, as_of: date) -> NDArray[np.bool_]:
    return weeks + 6 > np.datetime64(as_of, "D")


def _state_of(weeks: _Weeks, calendar: SchoolCalendar, as_of: date) -> dict[str, NDArray[Any]]:
    """holiday and provisional of each week, as :func:`by_week` returns them."""
    holidays = np.array([calendar.holiday_of_week(week) for week in weeks.tolist()], dtype=object)
    return {"holiday": holidays, "provisional": _is_running(weeks, as_of)}


def _year_before(
    counts: pd.DataFrame,
    calendar: SchoolCalendar,
    school_year: str,
    n_weeks: int,
    first_week: date | None,
    last_week: date | None,
) -> pd.Series:
    name = year_before(calendar, school_year)
    if name is None or not (counts["school_year"] == name).any():
        return pd.Series(pd.NA, index=range(n_weeks), dtype="Int64")
    weeks = _weeks_from(_monday(calendar[name].first_day), n_weeks)
    n = pd.Series(totals(_places_of_weeks(counts, weeks, name), counts["n"], n_weeks), dtype="Int64")
    return n.where(_within(weeks, first_week, last_week))


def _within(weeks: _Weeks, first_week: date | None, last_week: date | None) -> NDArray[np.bool_]:
    return (weeks >= np.datetime64(first_week or date.min)) & (weeks <= np.datetime64(last_week or date.max))


def _places_of_weeks(counts: pd.DataFrame, weeks: _Weeks, school_year: str | None = None) -> NDArray[np.int64]:
    """The place of each row's week among ``weeks``; -1 where it is none of them, or in another school year."""
    days = counts["report_week"].to_numpy("datetime64[D]").astype(np.int64)
    place = places(pd.Series(days), weeks.astype(np.int64).tolist())
    return place if school_year is None else np.where(counts["school_year"] == school_year, place, -1)


def _totals(counts: pd.DataFrame, column: str, codes: Sequence[str]) -> NDArray[np.int64]:
    """The number of cases of each of ``codes``; none is 0."""
    return totals(places(counts[column], codes), counts["n"], len(codes))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
