"""A store that several machines share: a DuckLake, with its catalogue in PostgreSQL and encrypted Parquet beside.

A version is a schema of the lake that nobody changes once it is made. The view ``kept`` names the kept ones, the current
first: it is replaced in the transaction that makes or drops their schemas, and two writers who began from the same one
cannot both replace it. So no time travel, no DELETE and no inlined row is needed: what is dropped leaves with its files.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from analytics.store import layout
from analytics.store.catalogue import (
    CATALOGUE,
    attach_lake,
    execute,
    explained,
    explaining_errors,
    is_not_allowed,
    is_of_s3,
    is_unreachable,
    query,
    reading,
    writing,
)
from analytics.store.errors import FULL, DamagedStoreError, StoreError
from analytics.store.loading import load
from analytics.store.mirror import mirror_of
from analytics.store.shared_settings import read_settings

if TYPE_CHECKING:
    import pyarrow as pa

ERASING_SECONDS = 60

_LOCK = int.from_bytes(b"relais")
_VERSION = re.compile(r"'(v[0-9a-f]{16})'")
_KEPT = f"SELECT sql FROM {CATALOGUE}.ducklake_view WHERE view_name = 'kept' AND end_snapshot IS NULL"


class Lake:
    """The operations of a shared store, as :class:`analytics.store.versions.Backend` declares them."""

    def __init__(self, location: Path) -> None:
        self.settings = read_settings(location)
        self._writer: duckdb.DuckDBPyConnection | None = None

    @property
    def folder(self) -> Path:
        """This process's copy of the files that go with the records, up to date unless this writer is changing them."""
        mirror = mirror_of(self.settings)
        if self._writer is None:
            with self.reading() as cursor:
                if cursor:
                    mirror.follow(cursor)
        return mirror.folder

    @property
    def office(self) -> str | None:
        return self.settings.office

    def versions(self) -> list[str]:
        with self.reading() as cursor:
            found = query(cursor, _KEPT) if cursor else []
        return _VERSION.findall(found[0][0]) if found else []

    def is_whole(self, version: str) -> bool:
        """Whether each file is there with its size; asked by a writer. A changed byte shows when it is deciphered."""
        listed = "SELECT data_file, data_file_size_bytes FROM ducklake_list_files('lake', $1, schema => $2)"
        try:
            files = [file for name in layout.STORED for file in self._held.execute(listed, [name, version]).fetchall()]
            sizes = [self._held.execute("SELECT size FROM read_blob($1)", [path]).fetchone() for path, _ in files]
        except duckdb.Error as error:
            self._raise_if_away(error)
            return False
        return sizes == [(size,) for _, size in files]

    def connect(self, version: str) -> duckdb.DuckDBPyConnection:
        try:
            with self.reading() as cursor:
                if cursor is None:
                    raise DamagedStoreError
                return load(cursor, version)
        except duckdb.Error as error:
            self._raise_if_away(error)
            raise DamagedStoreError from None

    def _raise_if_away(self, error: duckdb.Error) -> None:
        """StoreError where not the version is damaged or gone, but catalogue, files, rights or memory are missing."""
        if is_unreachable(error) or is_of_s3(error) or is_not_allowed(error):
            raise explained(error) from None
        if isinstance(error, duckdb.OutOfMemoryException):
            raise StoreError("Cette machine n’a pas assez de mémoire pour charger les données partagées.")
        if self.settings.is_in_s3:
            return
        with contextlib.suppress(OSError):
            next(Path(self.settings.records).iterdir(), None)
            return
        raise StoreError("Le dossier partagé n’est pas là. Vérifiez le partage ; relais store check dit ce qui manque.")

    @contextlib.contextmanager
    def lock(self) -> Generator[None]:
        """Hold the catalogue's lock, which ends with its connection: who lost it unseen cannot replace ``kept`` either."""
        mirror = mirror_of(self.settings)
        with contextlib.ExitStack() as stack:
            try:
                with explaining_errors():
                    writer, guard = (stack.enter_context(writing(self.settings).cursor()) for _ in range(2))
                    guard.execute("BEGIN")
                    if query(guard, f"SELECT pg_try_advisory_xact_lock({_LOCK})") != [(True,)]:
                        raise StoreError("Une autre importation est en cours. Réessayez dans un instant.")
                    attach_lake(writer, self.settings)
                    mirror.follow(writer)
            except duckdb.Error as error:
                raise explained(error) from None
            with contextlib.suppress(duckdb.Error):  # what cannot be removed now is in nobody's way
                _clear(writer)
            self._writer = writer
            try:
                yield
                with explaining_errors():
                    if mirror.push(guard):
                        guard.execute("COMMIT")
            except BaseException:
                mirror.distrust()
                raise
            finally:
                self._writer = None
                with contextlib.suppress(duckdb.Error):  # within a transaction it is not to be closed: DuckDB aborts
                    guard.execute("ROLLBACK")

    def build(self, rows: Mapping[str, pa.Table]) -> str:
        from analytics.store.building import write  # with Arrow, for which a reader need not wait

        version = f"v{secrets.token_hex(8)}"
        self._held.execute(f"CREATE SCHEMA lake.{version}")
        self._held.execute(f"USE lake.{version}")
        write(self._held, rows, words_as_text=True)
        return version

    def replace(self, before: Sequence[str], change: Callable[[Sequence[str]], list[str]]) -> list[str]:
        after = None
        try:
            self._held.execute("BEGIN")
            after = change(before)
            named = ", ".join(f"'{version}'" for version in after)
            note = "CALL ducklake_set_commit_message('lake', $1, '', extra_info => $2)"
            self._held.execute(note, [self.settings.office or "", duckdb.__version__])
            self._held.execute(f"CREATE OR REPLACE VIEW lake.main.kept AS SELECT unnest([{named}]) AS version")
            for version in set(before) - set(after):
                self._held.execute(f"DROP SCHEMA IF EXISTS lake.{version} CASCADE")
            self._held.execute("COMMIT")
        except duckdb.Error as error:
            if after is None or self.versions() != after:  # a commit that was cut off may have been done all the same
                raise self._explained(error) from None
        finally:
            for statement in ("ROLLBACK", "USE memory"):
                with contextlib.suppress(duckdb.Error):
                    self._held.execute(statement)
        with contextlib.suppress(duckdb.Error):  # else the next writer clears it
            _clear(self._held)
        return after

    def _explained(self, error: duckdb.Error) -> StoreError:
        """Of a folder in which it may not write DuckDB says only that another one is not there."""
        from analytics.store.lake_faults import of_folder

        why = explained(error)
        return StoreError(next(iter(of_folder(self.settings)), FULL)) if str(why) == FULL else why

    def erase(self) -> None:
        """Write the tables of the catalogue anew, without the extremes that they told of what was removed.

        PostgreSQL keeps what a reader who began before may still ask for: StoreError when one has not ended in a minute.
        """
        with explaining_errors(), writing(self.settings).cursor() as connection:
            ((removed,),) = query(connection, "SELECT txid_current()::text")
            older = f"""
                SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
                AND age(backend_xmin) > age('{removed}'::xid)
            """
            ended = time.monotonic() + ERASING_SECONDS
            while (is_read := bool(query(connection, older))) and time.monotonic() < ended:
                time.sleep(0.2)
            for (table,) in query(connection, f"SELECT tablename FROM pg_tables WHERE schemaname = '{CATALOGUE}'"):
                execute(connection, f"VACUUM FULL {CATALOGUE}.{table}", in_transaction=False)
            waiting = f"""
                SELECT (SELECT count(*) FROM {CATALOGUE}.ducklake_files_scheduled_for_deletion)
                     + (SELECT count(*) FROM {CATALOGUE}.ducklake_data_file WHERE end_snapshot IS NOT NULL)
            """
            if query(connection, waiting) != [(0,)]:
                raise StoreError(
                    "Le dossier est retiré, mais un fichier d’avant n’a pas pu être effacé : vérifiez vos droits sur le "
                    "dossier partagé. La prochaine importation l’efface."
                )
        if is_read:
            raise StoreError(
                "Le dossier est retiré, mais une longue lecture tient encore le catalogue : après elle, "
                f"VACUUM FULL sur les tables du schéma {CATALOGUE} enlève ses dernières traces."
            )

    def faults(self, now: datetime) -> list[str]:
        from analytics.store.lake_faults import faults  # asked for once, when something is wrong

        with self.reading() as cursor:
            return faults(self.settings, cursor, now)

    @property
    def _held(self) -> duckdb.DuckDBPyConnection:
        assert self._writer is not None, "to be called while writing"
        return self._writer

    @contextlib.contextmanager
    def reading(self) -> Generator[duckdb.DuckDBPyConnection | None]:
        """A cursor on what this process reads by; None while nothing was ever imported."""
        with explaining_errors():
            connection = reading(self.settings)
            if connection is None:
                yield None
            else:
                with connection.cursor() as cursor:
                    yield cursor


def _clear(writer: duckdb.DuckDBPyConnection) -> None:
    """Remove what no kept version needs: past snapshots, dropped files, what a killed import left more than a day ago."""
    snapshots = writer.execute("SELECT snapshot_id FROM ducklake_snapshots('lake') ORDER BY ALL").fetchall()
    past = [snapshot for (snapshot,) in snapshots[:-1]]
    if past:
        writer.execute("CALL ducklake_expire_snapshots('lake', versions => $1)", [past])
    writer.execute("CALL ducklake_cleanup_old_files('lake', cleanup_all => true)")
    writer.execute("CALL ducklake_delete_orphaned_files('lake', older_than => now() - INTERVAL 1 DAY)")
