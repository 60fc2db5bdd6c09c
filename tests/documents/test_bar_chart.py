"""The chart of the documents."""

from __future__ import annotations

import re

from analytics.disclosure.published import Cell
from analytics.documents.bar_chart import alternative, bar_chart


def test_a_suppressed_number_is_a_span_from_the_least_to_the_most_that_it_can_be():
    """The scale is 350 pixels for 10, from 240 on."""
    svg = bar_chart("Type", {"A": Cell(10), "B": Cell(None, 2, 4)})
    assert re.findall(r'class="(bar|span)".*? x="([\d.]+)" y="\d+" width="([\d.]+)"', svg) == [
        ("bar", "240.0", "350.0"),
        ("span", "310.0", "70.0"),
    ]
    assert 'aria-label="Type. A\u202f: 10\u202f; B\u202f: de 2 à 4."' in svg


def test_a_share_is_a_part_of_the_whole_width():
    svg = bar_chart("Part", {"CPMS": Cell(6, share=0.5)}, is_share=True)
    assert 'x="240.0" y="4" width="175.0"' in svg
    assert alternative("Part", {"CPMS": Cell(6, share=0.5)}, is_share=True).startswith("Part. CPMS\u202f: 50")


def test_without_a_cell_there_is_no_chart():
    assert bar_chart("Type", {}) == ""
