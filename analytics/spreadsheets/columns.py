"""Cells kept by column, each distinct one once: a register of 100,000 rows says few different things, again and again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count, islice
from typing import Any, Generic, TypeVar, overload

import numpy as np

Cell = str | float | bool | date | datetime | time | timedelta
Value = TypeVar("Value")
Found = TypeVar("Found")

_BATCH = 250  # rows, so that the cells are still in the processor's cache when they are looked up


@dataclass(frozen=True)
class Column(Generic[Value]):
    """A column: ``places`` says where the value of each row stands among the ``distinct`` ones; some may stand in no row."""

    distinct: Sequence[Value]
    places: np.ndarray

    @classmethod
    def of(cls, cells: Iterable[Cell]) -> Column[Cell]:
        """The column of these cells; TRUE and 1 are two."""
        columns = Rows([cell] for cell in cells).columns
        return columns[0] if columns else Column((), np.array([], dtype="int32"))

    def __len__(self) -> int:
        return len(self.places)

    def __iter__(self) -> Iterator[Value]:
        return iter(self.array().tolist())

    def __getitem__(self, rows: slice | np.ndarray) -> Column[Value]:
        return Column(self.distinct, self.places[rows])

    def map(self, read: Callable[[Value], Found]) -> Column[Found]:
        """What ``read`` makes of each cell, called once for each distinct one."""
        return Column(list(map(read, self.distinct)), self.places)

    def array(self, dtype: Any = object) -> np.ndarray:
        """The value of each row."""
        return np.fromiter(self.distinct, dtype, len(self.distinct))[self.places]

    def counted(self) -> list[tuple[Value, int]]:
        """Each value that stands in a row, with the number of its rows."""
        counts = np.bincount(self.places, minlength=len(self.distinct)).tolist()
        return [(value, n) for value, n in zip(self.distinct, counts, strict=True) if n]


class Rows(Sequence[Sequence[Cell]]):
    """The rows of a sheet, all of one length, kept as ``columns``."""

    def __init__(self, rows: Iterable[Sequence[Cell]]) -> None:
        rows, seen, parts = iter(rows), [], []
        flagged: set[int] = set()  # columns in which TRUE and 1 may both stand
        while batch := list(islice(rows, _BATCH)):
            seen = seen or [defaultdict(count().__next__) for _ in batch[0]]
            places = np.empty((len(seen), len(batch)), dtype="int32")
            for i, cells in enumerate(zip(*batch, strict=True)):
                n_known = len(seen[i])
                places[i] = list(map(seen[i].__getitem__, _keys(cells) if i in flagged else cells))
                if i not in flagged and (
                    0 in seen[i] or 1 in seen[i]
                ):  # or False or True, which are the same to a dict
                    flagged.add(i)
                    seen[i] = defaultdict(count(n_known).__next__, islice(seen[i].items(), n_known))
                    places[i] = list(map(seen[i].__getitem__, _keys(cells)))
            parts.append(places)
        self.columns: list[Column[Cell]] = [
            Column([key[0] if type(key) is tuple else key for key in of_column], places)
            for of_column, places in zip(seen, np.concatenate(parts, axis=1) if parts else (), strict=True)
        ]

    def with_cells(self, cells: Mapping[tuple[int, int], Cell]) -> Rows:
        """The rows with other cells at (row, column)."""
        values = {column: self.columns[column].array().tolist() for _, column in cells}
        for (row, column), cell in cells.items():
            values[column][row] = cell
        return self._with(values)

    def with_column(self, cells: Iterable[Cell]) -> Rows:
        """The rows with one more column."""
        return self._with({len(self.columns): cells})

    def _with(self, values: Mapping[int, Iterable[Cell]]) -> Rows:
        changed = Rows(())
        known = dict(enumerate(self.columns)) | {column: Column.of(cells) for column, cells in values.items()}
        changed.columns = list(known.values())
        return changed

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    @overload
    def __getitem__(self, place: int) -> list[Cell]: ...
    @overload
    def __getitem__(self, place: slice) -> Rows: ...
    def __getitem__(self, place: int | slice) -> list[Cell] | Rows:
        if isinstance(place, slice):
            part = Rows(())
            part.columns = [column[place] for column in self.columns]
            return part
        return [column.distinct[column.places[place]] for column in self.columns]

    def __iter__(self) -> Iterator[list[Cell]]:
        return map(list, zip(*self.columns, strict=True))

    def __eq__(self, other: object) -> bool:
        return list(self) == other


def _keys(cells: Sequence[Cell]) -> Sequence[object]:
    """What cells are looked up by: themselves, but TRUE, which Python takes for the number 1."""
    if bool not in set(map(type, cells)):
        return cells
    return [(cell,) if isinstance(cell, bool) else cell for cell in cells]
