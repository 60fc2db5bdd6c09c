"""XLSX and ODS, read by calamine once the zip directory and the bytes have been judged.

The reader would unpack a bomb, lay out a sheet of billions of cells for one far cell, and give an error as an empty cell and
a formula or merged cells as a plain one. So the XML is searched first, as bytes. Macros are never run.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import islice, product
from time import monotonic

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from analytics.spreadsheets.columns import Cell, Rows
from analytics.spreadsheets.sheets import (
    ERROR,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_TEXT,
    RefusedFileError,
    Sheet,
    address,
    endless,
    too_far,
)

MAX_UNPACKED_BYTES = 400_000_000  # 100,000 cases of 27 columns unpack to about 200 MB
MAX_RATIO = 100  # a register packs about tenfold, a zip bomb more than a hundredfold
MAX_MEMBERS = 1_000

_TICK = 0.2  # seconds after which the progress moves

_ODS_CONTENT = "content.xml"
_XLSX_CONTENT = "xl/workbook.xml"
_XLSB_CONTENT = "xl/workbook.bin"

SAVE_AS_XLSX = (
    "Enregistrez-le en .xlsx : ouvrez-le dans votre tableur, puis Fichier, Enregistrer sous, Classeur Excel (.xlsx)."
)


@dataclass
class _Marks:
    """The cells of a sheet that are formulas, errors (or formulas without a stored value) and merged."""

    formulas: set[tuple[int, int]] = field(default_factory=set)
    errors: set[tuple[int, int]] = field(default_factory=set)
    merged: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """Mark a merged range, as far as a sheet is read."""
        rows, columns = range(top, min(bottom + 1, MAX_ROWS)), range(left, min(right + 1, MAX_COLUMNS))
        self.merged |= dict.fromkeys(product(rows, columns), (top, left))


def read_workbook(content: bytes, progress: Callable[[float], None]) -> list[Sheet]:
    """The sheets of an XLSX or ODS file; RefusedFileError when it cannot be read safely."""
    started = monotonic()
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        _judge_directory(archive)
        parts = {member.filename: _unpack(archive, member) for member in archive.infolist()}
        if _ODS_CONTENT in parts:
            marks = _ods_marks(parts[_ODS_CONTENT])
        elif _XLSX_CONTENT in parts:
            marks = _xlsx_marks(parts)
        elif _XLSB_CONTENT in parts:
            raise RefusedFileError(f"Le fichier est un classeur binaire .xlsb. {SAVE_AS_XLSX}")
        else:
            raise RefusedFileError("Ce n’est pas un classeur .xlsx ou .ods : enregistrez le registre au format .xlsx.")
        del parts
        expected = 5 * (monotonic() - started)  # the reader takes about four times as long as the search
        return _read_sheets(content, marks, lambda: progress(min((monotonic() - started) / expected, 1.0)))
    except PasswordError:
        raise protected() from None
    except (
        CalamineError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        KeyError,
        NotImplementedError,
        OverflowError,
        ValueError,  # of the zip reader, for offsets that lead nowhere
    ):
        raise _damaged() from None


def _damaged() -> RefusedFileError:
    return RefusedFileError("Le fichier est endommagé : ouvrez-le dans votre tableur et enregistrez-le à nouveau.")


def protected() -> RefusedFileError:
    """The error for a workbook under a password."""
    return RefusedFileError("Le fichier est protégé par un mot de passe : enregistrez-le sans mot de passe.")


def _read_sheets(content: bytes, marks: dict[str, _Marks], tick: Callable[[], None]) -> list[Sheet]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    shown = {sheet.name for sheet in workbook.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible}
    sheets = []
    for name in workbook.sheet_names:
        with ThreadPoolExecutor(1) as reader:  # it leaves the interpreter free, so that the progress moves meanwhile
            reading = reader.submit(workbook.get_sheet_by_name, name)
            while wait([reading], _TICK).not_done:
                tick()
        calamine, found = reading.result(), marks[name]
        tick()
        rows = Rows(_with_errors(_whole_rows(calamine), found.errors))
        if rows:
            for (top, left), (bottom, right) in calamine.merged_cell_ranges or []:
                found.merge(top, left, min(bottom, len(rows)), right)
            sheets.append(Sheet(name, rows, frozenset(found.formulas), found.merged, name not in shown))
    return sheets


def _whole_rows(sheet: CalamineSheet) -> Iterable[list[Cell]]:
    """The rows of a sheet, which the reader begins at the first column that is filled."""
    empty = [""] * (sheet.start or (0, 0))[1]
    return (empty + row for row in sheet.iter_rows()) if empty else sheet.iter_rows()


def _with_errors(given: Iterable[list[Cell]], errors: set[tuple[int, int]]) -> Iterable[list[Cell]]:
    """The rows with :data:`ERROR` in the cells that hold one, which the reader gives as empty or leaves out."""
    if not errors:
        return given
    rows = list(given)
    height = max((row + 1 for row, _ in errors), default=0)
    width = max([column + 1 for _, column in errors] + [len(row) for row in rows[:1]], default=0)
    rows += [[] for _ in range(height - len(rows))]
    if any(len(row) < width for row in (rows[0], rows[-1])):
        for row in rows:
            row += [""] * (width - len(row))
    for row, column in errors:
        rows[row][column] = ERROR
    return rows


def _judge_directory(archive: zipfile.ZipFile) -> None:
    """Refuse a bomb by what the zip directory says, before anything is unpacked."""
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if any(member.flag_bits & 1 for member in members):
        raise protected()
    if unpacked > MAX_UNPACKED_BYTES or len(members) > MAX_MEMBERS or unpacked > MAX_RATIO * max(packed, 1):
        raise RefusedFileError("Le fichier se déplie de façon démesurée : il n’est pas ouvert, par prudence.")


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The bytes of a member, which must be as many as the directory says: the reader would unpack all there are."""
    declared, member.file_size = member.file_size, MAX_UNPACKED_BYTES
    with archive.open(member) as file:
        data = file.read(declared + 1)
    if len(data) != declared:
        raise zipfile.BadZipFile
    return data


_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_FORMULA_CELL = re.compile(
    rb"<(?:\w+:)?c(\s[^>]*)?>\s*<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(<(?:\w+:)?v(?:\s[^>]*)?(?:/>|>([^<]*)<))?"
)
_ERROR_CELL = re.compile(rb"""<(?:\w+:)?c(\s(?:[^>]*\s)?t=["']e["'][^>]*)>""")
_CELL_NAME = re.compile(rb"""\br=["']([A-Z]+)(\d+)["']""")
_IS_TEXT = re.compile(rb"""\bt=["']str["']""")
# What few sheets hold, found by one fast pass over a hundred million bytes: a formula, an error, or a cell far away.
_RARE = r"""[<:]f[\s\v/>]|t=["']e["']|[\s\v]r=["'](?:[A-Z]{3}|[E-Z][A-Z]|D[YZ]|[A-Z]*(?:\d{7}|[2-9]\d{5}))"""
_FILLED = rb"\s*<(?:\w+:)?(?:v|is|f)[\s/>]"  # what fills a cell; a format alone, or a border, does not
# The name of a filled cell beyond the last column or row that is read, or the number of a row beyond the last one in which
# a cell is filled: the first one may have no name. It begins with letters, not with a class: so it is found twice as fast.
_FAR = re.compile(
    rb"""r=(?<=\sr=)["'](?:(?P<cell>[A-Z]{3}\d+|[E-Z][A-Z]\d+|D[YZ]\d+|[A-Z]{1,2}(?:\d{7,}|[2-9]\d{5}))["'][^>]*>"""
    + _FILLED
    + rb"""|(?P<row>\d{7,}|[2-9]\d{5})["'][^>]*>"""
    rb"""(?=(?:\s*<(?:\w+:)?c(?:\s[^>]*)?(?:/>|>\s*</(?:\w+:)?c>))*\s*<(?:\w+:)?c(?:\s[^>]*)?>""" + _FILLED + rb"))"
)


def _check_texts(xml: bytes) -> None:
    """Refuse a text longer than :data:`MAX_TEXT` bytes. A tag is sought from the end of each stretch of that length."""
    start = 0
    while start + MAX_TEXT < len(xml):
        start = xml.rfind(b"<", start, start + MAX_TEXT) + 1
        if not start:
            raise endless("dans le classeur")


def _xlsx_marks(parts: dict[str, bytes]) -> dict[str, _Marks]:
    targets = {
        _attribute(tag, b"Id"): _attribute(tag, b"Target").removeprefix("/xl/").removeprefix("xl/")
        for tag in _RELATION.findall(parts["xl/_rels/workbook.xml.rels"])
    }
    _check_texts(parts.get("xl/sharedStrings.xml", b""))
    marks = {}
    for tag in _SHEET.findall(parts[_XLSX_CONTENT]):
        target = targets[_attribute(tag, rb"(?:\w+:)id")]
        xml = parts[f"xl/{target}"]
        _check_texts(xml)
        found = marks[_attribute(tag, b"name")] = _Marks()
        if not _holds_rare(xml):
            continue
        if far := [place["cell"] or place["row"] for place in islice(_FAR.finditer(xml), 2)]:  # a row, and a cell of it
            raise too_far(next((name.decode() for name in far if name[:1].isalpha()), f"A{far[0].decode()}"))
        _mark_formulas_and_errors(xml, found)
    return marks


def _holds_rare(xml: bytes) -> bool:
    bounds = pa.py_buffer(np.array([0, len(xml)], "int64"))
    whole = pa.LargeBinaryArray.from_buffers(pa.large_binary(), 1, [None, bounds, pa.py_buffer(xml)])
    return pc.match_substring_regex(whole, _RARE)[0].as_py()


def _mark_formulas_and_errors(xml: bytes, marks: _Marks) -> None:
    """Mark the formulas and errors of an XLSX sheet. A formula may have stored an empty text, but then says so."""
    for cell in _FORMULA_CELL.finditer(xml):
        place = _cell_place(cell[1])
        marks.formulas.add(place)
        if cell[2] is None or not (cell[3] or _IS_TEXT.search(cell[1])):
            marks.errors.add(place)
    marks.errors.update(_cell_place(cell[1]) for cell in _ERROR_CELL.finditer(xml))


def _cell_place(attributes: bytes | None) -> tuple[int, int]:
    """Row and column, from 0, of a cell; RefusedFileError for one without an address, which nothing tells apart."""
    if not (name := _CELL_NAME.search(attributes or b"")):
        raise _damaged()
    return int(name[2]) - 1, _column_number(name[1])


def _attribute(tag: bytes, name: bytes) -> str:
    found = re.search(rb"\b" + name + rb'\s*=\s*(?:"([^"]*)"|\'([^\']*)\')', tag)
    return html.unescape((found[1] or found[2] or b"").decode()) if found else ""


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


_ODS_TAG = re.compile(rb"<table:(table|table-row|table-cell|covered-table-cell)(\s[^>]*|/)?>")


def _ods_marks(xml: bytes) -> dict[str, _Marks]:
    """The marks of each sheet of an OpenDocument file, whose cells and rows stand for several when they are repeated."""
    _check_texts(xml)
    marks: dict[str, _Marks] = {}
    current = _Marks()
    row = next_row = column = rows = 0
    for found in _ODS_TAG.finditer(xml):
        kind, attributes = found[1], found[2] or b""
        if kind == b"table":
            current = marks.setdefault(_attribute(attributes, b"table:name"), _Marks())
            next_row = 0
        elif kind == b"table-row":
            rows = _repeated(attributes, b"table:number-rows-repeated")
            row, next_row, column = next_row, next_row + rows, 0
        else:
            columns = _repeated(attributes, b"table:number-columns-repeated")
            is_filled = b"office:" in attributes or not attributes.endswith(b"/")
            if is_filled and (next_row > MAX_ROWS or column + columns > MAX_COLUMNS):
                raise too_far(address(next_row - 1, column + columns - 1))
            is_formula = b"table:formula" in attributes
            is_error = b'calcext:value-type="error"' in attributes or b"office:value-type" not in attributes
            if is_formula:
                places = {(row + i, column + j) for i in range(rows) for j in range(columns)}
                current.formulas |= places
                current.errors |= places if is_error else set()
            if b"-spanned" in attributes:
                height = _repeated(attributes, b"table:number-rows-spanned")
                width = _repeated(attributes, b"table:number-columns-spanned")
                if height > 1 or width > 1:
                    current.merge(row, column, row + height - 1, column + width - 1)
            column += columns
    return marks


def _repeated(attributes: bytes, name: bytes) -> int:
    found = re.search(name + rb"""\s*=\s*["'](\d{1,9})["']""", attributes)
    return int(found[1]) if found else 1
