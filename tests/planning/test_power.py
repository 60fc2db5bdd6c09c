"""Statistical power."""

from __future__ import annotations

import pytest

from analytics.planning.power import power, power_table, schools_needed
from tests.benchmarks.claims.evaluation import power_promised_and_found


def test_power_without_a_true_change_is_the_level_of_the_test():
    assert power(50, 50, 3, 3, 2.0, 0.0, 1.0) == pytest.approx(0.05)


def test_more_schools_more_terms_and_less_dispersion_give_more_power():
    table = power_table(0.5, 1.5)
    by_design = table.pivot_table(index="n_schools", columns="n_terms", values="power")
    assert (by_design.diff().iloc[1:] > 0).all().all()
    assert (by_design.diff(axis=1).iloc[:, 1:] > 0).all().all()
    assert power(50, 50, 2, 2, 1.0, 0.2, 1.0) > power(50, 50, 2, 2, 1.0, 0.2, 2.0)


def test_the_number_of_schools_needed_is_the_first_with_the_power_wanted():
    n = schools_needed(2.0, 1.3, n_terms=3)
    assert power(n // 2, n // 2, 3, 3, 2.0, 0.2, 1.3) >= 0.8
    assert power(n // 2 - 1, n // 2 - 1, 3, 3, 2.0, 0.2, 1.3) < 0.8
    assert schools_needed(0.01, 1.3, n_terms=1) is None
    assert schools_needed(0.0, 1.3, n_terms=1) is None


def test_what_the_chart_says_to_be_seen_is_seen():
    """Two registers; the benchmark of the claims has a fall of 20 % in a hundred."""
    promised, found = power_promised_and_found(1, 2, drop=0.5)
    assert promised > 0.99
    assert found == 1
