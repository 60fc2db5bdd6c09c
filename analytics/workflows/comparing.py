"""This school year against the same weeks of school a year before, for a choice of cases but its time.

The year is the last one that is chosen, up to the day of the extract.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import pandas as pd

from analytics.domain.french import day
from analytics.domain.school_calendar import calendar
from analytics.domain.selection import EVERYTHING, Selection
from analytics.measures import years
from analytics.store import Snapshot

NO_YEAR_BEFORE = "Le registre ne contient pas encore les deux années : la comparaison viendra."
PARENTS, HOURS = "parents", 48


def cases_by_week(snapshot: Snapshot, selection: Selection = EVERYTHING) -> pd.DataFrame:
    """Number of cases: [school_year, report_week, danger, n]. One statement for all that is counted week by week."""
    return snapshot.case_counts(selection, ["school_year", "report_week", "danger"])


def types_by_week(snapshot: Snapshot, selection: Selection = EVERYTHING) -> pd.DataFrame:
    """The same of each incident type: [incident_type, school_year, report_week, n]."""
    return snapshot.incident_counts(selection, ["school_year", "report_week"])


def compared(snapshot: Snapshot, column: str, codes: Sequence[str], selection: Selection = EVERYTHING) -> pd.DataFrame:
    """:func:`years.compare` of the chosen cases by ``column``; without a row where there is no year to compare with."""
    if column == "incident_type":
        counts = types_by_week(snapshot, selection.at_any_time)
    else:
        counts = snapshot.case_counts(selection.at_any_time, [column, "report_week"])
    return years.compare(counts, column, codes, calendar(), *_between(snapshot, selection))


def compared_in_all(snapshot: Snapshot, selection: Selection = EVERYTHING, *, danger: bool = False) -> pd.DataFrame:
    """The same of all chosen cases as one row, or of those where life is threatened."""
    counts = cases_by_week(snapshot, selection.at_any_time)
    counts = counts.assign(all=counts["danger"] if danger else True)
    return years.compare(counts, "all", [True], calendar(), *_between(snapshot, selection))


def shares_compared(
    snapshot: Snapshot, ask: Callable[[Selection], pd.DataFrame], delay: float, selection: Selection = EVERYTHING
) -> pd.DataFrame:
    """:func:`years.compare_shares` of what ``ask`` counts by school_group; without a row where a year is missing."""
    weeks = years.same_weeks(calendar(), *_between(snapshot, selection))
    if weeks is None:
        return pd.DataFrame(columns=["step", "verdict"])
    now, before = (
        ask(replace(selection.at_any_time, first_week=first, last_week=last))
        for first, last in ((weeks.first, weeks.last), (weeks.first_before, weeks.last_before))
    )
    return years.compare_shares(now, before, delay)


def parents_compared(snapshot: Snapshot, selection: Selection = EVERYTHING) -> pd.DataFrame:
    """The share of the cases in which the parents were told within HOURS (:func:`shares_compared`)."""
    return shares_compared(
        snapshot, lambda chosen: snapshot.step_counts("hours", chosen, ["school_group"], PARENTS), HOURS, selection
    )


def which_weeks(snapshot: Snapshot, selection: Selection = EVERYTHING) -> str:
    """The weeks that are compared, as a sentence; "" where there are none."""
    weeks = years.same_weeks(calendar(), *_between(snapshot, selection))
    if weeks is None:
        return ""
    return (
        f"Semaines entières du {day(weeks.first)} au {day(weeks.last)} (lundis), et les mêmes semaines d’école un an plus "
        f"tôt : {weeks.class_days} jours d’école, contre {weeks.class_days_before}. La semaine en cours n’y est pas."
    )


def _between(snapshot: Snapshot, selection: Selection) -> tuple[date, date]:
    """The day up to which weeks are compared, and the Monday of the register's first report."""
    ends = [calendar()[name].end for name in selection.school_years]
    until = min(snapshot.as_of, max(ends)) if ends else snapshot.as_of
    return until, snapshot.choices().first_week or until
