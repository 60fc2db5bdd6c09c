"""The versions of the store on disk: publish, roll back, forget, and survive whatever interrupts them."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
from filelock import FileLock, Timeout
from platformdirs import user_data_path

from analytics.domain.schema import CASES, TABLES
from analytics.domain.shipped import IS_INSTALLED, SHIPPED
from analytics.store import layout
from analytics.store.memory import MEMORY
from analytics.store.reading import CONFIG, DamagedStoreError, StoreError, digest, is_whole
from analytics.store.snapshot import Snapshot

KEPT_VERSIONS = 5

_ROW_GROUP = 122_880  # rows that DuckDB writes as one

_VERSION = re.compile(r"[0-9a-f]{8}-[0-9a-f]{32}\.duckdb")
_LEFT_OVER = re.compile(rf"[0-9a-f]{{8}}\.(building(\.wal)?|manifest)|{_VERSION.pattern}")


def store_folder() -> Path:
    """The store's folder: ``RELAIS_STORE``, else ``data/store`` in a checkout and the user's data folder in a wheel."""
    usual = user_data_path("relais") / "store" if IS_INSTALLED else SHIPPED / "data" / "store"
    return Path(os.environ.get("RELAIS_STORE") or usual)


class Store:
    """A folder of versions. ``manifest`` names the kept ones, the current first.

    Nothing is kept open: each reader opens its own :class:`Snapshot`.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or store_folder()

    @property
    def versions(self) -> list[str]:
        """The names of the kept versions, the current one first. Where they have changed, what was remembered is dropped.

        Where the manifest is lost or damaged, or names only files that are gone, the versions that lie in the folder come
        after what it names, the newest first.
        """
        names = self._versions()
        MEMORY.of(names)
        return names

    def _versions(self) -> list[str]:
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

    def snapshot(self) -> Snapshot | None:
        """The current version, open for reading, or the one before it when it is damaged; None while there is none.

        DamagedStoreError when there are versions and none can be read.
        """
        versions = self.versions
        for name in versions:
            try:
                return Snapshot(self.folder / name, is_fallback=name != versions[0])
            except DamagedStoreError:
                if self.versions != versions:  # not damaged: an import has meanwhile moved on and removed the file
                    return self.snapshot()
        if versions:
            raise DamagedStoreError
        return None

    @contextlib.contextmanager
    def writing(self) -> Generator[None]:
        """Hold the store for one writer; StoreError while another one does. Clears what a killed import left behind."""
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
            self._clear_left_overs(self.versions)
            yield
        finally:
            os.umask(umask)
            lock.release()

    def _clear_left_overs(self, kept: Sequence[str]) -> None:
        """Remove our own files that are not ``kept``. One that a reader holds open stays where the system forbids it,
        and goes with the next import.
        """
        for path in self.folder.iterdir():
            if path.name not in kept and _LEFT_OVER.fullmatch(path.name):
                with contextlib.suppress(OSError):
                    path.unlink()

    def publish(self, tables: Mapping[str, pd.DataFrame]) -> str:
        """Check ``tables`` (all those of the schema), write them as a new version, make it current and return its name.

        To be called while :meth:`writing`. On any error the current version stays what it was.
        """
        rows = {name: table.checked(tables[name]) for name, table in TABLES.items()}
        return self._replace(lambda kept: [self._build(rows), *kept][:KEPT_VERSIONS])[0]

    def undo(self, seen: str | None = None) -> None:
        """Take back the last import: the version before it becomes current, and its own bytes are removed.

        StoreError when there is none before it that can be read, and when ``seen``, the current version that the reader had
        before her, no longer is: somebody else's import is not taken back unseen.
        """
        with self.writing():
            if seen is not None and self.versions[:1] != [seen]:
                raise StoreError("Les données viennent de changer : rien n’est annulé. Regardez-les, puis recommencez.")
            if not any(is_whole(self.folder / name) for name in self.versions[1:]):
                raise StoreError("Il n’y a pas d’importation à annuler.")
            self._replace(lambda kept: kept[1:])

    def forget(self, case_id: str) -> bool:
        """Remove a case everywhere: each kept version that holds it is rebuilt, so that its bytes are gone too.

        A damaged version, whose content cannot be checked, is removed. False when no version held the case.
        """
        with self.writing():
            before = self.versions
            whole = [name for name in before if is_whole(self.folder / name)]
            if before and not whole:
                raise DamagedStoreError
            after = self._replace(lambda _: [self._without(name, case_id) for name in whole]) if whole else []
            return not set(after) <= set(before)

    def _without(self, name: str, case_id: str) -> str:
        with Snapshot(self.folder / name) as snapshot:
            tables = {table: snapshot.table(table) for table in TABLES}
        if not (tables["cases"]["case_id"] == case_id).any():
            return name
        for table in ("cases", "case_incidents", "case_steps"):
            tables[table] = tables[table][tables[table]["case_id"] != case_id]
        return self._build({name: table.to_arrow(tables[name]) for name, table in TABLES.items()})

    def _build(self, rows: Mapping[str, pa.Table]) -> str:
        """Write a version that no manifest names yet, and return its name: a random part, and the digest of its bytes."""
        building = self.folder / f"{secrets.token_hex(4)}.building"
        # In the order of its key a table takes half the room; records have an order of their own.
        stored: dict[str, tuple[Sequence[str], pa.Table]] = {
            name: (() if table.is_in_order(rows[name]) else table.key, rows[name])
            for name, table in TABLES.items()
            if name not in layout.VIEWS
        }
        stored["records"] = (), layout.records(rows)
        # A thread per row group: others would only wait, which costs as much as the work.
        n_threads = min(os.cpu_count() or 1, 1 + len(rows[CASES.name]) // _ROW_GROUP)
        with duckdb.connect(building, config=CONFIG | {"threads": n_threads}) as connection:
            for statement in layout.statements():
                connection.execute(statement)
            for name, (order, kept) in stored.items():
                # A batch a row group of DuckDB, so that its threads share the work: a whole table in one keeps them waiting.
                connection.register("incoming", kept.to_reader(_ROW_GROUP))
                in_order = f"ORDER BY {', '.join(order)}" if order else ""
                connection.execute(f"INSERT INTO {name} BY NAME SELECT * FROM incoming {in_order}")
                connection.unregister("incoming")
            connection.execute("CHECKPOINT")  # closing would do it too, but without a word when the disk is full
        with building.open("rb+") as file:
            os.fsync(file.fileno())
        sealed = self.folder / f"{building.stem}-{digest(building)}.duckdb"
        building.replace(sealed)
        return sealed.name

    def _replace(self, change: Callable[[list[str]], list[str]]) -> list[str]:
        """Move the manifest from the versions it names to what ``change`` makes of them, in one atomic step."""
        before = self.versions
        try:
            after = change(before)
            self._point_to(after)
        except (duckdb.Error, OSError):
            self._clear_left_overs(before)
            raise StoreError("L’écriture a échoué (disque plein ?). Les données d’avant restent en place.") from None
        MEMORY.of(after)
        self._clear_left_overs(after)
        return after

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


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
