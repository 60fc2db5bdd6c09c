"""The sheet of a school for a meeting with it, as a tagged A4 PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from analytics.disclosure.published import Cell
from analytics.documents._templates import pdf
from analytics.documents.bar_chart import alternative, bar_chart
from analytics.documents.report import SVG
from analytics.domain.french import typeset

HALF_WIDTH, HALF_LABEL = 420, 190
"""In pixels: two charts stand side by side."""


@dataclass(frozen=True)
class Bars:
    """A chart under its heading and a sentence."""

    heading: str
    sentence: str
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class Rows:
    """A table under its heading and a sentence."""

    heading: str
    sentence: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class SchoolSheet:
    """What stands on the page: figures are label, value and note; ``note`` says how to read them, ``mark`` is the foot."""

    name: str
    about: Sequence[str]
    mark: str
    made_on: date
    figures: Sequence[tuple[str, str, str]]
    bars: Sequence[Bars]
    tables: Sequence[Rows]
    note: str


def school_pdf(sheet: SchoolSheet) -> bytes:
    """The same sheet always gives the same bytes."""
    content = {
        "name": typeset(sheet.name),
        "about": typeset(" · ".join(sheet.about)),
        "mark": typeset(sheet.mark),
        "note": typeset(sheet.note),
        "figures": [list(map(typeset, figure)) for figure in sheet.figures],
        "bars": [
            {
                "heading": typeset(bars.heading),
                "sentence": typeset(bars.sentence),
                "svg": bar_chart(bars.heading, bars.cells, width=HALF_WIDTH, label=HALF_LABEL).replace("<svg", SVG, 1),
                "alternative": alternative(bars.heading, bars.cells),
            }
            for bars in sheet.bars
        ],
        "tables": [
            {
                "heading": typeset(table.heading),
                "sentence": typeset(table.sentence),
                "headings": list(map(typeset, table.headings)),
                "rows": [list(map(typeset, row)) for row in table.rows],
            }
            for table in sheet.tables
        ],
    }
    return pdf("school.typ", sheet.made_on, content)
