"""Released tables: what is suppressed, rounded and shared, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.disclosure.catalogue import load_catalogue
from analytics.disclosure.published import Cell
from analytics.disclosure.release import protected_table, rounded_table
from tests.disclosure.small_tables import RULES, counts_of
from tests.released import TERM

PERIOD = load_catalogue().period(TERM)


@pytest.fixture
def counts():
    (counts,) = counts_of({"a x b": np.array([[8, 12], [1, 7]])})
    return counts


def test_a_suppressed_cell_has_no_value_and_the_bounds_that_are_given(counts):
    suppressed = {place: place in [(1, 0), (0, 0)] for place in counts.places()}
    table = protected_table(counts, PERIOD, suppressed, {("a1", "b0"): (1, float("inf")), ("a0", "b0"): (2, 8)}, RULES)
    assert table.cells["a1", "b0"] == Cell(None, 1, None)
    assert table.cells["a0", "b0"] == Cell(None, 2, 8)
    assert table.cells["a0", "Total"] == Cell(20)


def test_a_rounded_total_is_the_sum_of_what_is_rounded(counts):
    table = rounded_table(counts, PERIOD)
    assert table.is_rounded
    assert {labels: cell.value for labels, cell in table.cells.items()} == {
        ("a0", "b0"): 9,
        ("a0", "b1"): 9,
        ("a0", "Total"): 18,
        ("a1", "b0"): 3,
        ("a1", "b1"): 9,
        ("a1", "Total"): 12,
        ("Total", "b0"): 12,
        ("Total", "b1"): 18,
        ("Total", "Total"): 30,
    }


def test_a_share_stands_where_its_whole_is_published_and_large_enough(counts):
    """8 of 20 in time is 0.40; of the 8 of the second row there is none, for fewer than ten cases say nothing."""
    timeliness = replace(counts.spec.dimensions[1], code="timeliness")
    counts = replace(counts, spec=replace(counts.spec, dimensions=(counts.spec.dimensions[0], timeliness)))
    shown = dict.fromkeys(counts.places(), False)
    shares = {
        k: cell.share for k, cell in protected_table(counts, PERIOD, shown, {}, RULES).cells.items() if cell.share
    }
    assert shares == {("a0", "b0"): 0.4, ("Total", "b0"): 0.3}
    without = shown | {(0, 2): True}
    assert protected_table(counts, PERIOD, without, {}, RULES).cells["a0", "b0"].share is None
