"""One file of the store, opened safely and read only."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Self, TypeVar

import duckdb
import pandas as pd

from analytics.domain.errors import RelaisError
from analytics.domain.schema import TABLES, to_pandas
from analytics.store import layout
from analytics.store.memory import MEMORY

Answer = TypeVar("Answer")
Config = dict[str, str | bool | int | float | list[str]]
CONFIG: Config = {
    "max_temp_directory_size": "0KB",  # nothing is ever spilled to a file that a killed process would leave behind
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
# What a reader of one file never needs, and what a hostile file must not be able to ask for.
READER_CONFIG: Config = CONFIG | {"enable_external_access": False, "lock_configuration": True}


class StoreError(RelaisError):
    """The store cannot do what is asked."""


class DamagedStoreError(StoreError):
    """No kept version can be read."""

    def __init__(self) -> None:
        super().__init__("Les données sont endommagées. Importez à nouveau le registre.")


class OldLayoutError(StoreError):
    """The protocol, or Relais, has changed since the file was written. Its tables can still be read whole."""

    def __init__(self) -> None:
        super().__init__(
            "Relais a changé depuis le dernier import. Importez à nouveau le registre : les dossiers connus sont gardés."
        )


class Reader:
    """One version's file, open for reading. Thread-safe: each query has its own cursor.

    ``is_fallback`` is True when a newer version is damaged. DamagedStoreError when this one is damaged or gone.
    """

    def __init__(self, path: Path, *, is_fallback: bool = False) -> None:
        self.folder, self.version = path.parent, path.name
        self.is_fallback = is_fallback
        if not is_whole(path):
            raise DamagedStoreError
        try:
            self._connection = duckdb.connect(path, read_only=True, config=READER_CONFIG)
        except duckdb.Error:
            if not path.exists():
                raise DamagedStoreError from None
            raise StoreError(
                "Les données ne s’ouvrent pas avec cette version de Relais. Mettez Relais à jour."
            ) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection to the file."""
        self._connection.close()

    def query(self, sql: str, parameters: Mapping[str, object] = MappingProxyType({})) -> pd.DataFrame:
        """The answer of a statement as pandas, remembered; ``parameters`` by name. Raises OldLayoutError."""
        asked = (sql, *((name, tuple(v) if isinstance(v, list) else v) for name, v in parameters.items()))
        return self.remember(asked, lambda: self.ask(sql, parameters)).copy(deep=False)

    def remember(self, asked: Hashable, compute: Callable[[], Answer], *, in_turn: bool = False) -> Answer:
        """What ``compute`` answers to ``asked`` of this version (:class:`Memory`): it is shared, and may not be changed."""
        return MEMORY.answer(self.version, asked, compute, in_turn=in_turn)

    def ask(self, sql: str, parameters: Mapping[str, object] = MappingProxyType({})) -> pd.DataFrame:
        """:meth:`query`, asked of the file each time."""
        try:
            with self._connection.cursor() as cursor:
                return to_pandas(cursor.execute(sql, dict(parameters)).to_arrow_table())
        except (duckdb.BinderException, duckdb.CatalogException):
            if self.has_current_layout:
                raise
            raise OldLayoutError from None

    @property
    def has_current_layout(self) -> bool:
        """Whether the file has every column that questions ask for: those of today's schema, steps and types."""
        return self.columns("records") >= set(layout.columns()) and all(
            self.columns(name) >= set(table.names) for name, table in TABLES.items()
        )

    def columns(self, table: str) -> set[str]:
        """The names of the columns of a table or view of the file; none where it is not there."""
        with self._connection.cursor() as cursor:
            found = cursor.execute("SELECT column_name FROM duckdb_columns() WHERE table_name = $1", [table]).fetchall()
        return {name for (name,) in found}


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:32]


def is_whole(path: Path) -> bool:
    try:
        return path.stem.endswith(digest(path))
    except OSError:
        return False
