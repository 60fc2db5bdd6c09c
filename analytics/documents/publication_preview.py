"""What the service sees before it publishes: the tables as they will read, and why cells are withheld. Internal."""

from __future__ import annotations

import pandas as pd

from analytics.disclosure.proposing import REASONS, Proposal
from analytics.disclosure.release import Table
from analytics.documents.publication import cell_words, grid, interval_words
from analytics.domain.french import percent, typeset


def table_frame(table: Table) -> pd.DataFrame:
    """A table in the words of the publication, a row a row of it."""
    headings, rows = grid(table)
    lines = []
    for labels, cells, share in rows:
        line = [*labels, *(typeset(cell_words(cell)) for cell in cells)]
        lines.append(line + [percent(share) if share is not None else ""] * (len(headings) - len(line)))
    return pd.DataFrame(lines, columns=headings)


def reasons_frame(proposal: Proposal) -> pd.DataFrame:
    """Every withheld cell with its reason, a row a cell: Tableau, Cellule, Ce que chacun peut calculer, Raison."""
    lines = [
        (table.title, " · ".join(cell.labels), interval_words(cell), REASONS[proposal.reasons[table.code, cell.labels]])
        for table in (proposal.release.tables if proposal.release else ())
        for cell in table.cells
        if cell.value is None
    ]
    return pd.DataFrame(lines, columns=["Tableau", "Cellule", "Ce que chacun peut calculer", "Raison"])
