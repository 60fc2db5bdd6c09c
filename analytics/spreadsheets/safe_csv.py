"""CSV as a Belgian spreadsheet opens it: semicolons, decimal comma, byte order mark. No cell can become a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from io import StringIO
from numbers import Real

import numpy as np
import pandas as pd

_STARTS = tuple("=+-@\t\r\n＝＋－＠%")


def safe_text(text: str) -> str:
    """``text`` with an apostrophe before it where a spreadsheet could take it for a formula."""
    bare = text.lstrip(" \u00a0\u202f\"'")
    return f"'{text}" if bare.startswith(_STARTS) or text.startswith(_STARTS) else text


def csv_bytes(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as CSV. Numbers stay numbers, with a decimal comma; a missing value is an empty cell, no value an empty line."""
    file = StringIO(newline="")
    plain = csv.writer(file, delimiter=";", lineterminator="\r\n")
    quoted = csv.writer(file, delimiter=";", lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    for row in rows:
        cells = [_cell(value) for value in row]
        (quoted if any(cell.startswith("'") for cell in cells) else plain).writerow(cells)
    return file.getvalue().encode("utf-8-sig")


def _cell(value: object) -> str:
    if pd.isna(value):
        return ""
    if isinstance(value, (bool, np.bool_)):
        return "oui" if value else "non"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, Real):
        return f"{float(value):.10g}".replace(".", ",")
    return safe_text(str(value))
