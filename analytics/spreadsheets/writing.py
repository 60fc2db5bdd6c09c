"""Workbooks in which a text stays a text: never a formula, a link or a number."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from datetime import date, datetime, time

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from analytics.spreadsheets.reading import Cell

LONGEST_TEXT = 32_767  # what a cell of a workbook can hold


class Book:
    """A workbook under construction, until :meth:`close`."""

    def __init__(self, *, is_fictitious: bool = False) -> None:
        self._buffer = io.BytesIO()
        # Row by row through temporary files a large workbook needs little memory; a real one never touches the disk.
        self.workbook = Workbook(self._buffer, {"constant_memory" if is_fictitious else "in_memory": True})
        self._formats: dict[tuple[str, bool], Format] = {}

    def close(self) -> bytes:
        """End the workbook and return its bytes."""
        self.workbook.close()
        return self._buffer.getvalue()

    def write(self, sheet: Worksheet, row: int, column: int, cell: Cell, *, marked: bool = False) -> None:
        """A cell of the type that it has; ``marked`` fills it with a colour."""
        if isinstance(cell, datetime):
            sheet.write_datetime(row, column, cell, self._format("dd/mm/yyyy hh:mm", marked))
        elif isinstance(cell, date):
            midnight = datetime.combine(cell, time.min)
            sheet.write_datetime(row, column, midnight, self._format("dd/mm/yyyy", marked))
        elif isinstance(cell, bool):
            sheet.write_boolean(row, column, cell, self._format("General", marked))
        elif isinstance(cell, float | int) and math.isfinite(cell):
            sheet.write_number(row, column, cell, self._format("General", marked))
        elif cell != "":
            sheet.write_string(row, column, str(cell)[:LONGEST_TEXT], self._format("@", marked))
        elif marked:
            sheet.write_blank(row, column, None, self._format("General", marked))

    def write_rows(self, sheet: Worksheet, top: int, rows: Sequence[Sequence[Cell]]) -> None:
        """Rows of cells, the first one at ``top`` (from 0)."""
        for row, cells in enumerate(rows, top):
            for column, cell in enumerate(cells):
                self.write(sheet, row, column, cell)

    def write_header(self, sheet: Worksheet, row: int, headers: Sequence[str]) -> None:
        looks = {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E8EEF4", "bottom": 1}
        header_format = self.workbook.add_format(looks)
        for column, header in enumerate(headers):
            sheet.write_string(row, column, header, header_format)

    def _format(self, number_format: str, marked: bool) -> Format:
        if (number_format, marked) not in self._formats:
            looks = {"num_format": number_format} | ({"bg_color": "#FFD9CC", "border": 1} if marked else {})
            self._formats[number_format, marked] = self.workbook.add_format(looks)
        return self._formats[number_format, marked]
