"""Linked tables as one system: shared quantities, sums, and which of them are sensitive."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analytics.disclosure.counting import Counts
from analytics.disclosure.linked_tables import LinkedTables
from tests.disclosure.small_tables import RULES, counts_of

TABLES = counts_of({"a x b": np.array([[2, 5], [4, 0]]), "a x c": np.array([[7], [4]])})


def test_the_same_count_is_one_quantity_in_every_table():
    linked = LinkedTables(TABLES, RULES)
    assert linked.quantity[0, (0, 2)] == linked.quantity[1, (0, 1)]
    assert linked.quantity[0, (2, 2)] == linked.quantity[1, (2, 1)]
    assert linked.quantity[0, (0, 0)] != linked.quantity[1, (0, 0)]


def test_every_equation_holds_for_the_true_values():
    system = LinkedTables(TABLES, RULES).system()
    assert not (system.equations @ system.values).any()
    assert system.equations.shape[0] == (3 + 3) + (2 + 3)  # a sum for each column and row, totals included


def test_a_number_below_the_threshold_is_sensitive_and_zero_is_not():
    linked = LinkedTables(TABLES, RULES)
    at = [linked.quantity[0, place] for place in TABLES[0].places()]
    values = [int(TABLES[0].numbers[place]) for place in TABLES[0].places()]
    assert linked.fails_threshold[at].tolist() == [0 < value < 3 for value in values]


def one_school(by_school: list[list[int]]) -> Counts:
    """A table of one row of which each school counts its own part."""
    (counts,) = counts_of(
        {"a x b": np.array([[sum(part[0] for part in by_school), sum(part[1] for part in by_school)]])}
    )
    parts = np.array([[part[0], part[1], sum(part)] for part in by_school])[:, None, :]
    return replace(counts, schools=tuple("12"), by_school=np.concatenate([parts, parts], axis=1))


def test_a_school_that_leaves_one_case_to_the_others_makes_a_number_sensitive_to_differencing():
    counts = one_school([[7, 4], [1, 4]])
    linked = LinkedTables([counts], RULES)
    assert linked.fails_differencing[linked.quantity[0, (0, 0)]]
    assert not linked.fails_differencing[linked.quantity[0, (0, 1)]]
    system = linked.system()
    assert system.protection_level[linked.quantity[0, (0, 0)]] == RULES.school_threshold - 1
    assert system.lower_bounds[linked.quantity[0, (0, 0)]] == 7


def test_relays_are_at_most_the_incidents_of_the_same_category():
    relays = counts_of({"a x relay": np.array([[3], [2]])})[0]
    relays = replace(relays, spec=replace(relays.spec, unit="relays"))
    system = LinkedTables([TABLES[0], relays], RULES).system()
    assert system.auxiliary.sum() == 4  # for each of two categories, the one relay and the sum of relays
    assert not (system.equations @ system.values).any()
    assert sorted(system.values[system.auxiliary]) == [2, 2, 4, 4]
