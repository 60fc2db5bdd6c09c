"""A store on one machine: a folder of DuckDB files, one per version, and the manifest that names the kept ones."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
from collections.abc import Callable, Generator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from filelock import FileLock, Timeout

from analytics.store import layout
from analytics.store.errors import CONFIG, FULL, Config, DamagedStoreError, StoreError

if TYPE_CHECKING:
    import pyarrow as pa

# What a reader of one file never needs, and what a hostile file must not be able to ask for.
_READER_CONFIG: Config = CONFIG | {"enable_external_access": False, "lock_configuration": True}

_VERSION = re.compile(r"[0-9a-f]{8}-[0-9a-f]{32}\.duckdb")
_LEFT_OVER = re.compile(rf"[0-9a-f]{{8}}\.(building(\.wal)?|manifest)|{_VERSION.pattern}")


class Files:
    """The folder's operations, as :class:`analytics.store.versions.Backend` declares them. Nothing is kept open."""

    office = None

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def versions(self) -> list[str]:
        """Where the manifest is lost or damaged, or names only files that are gone, the versions that lie in the folder come
        after what it names, the newest first.
        """
        try:
            names = (self.folder / "manifest").read_bytes().decode("ascii", "replace").split()
        except FileNotFoundError:
            names = []
        except OSError:
            raise StoreError("Le dossier des données n’est pas lisible.") from None
        if not all(map(_VERSION.fullmatch, names)):
            names = []
        if any((self.folder / name).exists() for name in names):
            return names
        lying = [path for path in self.folder.glob("*.duckdb") if _VERSION.fullmatch(path.name)]
        return [*names, *(path.name for path in sorted(lying, key=_modified, reverse=True))]

    def is_whole(self, version: str) -> bool:
        """Whether the bytes of the file still have the digest in its name."""
        path = self.folder / version
        try:
            return path.stem.endswith(digest(path))
        except OSError:
            return False

    def connect(self, version: str) -> duckdb.DuckDBPyConnection:
        if not self.is_whole(version):
            raise DamagedStoreError
        path = self.folder / version
        try:
            threads = layout.reading_threads(path.stat().st_size // layout.BYTES_A_CASE)
            return duckdb.connect(path, read_only=True, config=_READER_CONFIG | {"threads": threads})
        except (duckdb.Error, OSError):
            if not path.exists():
                raise DamagedStoreError from None
            raise StoreError(
                "Les données ne s’ouvrent pas avec cette version de Relais. Mettez Relais à jour."
            ) from None

    @contextlib.contextmanager
    def lock(self) -> Generator[None]:
        lock = FileLock(self.folder / "lock", timeout=0, mode=0o600)
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # for its owner alone
            lock.acquire()
        except Timeout:
            raise StoreError("Une autre importation est en cours. Réessayez dans un instant.") from None
        except OSError:
            raise StoreError("Le dossier des données n’est pas accessible en écriture.") from None
        umask = os.umask(0o077)  # each file of the store is for its owner alone, those that DuckDB makes too
        try:
            self._clear_left_overs(self.versions())
            yield
        finally:
            os.umask(umask)
            lock.release()

    def build(self, rows: Mapping[str, pa.Table]) -> str:
        """The name of a version is a random part, and the digest of its bytes."""
        from analytics.store.building import write, writing_threads  # with Arrow, for which a reader need not wait

        building = self.folder / f"{secrets.token_hex(4)}.building"
        with duckdb.connect(building, config=CONFIG | {"threads": writing_threads(rows)}) as connection:
            write(connection, rows)
            connection.execute("CHECKPOINT")  # closing would do it too, but without a word when the disk is full
        with building.open("rb+") as file:
            os.fsync(file.fileno())
        sealed = self.folder / f"{building.stem}-{digest(building)}.duckdb"
        building.replace(sealed)
        return sealed.name

    def replace(self, before: Sequence[str], change: Callable[[Sequence[str]], list[str]]) -> list[str]:
        try:
            after = change(before)
            self._point_to(after)
        except (duckdb.Error, OSError):
            self._clear_left_overs(before)
            raise StoreError(FULL) from None
        self._clear_left_overs(after)
        return after

    def erase(self) -> None:
        """Nothing is left: a forgotten case went with the files that held it."""

    def faults(self, now: datetime) -> list[str]:
        if self.folder.is_dir() and not os.access(self.folder, os.W_OK):
            return ["Le dossier des données n’est pas accessible en écriture."]
        return []

    def _point_to(self, versions: Sequence[str]) -> None:
        written = self.folder / f"{secrets.token_hex(4)}.manifest"
        with written.open("w", encoding="ascii") as file:
            file.write("\n".join(versions))
            file.flush()
            os.fsync(file.fileno())
        written.replace(self.folder / "manifest")
        with contextlib.suppress(OSError):  # a system that cannot sync a folder orders its changes itself
            folder = os.open(self.folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def _clear_left_overs(self, kept: Sequence[str]) -> None:
        """Remove our own files that are not ``kept``. One that a reader holds open stays where the system forbids it,
        and goes with the next import.
        """
        for path in self.folder.iterdir():
            if path.name not in kept and _LEFT_OVER.fullmatch(path.name):
                with contextlib.suppress(OSError):
                    path.unlink()


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:32]


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
