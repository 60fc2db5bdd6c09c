"""How a released table is laid out, in every form: its grid, what its chart draws, and the preview of the service."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from analytics.disclosure.published import TOTAL, Cell, Labels, Table
from analytics.disclosure.release import Release
from analytics.disclosure.release_proposal import Proposal
from analytics.disclosure.wording import format_cell, format_interval
from analytics.domain.french import percent, typeset

UNITS = {"incidents": "incidents", "relays": "dossiers", "schools": "écoles"}


def grid(table: Table) -> tuple[list[str], list[tuple[Labels, list[Cell], float | None]]]:
    """The headings of a table, then for each row its labels, its cells along the last dimension, and the share in time (None
    where none is given). A last heading stands for the share where the table has any.
    """
    columns = table.labels(-1)
    rows = []
    for labels in dict.fromkeys(labels[:-1] for labels in table.cells):
        row = [table.cells[(*labels, column)] for column in columns]
        rows.append((labels, row, next((cell.share for cell in row if cell.share is not None), None)))
    has_share = any(share is not None for *_, share in rows)
    return [*table.headings[:-1], *columns, *(["Part dans le délai"] if has_share else [])], rows


def text_grid(table: Table, write: Callable[[Cell], str] = format_cell) -> tuple[list[str], list[list[str]]]:
    """The headings of :func:`grid`, and its rows as text, each cell as ``write`` has it."""
    headings, rows = grid(table)
    lines = [[*labels, *map(write, cells), "" if share is None else percent(share)] for labels, cells, share in rows]
    return headings, [line[: len(headings)] for line in lines]


def table_frame(table: Table) -> pd.DataFrame:
    """The grid of a table as text."""
    headings, lines = text_grid(table, lambda cell: typeset(format_cell(cell)))
    return pd.DataFrame(lines, columns=headings)


def reasons_frame(proposal: Proposal) -> pd.DataFrame:
    """Every suppressed cell with its reason, internal: Tableau, Cellule, Ce que chacun peut calculer, Raison."""
    lines = [
        (table.title, " · ".join(labels), format_interval(cell), proposal.reasons[table.code, labels])
        for table in (proposal.release.tables if proposal.release else ())
        for labels, cell in table.cells.items()
        if cell.value is None
    ]
    return pd.DataFrame(lines, columns=["Tableau", "Cellule", "Ce que chacun peut calculer", "Raison"])


def charted(release: Release) -> list[tuple[Table, str, dict[str, Cell]]]:
    """What to draw of each table: the heading, and the cells by their label along the first dimension not drawn before.

    Of the relays, the share in time of all levels together.
    """
    drawn: set[str] = set()
    charts = []
    for table in release.tables:
        if table.unit == "relays":
            heading, axis = "Part dans le délai", 0
            cells = {k: cell for k, cell in table.cells.items() if cell.share is not None and TOTAL in k}
        else:
            axis = next((axis for axis, heading in enumerate(table.headings) if heading not in drawn), 0)
            heading = table.headings[axis]
            drawn.add(heading)
            cells = {k: cell for k, cell in table.cells.items() if _is_total_of(k, axis)}
        charts.append((table, heading, {labels[axis]: cell for labels, cell in cells.items()}))
    return charts


def _is_total_of(labels: Labels, axis: int) -> bool:
    """Whether a cell sums over every dimension but the one of ``axis``."""
    return [at for at, label in enumerate(labels) if label != TOTAL] == [axis]
