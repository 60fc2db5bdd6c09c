"""The terms of the school year, and what a school counts in each."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.domain.school_calendar import calendar
from analytics.planning.school_terms import panel, terms


def test_terms_end_with_the_winter_and_the_spring_holidays():
    weeks = pd.Series(pd.to_datetime(["2025-08-25", "2025-12-15", "2026-01-05", "2026-04-20", "2026-05-11"]))
    assert list(terms(weeks, calendar()).str[-2:]) == ["T1", "T1", "T2", "T2", "T3"]


YEAR = pd.Series(pd.date_range("2025-08-25", "2026-06-29", freq="7D").astype("datetime64[us]"))
T1, T2, T3 = "2025-2026 T1", "2025-2026 T2", "2025-2026 T3"


def year_panel(visits: dict[str, str]) -> pd.DataFrame:
    """Three schools over one year; A has four cases in its first week."""
    schools = pd.DataFrame(
        {
            "school_id": ["A", "B", "C"],
            "school_level": "secondary",
            "n_pupils": pd.array([100, 200, 300], dtype="Int64"),
        }
    )
    cases = pd.DataFrame({"school_id": ["A"], "report_week": YEAR[[0]].to_numpy(), "n": [4]})
    given = pd.DataFrame({"school_id": list(visits), "week": pd.to_datetime(list(visits.values()))})
    return panel(schools, cases, given.astype({"school_id": "str", "week": "datetime64[us]"}), YEAR, calendar())


@pytest.mark.parametrize(
    ("first_session", "since"),
    [
        ("2025-08-25", [0, 1, 2]),
        ("2025-12-15", [0, 1, 2]),
        ("2026-02-02", [-1, 0, 1]),
        ("2026-06-29", [-2, -1, 0]),
        ("2025-06-02", [1, 2, 3]),
    ],
)
def test_terms_are_counted_from_that_of_the_first_session(first_session, since):
    rows = year_panel({"A": first_session})
    assert rows.loc[rows["school_id"] == "A", "since"].tolist() == since
    assert rows.loc[rows["school_id"] == "A", "n"].tolist() == [4, 0, 0]
    assert rows.loc[rows["school_id"] == "B", "since"].isna().all()


def test_exposure_is_pupils_times_weeks_of_the_term():
    """By the calendar of 2025-2026: 17 Mondays up to the winter holidays, 17 up to the spring ones, 10 after."""
    exposure = year_panel({}).query("school_id == 'A'").set_index("term")["exposure"]
    n_weeks = terms(YEAR, calendar()).value_counts()
    assert exposure.to_dict() == {term: 100 * n_weeks[term] for term in (T1, T2, T3)}
    assert n_weeks.sum() == len(YEAR)


def test_of_the_term_of_the_first_session_the_weeks_before_it_are_kept():
    """Cases of all schools in T1: 4 in its first week, 2 in its second, 2 in its last. A session in the second week keeps
    the first: half of them, so half of the exposure."""
    weeks = YEAR.iloc[[0, 1, 16]].to_numpy()
    schools = pd.DataFrame({"school_id": ["A", "B"], "school_level": "secondary", "n_pupils": [100, 200]})
    cases = pd.DataFrame({"school_id": ["A", "A", "B", "A"], "report_week": weeks[[0, 1, 1, 2]], "n": [4, 1, 1, 2]})
    given = pd.DataFrame({"school_id": ["A"], "week": weeks[[1]]})
    first = panel(schools, cases, given, YEAR, calendar()).set_index(["school_id", "term"]).xs(T1, level="term")
    assert first["n"].to_dict() == {"A": 7, "B": 1}
    assert first["n_kept"].to_dict() == {"A": 4, "B": 1}
    assert (first["exposure_kept"] / first["exposure"]).to_dict() == {"A": 0.5, "B": 1.0}
