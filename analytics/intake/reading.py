"""A spreadsheet as rows of cells: XLSX, ODS or CSV, everything as text or as a true date cell, nothing guessed.

What cannot be read safely is refused with its reason and, where there is one, its cell. Nothing here knows what a column
means, and no message carries a value.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from xml.etree.ElementTree import ParseError, iterparse

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

Cell = str | float | bool | date | datetime

MAX_FILE_BYTES = 50_000_000
MAX_UNPACKED_BYTES = 400_000_000  # 100,000 cases of 27 columns unpack to about 200 MB
MAX_RATIO = 100  # a register packs about tenfold, a zip bomb more than a hundredfold
MAX_MEMBERS = 1_000

_OLE = b"\xd0\xcf\x11\xe0"  # the container of old .xls files and of password-protected workbooks


class RefusedFileError(ValueError):
    """The file as a whole cannot be imported. The message is French, for the coordinator, and carries no value."""


@dataclass(frozen=True)
class Sheet:
    """A sheet from its first row and column on. ``formulas`` and ``merged`` hold (row, column) pairs counted from 0."""

    name: str
    rows: Sequence[Sequence[Cell]]
    formulas: frozenset[tuple[int, int]] = field(default=frozenset())
    merged: frozenset[tuple[int, int]] = field(default=frozenset())


def address(row: int, column: int) -> str:
    """The name of a cell counted from 0: ``address(0, 26)`` is ``"AA1"``."""
    letters = ""
    column += 1
    while column:
        column, remainder = divmod(column - 1, 26)
        letters = chr(ord("A") + remainder) + letters
    return f"{letters}{row + 1}"


def read(content: bytes) -> list[Sheet]:
    """The sheets of a file, told by its content and not by its name; RefusedFileError when it cannot be read safely."""
    if len(content) > MAX_FILE_BYTES:
        raise RefusedFileError(f"Le fichier dépasse {MAX_FILE_BYTES // 1_000_000} Mo.")
    if not content.strip():
        raise RefusedFileError("Le fichier est vide.")
    if content.startswith(_OLE):
        raise RefusedFileError(
            "Le fichier est protégé par un mot de passe, ou dans l'ancien format .xls. "
            "Enregistrez-le sans mot de passe, au format .xlsx."
        )
    if content.startswith(b"PK"):
        return _read_workbook(content)
    return [Sheet("", _read_csv(content))]


def _read_workbook(content: bytes) -> list[Sheet]:
    damaged = RefusedFileError("Le fichier est endommagé : ouvrez-le dans votre tableur et enregistrez-le à nouveau.")
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        _judge_size(archive)
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = []
        marks = _ods_marks(archive) if "content.xml" in archive.namelist() else _xlsx_formulas(archive)
        for name in workbook.sheet_names:
            calamine = workbook.get_sheet_by_name(name)
            rows = calamine.to_python(skip_empty_area=False)
            formulas, merged = marks.get(name, (frozenset(), frozenset()))
            for (top, left), (bottom, right) in calamine.merged_cell_ranges or []:
                merged |= {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
            sheets.append(Sheet(name, rows, frozenset(formulas), frozenset(merged)))
    except PasswordError:
        raise RefusedFileError(
            "Le fichier est protégé par un mot de passe : enregistrez-le sans mot de passe."
        ) from None
    except (CalamineError, zipfile.BadZipFile, ParseError, KeyError, NotImplementedError, UnicodeDecodeError):
        raise damaged from None
    return sheets


def _judge_size(archive: zipfile.ZipFile) -> None:
    """Refuse a bomb from the zip directory, before anything is unpacked."""
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if any(member.flag_bits & 1 for member in members):
        raise RefusedFileError("Le fichier est protégé par un mot de passe : enregistrez-le sans mot de passe.")
    if unpacked > MAX_UNPACKED_BYTES or len(members) > MAX_MEMBERS or unpacked > MAX_RATIO * max(packed, 1):
        raise RefusedFileError("Le fichier se déplie de façon démesurée : il n'est pas ouvert, par prudence.")


_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_FORMULA_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?f[\s/>]")
_CELL_NAME = re.compile(rb'\br="([A-Z]+)(\d+)"')


def _attribute(tag: bytes, name: bytes) -> str:
    found = re.search(rb"\b" + name + rb'\s*=\s*["\']([^"\']*)["\']', tag)
    return _unescape(found.group(1).decode()) if found else ""


def _unescape(text: str) -> str:
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, character)
    return text


Marks = dict[str, tuple[frozenset[tuple[int, int]], frozenset[tuple[int, int]]]]


def _xlsx_formulas(archive: zipfile.ZipFile) -> Marks:
    """The formula cells of each sheet: the reader gives their last value, or nothing, without a word."""
    targets = {
        _attribute(tag, b"Id"): _attribute(tag, b"Target").removeprefix("/xl/").removeprefix("xl/")
        for tag in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels"))
    }
    marks: Marks = {}
    for tag in _SHEET.findall(archive.read("xl/workbook.xml")):
        target = targets.get(_attribute(tag, rb"(?:\w+:)id"))
        if target and f"xl/{target}" in archive.namelist():
            cells = _FORMULA_CELL.findall(archive.read(f"xl/{target}"))
            names = (found.groups() for found in map(_CELL_NAME.search, cells) if found)
            formulas = frozenset((int(row) - 1, _column_number(letters)) for letters, row in names)
            marks[_attribute(tag, b"name")] = (formulas, frozenset())
    return marks


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


def _ods_marks(archive: zipfile.ZipFile) -> Marks:
    """The formula and merged cells of each sheet of an OpenDocument file."""
    if b"table:formula" not in (content := archive.read("content.xml")) and b"-spanned=" not in content:
        return {}
    marks: Marks = {}
    for _, table in iterparse(io.BytesIO(content)):
        if table.tag != f"{_TABLE}table":
            continue
        formulas, merged = set(), set()
        for row, column, cell in _ods_cells(table):
            if f"{_TABLE}formula" in cell.attrib:
                formulas.add((row, column))
            height = int(cell.get(f"{_TABLE}number-rows-spanned", "1"))
            width = int(cell.get(f"{_TABLE}number-columns-spanned", "1"))
            if height > 1 or width > 1:
                merged |= {(row + i, column + j) for i in range(height) for j in range(width)}
        marks[table.get(f"{_TABLE}name", "")] = (frozenset(formulas), frozenset(merged))
        table.clear()
    return marks


def _ods_cells(table) -> Iterator[tuple[int, int, object]]:
    row = 0
    for line in table.iter(f"{_TABLE}table-row"):
        column = 0
        for cell in line:
            yield row, column, cell
            column += int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        row += int(line.get(f"{_TABLE}number-rows-repeated", "1"))


def _read_csv(content: bytes) -> list[list[str]]:
    text = _decode(content)
    if "\0" in text:
        raise RefusedFileError("Le fichier contient des octets nuls : ce n'est pas un fichier CSV lisible.")
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True))
    except csv.Error:
        raise RefusedFileError("Le fichier CSV a un guillemet ouvert qui ne se ferme pas, ou mal placé.") from None
    width = max(map(len, rows))
    return [row + [""] * (width - len(row)) for row in rows]


def _decode(content: bytes) -> str:
    """UTF-8, UTF-16 by its byte-order mark, else Windows' cp1252; never a guess that shows Ã© for é."""
    try:
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return content.decode("utf-16")
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return content.decode("cp1252")
    except UnicodeDecodeError:
        raise RefusedFileError(
            "L'encodage du fichier n'est pas reconnu. Enregistrez-le en CSV UTF-8, ou au format .xlsx."
        ) from None


def _delimiter(text: str) -> str:
    """The separator of the line that has most of one: title lines above the headers hold few."""
    lines = text.splitlines()[:30]
    return max(";,\t", key=lambda separator: max((line.count(separator) for line in lines), default=0))
