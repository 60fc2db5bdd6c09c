"""The axes of a chart that is drawn as SVG."""

from __future__ import annotations

import math
from base64 import b64encode

import numpy as np
import pytest

from analytics.documents.svg_scale import Scale, as_list


def test_a_bar_starts_at_zero_and_the_longest_ends_before_the_edge():
    scale = Scale({}, [10, 20], 0, 100, from_zero=True)
    assert scale.at(0) == 0
    assert scale.at(20) == pytest.approx(2 * scale.at(10))
    assert scale.at(20) < 100


def test_a_range_that_is_given_is_kept_and_can_be_reversed():
    scale = Scale({"range": [0, 50]}, [10], 0, 100, from_zero=False)
    assert [scale.at(value) for value in (0, 25, 50)] == [0, 50, 100]
    reversed_ = Scale({"range": [0, 50], "autorange": "reversed"}, [10], 0, 100, from_zero=False)
    assert reversed_.at(0) == 100


def test_words_stand_side_by_side_in_the_order_that_is_given():
    scale = Scale({"categoryarray": ["b", "a"]}, ["a", "b", "c"], 0, 90, from_zero=False)
    assert scale.ticks() == [(15, "b"), (45, "a"), (75, "c")]


def test_days_are_as_far_apart_as_they_are():
    scale = Scale({}, ["2026-01-01", "2026-01-11"], 0, 100, from_zero=False)
    assert scale.at("2026-01-06") == pytest.approx((scale.at("2026-01-01") + scale.at("2026-01-11")) / 2)


def test_ticks_are_round_french_numbers_with_their_unit():
    scale = Scale({"range": [0, 2_400], "ticksuffix": " h"}, [], 0, 240, from_zero=True)
    assert scale.ticks()[2] == (100, "1\u202f000 h")


def test_an_array_of_plotly_is_a_list_as_bytes_too_with_nan_for_none():
    assert as_list({"dtype": "<f8", "bdata": b64encode(np.array([1.5, 2.0]).tobytes()).decode()}) == [1.5, 2.0]
    assert math.isnan(as_list([None])[0])
    assert as_list(None) == []
