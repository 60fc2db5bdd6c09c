"""A version of a shared store as who reads it has it: whole, in the memory of its process, compressed.

So a question costs what it costs of a file, and is answered whatever becomes of the catalogue, the network and the version.
Each byte is deciphered while it is read: what was damaged is known before the first answer. All who open a version in a
process share one copy, which is gone with the last of them.
"""

from __future__ import annotations

from threading import Lock

import duckdb

from analytics.store import layout
from analytics.store.errors import CONFIG

_LOADING = Lock()


def load(lake: duckdb.DuckDBPyConnection, version: str) -> duckdb.DuckDBPyConnection:
    """A connection to the copy of a version, which reads no file, reaches no other machine and keeps its settings.

    It is made where nobody has it open, one at a time. One of an older layout is copied as it is.
    """
    with _LOADING:
        connection = duckdb.connect(f":memory:{version}", config=CONFIG)  # DuckDB's own name of what is shared so
        try:
            if connection.execute("SELECT current_setting('lock_configuration')").fetchone() != (True,):
                _copy(lake, version, connection)
        except BaseException:
            connection.close()
            raise
        return connection


def _copy(lake: duckdb.DuckDBPyConnection, version: str, connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("ATTACH ':memory:' AS copy (COMPRESS); USE copy")
    found = lake.execute(f"FROM lake.{version}.records LIMIT 0").description or ()
    columns = layout.columns()
    is_current = {name for name, *_ in found} >= set(columns)
    for statement in layout.statements() if is_current else ():
        connection.execute(statement)
    names = lake.execute(f"SELECT name FROM (SHOW TABLES FROM lake.{version})").fetchall()
    for name in layout.STORED if is_current else [name for (name,) in names]:
        asked = ", ".join(columns) if is_current and name == "records" else "*"
        rows = lake.execute(f"SELECT {asked} FROM lake.{version}.{name}").to_arrow_reader(layout.ROW_GROUP)
        connection.register("incoming", rows)
        into = f"INSERT INTO {name} BY NAME" if is_current else f"CREATE TABLE {name} AS"
        connection.execute(f"{into} FROM incoming")
        connection.unregister("incoming")
    connection.execute("CHECKPOINT copy; USE memory")  # compresses
    for (name,) in names:
        connection.execute(f"CREATE VIEW {name} AS FROM copy.{name}")
    for statement in layout.types():
        connection.execute(statement)
    (n_cases,) = connection.execute("SELECT count(*) FROM records").fetchone() or (0,)
    connection.execute(f"SET threads = {layout.reading_threads(n_cases)}; SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")  # the last: it is whole
