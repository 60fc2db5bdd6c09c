"""Careless and hostile workbooks. The floor is tests/reference/17_import_traps.json, with its files."""

from __future__ import annotations

import csv
import io
import random
import re
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from analytics.spreadsheets.reading import RefusedFileError, Sheet, is_error, read
from analytics.spreadsheets.sheets import MAX_TEXT, address

NASTY = Path(__file__).parents[1] / "files" / "nasty"


def nasty(name: str) -> list[Sheet]:
    return read((NASTY / name).read_bytes())


def workbook(rows: list[list], name: str = "Registre") -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "dd/mm/yyyy hh:mm"})
    sheet = book.add_worksheet(name)
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return buffer.getvalue()


def with_parts(content: bytes, **changed: bytes) -> bytes:
    """The same workbook with other bytes for some parts (``sheet1`` for xl/worksheets/sheet1.xml)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changed.get(Path(name).stem, old.read(name)))
    return buffer.getvalue()


def with_cells(cells: str) -> bytes:
    xml = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{cells}</sheetData>'
    return with_parts(workbook([["x"]]), sheet1=f"{xml}</worksheet>".encode())


def ods(table: str) -> bytes:
    spaces = "".join(
        f' xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"'
        for prefix in ("office", "table", "text", "calcext")
    )
    body = re.sub(r">\s+<", "><", f'<table:table table:name="Registre">{table}</table:table>')
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr(
            "content.xml",
            f"<office:document-content{spaces}><office:body><office:spreadsheet>{body}"
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return buffer.getvalue()


def ods_cell(word: str, attributes: str = "") -> str:
    return f'<table:table-cell office:value-type="string"{attributes}><text:p>{word}</text:p></table:table-cell>'


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def random_text(length: int) -> str:
    """Letters that hardly pack, so that the text is not taken for a bomb."""
    return "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz", k=length))


def test_a_workbook_gives_texts_numbers_and_true_dates():
    (sheet,) = read(workbook([["001", 42, datetime.fromisoformat("2026-04-03T10:00")]]))
    assert sheet.rows == [["001", 42.0, datetime.fromisoformat("2026-04-03T10:00")]]


def test_formulas_and_merged_cells_are_found_with_their_address():
    (sheet,) = nasty("ok.xlsx")
    assert {address(*cell) for cell in sheet.formulas} == {"A3"}
    assert {address(*cell) for cell in sheet.merged} == {"A4", "A5", "A6"}


def test_a_formula_counts_as_the_value_that_was_stored_with_it():
    (sheet,) = read(
        with_cells(
            '<row r="1"><c r="A1" t="str"><f>A2</f><v>3001</v></c><c r="B1"><f t="shared" si="0"/><v>7</v></c>'
            '<c r="C1" t="str"><f>IF(1,"")</f><v></v></c></row>'
        )
    )
    assert sheet.rows == [["3001", 7.0, ""]]
    assert sheet.formulas == {(0, 0), (0, 1), (0, 2)}


def test_an_error_is_an_error_and_so_is_a_formula_without_a_stored_value():
    cells = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="e"><v>#N/A</v></c><c t="e" r="C1"><f>1/0</f><v>#DIV/0!</v></c></row>'
        '<row r="2"><c r="A2"><f>A1</f></c><c r="B2"><f>A1</f><v></v></c><c r="C2"><f>A1</f><v/></c></row>'
        '<row r="3"><c r="D3"><f>A1</f></c></row>'
    )
    (sheet,) = read(with_cells(cells))
    assert [[is_error(cell) for cell in row] for row in sheet.rows] == [
        [False, True, True, False],
        [True, True, True, False],
        [False, False, False, True],
    ]


def test_an_error_without_an_address_is_never_left_out():
    with pytest.raises(RefusedFileError, match="endommagé"):
        read(with_cells('<row r="1"><c><v>1</v></c><c t="e"><v>#N/A</v></c></row>'))


def test_a_formula_is_found_whatever_its_sheet_is_called():
    content = workbook([["x", "=1+1"]], name="L’été & <é>")
    assert read(content)[0].formulas == {(0, 1)}


def test_a_merged_range_without_measure_is_marked_as_far_as_the_sheet_goes():
    merged = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    plain = workbook([["x"], ["y"]])
    xml = zipfile.ZipFile(io.BytesIO(plain)).read("xl/worksheets/sheet1.xml").replace(b"</sheetData>", merged)
    assert (1, 0) in read(with_parts(plain, sheet1=xml))[0].merged


@pytest.mark.parametrize("name", ["laughs.xlsx", "xxe.xlsx"])
def test_an_entity_is_never_expanded(name):
    with pytest.raises(RefusedFileError, match="endommagé") as refusal:
        nasty(name)
    assert "root:" not in str(refusal.value)


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1048576"><c r="XFD1048576" t="n"><v>1</v></c></row>',
        '<row r="1"><c t="n" r="ZZ1"><v>1</v></c></row>',
        '<row r="300000"><c t="n"><v>1</v></c></row>',
        '<row\nr="300000"><c t="n"><v>1</v></c></row>',
    ],
    ids=["far corner", "far column", "far row", "far row on a line of its own"],
)
def test_a_far_cell_would_ask_for_billions_and_is_refused_by_its_address(cells):
    with pytest.raises(RefusedFileError, match=r"cellule (XFD1048576|ZZ1|A300000)"):
        read(with_cells(cells))


def test_a_far_cell_that_is_only_coloured_does_not_count():
    filled = '<row r="1"><c r="A1" t="n"><v>1</v></c></row>'
    assert len(read(with_cells(filled + '<row r="2"><c r="XFD2" s="0" /></row>'))[0].rows) == 1
    assert len(read(with_cells(filled + '<row r="1048576" spans="1:1"><c r="A1048576" s="2"/></row>'))[0].rows) == 1
    assert len(read(with_cells(filled + '<row r="1048576"><c r="A1048576" s="2"></c></row>'))[0].rows) == 1


def test_a_far_row_is_refused_for_what_stands_after_its_empty_cells():
    with pytest.raises(RefusedFileError, match="cellule A300000"):
        read(with_cells('<row r="300000"><c s="2"/><c s="2"></c><c t="n"><v>1</v></c></row>'))


def test_a_password_is_asked_to_be_taken_off():
    locked = bytearray(workbook([["x"]]))
    position = locked.find(b"PK\x01\x02")
    locked[position + 8] |= 1  # the directory says: encrypted
    encrypted = OLE + "EncryptedPackage".encode("utf-16-le")
    for content in (encrypted, bytes(locked)):
        with pytest.raises(RefusedFileError, match="mot de passe"):
            read(content)


def test_an_old_or_binary_workbook_is_refused_with_how_to_save_another(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.bin", b"x")
    for content, name in ((OLE + "Workbook".encode("utf-16-le"), r"\.xls\."), (buffer.getvalue(), r"\.xlsb\.")):
        with pytest.raises(RefusedFileError, match=rf"{name} Enregistrez-le en \.xlsx : .*Enregistrer sous"):
            read(content)


def test_a_workbook_with_macros_is_read_like_any_other():
    plain = workbook([["x"]])
    buffer = io.BytesIO(plain)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"Sub AutoOpen")
    assert read(buffer.getvalue())[0].rows == [["x"]]


def test_an_endless_cell_is_refused_by_its_place():
    csv.field_size_limit(10 * MAX_TEXT)  # as another library of the process may
    with pytest.raises(RefusedFileError, match=r"ne finit pas .après la ligne 1"):
        read(b'a;b\n"' + b"x" * 200_000 + b'";2\n')
    with pytest.raises(RefusedFileError, match=r"ne finit pas .dans le classeur"):
        read(with_cells(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{random_text(200_000)}</t></is></c></row>'))


def test_another_kind_of_zip_is_not_a_workbook():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(RefusedFileError, match="Ce n’est pas un classeur"):
        read(buffer.getvalue())


def bomb(n_members: int = 1, size: int = 10, told: int | None = None) -> bytes:
    """A zip whose directory tells ``told`` bytes for its first member."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(n_members):
            archive.writestr(f"xl/part{number}.xml", b"x" * size)
        if told is not None:
            archive.infolist()[0].file_size = told
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [bomb(size=5_000_000), bomb(told=500_000_000), bomb(n_members=1_001)],
    ids=["ratio", "unpacked size", "members"],
)
def test_a_bomb_is_refused_from_the_directory(content):
    with pytest.raises(RefusedFileError, match="démesurée"):
        read(content)


def test_a_directory_that_tells_less_than_there_is_is_not_believed():
    with pytest.raises(RefusedFileError, match="endommagé"):
        read(bomb(size=100_000, told=1_000))


@given(st.integers(0, 6_000), st.binary(max_size=40))
def test_a_damaged_workbook_gives_sheets_or_a_french_sentence_and_nothing_else(position, noise):
    content = bytearray(workbook([["N° dossier", 1], ["x", date(2026, 4, 3)]]))
    content[position : position + len(noise)] = noise
    try:
        sheets = read(bytes(content))
    except RefusedFileError as refusal:
        assert str(refusal).endswith(".")
    else:
        assert all(isinstance(sheet, Sheet) for sheet in sheets)


def test_an_opendocument_sheet_is_read_with_its_dates():
    cell = '<table:table-cell office:value-type="date" office:date-value="2026-04-03"><text:p>x</text:p></table:table-cell>'
    (sheet,) = read(ods(f"<table:table-row>{ods_cell('école')}{cell}</table:table-row>"))
    assert (sheet.name, sheet.rows) == ("Registre", [["école", date(2026, 4, 3)]])


def test_formulas_and_merged_cells_of_an_opendocument_sheet_are_found_with_their_address():
    rows = f"""
        <table:table-row table:number-rows-repeated="2">{ods_cell("x")}</table:table-row>
        <table:table-row>
          <table:table-cell table:number-columns-repeated="2"/>
          {ods_cell("7", ' table:formula="of:=3+4" table:number-columns-repeated="2"')}
        </table:table-row>
        <table:table-row>{ods_cell("m", ' table:number-rows-spanned="2" table:number-columns-spanned="1"')}</table:table-row>
        <table:table-row><table:covered-table-cell/>{ods_cell("y")}</table:table-row>"""
    (sheet,) = read(ods(rows))
    assert {address(*cell) for cell in sheet.formulas} == {"C3", "D3"}
    assert {address(*cell) for cell in sheet.merged} == {"A4", "A5"}


def test_the_errors_of_an_opendocument_sheet_are_errors():
    formula = ' table:formula="of:=1/0"'
    marked = f'{formula} office:value-type="string" calcext:value-type="error"'
    error = f"<table:table-cell{marked}><text:p>x</text:p></table:table-cell>"
    rows = f"<table:table-row>{ods_cell('x')}{error}<table:table-cell{formula}/></table:table-row>"
    (sheet,) = read(ods(rows))
    assert [is_error(cell) for cell in sheet.rows[0]] == [False, True, True]


@pytest.mark.parametrize(
    "table",
    [
        f'<table:table-row table:number-rows-repeated="1000000">{ods_cell("x")}</table:table-row>',
        "<table:table-row>" + ods_cell("x", ' table:number-columns-repeated="16384"') + "</table:table-row>",
    ],
    ids=["rows", "columns"],
)
def test_a_repeated_cell_without_measure_is_refused(table):
    with pytest.raises(RefusedFileError, match="loin du registre"):
        read(ods(table))


def test_the_empty_rest_of_an_opendocument_sheet_does_not_count():
    rest = '<table:table-row table:number-rows-repeated="1048575"><table:table-cell table:number-columns-repeated="16384"/>'
    assert len(read(ods(f"<table:table-row>{ods_cell('x')}</table:table-row>{rest}</table:table-row>"))[0].rows) == 1
