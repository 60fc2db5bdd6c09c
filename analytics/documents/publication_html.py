"""The publication as one HTML file with its charts: no script, no network."""

from __future__ import annotations

from html import escape

from analytics.disclosure.release import Cell, Release
from analytics.documents._templates import template
from analytics.documents.publication import UNITS, about, cell_words, charted, grid, interval_words, refusal_words
from analytics.domain.french import number, percent, typeset

WIDTH, LABEL, BAR, STEP = 680, 240, 20, 30
"""Of a chart, in pixels: its width, what the labels take of it, a bar, and from one bar to the next."""


def publication_html(release: Release) -> str:
    """The report: what it is, then each table with its chart."""
    charts = {
        table.code: _chart(heading, cells, labels, table.unit) for table, heading, cells, labels in charted(release)
    }
    page = template("publication.html.jinja", typeset=typeset, percent=percent, cell=cell_words)
    return page.render(
        release=release,
        about=about(release),
        units=UNITS,
        tables=[(table, *grid(table), charts[table.code]) for table in release.tables],
        refused=[refusal_words(title) for title in release.refused],
    )


def _chart(heading: str, cells: list[Cell], labels: list[str], unit: str) -> str:
    """Bars as SVG. A withheld number is a dashed span, from the least to the most that it can be."""
    is_share = unit == "relays"
    if not cells:
        return ""
    most = 1.0 if is_share else max(1, *(cell.value or cell.upper or cell.lower or 0 for cell in cells))
    scale = (WIDTH - LABEL - 90) / most
    bars, told = [], []
    for place, (cell, label) in enumerate(zip(cells, labels, strict=True)):
        top = place * STEP + 4
        if is_share:
            drawn, words = _bar(top, (cell.share or 0) * scale), percent(cell.share or 0)
            end = (cell.share or 0) * scale
        elif cell.value is not None:
            drawn, words, end = _bar(top, cell.value * scale), number(cell.value), cell.value * scale
        else:
            upper = cell.upper or most
            drawn = _span(top, (cell.lower or 0) * scale, upper * scale)
            words, end = interval_words(cell), upper * scale
        told.append(f"{label} : {words}")
        bars.append(
            f'<text x="{LABEL - 8}" y="{top + 15}" text-anchor="end">{escape(label)}</text>{drawn}'
            f'<text class="value" x="{LABEL + end + 6:.1f}" y="{top + 15}">{escape(typeset(words))}</text>'
        )
    said = escape(typeset(f"{heading}. {' ; '.join(told)}."))
    height = len(cells) * STEP + 6
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{said}">{"".join(bars)}</svg>'


def _bar(top: float, width: float) -> str:
    return f'<rect class="bar" x="{LABEL}" y="{top}" width="{width:.1f}" height="{BAR}"/>'


def _span(top: float, start: float, end: float) -> str:
    return f'<rect class="span" x="{LABEL + start:.1f}" y="{top}" width="{end - start:.1f}" height="{BAR}"/>'
