"""What a file holds once it is read: sheets of cells, and the error that says why it cannot be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from analytics.domain.errors import RelaisError
from analytics.spreadsheets.columns import Cell, Rows

MAX_ROWS = 200_000
MAX_COLUMNS = 128
MAX_TEXT = 131_072  # four times what a cell of a workbook may hold

ERROR = "#ERREUR"  # stands in the rows for an error cell of a workbook, and for a formula without a stored value
# As spreadsheets write them, in English and in French, and what LibreOffice adds.
_ERROR_TEXT = re.compile(
    rf"{ERROR}|#(?:n/a|n/d|ref ?!|div/0 ?!|value!|valeur ?!|name\?|nom ?\?|num!|nombre ?!|null!|nul ?!|spill!|propagation ?!"
    r"|calc!|field!|champ ?!|getting_data|error!|erreur ?!)|err\s?:\s?\d{3}",
    re.IGNORECASE,
)


class RefusedFileError(RelaisError):
    """The file as a whole cannot be imported."""


@dataclass(frozen=True)
class Sheet:
    """A sheet from its first row and column on, its rows of equal length.

    ``formulas`` holds (row, column) pairs counted from 0, ``merged`` the first cell of its range for each merged one. A
    formula's cell is the value that was stored with it; an error, or a formula without a stored value, is a cell for which
    :func:`is_error` is True.
    """

    name: str
    rows: Rows
    formulas: frozenset[tuple[int, int]] = field(default=frozenset())
    merged: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    hidden: bool = False


def is_error(cell: Cell) -> bool:
    """Whether a cell holds an error (``#N/A``, ``#REF!``, ``Err:502``, ...), as a workbook marks it or as a text.

    >>> is_error("#REF!"), is_error(" #DIV/0 ! "), is_error("# 12")
    (True, True, False)
    """
    if not isinstance(cell, str) or (bare := cell.strip())[:1] not in ("#", "E", "e"):
        return False
    return bool(_ERROR_TEXT.fullmatch(bare.replace("\u202f", " ").replace("\xa0", " ")))


def address(row: int, column: int) -> str:
    """The name of a cell counted from 0: ``address(0, 26)`` is ``"AA1"``."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    return xl_rowcol_to_cell(row, column)


def too_far(cell: str) -> RefusedFileError:
    """The error for a sheet that goes on beyond what is read; ``cell`` is the address of what lies there."""
    return RefusedFileError(
        f"Il y a quelque chose dans la cellule {cell}, loin du registre : effacez-la. Une feuille compte au plus "
        f"{MAX_ROWS} lignes et {MAX_COLUMNS} colonnes."
    )


def endless(place: str) -> RefusedFileError:
    """The error for a text without end; ``place`` says in French where it stands."""
    return RefusedFileError(
        f"Une cellule ne finit pas ({place}) : un guillemet y reste ouvert, ou elle contient plus de "
        f"{MAX_TEXT} caractères. Corrigez-la ou videz-la."
    )
