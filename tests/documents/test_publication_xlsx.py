"""The publication as a workbook."""

from __future__ import annotations

import io
import zipfile

from python_calamine import CalamineWorkbook

from analytics.disclosure.wording import format_cell
from analytics.documents.publication_xlsx import publication_xlsx
from tests.released import release


def test_it_holds_numbers_as_numbers_and_no_formula():
    content = publication_xlsx(release())
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(1).to_python()
    table = release().tables[0]
    first = next(iter(table.cells.values()))
    assert [row[0] for row in sheet[3:]] == list(table.labels(0))
    assert sheet[3][1] == (first.value or format_cell(first))
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        assert not [name for name in opened.namelist() if b"<f>" in opened.read(name) or b"<f " in opened.read(name)]


def test_it_has_a_sheet_to_read_first_and_one_for_each_table():
    names = CalamineWorkbook.from_filelike(io.BytesIO(publication_xlsx(release()))).sheet_names
    assert names == ["À lire", *(f"Tableau {n}" for n in range(1, len(release().tables) + 1))]
