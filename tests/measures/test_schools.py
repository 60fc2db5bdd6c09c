"""Which schools are concerned, on tables that can be counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.measures import schools


@pytest.fixture
def counted(table) -> pd.DataFrame:
    drawn = table("""
        school_id | school_network | n_pupils | n
        1         | wbe            |      500 | 2
        2         | wbe            |     1000 | 0
        3         | municipal      |          | 3
    """)
    return drawn.assign(n_pupils=pd.to_numeric(drawn["n_pupils"], errors="coerce").astype("Int64"))


def test_a_rate_is_per_thousand_pupils_with_an_exact_interval(counted):
    rates = schools.rates(counted).set_index("school_id")
    assert rates.loc[1, "rate"] == 4
    # 2 events: exact Poisson limits 0.2422 and 7.2247 (Garwood 1936), over 500 pupils
    assert rates.loc[1, ["lower", "upper"]].to_list() == pytest.approx([0.4844, 14.4494], abs=1e-3)
    assert rates.loc[2, "lower"] == 0


def test_a_school_whose_pupils_are_not_known_keeps_its_cases_and_has_no_rate(counted):
    rates = schools.rates(counted).set_index("school_id")
    assert rates.loc[3, "n"] == 3
    assert rates.loc[3, ["rate", "lower", "upper"]].isna().all()


def test_schools_without_a_case_are_counted(counted):
    networks = schools.concerned(counted).set_index("school_network")
    assert networks.loc["wbe", ["n_schools", "n_concerned", "n_cases"]].to_list() == [2, 1, 2]
    assert networks.loc["wbe", "share"] == 0.5


def test_a_measure_leaves_its_table_as_it_was(counted):
    before = counted.copy()
    schools.rates(counted)
    schools.concerned(counted)
    pd.testing.assert_frame_equal(counted, before)
