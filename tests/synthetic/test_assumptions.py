"""What the fictitious register assumes holds together."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.synthetic import assumptions as assumed


def test_shares_add_up_and_weights_are_as_many_as_what_they_weigh():
    assert sum(assumed.N_TYPES_SHARES) == pytest.approx(1)
    assert (len(assumed.WEEKDAY_WEIGHTS), len(assumed.HOUR_WEIGHTS)) == (7, 24)


def test_a_year_starts_slowly_and_is_highest_before_winter():
    weeks = np.arange(44)
    weights = assumed.season(weeks)
    assert weights.min() > 0
    assert 8 <= weeks[weights.argmax()] <= 15
    assert weights[0] < weights.mean() < weights.max()
