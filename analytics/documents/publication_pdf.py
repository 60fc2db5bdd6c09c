"""The publication as a tagged A4 PDF."""

from __future__ import annotations

from analytics.disclosure.published import Cell, Table
from analytics.disclosure.release import Release
from analytics.disclosure.wording import about, explain_refusal, format_interval
from analytics.documents._templates import pdf
from analytics.documents.mark import MARK
from analytics.documents.publication_layout import UNITS, text_grid
from analytics.domain.french import number, typeset


def publication_pdf(release: Release, *, draft: bool = False) -> bytes:
    """What it is on the first page, then the tables. A ``draft`` says so on each page: it may not leave."""
    content = {
        "title": typeset(f"Cyberharcèlement grave : {release.period.label}"),
        "demo": release.is_demo,
        "draft": f"Projet – {MARK}" if draft else "",
        "about": [[heading, typeset(text)] for heading, text in about(release)],
        "refused": [typeset(explain_refusal(title)) for title in release.refused],
        "tables": [table_content(table) for table in release.tables],
    }
    return pdf("publication.typ", release.published_on, content)


def table_content(table: Table) -> dict[str, object]:
    """A released table for a Typst template: title, unit, number of label columns, headings and rows of text."""
    headings, lines = text_grid(table, _format_cell)
    return {
        "title": table.title,
        "unit": UNITS[table.unit],
        "labels": len(table.headings) - 1,
        "headings": headings,
        "rows": lines,
    }


def _format_cell(cell: Cell) -> str:
    return f"retenu\n({format_interval(cell)})" if cell.value is None else number(cell.value)
