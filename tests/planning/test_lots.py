"""Lots: the same seed gives the same draw, and the estimate is what redrawing the lots says."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from analytics.domain.programme import programme
from analytics.planning.allocation import allocate
from analytics.planning.lots import Draw, DrawnEffect, _randomised, close_in_need, draw_lots, drawn_effect, with_draw
from analytics.planning.problem import Problem
from tests.benchmarks.claims.evaluation import drawn_by_lot

DAY = date(2025, 5, 12)


def test_the_same_schools_and_seed_give_the_same_draw_in_whatever_order():
    schools = [f"s{i}" for i in range(30)]
    draw = draw_lots(schools, 12, 7, DAY, "2024-2025", DAY)
    assert draw == draw_lots(schools[::-1], 12, 7, DAY, "2024-2025", DAY)
    assert len(draw.drawn) == 12
    assert sorted(draw.drawn + draw.others) == sorted(schools)
    assert draw.drawn != draw_lots(schools, 12, 8, DAY, "2024-2025", DAY).drawn


def test_every_school_is_as_likely_to_be_drawn():
    drawn = pd.Series(
        [school for seed in range(1000) for school in draw_lots("ABCDE", 2, seed, DAY, "2024-2025", DAY).drawn]
    )
    assert drawn.value_counts().to_numpy() == pytest.approx(400, abs=60)


def test_a_ratio_is_refused_when_few_lots_set_the_groups_as_far_apart():
    """All 70 ways to draw 4 of 8 schools, counted out: the interval is the set of ratios with more than 5 % of them."""
    count, expected = np.array([3.0, 5, 2, 4, 9, 12, 8, 11]), np.array([6.0, 7, 5, 6, 7, 9, 6, 8])
    drawn = np.array([1.0] * 4 + [0.0] * 4)

    def refused(ratio: float) -> bool:
        adjusted = np.where(drawn == 1, count / ratio, count)
        apart = []
        for chosen in combinations(range(8), 4):
            lot = np.isin(np.arange(8), chosen)
            rates = [adjusted[side].sum() / expected[side].sum() for side in (lot, ~lot)]
            apart.append(abs(np.log(rates[0] / rates[1])))
        return np.mean(np.array(apart) >= apart[0] - 1e-9) <= 0.05

    ratio, lower, upper = _randomised(count, expected, drawn, seed=1, n_draws=20_000)
    assert ratio == pytest.approx((14 / 24) / (40 / 30))
    assert [refused(r) for r in (0.8 * lower, 1.25 * lower, 0.8 * upper, 1.25 * upper)] == [True, False, False, True]


STARTS = pd.to_datetime(["2024-09-02", "2025-01-06", "2025-05-12", "2025-09-01", "2026-01-05", "2026-05-11"])


def effect_of(draw: Draw, visits: dict[str, int], n_terms: int = 6) -> DrawnEffect:
    """Of thirty schools over six terms from September 2024, four cases or so a term; a visit is the number of a term."""
    schools = [f"s{i:02}" for i in range(30)]
    rows = pd.DataFrame([(school, t) for school in schools for t in range(n_terms)], columns=["school_id", "number"])
    n = 4 + (rows.index * 7) % 3
    table = rows.assign(school_level="secondary", term=rows["number"].map("t{}".format), starts=STARTS[rows["number"]])
    given = pd.DataFrame({"school_id": list(visits), "week": STARTS[list(visits.values())]})
    return drawn_effect(table.assign(n=n, exposure=1000.0), given, draw)


def drawn_of(first: int, last: int) -> Draw:
    return draw_lots({f"s{i:02}" for i in range(first, last)}, (last - first) // 2, 1, DAY, "2024-2025", DAY)


def test_whole_terms_after_that_of_the_plan_are_counted_until_the_others_have_theirs():
    draw = drawn_of(0, 30)
    given = dict.fromkeys(draw.drawn[:12], 3) | {draw.others[1]: 1}  # the last one before the draw
    alone = effect_of(draw, given)
    assert (alone.n_drawn, alone.n_others, alone.n_terms, alone.n_given) == (15, 15, 3, 12)
    assert alone.lower <= alone.ratio <= alone.upper
    assert alone.verdict == "unsure"
    assert effect_of(draw, given | dict.fromkeys(draw.others, 5)).n_terms == 2
    assert effect_of(draw, given | {draw.others[0]: 4}).n_terms == 3  # one in fifteen is not many


@pytest.mark.parametrize("n_terms", [1, 3])
def test_without_a_term_after_the_draw_nothing_is_said(n_terms):
    answer = effect_of(drawn_of(0, 30), {}, n_terms)
    assert (answer.verdict, answer.n_terms) == ("unknown", 0)


def test_with_few_schools_of_the_draw_left_in_the_register_nothing_is_said():
    assert effect_of(drawn_of(21, 41), {}).verdict == "unknown"
    assert effect_of(drawn_of(40, 60), {}) == DrawnEffect(0, 0, 0, 0)


def test_a_fall_of_two_fifths_is_found_and_one_that_is_not_there_is_not():
    """Six registers each; the benchmark of the claims has the shares of hundreds."""
    assert drawn_by_lot(1, 6, 0.4)[0] >= 4 / 6
    assert drawn_by_lot(1, 6, 0)[1] <= 1 / 6


NEED = """
    school_id | school_level | need | shrunken_rate | lower | upper
    high      | secondary_1  |   95 |           9.5 |   8.5 |  11.0
    a         | secondary_1  |   30 |           3.0 |   1.0 |   5.0
    a         | secondary_2  |   20 |           2.0 |   1.0 |   3.0
    b         | secondary_1  |   40 |           4.0 |   2.0 |   6.0
    c         | secondary_1  |   60 |           6.0 |   4.5 |   8.0
    seen      | secondary_1  |   50 |           5.0 |   4.0 |   6.0
    nothing   | secondary_1  |   50 |           5.0 |   4.0 |   6.0
"""


@pytest.fixture
def problem(table):
    """Six schools of two weeks, of which « seen » had an action and « nothing » cannot have one."""
    schools = table("""
        school_id | name | zone | school_network | n | visited | due
        a         | a    | Ath  | WBE            | 1 | 0       | 0
        b         | b    | Ath  | WBE            | 1 | 0       |
        c         | c    | Ath  | WBE            | 1 | 0       |
        high      | high | Ath  | WBE            | 1 | 0       |
        nothing   | no   | Ath  | WBE            | 1 | 0       |
        seen      | seen | Ath  | WBE            | 1 | 1       |
    """).astype({"visited": bool, "due": "Int64"})
    units = pd.DataFrame({"school_id": ["a", "b", "c", "high", "seen"], "activity": "x", "groups": 1, "hours": 2.0})
    weeks = pd.DataFrame({"week": pd.to_datetime(["2026-09-07", "2026-09-14"]), "class_days": 5, "capacity": 40.0})
    return Problem(weeks, schools, units.assign(first_week=0, value=1.0), programme().rules)


def test_close_are_the_most_schools_whose_needs_may_be_the_same(problem, table):
    """Intervals of the need: a 20 to 80, b 20 to 60, c 45 to 80, high 85 to 110. The most with one value: a, b, c."""
    assert set(close_in_need(table(NEED), problem)) == {"a", "b", "c"}
    assert close_in_need(table(NEED).head(0), problem) == ()


def test_drawn_schools_must_have_an_action_and_the_others_of_the_draw_have_none(problem):
    answer = with_draw(problem, Draw(1, DAY, "2026-2027", DAY, ("a", "b", "c", "gone"), ("b", "gone")))
    assert answer.units.set_index("school_id")["first_week"].to_dict() == {"a": 2, "b": 0, "c": 2, "high": 0, "seen": 0}
    sessions = allocate(answer).sessions
    assert {"b", "high"} <= set(sessions["school_id"]) <= {"b", "high", "seen"}
    assert answer.schools.set_index("school_id")["due"].dropna().to_dict() == {"b": 1}
