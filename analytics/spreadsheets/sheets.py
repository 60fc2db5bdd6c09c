"""What a file holds once it is read: sheets of cells, and the error that says why it cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from analytics.domain.errors import RelaisError

Cell = str | float | bool | date | datetime | time | timedelta

MAX_ROWS = 200_000
MAX_COLUMNS = 128


class RefusedFileError(RelaisError):
    """The file as a whole cannot be imported."""


@dataclass(frozen=True)
class Sheet:
    """A sheet from its first row and column on, its rows of equal length.

    ``formulas`` and ``merged`` hold (row, column) pairs counted from 0.
    """

    name: str
    rows: Sequence[Sequence[Cell]]
    formulas: frozenset[tuple[int, int]] = field(default=frozenset())
    merged: frozenset[tuple[int, int]] = field(default=frozenset())
    hidden: bool = False


def address(row: int, column: int) -> str:
    """The name of a cell counted from 0: ``address(0, 26)`` is ``"AA1"``."""
    letters = ""
    column += 1
    while column:
        column, remainder = divmod(column - 1, 26)
        letters = chr(ord("A") + remainder) + letters
    return f"{letters}{row + 1}"


def too_far(cell: str) -> RefusedFileError:
    """The error for a sheet that goes on beyond what is read; ``cell`` is the address of what lies there."""
    return RefusedFileError(
        f"Il y a quelque chose dans la cellule {cell}, loin du registre : effacez-la. Une feuille compte au plus "
        f"{MAX_ROWS} lignes et {MAX_COLUMNS} colonnes."
    )
