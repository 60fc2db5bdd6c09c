"""Schools by term: what an evaluation counts, from the cases, the sessions given and the weeks of the register."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.domain.school_calendar import SchoolCalendar


def terms(weeks: pd.Series, calendar: SchoolCalendar) -> pd.Series:
    """The term of each week (Monday): ``"2025-2026 T1"``, up to the winter holidays, T2 up to the spring ones, then T3."""
    years = calendar.school_year(weeks)
    ends = {year.name: (year.holidays[1].first_day, year.holidays[3].first_day) for year in calendar.years}
    number = [
        1 + sum(week.date() >= end for end in ends[year])
        for week, year in zip(pd.to_datetime(weeks), years, strict=True)
    ]
    return pd.Series([f"{year} T{n}" for year, n in zip(years, number, strict=True)], index=weeks.index, dtype="str")


def panel(
    schools: pd.DataFrame, cases: pd.DataFrame, given: pd.DataFrame, weeks: pd.Series, calendar: SchoolCalendar
) -> pd.DataFrame:
    """Every school in every term, in order: school_id, school_level (what it teaches), term, starts (its first Monday in the
    register), n (cases), exposure (pupils times weeks), since (terms since that of the first session, which is 0; negative
    before it, NaN without one), n_kept and exposure_kept (n and exposure, and in the term of the first session those of the
    weeks before it alone: the school may have been chosen by them).

    ``schools``: school_id, school_level, n_pupils; without pupils a school is left out. ``cases``: school_id, report_week,
    n. ``given``: school_id, week. ``weeks``: the Mondays that the register covers, whole weeks only. A session before the
    register begins counts as one before its first term. A part of a term has the part of its exposure that all schools'
    cases have, so that the season within a term is nobody's.
    """
    dated = pd.DataFrame({"report_week": weeks, "term": terms(weeks, calendar)})
    of_term = dated.groupby("term", as_index=False).agg(n_weeks=("report_week", "size"), starts=("report_week", "min"))
    of_term["number"] = range(len(of_term))
    visit = given.groupby("school_id")["week"].min().rename("visit")
    known = schools.loc[schools["n_pupils"].fillna(0) > 0, ["school_id", "school_level", "n_pupils"]]
    known = known.join(visit, on="school_id")
    counted = cases.merge(dated, on="report_week").merge(known[["school_id", "visit"]], on="school_id")
    counted["n_before"] = counted["n"].where(~(counted["report_week"] >= counted["visit"]), 0)
    counts = counted.groupby(["school_id", "term"])[["n", "n_before"]].sum()
    answer = known.merge(of_term, how="cross").join(counts, on=["school_id", "term"]).fillna({"n": 0, "n_before": 0})
    answer["exposure"] = answer["n_pupils"].astype("float64") * answer["n_weeks"]
    began = np.searchsorted(of_term["starts"].to_numpy("datetime64[us]"), answer["visit"].to_numpy(), side="right") - 1
    answer["since"] = (answer["number"] - began).where(answer["visit"].notna())
    up_to = np.r_[0.0, counted.groupby("report_week")["n"].sum().reindex(weeks, fill_value=0).cumsum()]
    ends = answer["starts"] + pd.to_timedelta(7 * answer["n_weeks"], "D")
    mondays = weeks.to_numpy("datetime64[us]")
    first, last, visited = (
        np.searchsorted(mondays, days.to_numpy("datetime64[us]")) for days in (answer["starts"], ends, answer["visit"])
    )
    part = (up_to[np.clip(visited, first, last)] - up_to[first]) / np.maximum(up_to[last] - up_to[first], 1)
    in_term = answer["since"] == 0
    answer["n_kept"] = answer["n"].where(~in_term, answer["n_before"])
    answer["exposure_kept"] = answer["exposure"].where(~in_term, answer["exposure"] * part)
    columns = ["school_id", "school_level", "term", "starts", "n", "exposure", "since", "n_kept", "exposure_kept"]
    return answer[columns]
