"""A spreadsheet as rows of cells: XLSX, XLSM, ODS, CSV or TSV, everything as text or as a true date cell, nothing guessed.

What cannot be read safely is refused with its reason and, where there is one, its cell. Nothing here knows what a column
means, and no message carries a value.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Callable
from itertools import islice

from analytics.spreadsheets.columns import Cell, Column, Rows
from analytics.spreadsheets.sheets import (
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_TEXT,
    RefusedFileError,
    Sheet,
    address,
    endless,
    is_error,
    too_far,
)
from analytics.spreadsheets.workbooks import SAVE_AS_XLSX, protected, read_workbook

__all__ = [
    "FILE_TYPES",
    "MAX_FILE_BYTES",
    "Cell",
    "Column",
    "RefusedFileError",
    "Rows",
    "Sheet",
    "address",
    "is_error",
    "read",
]

MAX_FILE_BYTES = 50_000_000
# What an upload takes. The last two are refused here, in French and with what to do.
FILE_TYPES = ("xlsx", "xlsm", "ods", "csv", "tsv", "txt", "xls", "xlsb")

_OLE = b"\xd0\xcf\x11\xe0"  # the container of old .xls files and of password-protected workbooks
_OTHERS = {
    b"%PDF": "un document PDF",
    b"{\\rtf": "un document de traitement de texte",
    b"\x89PNG": "une image",
    b"\xff\xd8\xff": "une image",
    b"GIF8": "une image",
}
_WEB_PAGE = re.compile(r"\s*<(?:!doctype|!--|\?xml|html|head|meta|style|body|div|table)\b", re.IGNORECASE)
_LOOKED_AT = 30  # rows by which the separator of a CSV file is told


def read(content: bytes, progress: Callable[[float], None] = lambda share: None) -> list[Sheet]:
    """The sheets of a file, told by its content and not by its name; RefusedFileError when it cannot be read safely.

    ``progress`` is told the share that is read, from 0 to 1.
    """
    if len(content) > MAX_FILE_BYTES:
        raise RefusedFileError(f"Le fichier dépasse {MAX_FILE_BYTES // 1_000_000} Mo.")
    if not content.strip():
        raise RefusedFileError("Le fichier est vide.")
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise protected()
        raise RefusedFileError(f"Le fichier est dans l’ancien format .xls. {SAVE_AS_XLSX}")
    for start, what in _OTHERS.items():
        if content.lstrip().startswith(start):
            raise RefusedFileError(f"Le fichier est {what}, pas un tableau. {SAVE_AS_XLSX}")
    if content.startswith(b"PK"):
        return read_workbook(content, progress)
    return [Sheet("", Rows(_read_csv(content)))]


def _read_csv(content: bytes) -> list[list[str]]:
    text = _decode(content)
    if _WEB_PAGE.match(text):
        raise RefusedFileError(
            f"Le fichier est une page web ou un fichier XML, quel que soit son nom, pas un classeur. {SAVE_AS_XLSX}"
        )
    if "\0" in text:
        raise RefusedFileError("Le fichier contient des octets nuls : ce n’est pas un fichier CSV lisible.")
    if text.count("\n") > MAX_ROWS:
        raise too_far(address(MAX_ROWS, 0))
    csv.field_size_limit(MAX_TEXT)  # one for the whole process: another library may have changed it
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error as error:
        if "field limit" in str(error):
            raise endless(f"après la ligne {len(rows)}") from None
        raise RefusedFileError(
            "Le fichier CSV a un guillemet ouvert qui ne se ferme pas, ou mal placé, "
            f"dans ce qui suit la ligne {len(rows)}."
        ) from None
    width = max(map(len, rows))
    if width > MAX_COLUMNS:
        raise too_far(address(next(i for i, row in enumerate(rows) if len(row) > MAX_COLUMNS), MAX_COLUMNS))
    return [row + [""] * (width - len(row)) for row in rows]


def _decode(content: bytes) -> str:
    """UTF-8, UTF-16 by its byte-order mark, else Windows' cp1252; never a guess that shows Ã© for é."""
    try:
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return content.decode("utf-16")
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            if b"\xc3\xa9" in content:  # « é » in UTF-8: cp1252 would show Ã©
                raise error
            return content.decode("cp1252")
    except UnicodeDecodeError:
        raise RefusedFileError(
            "L’encodage du fichier n’est pas reconnu. Enregistrez-le en CSV UTF-8, ou au format .xlsx."
        ) from None


def _delimiter(text: str) -> str:
    """The separator that cuts most rows into the same number of cells: a remark may hold many commas, but not all do.

    Two cells are a title or an address with a comma as soon as another separator gives more.
    """

    def regularity(separator: str) -> tuple[bool, int, int]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        try:
            widths = Counter(len(row) for row in islice(reader, _LOOKED_AT) if len(row) > 1)
        except csv.Error:
            return False, 0, 0
        return max(((width > 2, n, width) for width, n in widths.items()), default=(False, 0, 0))

    separator = max(";,\t|", key=regularity)
    if separator == "|":
        raise RefusedFileError(
            f"Les cellules du fichier sont séparées par « | », et non par « ; », « , » ou une tabulation. {SAVE_AS_XLSX}"
        )
    return separator
