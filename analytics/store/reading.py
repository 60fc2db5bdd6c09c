"""One version of the store, open for reading."""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self, TypeVar

import duckdb

from analytics.domain.schema import TABLES
from analytics.store import layout
from analytics.store.errors import OldLayoutError
from analytics.store.memory import MEMORY

if TYPE_CHECKING:
    import pandas as pd

Answer = TypeVar("Answer")

_SHORT = 2_048
"""Rows for which DuckDB makes room at once."""


class Reader:
    """One version of the store at ``location``, open for reading. Thread-safe: each query has its own cursor.

    ``is_fallback`` is True when a newer version is damaged.
    """

    def __init__(
        self, location: Path, version: str, connection: duckdb.DuckDBPyConnection, *, is_fallback: bool = False
    ) -> None:
        self.location, self.version, self.is_fallback = location, version, is_fallback
        self._connection = connection

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection to the version."""
        self._connection.close()

    def query(self, sql: str, parameters: Mapping[str, object] = MappingProxyType({})) -> pd.DataFrame:
        """The answer of a statement as pandas, remembered; ``parameters`` by name. Raises OldLayoutError."""
        return self.remember(_key(sql, parameters), lambda: self.ask(sql, parameters)).copy(deep=False)

    def remember(self, asked: Hashable, compute: Callable[[], Answer], *, in_turn: bool = False) -> Answer:
        """What ``compute`` answers to ``asked`` of this version (:class:`Memory`): it is shared, and may not be changed."""
        return MEMORY.answer(self.version, asked, compute, in_turn=in_turn)

    def ask(self, sql: str, parameters: Mapping[str, object] = MappingProxyType({})) -> pd.DataFrame:
        """:meth:`query`, asked of the version each time."""
        import numpy as np

        from analytics.domain.arrow import to_pandas

        with self._execute(sql, parameters) as cursor:
            answer = cursor.to_arrow_table()
            # DuckDB's own buffers of a short table have room for a long one, and would be kept with it.
            return to_pandas(answer.take(np.arange(len(answer))) if len(answer) < _SHORT else answer)

    def rows(self, sql: str, parameters: Mapping[str, object] = MappingProxyType({})) -> list[dict[str, Any]]:
        """The rows of a short answer as Python's own values, remembered: who needs no table does not wait for pandas."""

        def ask() -> list[dict[str, Any]]:
            with self._execute(sql, parameters) as cursor:
                names = [name for name, *_ in cursor.description or ()]
                return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

        return self.remember(("rows", *_key(sql, parameters)), ask)

    @contextmanager
    def _execute(self, sql: str, parameters: Mapping[str, object]) -> Generator[duckdb.DuckDBPyConnection]:
        try:
            with self._connection.cursor() as cursor:
                yield cursor.execute(sql, dict(parameters))
        except (duckdb.BinderException, duckdb.CatalogException):
            if self.has_current_layout:
                raise
            raise OldLayoutError from None

    @property
    def has_current_layout(self) -> bool:
        """Whether the version has every column that questions ask for: those of today's schema, steps and types."""
        return self.columns("records") >= set(layout.columns()) and all(
            self.columns(name) >= set(table.names) for name, table in TABLES.items()
        )

    def columns(self, table: str) -> set[str]:
        """The names of the columns of a table or view of the version; none where it is not there."""
        try:
            with self._connection.cursor() as cursor:
                return {name for name, *_ in cursor.execute(f"SELECT * FROM {table} LIMIT 0").description or ()}
        except duckdb.CatalogException:
            return set()


def _key(sql: str, parameters: Mapping[str, object]) -> tuple[Hashable, ...]:
    return (sql, *((name, tuple(v) if isinstance(v, list) else v) for name, v in parameters.items()))
