"""The connections of a shared store: DuckDB in memory, the catalogue attached as ``pg``, the lake as ``lake``."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Generator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock

import duckdb

from analytics.store.errors import CONFIG, FULL, StoreError
from analytics.store.shared_settings import SECRETS, SharedSettings

CATALOGUE = "relais"
"""The schema of PostgreSQL that holds the tables of the lake, and the files that go with the records."""
BESIDE = f"{CATALOGUE}.beside"

# Else ANALYZE keeps extremes and keys as samples in pg_statistic, where what is forgotten would stay.
_WITHOUT_SAMPLES = f"""
    DO $$ DECLARE of RECORD; BEGIN
        FOR of IN SELECT attrelid::regclass AS whole, attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
            WHERE relnamespace = '{CATALOGUE}'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
            AND atttypid IN ('text'::regtype, 'varchar'::regtype, 'bytea'::regtype) AND attstattarget IS DISTINCT FROM 0
        LOOP EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS 0', of.whole, of.attname); END LOOP;
    END $$
"""
S3_SILENT = "S3 ne répond pas, ou refuse cette machine. Vérifiez son adresse et ses clés, puis réessayez."

_EXTENSIONS = ("httpfs", "postgres_scanner", "ducklake")  # httpfs: S3, and the cipher that writes encrypted Parquet
# Either side notices within a minute that the other is gone: the server ends the lock of a writer, a reader is told.
_SESSION = "-c tcp_keepalives_idle=20 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"
_CLIENT = "connect_timeout=5 keepalives_idle=20 keepalives_interval=10 keepalives_count=3 tcp_user_timeout=50000"


class UnreachableStoreError(StoreError):
    """The catalogue of a shared store does not answer. The message says why, as far as PostgreSQL tells."""

    def __init__(self, error: duckdb.Error) -> None:
        refused = str(error).rpartition("failed:")[2]
        usual = "Le catalogue partagé ne répond pas. Vérifiez le réseau, PostgreSQL et son adresse, puis réessayez."
        super().__init__(next((reason for words, reason in _REASONS.items() if re.search(words, refused)), usual))


# In English or in French, as the server speaks; one of pg_hba.conf names account and database too.
_REASONS = {
    "pg_hba": "PostgreSQL ne laisse pas entrer cette machine : voyez pg_hba.conf et, s’il dit hostssl, si ssl est à on.",
    "password|mot de passe|role |rôle |permission denied|droit refusé": (
        "PostgreSQL refuse ce compte : vérifiez user dans catalogue, et PGPASSWORD."
    ),
    "database |base de données ": "PostgreSQL répond, mais la base que catalogue nomme n’existe pas.",
    "SSL": "PostgreSQL n’offre pas le chiffrement que catalogue demande : mettez ssl à on.",
}


@contextlib.contextmanager
def explaining_errors() -> Generator[None]:
    """Errors of the catalogue's connection as an UnreachableStoreError; others pass."""
    try:
        yield
    except duckdb.Error as error:
        if is_unreachable(error):
            raise UnreachableStoreError(error) from None
        if isinstance(error, duckdb.FatalException | duckdb.InternalException):
            _CONNECTIONS.clear()  # DuckDB answers nothing more by a connection on which it has failed
        raise


def is_unreachable(error: duckdb.Error) -> bool:
    """Whether what failed is the connection to PostgreSQL, and not what was asked."""
    words = str(error)
    lost = ("Unable to connect to Postgres", "connection to server", "server closed the", 'query "ROLLBACK"')
    return any(said in words for said in lost)


def is_of_s3(error: duckdb.Error) -> bool:
    """Whether S3 does not answer, or refuses; that a file is not there is another thing."""
    words = str(error)
    return ("HTTP" in words or "Could not connect to server" in words) and "404" not in words


def is_not_allowed(error: duckdb.Error) -> bool:
    """Whether PostgreSQL, which may speak French, or the system does not let this account do what was asked."""
    return bool(re.search("[Pp]ermission denied|[Dd]roit refusé|Read-only file system", str(error)))


def explained(error: duckdb.Error) -> StoreError:
    """Why a change of the versions failed."""
    words = str(error)
    if is_unreachable(error):
        return UnreachableStoreError(error)
    if is_of_s3(error):
        return StoreError(S3_SILENT)
    if "Transaction conflict" in words:
        return StoreError("Une autre importation est passée avant celle-ci : rien n’a changé. Recommencez.")
    if is_not_allowed(error):
        return StoreError(
            "Ce compte n’a pas tous les droits sur le catalogue ou le dossier partagés : relais store check dit lequel."
        )
    return StoreError(FULL)


@cache
def _extension(name: str) -> Path:
    found = find_spec(f"duckdb_extension_{name}")
    folders = found.submodule_search_locations if found else None
    for folder in folders or ():
        for path in Path(folder).rglob("*.duckdb_extension"):
            return path
    raise StoreError("Un dossier partagé demande des extensions : installez relais[shared].")


def _load(connection: duckdb.DuckDBPyConnection, extension: Path) -> None:
    try:
        connection.execute(f"LOAD {_quoted(str(extension))}")
    except duckdb.Error:  # of another version, or not as DuckDB has signed it
        raise StoreError(
            f"Les extensions ne vont pas avec DuckDB {duckdb.__version__} : installez relais[shared] à nouveau."
        ) from None


def connect(settings: SharedSettings, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A connection with the catalogue attached; what fails is to be :func:`told`."""
    # What is read is read once: cached, it would double the memory and hide what became of a file.
    connection = duckdb.connect(":memory:", config=CONFIG | {"enable_external_file_cache": False})
    try:
        for name in _EXTENSIONS:
            _load(connection, _extension(name))
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
    if connection.execute("SELECT 1 FROM duckdb_databases() WHERE database_name = 'lake'").fetchone():
        return
    options = "READ_ONLY" if read_only else "ENCRYPTED"
    try:
        _attach_lake(connection, settings, options)
    except duckdb.InvalidInputException as error:
        if "version" in str(error):
            raise StoreError(
                "Le catalogue est d’une autre version de DuckLake : installez le même Relais partout."
            ) from None
        raise
    if not read_only:
        execute(connection, f"CREATE TABLE IF NOT EXISTS {BESIDE} (name TEXT PRIMARY KEY, digest TEXT, content BYTEA)")
        execute(connection, _WITHOUT_SAMPLES)


def _attach_lake(connection: duckdb.DuckDBPyConnection, settings: SharedSettings, options: str) -> None:
    connection.execute(
        f"ATTACH {_quoted('ducklake:postgres:' + _dsn(settings))} AS lake (DATA_PATH {_quoted(settings.records)}, "
        f"OVERRIDE_DATA_PATH, METADATA_SCHEMA '{CATALOGUE}', DATA_INLINING_ROW_LIMIT 0, {options})"
    )


_CONNECTIONS: dict[tuple[SharedSettings, str], duckdb.DuckDBPyConnection] = {}
_CONNECTING = Lock()


def writing(settings: SharedSettings) -> duckdb.DuckDBPyConnection:
    """The one connection by which this process writes a lake, whoever does; the lake may not yet be attached."""
    with _CONNECTING:
        if (settings, "writes") not in _CONNECTIONS:
            _CONNECTIONS[settings, "writes"] = connect(settings)
        return _CONNECTIONS[settings, "writes"]


def reading(settings: SharedSettings) -> duckdb.DuckDBPyConnection | None:
    """The one connection by which this process asks the catalogue and loads versions; None while there is no lake."""
    with _CONNECTING:
        if (settings, "reads") not in _CONNECTIONS:
            connection = connect(settings, read_only=True)
            if query(connection, f"SELECT to_regclass('{BESIDE}')") == [(None,)]:
                connection.close()
                return None
            attach_lake(connection, settings, read_only=True)
            _CONNECTIONS[settings, "reads"] = connection
        return _CONNECTIONS[settings, "reads"]


def query(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple]:
    """The rows of a statement of PostgreSQL."""
    return connection.execute(f"FROM postgres_query('pg', {_quoted(sql)})").fetchall()


def execute(connection: duckdb.DuckDBPyConnection, sql: str, *, in_transaction: bool = True) -> None:
    """Run a statement of PostgreSQL, as a part of the transaction unless it can be none."""
    options = "" if in_transaction else ", use_transaction => false"
    connection.execute(f"CALL postgres_execute('pg', {_quoted(sql)}{options})")


def _dsn(settings: SharedSettings) -> str:
    return f"{settings.catalogue} application_name=relais {_CLIENT} options='{_SESSION}'"


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
