"""The versions of the store: publish, roll back, forget, whichever way they are kept."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import duckdb
from platformdirs import user_data_path

from analytics.domain.schema import TABLES
from analytics.domain.shipped import IS_INSTALLED, SHIPPED
from analytics.store.errors import DamagedStoreError, OldLayoutError, StoreError
from analytics.store.files import Files
from analytics.store.memory import MEMORY
from analytics.store.snapshot import Snapshot

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

KEPT_VERSIONS = 5


class Backend(Protocol):
    """How versions are kept: in files of one machine (:class:`Files`), or shared by several (:class:`Lake`)."""

    @property
    def folder(self) -> Path:
        """Where the files lie that go with the records: plans and releases."""
        ...

    @property
    def office(self) -> str | None:
        """The office that works here; None where there is but one."""
        ...

    def versions(self) -> list[str]:
        """The names of the kept versions, the current one first."""
        ...

    def is_whole(self, version: str) -> bool:
        """Whether nothing of a version is damaged or gone, as can be told without its tables. While locked."""
        ...

    def connect(self, version: str) -> duckdb.DuckDBPyConnection:
        """Open a version for reading; DamagedStoreError when it is damaged or gone."""
        ...

    def lock(self) -> AbstractContextManager[None]:
        """Hold the store for one writer, and clear what a killed one left; StoreError while another one holds it."""
        ...

    def build(self, rows: Mapping[str, pa.Table]) -> str:
        """Write a version that is not yet kept, and return its name, which is never given twice. Within :meth:`replace`."""
        ...

    def replace(self, before: Sequence[str], change: Callable[[Sequence[str]], list[str]]) -> list[str]:
        """Keep what ``change`` makes of the versions ``before``, in one atomic step, and remove the others with their bytes.

        StoreError when it fails, or when the kept versions no longer are those ``before``: then all stays as it was.
        """
        ...

    def faults(self, now: datetime) -> list[str]:
        """What is wrong around the versions, as French sentences; StoreError when nothing can be asked."""
        ...

    def erase(self) -> None:
        """Remove what traces of removed versions are left, once nobody holds the store."""
        ...


def store_location() -> Path:
    """The store: what ``RELAIS_STORE`` names, a folder or the TOML file of a shared store; else ``data/store`` in a checkout
    and the user's data folder in a wheel.
    """
    usual = user_data_path("relais") / "store" if IS_INSTALLED else SHIPPED / "data" / "store"
    return Path(os.environ.get("RELAIS_STORE") or usual)


class Store:
    """The kept versions of the records, the current first, at a ``location``: a folder, or the TOML file of a shared store.

    Each reader opens its own :class:`Snapshot`.
    """

    def __init__(self, location: Path | None = None) -> None:
        self.location = location or store_location()
        self._backend: Backend
        if self.is_shared:
            from analytics.store.lake import Lake  # its extensions are not installed everywhere

            self._backend = Lake(self.location)
        else:
            self._backend = Files(self.location)

    @property
    def is_shared(self) -> bool:
        """Whether several machines share the store."""
        return self.location.suffix == ".toml"

    @property
    def folder(self) -> Path:
        """Where the files lie that go with the records: plans and releases."""
        return self._backend.folder

    @property
    def office(self) -> str | None:
        """The office that works here, by the file of a shared store; None where there is but one."""
        return self._backend.office

    @property
    def versions(self) -> list[str]:
        """The names of the kept versions, the current one first. What was remembered of others is dropped."""
        names = self._backend.versions()
        MEMORY.of(names)
        return names

    def open(self, version: str, *, is_fallback: bool = False) -> Snapshot:
        """A kept version, open for reading; DamagedStoreError when it is damaged or gone."""
        return Snapshot(self.location, version, self._backend.connect(version), is_fallback=is_fallback)

    def snapshot(self) -> Snapshot | None:
        """The current version, open for reading, or the one before it when it is damaged; None while there is none.

        DamagedStoreError when there are versions and none can be read.
        """
        versions = self.versions
        for name in versions:
            try:
                return self.open(name, is_fallback=name != versions[0])
            except DamagedStoreError:
                if self.versions != versions:  # not damaged: an import has meanwhile moved on and removed the version
                    return self.snapshot()
        if versions:
            raise DamagedStoreError
        return None

    @contextlib.contextmanager
    def writing(self) -> Generator[None]:
        """Hold the store for one writer; StoreError while another one does. Clears what a killed import left behind."""
        with self._backend.lock():
            _ = self.versions
            yield

    def publish(self, tables: Mapping[str, pd.DataFrame]) -> str:
        """Check ``tables`` (all those of the schema), write them as a new version, make it current and return its name.

        To be called while :meth:`writing`. On any error the current version stays what it was.
        """
        rows = {name: table.checked(tables[name]) for name, table in TABLES.items()}
        return self._replace(lambda kept: [self._backend.build(rows), *kept][:KEPT_VERSIONS])[0]

    def undo(self, seen: str | None = None) -> None:
        """Take back the last import: the version before it becomes current, and its own bytes are removed.

        StoreError when there is none before it that can be read, and when ``seen``, the current version that the reader had
        before her, no longer is: somebody else's import is not taken back unseen.
        """
        with self.writing():
            if seen is not None and self.versions[:1] != [seen]:
                raise StoreError("Les données viennent de changer : rien n’est annulé. Regardez-les, puis recommencez.")
            if not any(self._backend.is_whole(name) for name in self.versions[1:]):
                raise StoreError("Il n’y a pas d’importation à annuler.")
            self._replace(lambda kept: [*kept[1:]])

    def forget(self, case_id: str) -> bool:
        """Remove a case everywhere: each kept version that holds it is rebuilt, so that its bytes are gone too.

        A damaged version, whose content cannot be checked, is removed. False when no version held the case.
        """
        with self.writing():
            before = self.versions
            after = self._replace(lambda kept: self._each_without(kept, case_id)) if before else []
        is_changed = not set(after) <= set(before)
        if is_changed:
            self._backend.erase()
        return is_changed

    def _each_without(self, versions: Sequence[str], case_id: str) -> list[str]:
        after = []
        for name in versions:
            with contextlib.suppress(DamagedStoreError):
                after.append(self._without(name, case_id))
        if not after:
            raise DamagedStoreError
        return after

    def faults(self, now: datetime) -> list[str]:
        """What is wrong with the store, as French sentences; none when it is whole. Every kept version is read."""
        try:
            found = self._backend.faults(now)
            for place, name in enumerate(self.versions):
                try:
                    with self.open(name) as snapshot:
                        snapshot.read_all()
                        if place == 0 and not snapshot.has_current_layout:
                            found.append(str(OldLayoutError()))
                except StoreError as error:
                    found.append(f"Version {place + 1} sur {len(self.versions)}, de la plus récente : {error}")
        except StoreError as error:
            return [str(error)]
        return found

    def fill_from(self, source: Store) -> None:
        """Copy every kept version of ``source`` into this store, which has none, in one step, and compare them.

        StoreError when there is nothing to copy, when this store holds something, or when a copy differs: it stays empty.
        """
        with self.writing():
            copied = source.versions
            if self.versions or not copied:
                raise StoreError(
                    "Il y a déjà des données là où copier." if copied else "Il n’y a pas encore de données à copier."
                )
            made = self._replace(lambda _: [self._backend.build(source._rows(name)) for name in copied])
            for name, original in zip(made, copied, strict=True):
                with self.open(name) as copy, source.open(original) as before:
                    if copy.digests() != before.digests():
                        self._replace(lambda _: [])
                        raise StoreError("La copie n’est pas égale à l’original : elle est retirée.")

    def _rows(self, name: str) -> dict[str, pa.Table]:
        with self.open(name) as snapshot:
            return {table: TABLES[table].to_arrow(snapshot.table(table)) for table in TABLES}

    def _without(self, name: str, case_id: str) -> str:
        with self.open(name) as snapshot:
            tables = {table: snapshot.table(table) for table in TABLES}
        if not (tables["cases"]["case_id"] == case_id).any():
            return name
        for table in ("cases", "case_incidents", "case_steps"):
            tables[table] = tables[table][tables[table]["case_id"] != case_id]
        return self._backend.build({name: table.to_arrow(tables[name]) for name, table in TABLES.items()})

    def _replace(self, change: Callable[[Sequence[str]], list[str]]) -> list[str]:
        after = self._backend.replace(self.versions, change)
        MEMORY.of(after)
        return after
