"""XLSX and ODS, read by calamine once the zip directory and the bytes have been judged.

The reader would unpack a bomb, lay out a sheet of billions of cells for one far cell, and give the last value of a formula
or the first of merged cells without a warning. So the XML is searched first, as bytes.
"""

from __future__ import annotations

import gc
import html
import io
import re
import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from analytics.spreadsheets.sheets import MAX_COLUMNS, MAX_ROWS, RefusedFileError, Sheet, address, too_far

MAX_UNPACKED_BYTES = 400_000_000  # 100,000 cases of 27 columns unpack to about 200 MB
MAX_RATIO = 100  # a register packs about tenfold, a zip bomb more than a hundredfold
MAX_MEMBERS = 1_000

_ODS_CONTENT = "content.xml"
_XLSX_CONTENT = "xl/workbook.xml"


@dataclass
class _Marks:
    """The formula and merged cells of a sheet."""

    formulas: set[tuple[int, int]] = field(default_factory=set)
    merged: set[tuple[int, int]] = field(default_factory=set)

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """Mark a merged range, as far as a sheet is read."""
        rows, columns = range(top, min(bottom + 1, MAX_ROWS)), range(left, min(right + 1, MAX_COLUMNS))
        self.merged.update((row, column) for row in rows for column in columns)


def read_workbook(content: bytes) -> list[Sheet]:
    """The sheets of an XLSX or ODS file; RefusedFileError when it cannot be read safely."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        _judge_directory(archive)
        parts = {member.filename: _unpack(archive, member) for member in archive.infolist()}
        if _ODS_CONTENT in parts:
            marks = _ods_marks(parts[_ODS_CONTENT])
        elif _XLSX_CONTENT in parts:
            marks = _xlsx_marks(parts)
        else:
            raise RefusedFileError("Ce n’est pas un classeur .xlsx ou .ods : enregistrez le registre au format .xlsx.")
        del parts
        return _read_sheets(content, marks)
    except PasswordError:
        raise _protected() from None
    except (
        CalamineError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        KeyError,
        NotImplementedError,
        OverflowError,
        UnicodeDecodeError,
    ):
        raise RefusedFileError(
            "Le fichier est endommagé : ouvrez-le dans votre tableur et enregistrez-le à nouveau."
        ) from None


def _protected() -> RefusedFileError:
    return RefusedFileError("Le fichier est protégé par un mot de passe : enregistrez-le sans mot de passe.")


def _read_sheets(content: bytes, marks: dict[str, _Marks]) -> list[Sheet]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    shown = {sheet.name for sheet in workbook.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible}
    sheets = []
    for name in workbook.sheet_names:
        calamine = workbook.get_sheet_by_name(name)
        with _no_garbage_collection():
            rows = calamine.to_python(skip_empty_area=False)
        if rows:
            found = marks[name]
            for (top, left), (bottom, right) in calamine.merged_cell_ranges or []:
                found.merge(top, left, min(bottom, len(rows)), right)
            sheets.append(Sheet(name, rows, frozenset(found.formulas), frozenset(found.merged), name not in shown))
    return sheets


@contextmanager
def _no_garbage_collection() -> Generator[None]:
    """Disable the cyclic GC while reading: it rescans millions of live cells."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _judge_directory(archive: zipfile.ZipFile) -> None:
    """Refuse a bomb by what the zip directory says, before anything is unpacked."""
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if any(member.flag_bits & 1 for member in members):
        raise _protected()
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
_FORMULA_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?f[\s/>]")
_CELL_NAME = re.compile(rb"""\br=["']([A-Z]+)(\d+)["']""")
# The name of a filled cell beyond the last column or row that is read, or the number of a filled row beyond the last one.
# An empty one ends in "/".
_FAR = re.compile(
    rb"""\sr=["']([A-Z]{3}\d+|[E-Z][A-Z]\d+|D[YZ]\d+|[A-Z]{0,2}(?:\d{7,}|[2-9]\d{5}))["'](?:[^>]*[^>/])?>"""
)


def _xlsx_marks(parts: dict[str, bytes]) -> dict[str, _Marks]:
    targets = {
        _attribute(tag, b"Id"): _attribute(tag, b"Target").removeprefix("/xl/").removeprefix("xl/")
        for tag in _RELATION.findall(parts["xl/_rels/workbook.xml.rels"])
    }
    marks = {}
    for tag in _SHEET.findall(parts[_XLSX_CONTENT]):
        target = targets[_attribute(tag, rb"(?:\w+:)id")]
        xml = parts[f"xl/{target}"]
        if far := [found[1].decode() for found in islice(_FAR.finditer(xml), 2)]:  # a row, and a cell of it
            raise too_far(next((name for name in far if name[0].isalpha()), f"A{far[0]}"))
        found = marks[_attribute(tag, b"name")] = _Marks()
        if b"<f" in xml or b":f" in xml:  # most sheets have no formula, and are not searched for one
            found.formulas = _xlsx_formulas(xml)
    return marks


def _xlsx_formulas(xml: bytes) -> set[tuple[int, int]]:
    names = [_CELL_NAME.search(attributes) for attributes in _FORMULA_CELL.findall(xml)]
    return {(int(name[2]) - 1, _column_number(name[1])) for name in names if name}


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
            if b"table:formula" in attributes:
                current.formulas |= {(row + i, column + j) for i in range(rows) for j in range(columns)}
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
