"""What happens: incident types, levels, channels, reporters and weeks of report. Counts in, answers out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
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
    answer["n_cases"] = n_cases
    return _with_shares(answer).sort_values("n", ascending=False, kind="stable", ignore_index=True)


def several_types(numbers: pd.DataFrame) -> pd.DataFrame:
    """How many cases have more than one incident type: one row n, n_cases, share, lower, upper, n_types (of all cases).

    ``numbers`` is what :meth:`Snapshot.type_numbers` returns. n_types is what the counts by type add to.
    """
    several = numbers.loc[numbers["n_types"] > 1, "n"].sum()
    answer = pd.DataFrame({"n": [several], "n_cases": [numbers["n"].sum()]})
    return _with_shares(answer).assign(n_types=(numbers["n_types"] * numbers["n"]).sum())


def together(pairs: pd.DataFrame, n_cases: int, codes: Sequence[str]) -> pd.DataFrame:
    """Incident types that a case has together, each pair once, the most frequent first.

    ``pairs`` is what :meth:`Snapshot.type_pairs` returns; a case with three types counts in three pairs. ``codes`` give the
    order within a pair. Returns incident_type, other_type, n, n_cases, share (of all cases), lower, upper.
    """
    place = {code: i for i, code in enumerate(codes)}
    once = pairs[pairs["incident_type"].map(place) < pairs["other_type"].map(place)]
    return _with_shares(once.assign(n_cases=n_cases)).sort_values(
        "n", ascending=False, kind="stable", ignore_index=True
    )


def crossing(counts: pd.DataFrame, rows: str, columns: str, totals: pd.DataFrame, codes: Sequence[str]) -> pd.DataFrame:
    """Share of the cases of each column that fall in each row, e.g. of each level that involve an incident type.

    ``counts``: ``rows``, ``columns``, n. ``totals``: ``columns``, n, the number of cases of each column. ``codes`` are all
    the rows: one without a case is 0. Returns ``rows``, ``columns``, n, n_cases, share, lower, upper.
    """
    cells = pd.DataFrame({rows: codes}).merge(totals.rename(columns={"n": "n_cases"}), how="cross")
    cells = cells.merge(counts, on=[rows, columns], how="left")
    cells["n"] = cells["n"].fillna(0).astype("int64")
    return _with_shares(cells)[[rows, columns, "n", "n_cases", "share", "lower", "upper"]]


def beside(answers: dict[str, pd.DataFrame], column: str) -> pd.DataFrame:
    """The shares of several groups (:func:`shares`) side by side, in the order of the first: ``column``, group, n, n_cases,
    share, lower, upper. ``answers`` holds each group's by its name.
    """
    order = {code: place for place, code in enumerate(next(iter(answers.values()))[column])}
    stacked = pd.concat([answer.assign(group=name) for name, answer in answers.items()], ignore_index=True)
    return stacked.sort_values(column, key=lambda codes: codes.map(order), kind="stable", ignore_index=True)


def by_week(counts: pd.DataFrame, calendar: SchoolCalendar, school_year: str, as_of: date) -> pd.DataFrame:
    """Reports a week of a school year, from its first week to its last or to the extraction, beside the year before.

    ``counts``: school_year, report_week, n. Weeks are matched by their rank in the school year, so that the first week of
    school meets the first week of school.
    Returns week (Monday), rank, n, n_before (NA when the year before holds no case), holiday (its name where no school day
    falls in the week, else empty), provisional (the week of the extraction, not over yet).
    """
    weeks = _weeks_of(calendar, school_year, as_of)
    answer = pd.DataFrame({"week": weeks, "rank": range(1, len(weeks) + 1)})
    of_year = counts[counts["school_year"] == school_year].groupby("report_week")["n"].sum()
    answer["n"] = of_year.reindex(weeks, fill_value=0).to_numpy()
    answer["n_before"] = _year_before(counts, calendar, school_year, len(weeks))
    answer["holiday"] = [calendar.holiday_of_week(week.date()) for week in weeks]
    answer["provisional"] = _is_running(answer["week"], as_of)
    return answer


def types_by_week(
    counts: pd.DataFrame, calendar: SchoolCalendar, school_year: str, as_of: date, codes: Sequence[str]
) -> pd.DataFrame:
    """Reports of each incident type in each week of a school year: week, incident_type, n, holiday, provisional.

    ``counts``: incident_type, school_year, report_week, n. Each of ``codes`` has each week, with 0 where nothing was
    reported; a case counts once for each of its types.
    """
    of_type = [
        by_week(counts[counts["incident_type"] == code], calendar, school_year, as_of).assign(incident_type=code)
        for code in codes
    ]
    return pd.concat(of_type, ignore_index=True)[["week", "incident_type", "n", "holiday", "provisional"]]


def between(weeks: pd.DataFrame, first_week: date | None, last_week: date | None) -> pd.DataFrame:
    """The rows of ``weeks`` (week) that a period holds: outside it nothing was counted, which is not 0. None is no limit."""
    first, last = pd.Timestamp(first_week or date.min), pd.Timestamp(last_week or date.max)
    return weeks[weeks["week"].between(first, last)].reset_index(drop=True)


def weekly_points(
    counts: pd.DataFrame, calendar: SchoolCalendar, school_years: Sequence[str], first_week: date, as_of: date
) -> pd.DataFrame:
    """Reports of each week in which schools teach, 0 included, for :func:`signals.xmr`: period, value, provisional.

    ``counts``: report_week, n. From ``first_week`` (a Monday) to ``as_of``, in ``school_years``. A week of holidays is no
    point: that nothing is reported then is no news.
    """
    weeks = [week for year in school_years for week in _weeks_of(calendar, year, as_of)]
    taught = [week for week in weeks if week.date() >= first_week and not calendar.holiday_of_week(week.date())]
    points = pd.DataFrame({"period": pd.DatetimeIndex(taught, dtype="datetime64[s]")})
    reported = counts.groupby("report_week")["n"].sum()
    points["value"] = reported.reindex(points["period"], fill_value=0).to_numpy("float64")
    points["provisional"] = _is_running(points["period"], as_of)
    return points


def weeks_between(counts: pd.DataFrame, weeks: pd.DataFrame) -> pd.DataFrame:
    """The waits between two weeks with a report, in weeks of school without any, for :func:`signals.g_chart`.

    ``counts``: report_week, n, of what is rare. ``weeks``: what :func:`weekly_points` returned for the same choice.
    Returns period (the week that ends the wait), value, n (its reports, 0 while the wait is running), provisional. Several
    reports of a week end one wait; a report in the holidays ends one too, but holidays are never waited through. The time
    before the first report is no wait, and the running one counts whole weeks only.
    """
    reported = counts[counts["n"] > 0].groupby("report_week")["n"].sum()
    at, taught = reported.index.to_numpy("datetime64[s]"), weeks["period"].to_numpy("datetime64[s]")
    waits = np.searchsorted(taught, at[1:], side="left") - np.searchsorted(taught, at[:-1], side="right")
    answer = pd.DataFrame({"period": at[1:], "value": waits.astype("float64"), "n": reported.to_numpy("int64")[1:]})
    answer["provisional"] = False
    since = weeks[~weeks["provisional"] & (weeks["period"] > at[-1])] if len(at) else weeks[:0]
    if since.empty:
        return answer
    running = {"period": since["period"].to_numpy("datetime64[s]")[-1:], "value": [float(len(since))], "n": [0]}
    return pd.concat([answer, pd.DataFrame(running).assign(provisional=True)], ignore_index=True)


def is_rare(counts: pd.DataFrame, weeks: pd.DataFrame) -> bool:
    """Whether fewer than half of the whole weeks of school have a report. Tables as for :func:`weeks_between`."""
    with_one = counts.loc[counts["n"] > 0, "report_week"].nunique()
    return with_one < 0.5 * (~weeks["provisional"].astype(bool)).sum()


def recent_signals(chart: pd.DataFrame, n_periods: int = 4) -> pd.DataFrame:
    """The points of the last ``n_periods`` whole periods that say more than chance, the latest first.

    ``chart`` is what :func:`signals.xmr` returns. Returns period, value, centre, lower, upper, signal, and rises: whether
    the point lies above the centre, or, for a trend, whether the points rise.
    """
    whole = chart[~chart["provisional"].astype(bool) & chart["value"].notna()]
    rises = (whole["value"] > whole["centre"]).where(whole["signal"] != "trend", whole["value"].diff() > 0)
    recent = whole.assign(rises=rises).tail(n_periods)
    columns = ["period", "value", "centre", "lower", "upper", "signal", "rises"]
    return recent.loc[recent["signal"] != "none", columns].iloc[::-1].reset_index(drop=True)


def change(now: pd.DataFrame, before: pd.DataFrame, column: str, codes: Sequence[str]) -> pd.DataFrame:
    """How the number of cases in each category moved from one extraction to the next: ``column``, n, n_before, difference.

    Both tables: ``column``, n, for one selection. A corrected case moves from one category to another, so that a difference
    may be negative. The largest difference first.
    """
    answer = pd.DataFrame({column: codes})
    for name, counts in (("n", now), ("n_before", before)):
        answer[name] = counts.groupby(column)["n"].sum().reindex(codes, fill_value=0).to_numpy("int64")
    answer["difference"] = answer["n"] - answer["n_before"]
    return answer.sort_values("difference", ascending=False, kind="stable", ignore_index=True)


def year_before(calendar: SchoolCalendar, school_year: str) -> str | None:
    """The name of the school year before ``school_year``, None when the calendar does not hold it."""
    names = [year.name for year in calendar.years]
    place = names.index(school_year)
    return names[place - 1] if place else None


def _with_shares(answer: pd.DataFrame) -> pd.DataFrame:
    """``answer`` (n, n_cases) with share, lower, upper; NaN where there is no case."""
    totals = answer["n_cases"].astype("float64").where(answer["n_cases"] > 0)
    lower, upper = wilson(answer["n"], totals)
    return answer.assign(share=answer["n"] / totals, lower=lower, upper=upper)


def _weeks_of(calendar: SchoolCalendar, school_year: str, as_of: date) -> pd.DatetimeIndex:
    """The Mondays of a school year, from its first to its last or to the extraction's; at least the first."""
    year = calendar[school_year]
    first_week = _monday(year.first_day)
    return pd.date_range(first_week, max(_monday(min(year.end, as_of)), first_week), freq="7D", unit="s")


def _is_running(weeks: pd.Series, as_of: date) -> pd.Series:
    return weeks + pd.Timedelta(days=6) > pd.Timestamp(as_of)


def _year_before(counts: pd.DataFrame, calendar: SchoolCalendar, school_year: str, n_weeks: int) -> pd.Series:
    name = year_before(calendar, school_year)
    before = counts[counts["school_year"] == name]
    if name is None or before.empty:
        return pd.Series(pd.NA, index=range(n_weeks), dtype="Int64")
    weeks = pd.date_range(_monday(calendar[name].first_day), periods=n_weeks, freq="7D", unit="s")
    return before.groupby("report_week")["n"].sum().reindex(weeks, fill_value=0).astype("Int64").reset_index(drop=True)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
