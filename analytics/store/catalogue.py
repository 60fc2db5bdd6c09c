"""The connections of a shared store: DuckDB in memory, the catalogue attached as ``pg``, the lake as ``lake``."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock

import duckdb

from analytics.store import layout
from analytics.store.errors import CONFIG, FULL, StoreError
from analytics.store.shared_settings import SECRETS, SharedSettings

CATALOGUE = "relais"
"""The schema of PostgreSQL that holds the tables of the lake, and the files that go with the records."""
BESIDE = f"{CATALOGUE}.beside"

_EXTENSIONS = ("httpfs", "postgres_scanner", "ducklake")  # httpfs: S3, and the cipher that writes encrypted Parquet
# The catalogue's server is told to notice within a minute that the machine of a writer is gone, and to end its lock.
_SESSION = "-c tcp_keepalives_idle=20 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"


class UnreachableStoreError(StoreError):
    """The catalogue of a shared store does not answer."""

    def __init__(self) -> None:
        super().__init__("Le catalogue partagé ne répond pas. Réessayez ; relais store check dit ce qui manque.")


@contextlib.contextmanager
def told() -> Generator[None]:
    """Errors of the catalogue's connection as an UnreachableStoreError; others pass."""
    try:
        yield
    except duckdb.Error as error:
        if is_unreachable(error):
            raise UnreachableStoreError from None
        raise


def is_unreachable(error: duckdb.Error) -> bool:
    """Whether what failed is the connection to PostgreSQL, and not what was asked."""
    words = str(error)
    return any(said in words for said in ("Unable to connect to Postgres", "connection to server", "server closed the"))


def explained(error: duckdb.Error) -> StoreError:
    """Why a change of the versions failed."""
    if is_unreachable(error):
        return UnreachableStoreError()
    if "Transaction conflict" in str(error):
        return StoreError("Une autre importation est passée avant celle-ci : rien n’a changé. Recommencez.")
    return StoreError(FULL)


@cache
def _extension(name: str) -> Path:
    found = find_spec(f"duckdb_extension_{name}")
    folders = found.submodule_search_locations if found else None
    for folder in folders or ():
        for path in Path(folder).rglob("*.duckdb_extension"):
            return path
    raise StoreError("Un dossier partagé demande des extensions : installez relais[shared].")


def connect(settings: SharedSettings, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A connection with the catalogue attached; what fails is to be :func:`told`."""
    connection = duckdb.connect(":memory:", config=CONFIG)
    try:
        for name in _EXTENSIONS:
            connection.execute(f"LOAD {_quoted(str(_extension(name)))}")
        if settings.is_in_s3:
            connection.execute(_s3_secret(settings))
        connection.execute(
            f"ATTACH {_quoted(_dsn(settings))} AS pg (TYPE postgres{', READ_ONLY' if read_only else ''})"
        )
    except BaseException:
        connection.close()
        raise
    return connection


def attach_lake(connection: duckdb.DuckDBPyConnection, settings: SharedSettings, *, read_only: bool = False) -> None:
    """Attach the lake as ``lake``; a writer makes it where there is none. A row never lies in the catalogue itself."""
    options = "READ_ONLY" if read_only else "ENCRYPTED"
    connection.execute(
        f"ATTACH {_quoted('ducklake:postgres:' + _dsn(settings))} AS lake (DATA_PATH {_quoted(settings.records)}, "
        f"OVERRIDE_DATA_PATH, METADATA_SCHEMA '{CATALOGUE}', DATA_INLINING_ROW_LIMIT 0, {options})"
    )
    if not read_only:
        execute(connection, f"CREATE TABLE IF NOT EXISTS {BESIDE} (name TEXT PRIMARY KEY, digest TEXT, content BYTEA)")


_CONNECTIONS: dict[SharedSettings, duckdb.DuckDBPyConnection] = {}
_CONNECTING = Lock()


def reading(settings: SharedSettings) -> duckdb.DuckDBPyConnection | None:
    """The one connection by which this process reads a lake, whichever its versions; None while there is no lake.

    It reads the lake's files and no other, attaches nothing more, and keeps its settings.
    """
    with _CONNECTING:
        if settings not in _CONNECTIONS:
            connection = connect(settings, read_only=True)
            if query(connection, f"SELECT to_regclass('{BESIDE}')") == [(None,)]:
                connection.close()
                return None
            attach_lake(connection, settings, read_only=True)
            for statement in layout.types():
                connection.execute(statement)
            connection.execute(f"SET allowed_directories = [{_quoted(settings.records)}]")
            connection.execute("SET enable_external_access = false; SET lock_configuration = true")
            _CONNECTIONS[settings] = connection
        return _CONNECTIONS[settings]


def query(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple]:
    """The rows of a statement of PostgreSQL."""
    return connection.execute(f"FROM postgres_query('pg', {_quoted(sql)})").fetchall()


def execute(connection: duckdb.DuckDBPyConnection, sql: str, *, in_transaction: bool = True) -> None:
    """Run a statement of PostgreSQL, as a part of the transaction unless it can be none."""
    options = "" if in_transaction else ", use_transaction => false"
    connection.execute(f"CALL postgres_execute('pg', {_quoted(sql)}{options})")


def _dsn(settings: SharedSettings) -> str:
    return f"{settings.catalogue} application_name=relais connect_timeout=5 options='{_SESSION}'"


def _s3_secret(settings: SharedSettings) -> str:
    key, secret = (_quoted(os.environ[name]) for name in SECRETS)
    s3 = settings.s3
    where = f", ENDPOINT {_quoted(s3.endpoint)}, URL_STYLE 'path'" if s3.endpoint else ""
    return (
        f"CREATE SECRET (TYPE s3, KEY_ID {key}, SECRET {secret}, REGION {_quoted(s3.region)}{where}, "
        f"USE_SSL {str(s3.tls).lower()}, SCOPE {_quoted(settings.data)})"
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
