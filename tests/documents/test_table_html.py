"""A table as HTML, read by a spreadsheet and a word processor alike."""

from __future__ import annotations

import pandas as pd

from analytics.documents.table_html import table_html

VALUES = pd.DataFrame({"École": ["=1+1", "A & B"], "Élèves": [12_345, 3], "Part": [0.634, None], "Jours": [12.5, 3.0]})
WRITTEN = pd.DataFrame(
    {"École": ["=1+1", "A & B"], "Élèves": ["12\u202f345", "3"], "Part": ["63\u202f%", "–"], "Jours": ["12,5", "3"]}
)


def test_a_cell_is_read_in_french_and_says_its_number_to_a_spreadsheet():
    html = table_html(VALUES, WRITTEN)
    assert 'x:num="12345" sdval="12345" sdnum="1033;1033;0">12\u202f345</td>' in html
    assert "mso-number-format:'0%'" in html and 'x:num="0.634"' in html and ">63\u202f%</td>" in html
    assert "mso-number-format:'0.0'" in html and ">12,5</td>" in html
    assert "<td>–</td>" in html


def test_no_cell_can_become_a_formula_or_an_element():
    html = table_html(VALUES, WRITTEN)
    assert "<td>&#x27;=1+1</td>" in html
    assert "<td>A &amp; B</td>" in html


def test_the_caption_is_a_row_above_all_columns_and_an_empty_table_keeps_its_headings():
    html = table_html(VALUES.head(0), WRITTEN.head(0), "interne")
    assert html.startswith('<table><thead><tr><td colspan="4">interne</td></tr><tr><th>École</th>')
    assert html.endswith("<tbody></tbody></table>")
