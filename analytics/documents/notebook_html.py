"""A notebook that was run, as one HTML file: its text, its figures and tables, its code folded away. No network."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

import plotly.graph_objects as go
from markdown_it import MarkdownIt
from plotly.offline import get_plotlyjs

from analytics.charts import theme
from analytics.documents._templates import template
from analytics.documents.figure_svg import figure_svg

if TYPE_CHECKING:
    from nbformat import NotebookNode

_PLOTLY = "application/vnd.plotly.v1+json"


def notebook_html(notebook: NotebookNode, mark: str, about: Mapping[str, str]) -> bytes:
    """The page: ``mark`` on top of it and of each printed sheet, then ``about``, then the cells in their order.

    A chart is drawn as SVG (:func:`figure_svg`); where one cannot be, its drawing code stands in the file. The content
    policy lets the page ask nothing of any host.
    """
    markdown = MarkdownIt("commonmark", {"html": False}).disable("image")
    cells = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cells.append(("text", markdown.render(cell.source.replace("- [ ] ", "- ☐ ")), []))
        elif cell.cell_type == "code":
            outputs = [_output(output, f"figure-{len(cells)}-{n}") for n, output in enumerate(cell.outputs)]
            cells.append(("parameters" if cell.source.startswith("# Paramètres") else "code", cell.source, outputs))
    scripted = any("plotly" in output for _, _, outputs in cells for output in outputs)
    page = template("notebook.html.jinja")
    title = notebook.cells[0].source.splitlines()[0].lstrip("# ") if notebook.cells else ""
    return page.render(
        title=title, mark=mark, about=about, cells=cells, plotly=get_plotlyjs() if scripted else ""
    ).encode("utf-8")


def _output(output: NotebookNode, name: str) -> str:
    """One output as HTML: a chart, a table or text. What a cell warned of is left out."""
    if output.output_type == "stream":
        return f"<pre>{escape(output.text)}</pre>" if output.name == "stdout" else ""
    data = output.get("data", {})
    if _PLOTLY in data:
        chart = go.Figure({part: data[_PLOTLY].get(part) for part in ("data", "layout")})
        if drawn := figure_svg(chart):
            return f"<figure>{drawn}</figure>"
        return theme.standing_alone(chart).to_html(
            full_html=False, include_plotlyjs=False, div_id=name, config=theme.CONFIG | {"responsive": True}
        )
    if "<table" in data.get("text/html", "") and "<script" not in data["text/html"]:
        return f'<div class="wide" tabindex="0" role="region" aria-label="Tableau">{data["text/html"]}</div>'
    return f"<pre>{escape(data['text/plain'])}</pre>" if "text/plain" in data else ""
