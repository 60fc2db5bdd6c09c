"""A notebook that was run, as one HTML file."""

from __future__ import annotations

import nbformat

from analytics.documents.notebook_html import notebook_html


def page(*cells: nbformat.NotebookNode) -> str:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Titre & suite"), *cells])
    return notebook_html(notebook, "interne", {"Période": "2025-2026"}).decode("utf-8")


def code(source: str, **data: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_code_cell(source, outputs=[nbformat.v4.new_output("display_data", data)])


def test_it_carries_the_mark_the_title_and_what_it_is_about():
    html = page()
    assert "interne" in html
    assert "Titre &amp; suite" in html
    assert "2025-2026" in html


def test_a_table_is_shown_and_a_script_in_it_is_not():
    assert "<table><tr><td>3</td></tr></table>" in page(
        code("t", **{"text/html": "<table><tr><td>3</td></tr></table>"})
    )
    html = page(code("t", **{"text/html": "<table></table><script>x()</script>", "text/plain": "plain <b>"}))
    assert "x()" not in html
    assert "plain &lt;b&gt;" in html


def test_what_a_cell_printed_is_escaped_and_what_it_warned_of_is_left_out():
    outputs = [
        nbformat.v4.new_output("stream", name="stdout", text="<i>3</i>"),
        nbformat.v4.new_output("stream", name="stderr", text="a warning"),
    ]
    html = page(nbformat.v4.new_code_cell("print(3)", outputs=outputs))
    assert "&lt;i&gt;3&lt;/i&gt;" in html
    assert "a warning" not in html


def test_the_drawing_code_stands_in_the_file_only_where_there_is_a_chart():
    figure = {"application/vnd.plotly.v1+json": {"data": [], "layout": {}}}
    assert len(page(code("f", **figure))) > 1_000_000 > len(page())
