"""The publication as a tagged A4 PDF, through Typst."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import typst

from analytics.disclosure.release import Cell, Release
from analytics.documents.publication import UNITS, about, grid, interval_words, refusal_words
from analytics.domain.french import number, percent, typeset

HERE = Path(__file__).parent


def publication_pdf(release: Release) -> bytes:
    """What it is on the first page, then the tables."""
    tables = []
    for table in release.tables:
        headings, rows = grid(table)
        n_cells = len(headings) - len(table.headings) + 1
        tables.append(
            {
                "title": table.title,
                "unit": UNITS[table.unit],
                "labels": len(table.headings) - 1,
                "headings": headings,
                "rows": [
                    [*labels, *(_words(cell) for cell in cells)]
                    + ([] if len(cells) == n_cells else ["" if share is None else percent(share)])
                    for labels, cells, share in rows
                ],
            }
        )
    content = {
        "title": typeset(f"Cyberharcèlement grave : {release.period.label}"),
        "demo": release.is_demo,
        "about": [[heading, typeset(text)] for heading, text in about(release)],
        "refused": [typeset(refusal_words(title)) for title in release.refused],
        "tables": tables,
    }
    day = release.published_on
    return bytes(
        typst.compile(
            HERE / "publication.typ",
            root=HERE,
            ignore_system_fonts=True,
            pdf_standards="ua-1",
            timestamp=datetime(day.year, day.month, day.day, tzinfo=UTC),
            sys_inputs={"content": json.dumps(content)},
        )
    )


def _words(cell: Cell) -> str:
    return f"retenu\n({interval_words(cell)})" if cell.value is None else number(cell.value)
