"""Rounding, against the published map and by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analytics.disclosure.rounding import midpoint_6, share_on_grid

REFERENCE = Path(__file__).parents[1] / "reference" / "05_opensafely_rounding_and_differencing.json"
ROUNDING = json.loads(REFERENCE.read_text(encoding="utf-8"))


def test_midpoint_6_is_the_published_map():
    expected = {int(count): rounded for count, rounded in ROUNDING["expected"]["midpoint6"].items()}
    assert dict(zip(expected, midpoint_6(list(expected)).tolist(), strict=True)) == expected


@pytest.mark.parametrize(
    ("n", "total", "share"), [(0, 40, 0.0), (40, 40, 1.0), (20, 40, 0.5), (12, 40, 0.3), (7, 12, 0.6), (7, 21, 0.35)]
)
def test_a_share_is_that_of_the_printed_numbers_on_the_grid(n, total, share):
    # By hand: 7 of 12 is 0.583, 7 of 21 is 0.333. From midpoints of six they would be 9 of 9 and 9 of 21 (0.429).
    assert share_on_grid(n, total, 0.05) == share
