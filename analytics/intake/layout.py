"""Where the columns of a sheet stand, and what its title lines say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from analytics.intake.cells import first_word, is_total, text
from analytics.intake.dates import parse_moment
from analytics.intake.headers import SAME_WORDS, name_score
from analytics.intake.mapping import CORRECTIONS_TITLE, REGISTER
from analytics.intake.questions import Question
from analytics.spreadsheets.reading import Cell, Column, RefusedFileError, Sheet

N_SAMPLED = 400  # cells by which a column is known
_MIN_NAMED = 3  # cells of a row that name as many columns are headers
EXAMPLE = "exemple"  # the case number, or the school code, of the template's example rows, which are skipped


@dataclass(frozen=True)
class Layout:
    """Where a sheet's data stand: the (last) header row, the headers and the column of each field, counted from 0.

    A code « also:… » is a further column of a field, which completes the first (:func:`field_code`).
    """

    sheet: Sheet
    header_row: int
    headers: tuple[str, ...]
    columns: Mapping[str, int]
    questions: tuple[Question, ...] = ()
    notes: tuple[str, ...] = ()  # what was taken in one way, in French
    entries: dict[str, np.ndarray] = field(default_factory=dict, compare=False)  # the rows that were found to hold one

    @property
    def ignored(self) -> tuple[str, ...]:
        """The headers of the columns that are not read."""
        read = set(self.columns.values())
        return tuple(header for column, header in enumerate(self.headers) if header and column not in read)

    def cells(self, code: str, rows: slice | np.ndarray | None = None) -> Column[Cell]:
        """The cells of a field in some rows of the sheet, else under the header; empty ones where it has no column."""
        every = self.sheet.rows.columns
        column = (
            every[self.columns[code]] if code in self.columns else Column[Cell]([""], np.zeros_like(every[0].places))
        )
        return column[slice(self.header_row + 1, None) if rows is None else rows]

    def with_cells(self, cells: Mapping[tuple[int, int], Cell], note: str = "") -> Layout:
        """The layout with other cells at (row, column), which are no longer merged, and what is said of it."""
        if not cells:
            return self
        rows = self.sheet.rows.with_cells(cells)
        merged = {place: first for place, first in self.sheet.merged.items() if place not in cells}
        notes = (*self.notes, *filter(None, [note]))
        return replace(self, sheet=replace(self.sheet, rows=rows, merged=merged), entries={}, notes=notes)

    @property
    def class_code(self) -> str:
        """The field that holds the classes of the pupils: their year, else their level."""
        return "year" if "year" in self.columns else "level"

    def header(self, code: str) -> str:
        """The header as the coordinator typed it."""
        return self.headers[self.columns[code]]


def sampled_rows(sheet: Sheet, header_row: int) -> list[Sequence[Cell]]:
    """Rows under the header by which its columns are known: the first and the last, whole, for a case may fill several."""
    rows = sheet.rows[header_row + 1 :]
    sample = list(rows) if len(rows) <= N_SAMPLED else [*rows[: N_SAMPLED // 2], *rows[-N_SAMPLED // 2 :]]
    return [row for row in sample if not is_total(first_word(row))]


def field_code(code: str) -> str:
    """The field of a code of :attr:`Layout.columns`, whether its column is the first of this field or a further one."""
    return code.rpartition("also:")[2]


def check_headers(layout: Layout) -> None:
    """RefusedFileError where headers come again further down in another order: what follows would be read wrongly."""
    may_be_header = layout.cells("reported" if "reported" in layout.columns else "case_number").map(
        lambda cell: isinstance(cell, str) and cell.strip() != "" and not any(map(str.isdigit, cell))
    )
    for number in np.flatnonzero(may_be_header.array(bool)) + layout.header_row + 1:
        named = {
            i: {field.code for field in REGISTER if name_score(field, text(other)) >= SAME_WORDS}
            for i, other in enumerate(layout.sheet.rows[number])
            if isinstance(other, str) and other.strip()
        }
        read = [(code, i) for code, i in layout.columns.items() if named.get(i)]
        if len(read) >= _MIN_NAMED and any(field_code(code) not in named[i] for code, i in read):
            raise RefusedFileError(
                f"À la ligne {number + 1}, les en-têtes reviennent dans un autre ordre. Mettez les lignes qui suivent sur "
                "une feuille à part, ou toutes les colonnes dans le même ordre."
            )


# Titles


def holds_corrections(sheet: Sheet, header_row: int) -> bool:
    """Whether the title above the headers says that these are the corrected rows of a register, and not the whole of it."""
    return any(cell == CORRECTIONS_TITLE for row in sheet.rows[:header_row] for cell in row)


_DAY = r"(?P<day>\d{1,2}(?:er)?(?:[/.-]\d{1,2}[/.-]|\s+\w+\s+)\d{4}|\d{4}-\d{2}-\d{2})(?!\d)"
_EXTRACTION = re.compile(
    r"\b(?:extrait|extraction|export|exporté|situation|état|arrêtée?s?|mise? à jour)\b.*?\b"
    rf"(?:(?:du|entre le)\s+\S+\s+(?:au|et le)\s+)?{_DAY}",
    re.IGNORECASE,
)


def extraction_day(sheet: Sheet, header_row: int) -> date | None:
    """The day written in a title line above the headers, as « Extrait du 12/06/2026 », or None.

    The day may stand in words (« 12 juin 2026 ») or in a cell of its own; of « du 01/09/2025 au 12/06/2026 » it is the last.
    """
    for row in sheet.rows[:header_row]:
        cells = (f"{cell:%Y-%m-%d}" if isinstance(cell, date) else str(cell).strip() for cell in row)
        found = _EXTRACTION.search(" ".join(cell for cell in cells if cell))
        if found and (moment := parse_moment(found["day"])):
            return moment.date()
    return None
