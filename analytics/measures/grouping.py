"""Sums by group on arrays. A page's counts are a few ten thousand rows at any size of the store: what pandas adds to each of
its groupings would cost more there than the sums themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def groups(table: pd.DataFrame, by: Sequence[str]) -> tuple[NDArray[np.int64], pd.DataFrame]:
    """The number of each row's group, and the groups in ascending order, a row each; a missing value comes last."""
    number = np.zeros(len(table), dtype=np.int64)
    for column in by:
        code, values = pd.factorize(table[column], sort=True)
        number = number * (len(values) + 1) + np.where(code < 0, len(values), code)
    if len(by) > 1:  # some combinations may have no row
        number = pd.factorize(number, sort=True)[0]
    first = np.empty(number.max(initial=-1) + 1, dtype=np.int64)
    first[number[::-1]] = np.arange(len(table))[::-1]  # the last one written stays
    return number, picked(table, by, first)


def picked(table: pd.DataFrame, columns: Iterable[str], rows: NDArray[np.int64]) -> pd.DataFrame:
    """Some rows of some columns, numbered anew."""
    return pd.DataFrame({column: table[column].array[rows] for column in columns}, pd.RangeIndex(len(rows)))


def taken(table: pd.DataFrame, rows: NDArray[np.int64]) -> pd.DataFrame:
    """Some rows of all columns, numbered anew."""
    return table.take(rows).set_axis(pd.RangeIndex(len(rows)))


def with_columns(table: pd.DataFrame, columns: Mapping[str, object] | pd.DataFrame) -> pd.DataFrame:
    """``table`` with more columns. All at once: pandas takes as long for each one that is added alone."""
    return pd.concat([table, pd.DataFrame(columns, table.index)], axis=1)


def numbers(values: pd.Series) -> NDArray[np.float64]:
    """``values`` as an array; NaN where one is missing."""
    return values.to_numpy(float, na_value=np.nan)


def places(values: pd.Series, names: Sequence[object]) -> NDArray[np.int64]:
    """The place of each value among ``names``; -1 where it is not one of them, or missing."""
    code, found = pd.factorize(values)
    place = {name: i for i, name in enumerate(names)}
    return np.array([*(place.get(value, -1) for value in found), -1], dtype=np.int64)[code]


def totals(group: NDArray[np.int64], values: pd.Series, n_groups: int) -> NDArray[np.int64]:
    """The sum of whole ``values`` in each group; what has none (-1) is left out."""
    return sums(group, np.zeros_like(group), values, (n_groups, 1))[:, 0]


def sums(
    row: NDArray[np.int64], column: NDArray[np.int64], values: pd.Series, shape: tuple[int, int]
) -> NDArray[np.int64]:
    """The sum of whole ``values`` in each cell of a table, by their row and column; what has none (-1) is left out."""
    n_cells = shape[0] * shape[1]
    cell = np.where((row >= 0) & (column >= 0), row * shape[1] + column, n_cells)
    total = np.bincount(cell, values.to_numpy(float, na_value=0), n_cells + 1)[:n_cells]
    return np.rint(total).astype(np.int64).reshape(shape)
