"""Which schools are concerned. A row a school in, answers out."""

from __future__ import annotations

import pandas as pd

from analytics.measures.intervals import rate_interval


def rates(schools: pd.DataFrame) -> pd.DataFrame:
    """Cases per 1,000 pupils of each school, with its 95 % interval (exact below ten cases, Byar's from ten on).

    ``schools`` is what :meth:`Snapshot.school_counts` returns. Returns its columns and rate, lower, upper, NaN for a school
    whose number of pupils is not known; the most cases first.
    """
    answer = schools.copy()
    pupils = answer["n_pupils"].astype("float64").where(answer["n_pupils"] > 0)
    answer["rate"] = 1000 * answer["n"].astype("float64") / pupils
    known = pupils.notna()
    interval = rate_interval(answer.loc[known, "n"], pupils[known], per=1000)
    answer["lower"], answer["upper"] = float("nan"), float("nan")
    answer.loc[known, "lower"], answer.loc[known, "upper"] = interval.lower, interval.upper
    return answer.sort_values(["n", "rate"], ascending=False, kind="stable", ignore_index=True)


def concerned(schools: pd.DataFrame) -> pd.DataFrame:
    """How many schools have at least one case, by network: school_network, n_schools, n_concerned, n_cases, share."""
    grouped = schools.assign(concerned=schools["n"] > 0).groupby("school_network", dropna=False)
    answer = grouped.agg(n_schools=("school_id", "size"), n_concerned=("concerned", "sum"), n_cases=("n", "sum"))
    answer["share"] = answer["n_concerned"] / answer["n_schools"]
    return answer.reset_index()
