"""The files that go with the records of a shared store (plans, releases): kept in its catalogue, copied by each process."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

import duckdb

from analytics.store.catalogue import BESIDE, query
from analytics.store.shared_settings import SharedSettings


class Mirror:
    """A folder of this process, of its owner alone, gone when it ends."""

    def __init__(self) -> None:
        self._temporary = TemporaryDirectory(prefix="relais-")
        self._lock = Lock()
        self._known: dict[str, str] | None = None
        self._n_copies = 0
        self.folder = Path(self._temporary.name)

    def follow(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Copy the files into a new folder where they have changed, so that nobody reads half of them."""
        with self._lock:
            digests = dict(query(connection, f"SELECT name, digest FROM {BESIDE}"))
            if digests == self._known:
                return
            self._n_copies += 1
            folder = Path(self._temporary.name) / str(self._n_copies)
            folder.mkdir()
            for name, content in query(connection, f"SELECT name, content FROM {BESIDE}"):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(content)
            self.folder, self._known = folder, digests

    def push(self, connection: duckdb.DuckDBPyConnection) -> bool:
        """Keep what a writer changed here, as a part of the connection's transaction; whether there was anything."""
        is_changed = False
        found = {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file() and not path.name.startswith(".")
        }
        for name, content in found.items():
            digest = hashlib.sha256(content).hexdigest()
            if (self._known or {}).get(name) != digest:
                connection.execute(f"DELETE FROM pg.{BESIDE} WHERE name = $1", [name])
                connection.execute(f"INSERT INTO pg.{BESIDE} VALUES ($1, $2, $3)", [name, digest, content])
                is_changed = True
        return is_changed

    def distrust(self) -> None:
        """Copy anew the next time: what a writer who failed has left here is not kept."""
        with self._lock:
            self._known = None


@cache
def mirror_of(settings: SharedSettings) -> Mirror:
    """The one of this process."""
    return Mirror()
