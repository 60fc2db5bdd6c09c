"""The need of each school, level by level, and the parts that it is made of.

Need is the number of cases to expect in a school year, times a factor for danger, one for recency and one for what was
already given. Its weights are assumptions and stand in one place, ``data/activities.toml``.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from analytics.domain.programme import Programme
from analytics.domain.school_calendar import SchoolCalendar
from analytics.measures.funnel import bunching, shrunken_rates

BY = ("school_id", "school_level", "danger", "report_week")
"""The dimensions in which :func:`need` takes the number of cases from :meth:`Snapshot.case_counts`."""


def observed_years(first_week: date, as_of: date, calendar: SchoolCalendar) -> float:
    """How many school years the register covers, in class days: from the first day of the school year of ``first_week``."""
    start = calendar[calendar.school_year(pd.Series([pd.Timestamp(first_week)]))[0]].first_day
    bounds = pd.Series([pd.Timestamp(start), pd.Timestamp(as_of)])
    days = calendar.school_days(bounds[:1], bounds[1:].reset_index(drop=True))[0] + 1
    years = pd.DataFrame({"start": [y.first_day for y in calendar.years], "end": [y.last_day for y in calendar.years]})
    per_year = calendar.school_days(pd.to_datetime(years["start"]), pd.to_datetime(years["end"])) + 1
    return float(days / per_year.mean())


def plannable(schools: pd.DataFrame) -> pd.Series:
    """True for a school whose teaching level and number of pupils are known: without them nothing can be sized."""
    return schools["school_level"].notna() & (schools["n_pupils"].fillna(0) > 0)


def pupils_by_level(schools: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    """The pupils of each level of the plannable schools: school_id, school_level, n_pupils (need not be whole).

    ``schools`` is the table of the store: school_id, school_level (what it teaches), n_pupils.
    """
    shares = pd.DataFrame(
        [
            (teaching, level, share)
            for teaching, levels in programme.pupils_by_level.items()
            for level, share in levels.items()
        ],
        columns=["teaching", "school_level", "share"],
    )
    known = schools.loc[plannable(schools), ["school_id", "school_level", "n_pupils"]]
    answer = known.rename(columns={"school_level": "teaching"}).merge(shares, on="teaching")
    answer["n_pupils"] = answer["n_pupils"].astype("float64") * answer["share"]
    return answer[["school_id", "school_level", "n_pupils"]]


def need(
    schools: pd.DataFrame, cases: pd.DataFrame, given: pd.DataFrame, as_of: date, years: float, programme: Programme
) -> pd.DataFrame:
    """The need of each level of each plannable school, the greatest first.

    ``schools``: school_id, school_level (what it teaches), n_pupils. ``cases``: the columns of ``BY`` and n. ``given``:
    school_id, activity, week, n_groups (what was delivered). ``years``: school years that the cases cover.

    Returns school_id, school_level, n_pupils, n, n_danger, rate, shrunken_rate, lower, upper (cases a pupil and year; own,
    best believed given the same level of all schools, and its 95 % interval), expected (cases a year), danger_share (drawn
    towards all schools' share), danger_factor, weeks_since (since the last case, NaN without one), recency_factor,
    given_share (what is left of what was given, from 0 to 1), given_factor, and need: expected times the three factors.
    Cases of a level that the school does not teach are left out.
    """
    weights = programme.need
    answer = pupils_by_level(schools, programme).merge(_counted(cases), on=["school_id", "school_level"], how="left")
    answer = answer.fillna({"n": 0, "n_danger": 0})
    answer = answer.assign(count=answer["n"], exposure=answer["n_pupils"] * years)
    levels = [level for _, level in answer.groupby("school_level", sort=False)] or [answer]
    bunched = bunching(cases)
    answer = pd.concat([shrunken_rates(level, bunched) for level in levels]).drop(columns=["count", "exposure"])
    answer["expected"] = answer["shrunken_rate"] * answer["n_pupils"]

    overall = answer["n_danger"].sum() / max(answer["n"].sum(), 1)
    answer["danger_share"] = (answer["n_danger"] + weights.danger_cases * overall) / (
        answer["n"] + weights.danger_cases
    )
    answer["danger_factor"] = 1 + weights.danger_weight * answer["danger_share"]

    answer["weeks_since"] = _weeks(answer.pop("last_week"), as_of)
    recency = _faded(answer["weeks_since"], weights.recency_half_life_weeks).fillna(0)
    answer["recency_factor"] = 1 + weights.recency_weight * recency

    shares = given_shares(schools, given, as_of, programme)
    answer = answer.merge(shares, on=["school_id", "school_level"], how="left").fillna({"given_share": 0.0})
    answer["given_factor"] = 1 - weights.given_weight * answer["given_share"]

    answer["need"] = answer["expected"] * answer["danger_factor"] * answer["recency_factor"] * answer["given_factor"]
    return answer.sort_values(["need", "school_id"], ascending=[False, True], ignore_index=True)


def _counted(cases: pd.DataFrame) -> pd.DataFrame:
    """n, n_danger and last_week by school and level."""
    counted = cases.assign(n_danger=cases["n"].where(cases["danger"].astype(bool), 0))
    return counted.groupby(["school_id", "school_level"], as_index=False).agg(
        n=("n", "sum"), n_danger=("n_danger", "sum"), last_week=("report_week", "max")
    )


def given_shares(schools: pd.DataFrame, given: pd.DataFrame, as_of: date, programme: Programme) -> pd.DataFrame:
    """How much of what was given to each level is left: school_id, school_level, given_share (from 0 to 1).

    A session reaches its share of the groups of its school, counts with the weight of its activity, and fades.
    """
    sized = given.merge(schools[["school_id", "n_pupils"]], on="school_id")
    shares = [
        pd.DataFrame({"school_id": [], "school_level": [], "s": []}).astype({"school_id": "str", "school_level": "str"})
    ]
    for code, sessions in sized.groupby("activity"):
        activity = programme.activities[str(code)]
        n_groups = groups(sessions["n_pupils"], activity.people_per_pupil, activity.group_size)
        left = _faded(_weeks(sessions["week"], as_of), programme.need.given_half_life_weeks)
        share = sessions["n_groups"].astype("float64") / n_groups * left * activity.weight
        shares += [
            pd.DataFrame({"school_id": sessions["school_id"], "school_level": level, "s": share})
            for level in activity.levels
        ]
    total = pd.concat(shares).groupby(["school_id", "school_level"])["s"].sum().clip(upper=1)
    return total.rename("given_share").reset_index()


def groups(n_pupils: pd.Series, people_per_pupil: float, group_size: int) -> pd.Series:
    """How many sessions reach all for whom an activity is meant in a school: at least one, NaN for an unknown school."""
    n_groups = (n_pupils.astype("float64") * people_per_pupil / group_size).round(6)
    return pd.Series(np.maximum(np.ceil(n_groups.to_numpy()), 1), index=n_pupils.index)


def _weeks(since: pd.Series, as_of: date) -> pd.Series:
    return ((pd.Timestamp(as_of) - pd.to_datetime(since)).dt.days / 7).clip(lower=0)


def _faded(weeks: pd.Series, half_life: float) -> pd.Series:
    return 0.5 ** (weeks / half_life)
