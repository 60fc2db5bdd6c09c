"""The publication as one HTML file."""

from __future__ import annotations

import re

from analytics.disclosure.published import Cell
from analytics.documents.publication_html import _chart, publication_html
from tests.released import release


def test_it_loads_nothing_and_runs_nothing():
    html = publication_html(release())
    assert not re.search(r"<script|https?://|@import|url\(", html)
    assert '<html lang="fr">' in html


def test_a_suppressed_number_is_a_span_from_the_least_to_the_most_that_it_can_be():
    """The scale is 350 pixels for 10, from 240 on."""
    svg = _chart("Type", {"A": Cell(10), "B": Cell(None, 2, 4)}, "incidents")
    assert re.findall(r'class="(bar|span)" x="([\d.]+)" y="\d+" width="([\d.]+)"', svg) == [
        ("bar", "240", "350.0"),
        ("span", "310.0", "70.0"),
    ]
    assert 'aria-label="Type. A\u202f: 10\u202f; B\u202f: de 2 à 4."' in svg


def test_a_table_without_a_cell_to_draw_has_no_chart():
    assert _chart("Type", {}, "incidents") == ""
