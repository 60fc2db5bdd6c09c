"""The one chart of the documents: released numbers as bars, in SVG, for a page, for Typst and from there for Word."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from analytics.charts.theme import MAIN
from analytics.disclosure.published import Cell
from analytics.disclosure.wording import format_interval
from analytics.domain.french import number, percent, typeset

WIDTH, LABEL, BAR, STEP = 680, 240, 20, 30
"""In pixels: the width of a chart, what the labels take of it, a bar, and from one bar to the next."""


def bar_chart(
    heading: str, cells: Mapping[str, Cell], *, is_share: bool = False, width: int = WIDTH, label: int = LABEL
) -> str:
    """A bar a cell, by number or by share; a suppressed number is a dashed span, from the least to the most that it can be.

    ``width`` and ``label``, in pixels: of the chart, and of its labels. Empty without a cell. A style sheet may give
    ``bar``, ``span`` and ``text`` other colours.
    """
    if not cells:
        return ""
    most = 1.0 if is_share else max(1, *(cell.value or cell.upper or cell.lower or 0 for cell in cells.values()))
    scale = (width - label - 90) / most
    drawn = []
    for top, (words, cell) in zip(range(4, len(cells) * STEP + 4, STEP), cells.items(), strict=True):
        start, end = (at * scale for at in _span(cell, most, is_share=is_share))
        style = f'class="bar" fill="{MAIN}"'
        if cell.value is None:
            style = f'class="span" fill="none" stroke="{MAIN}" stroke-dasharray="4 3"'
        drawn.append(
            f'<text x="{label - 8}" y="{top + 15}" text-anchor="end">{escape(words)}</text>'
            f'<rect {style} x="{label + start:.1f}" y="{top}" width="{end - start:.1f}" height="{BAR}"/>'
            f'<text x="{label + end + 6:.1f}" y="{top + 15}">{escape(typeset(_text(cell, is_share=is_share)))}</text>'
        )
    return (
        f'<svg viewBox="0 0 {width} {len(cells) * STEP + 6}" font-size="14" role="img" '
        f'aria-label="{escape(alternative(heading, cells, is_share=is_share))}">{"".join(drawn)}</svg>'
    )


def alternative(heading: str, cells: Mapping[str, Cell], *, is_share: bool = False) -> str:
    """What the chart says, for whoever does not see it."""
    return typeset(f"{heading}. {' ; '.join(f'{k} : {_text(cell, is_share=is_share)}' for k, cell in cells.items())}.")


def _span(cell: Cell, most: float, *, is_share: bool) -> tuple[float, float]:
    if is_share:
        return 0, cell.share or 0
    return (0, cell.value) if cell.value is not None else (cell.lower or 0, cell.upper or most)


def _text(cell: Cell, *, is_share: bool) -> str:
    if is_share:
        return percent(cell.share or 0)
    return number(cell.value) if cell.value is not None else format_interval(cell)
