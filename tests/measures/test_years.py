"""This year against last: the weeks that are compared, the interval, the word, and how often it is wrong."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analytics.domain.school_calendar import calendar
from analytics.measures import years
from analytics.measures.intervals import clopper_pearson
from tests.benchmarks.claims.years import CHANGES, share_rates, words

AS_OF = date(2026, 11, 26)  # a Thursday
FIRST = date(2024, 8, 26)


def weekly(**weeks: dict[str, int]) -> pd.DataFrame:
    """Counts of each category by the Monday of the report."""
    rows = [(name, pd.Timestamp(week), n) for name, of_weeks in weeks.items() for week, n in of_weeks.items()]
    return pd.DataFrame(rows, columns=["kind", "report_week", "n"]).astype(
        {"n": "Int64", "report_week": "datetime64[s]"}
    )


def compare(counts: pd.DataFrame, as_of: date = AS_OF, first_report: date = FIRST) -> pd.DataFrame:
    return years.compare(counts, "kind", sorted(counts["kind"].unique()), calendar(), as_of, first_report)


def every_week(n: int, n_before: int, as_of: date = AS_OF) -> dict[str, int]:
    """As many in each whole week up to a day: of this year, and of the one before."""
    weeks = years.same_weeks(calendar(), as_of, FIRST)
    return {
        f"{monday:%Y-%m-%d}": each
        for first, last, each in ((weeks.first, weeks.last, n), (weeks.first_before, weeks.last_before, n_before))
        for monday in pd.date_range(first, last, freq="7D")
    }


def test_the_running_week_is_left_out_on_both_sides():
    """The first Mondays of school are 25/08/2025 and 24/08/2026: the thirteenth ones are 17/11/2025 and 16/11/2026."""
    counts = weekly(
        a={"2026-08-24": 1, "2026-11-16": 2, "2026-11-23": 50, "2025-08-25": 4, "2025-11-17": 3, "2025-11-24": 70}
    )
    row = compare(counts).iloc[0]
    assert (row["n"], row["n_before"], row["difference"]) == (3, 7, -4)


def test_weeks_are_those_that_the_register_knows():
    weeks = years.same_weeks(calendar(), AS_OF, date(2025, 9, 15))
    assert (weeks.first, weeks.first_before) == (date(2026, 9, 14), date(2025, 9, 15))
    assert (weeks.last, weeks.last_before) == (date(2026, 11, 16), date(2025, 11, 17))
    assert weeks.class_days == calendar().class_days(date(2026, 9, 14), date(2026, 11, 22))
    assert years.same_weeks(calendar(), AS_OF, date(2026, 9, 7)) is None
    assert compare(weekly(a={"2026-09-07": 3}), first_report=date(2026, 9, 7)).empty
    assert years.same_weeks(calendar(), date(2022, 11, 24), date(2022, 8, 29)) is None  # no year before


def test_three_times_as_many_is_more_and_a_third_is_less():
    answer = compare(weekly(a=every_week(12, 4), b=every_week(4, 12), c=every_week(8, 8)))
    assert answer["verdict"].tolist() == ["more", "less", "unsure"]
    assert (answer["lower"] <= answer["difference"]).all() and (answer["difference"] <= answer["upper"]).all()
    assert answer.loc[0, "lower"] > 0 > answer.loc[1, "upper"]
    assert answer.loc[2, "lower"] == pytest.approx(-answer.loc[2, "upper"])


def test_without_overdispersion_the_interval_is_the_exact_binomial_one():
    """As R's binom.test says of 11, 0 and 15 of 15; here Student's law then widens it."""
    lower, upper = clopper_pearson([11, 0, 15], [15, 15, 15], 0.025)
    assert lower == pytest.approx([0.4489968, 0, 0.7819806], abs=1e-6)
    assert upper == pytest.approx([0.9221285, 0.2180194, 1], abs=1e-6)


def test_the_same_totals_in_bunches_say_less():
    """104 and 52 cases: eight a week against four, or all of every fourth week at once, in other weeks of each year."""
    even = compare(weekly(a=every_week(8, 4))).iloc[0]
    weeks = list(every_week(8, 4))
    bunched = dict.fromkeys(weeks, 0) | {weeks[0]: 34, weeks[4]: 35, weeks[9]: 35} | {weeks[15]: 26, weeks[24]: 26}
    uneven = compare(weekly(a=bunched)).iloc[0]
    assert (uneven["n"], uneven["n_before"]) == (even["n"], even["n_before"]) == (104, 52)
    assert even["verdict"] == "more"
    assert uneven["verdict"] in ("unsure", "too_few")
    assert uneven["lower"] < 0 < even["lower"]


def test_where_the_years_have_taught_differently_rates_are_compared():
    """To 22 February 2026 this year has a week of school less: as many cases a class day are no change."""
    as_of = date(2026, 2, 22)
    weeks = years.same_weeks(calendar(), as_of, FIRST)
    assert weeks.class_days < weeks.class_days_before
    row = compare(weekly(a=every_week(200, 200, as_of)), as_of).iloc[0]
    middle = (row["lower"] + row["upper"]) / 2
    assert middle == pytest.approx(row["n"] - row["n_before"] * weeks.class_days / weeks.class_days_before, abs=25)
    assert row["difference"] == 0 < middle


def test_a_handful_is_too_few_whatever_the_year_holds():
    answer = compare(weekly(a={"2026-09-07": 2}, b={"2026-09-14": 1, "2025-10-06": 1}))
    assert answer["verdict"].tolist() == ["too_few", "too_few"]


def test_what_was_not_there_last_year_is_more_once_there_is_enough():
    answer = compare(weekly(a=every_week(3, 0), b=every_week(5, 5)))
    assert answer["verdict"].tolist() == ["more", "unsure"]
    assert compare(weekly(a=every_week(3, 0)))["verdict"].tolist() == ["more"]
    assert compare(weekly(a={"2026-09-07": 30}))["verdict"].tolist() == ["too_few"]  # one bunch


def test_a_category_without_a_case_has_a_row():
    answer = years.compare(weekly(a=every_week(3, 3)), "kind", ["a", "none"], calendar(), AS_OF, FIRST)
    assert answer.loc[1, ["n", "n_before", "verdict"]].tolist() == [0, 0, "too_few"]
    assert years.surest_first(answer)["kind"].tolist() == ["a"]


def test_where_nothing_changes_few_tables_say_that_something_does():
    """Tables of 20 registers of 450 cases a year in lasting bunches, at two days and for two spans: 4 of 80 are promised."""
    assert sum(np.isin(row, CHANGES).any() for row in words(20, "types", "lasting", 450)) < 12


def steps(table, shares_done: list[float], n: int = 20) -> pd.DataFrame:
    """Cases of as many schools, of which a share has the step after 10 h; the others wait for 100 h."""
    rows = []
    for school, share in enumerate(shares_done):
        rows += [(school, "done", 10, round(n * share)), (school, "pending", 100, n - round(n * share))]
    counts = pd.DataFrame(rows, columns=["school_group", "event", "delay", "n"])
    return counts.assign(step="parents", n_time_completed=0).astype({"delay": "Int64", "n": "Int64"})


def test_a_share_is_compared_with_what_schools_differ_by(table):
    alike = years.compare_shares(steps(table, [0.9] * 10), steps(table, [0.6] * 10), 48).iloc[0]
    assert (alike["share"], alike["share_before"]) == (pytest.approx(0.9), pytest.approx(0.6))
    assert alike["verdict"] == "more"
    # The same shares in all, each school all or nothing, and other schools each year: the difference is the schools'.
    apart = years.compare_shares(steps(table, [1] * 9 + [0]), steps(table, [0, 0, 0, 0, 1, 1, 1, 1, 1, 1]), 48).iloc[0]
    assert (apart["share"], apart["share_before"]) == (pytest.approx(0.9), pytest.approx(0.6))
    assert apart["verdict"] == "unsure"
    assert apart["upper"] - apart["lower"] > alike["upper"] - alike["lower"]


def test_a_share_of_few_cases_few_schools_or_undated_steps_is_not_compared(table):
    many = steps(table, [0.5] * 10)
    for other in (steps(table, [0.5] * 10, n=1), many[:0], many.assign(event="undated", delay=pd.NA)):
        assert years.compare_shares(many, other, 48)["verdict"].tolist() == ["too_few"]
    assert years.compare_shares(steps(table, [0.5]), steps(table, [0.6]), 48)["verdict"].tolist() == ["too_few"]
    assert years.compare_shares(many[:0], many, 48).empty
    assert years.changes(years.compare_shares(many[:0], many, 48), "step", {}) == ""
    none = steps(table, [0.0] * 10)
    assert years.compare_shares(none, none, 48)["verdict"].tolist() == ["too_few"]


def test_where_no_share_changes_few_tables_say_that_one_does_and_a_large_rise_is_seen():
    """10 registers of 450 cases a year: about six in a hundred are measured, and four of 10 are 1 in 500."""
    false, found = share_rates(np.random.default_rng(3), 10, 60, 450, 6)
    assert false < 0.4
    assert found > 0.5


def test_a_comparison_is_a_sentence(table):
    row = compare(weekly(a=every_week(12, 4))).iloc[0]
    assert years.sentence(row) == "52 l’an dernier aux mêmes semaines entières : plus"
    share = years.compare_shares(steps(table, [0.5] * 10), steps(table, [0.5] * 10), 48).iloc[0]
    assert years.sentence(share).replace("\u202f", " ") == "50 %, 50 % l’an dernier : pas de changement sûr"


def test_the_steps_of_a_table_share_one_level(table):
    """The interval of one of two steps is that of 97.5 %; the verdict of each is its own."""
    same, more = steps(table, [0.5, 0.7] * 5), steps(table, [0.9] * 10)
    alone = years.compare_shares(same, steps(table, [0.6, 0.5] * 5), 48).iloc[0]
    now, before = (
        pd.concat([counts, other.assign(step="cpms")])
        for counts, other in ((same, more), (steps(table, [0.6, 0.5] * 5), same))
    )
    both = years.compare_shares(now, before, 48).set_index("step")
    assert list(both.index) == ["cpms", "parents"]
    assert both["verdict"].tolist() == ["more", "unsure"]
    wider = stats.t.ppf(1 - 0.05 / 4, 9) / stats.t.ppf(1 - 0.05 / 2, 9)
    width = both.loc["parents", "upper"] - both.loc["parents", "lower"]
    assert width == pytest.approx(wider * (alone["upper"] - alone["lower"]))


def test_what_changed_is_told_with_its_numbers_and_the_rest_in_a_word(table):
    labels = {"a": "Insultes", "b": "Menaces"}
    same = weekly(a=every_week(12, 12), b=every_week(3, 3))
    against = "Face aux mêmes semaines d’école, un an plus tôt : "
    assert years.changes(compare(same), "kind", labels) == f"{against}pas de changement sûr."
    more = weekly(a=every_week(12, 4), b=every_week(3, 3))
    told = f"{against}« Insultes » 156 contre 52, plus. Pour le reste, pas de changement sûr."
    assert years.changes(compare(more), "kind", labels) == told
    alone = years.changes(compare(weekly(a=every_week(12, 12))), "kind", labels)
    assert alone == f"{against}« Insultes » 156 contre 156, pas de changement sûr."
    assert years.changes(compare(weekly(a={"2026-09-07": 2})), "kind", labels).endswith(
        "2 contre 0, trop peu pour le dire."
    )
    assert years.changes(compare(same)[:0], "kind", labels) == ""
