"""The publication as one HTML file with its charts: no script, no network."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from analytics.disclosure.published import Cell
from analytics.disclosure.release import Release
from analytics.disclosure.wording import about, explain_refusal, format_cell, format_interval
from analytics.documents._templates import template
from analytics.documents.publication_layout import UNITS, charted, grid
from analytics.domain.french import number, percent, typeset

WIDTH, LABEL, BAR, STEP = 680, 240, 20, 30
"""Of a chart, in pixels: its width, what the labels take of it, a bar, and from one bar to the next."""


def publication_html(release: Release) -> str:
    """The report: what it is, then each table with its chart."""
    page = template("publication.html.jinja", typeset=typeset, percent=percent, cell=format_cell)
    return page.render(
        release=release,
        about=about(release),
        units=UNITS,
        tables=[
            (table, *grid(table), _chart(heading, cells, table.unit)) for table, heading, cells in charted(release)
        ],
        refused=map(explain_refusal, release.refused),
    )


def _chart(heading: str, cells: Mapping[str, Cell], unit: str) -> str:
    """Bars as SVG. A suppressed number is a dashed span, from the least to the most that it can be."""
    if not cells:
        return ""
    is_share = unit == "relays"
    most = 1.0 if is_share else max(1, *(cell.value or cell.upper or cell.lower or 0 for cell in cells.values()))
    scale = (WIDTH - LABEL - 90) / most
    bars, texts = [], []
    for place, (label, cell) in enumerate(cells.items()):
        top = place * STEP + 4
        kind, start = "bar", 0.0
        if is_share:
            end, text = (cell.share or 0) * scale, percent(cell.share or 0)
        elif cell.value is not None:
            end, text = cell.value * scale, number(cell.value)
        else:
            kind, start = "span", (cell.lower or 0) * scale
            end, text = (cell.upper or most) * scale, format_interval(cell)
        texts.append(f"{label} : {text}")
        x = f"{LABEL + start:.1f}" if kind == "span" else LABEL
        bars.append(
            f'<text x="{LABEL - 8}" y="{top + 15}" text-anchor="end">{escape(label)}</text>'
            f'<rect class="{kind}" x="{x}" y="{top}" width="{end - start:.1f}" height="{BAR}"/>'
            f'<text class="value" x="{LABEL + end + 6:.1f}" y="{top + 15}">{escape(typeset(text))}</text>'
        )
    alternative = escape(typeset(f"{heading}. {' ; '.join(texts)}."))
    height = len(cells) * STEP + 6
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{alternative}">{"".join(bars)}</svg>'
