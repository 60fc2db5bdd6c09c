"""From the facts to the report and from the report to each response, on tables that can be counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.measures.timeliness import INTERVALS, summary


@pytest.fixture
def counts(table) -> pd.DataFrame:
    drawn = table("""
        interval    | channel | event        | delay | earliest | part | earliest_part | n | n_time_completed
        protection  | email   | done         |    30 |       30 |  1.5 |           1.5 | 1 | 0
        protection  | email   | closed       |    90 |       90 |  4.0 |           4.0 | 3 | 0
        parents     | email   | done         |     4 |        4 |  0.2 |           0.2 | 2 | 0
        parents     | other   | done         |    28 |       20 |  1.2 |           0.8 | 1 | 1
        parents     | other   | pending      |    40 |       40 |  1.7 |           1.7 | 1 | 0
        first_relay | email   | undated      |       |          |      |               | 1 | 0
        first_relay | email   | done         |     4 |        4 |      |               | 3 | 0
        detection   | email   | done         |     3 |        3 |      |               | 2 | 0
        detection   | email   | done         |     9 |        9 |      |               | 1 | 0
        detection   | other   | not_recorded |       |          |      |               | 4 | 0
    """)
    numbers = ["delay", "earliest", "part", "earliest_part"]
    return drawn.assign(**{name: pd.to_numeric(drawn[name], errors="coerce") for name in numbers})


def test_intervals_come_in_their_order_with_what_is_not_known_counted(counts):
    answer = summary(counts)
    assert tuple(answer["interval"]) == INTERVALS
    detection = answer.iloc[0]
    assert detection[["n_total", "n_cases", "n_not_recorded"]].tolist() == [7, 3, 4]
    assert detection["median"] == 3
    assert pd.isna(detection["share"])  # the service has set no target


def test_closures_compete_and_what_waits_is_censored(counts):
    answer = summary(counts).set_index("interval")
    assert pd.isna(answer.loc["protection", "median"])  # one of four
    assert answer.loc["protection", "share"] == 0
    assert answer.loc["parents", "median"] == 4


def test_a_share_in_time_counts_the_part_of_the_deadline_with_both_bounds(counts):
    parents = summary(counts).set_index("interval").loc["parents"]
    assert parents[["share", "most_share"]].tolist() == pytest.approx([2 / 4, 3 / 4])
    assert parents["share_lower"] < parents["share"] < parents["most_share"] < parents["share_upper"]


def test_a_group_counts_alone(counts):
    answer = summary(counts, ["channel"]).set_index(["interval", "channel"])
    assert answer.loc[("parents", "email"), "share"] == 1
    assert answer.loc[("detection", "other"), "n_cases"] == 0
    assert pd.isna(answer.loc[("detection", "other"), "median"])
