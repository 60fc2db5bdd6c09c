"""Feasibility intervals of unknown whole numbers, by hand."""

from __future__ import annotations

import time

import numpy as np
import pytest

from analytics.disclosure.attack import Attack, Constraint, ContradictionError, Interval, OutOfTimeError


def test_an_unknown_lies_between_what_the_others_leave_of_the_sum():
    """Of x + y = 7 with y at most 3, x is 4 to 7."""
    attack = Attack(2, [Constraint({0: 1, 1: 1}, 7, 7), Constraint({1: 1}, 0, 3)])
    assert attack.interval([0]) == Interval(4, 7)
    assert attack.interval([0, 1]) == Interval(7, 7)
    assert attack.upper([1]) == 3


def test_only_whole_numbers_count():
    """Of 2x + 2y = 6 and x - y from 0 to 2, halves would let x be 1.5; whole numbers make it 2."""
    attack = Attack(2, [Constraint({0: 2, 1: 2}, 6, 6), Constraint({0: 1, 1: -1}, 0, 2)])
    assert attack.interval([0]) == Interval(2, 2)


def test_what_nothing_limits_is_unbounded():
    assert Attack(2, [Constraint({0: 1, 1: -1}, 2, np.inf)]).interval([0]) == Interval(2, np.inf)


def test_a_constraint_of_one_unknown_fixes_it_and_what_depends_on_it():
    attack = Attack(3, [Constraint({0: 1, 1: 1}, 5, 5), Constraint({0: 1}, 2, 2), Constraint({2: 1}, 1, 4)])
    assert attack.interval([1]) == Interval(3, 3)
    assert attack.blocks([0, 1]) == frozenset()


def test_unknowns_without_a_common_constraint_are_in_blocks_of_their_own():
    attack = Attack(4, [Constraint({0: 1, 1: 1}, 5, 5), Constraint({2: 1, 3: 1}, 5, 5)])
    assert attack.blocks([0]) == attack.blocks([1]) != attack.blocks([2])


@pytest.mark.parametrize(
    "constraints",
    [
        [Constraint({0: 1}, 3, 3), Constraint({0: 1}, 4, 4)],
        [Constraint({0: 1, 1: 1}, 3, 3), Constraint({0: 1}, 4, 9)],
    ],
)
def test_constraints_that_contradict_one_another_are_an_error(constraints):
    with pytest.raises(ContradictionError):
        Attack(2, constraints).interval([1])


def test_an_attack_that_runs_out_of_time_proves_nothing():
    with pytest.raises(OutOfTimeError):
        Attack(2, [Constraint({0: 1, 1: 1}, 5, 5)], stop=time.monotonic() - 1).interval([0])
