"""A register imported by the command line into a folder, copied to a shared store (a folder, then S3), and back.

``uv run python -m tests.benchmarks.shared_moving_benchmark [s3]``

In each shared store a register is imported, undone, a case forgotten. What is compared is read by another DuckDB: all rows
of every table, in the order of its text.
"""

from __future__ import annotations

import hashlib
import logging
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
from moto.server import ThreadedMotoServer

from analytics.domain.schema import TABLES
from tests.benchmarks.shared_kills_benchmark import foreign
from tests.cluster import Cluster, running_cluster
from tests.robustness.test_crashes import AFTER, BEFORE

KEYS = {"AWS_ACCESS_KEY_ID": "relais", "AWS_SECRET_ACCESS_KEY": "relais-secret"}
CLI = "from analytics.cli.commands import main; main()"


def relais(home: Path, store: Path, *arguments: object) -> str:
    """What the command says; its code where it is not 0."""
    environment = {
        **os.environ,
        **KEYS,
        "RELAIS_STORE": str(store),
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
    }
    environment["XDG_CONFIG_HOME"] = str(home / "configuration")
    done = subprocess.run(
        [sys.executable, "-c", CLI, *map(str, arguments)], env=environment, capture_output=True, text=True, check=False
    )
    said = " ".join((done.stdout + done.stderr).split())
    return f"{said[:160]}{'' if done.returncode == 0 else f' [{done.returncode}]'}"


def of_rows(connection: duckdb.DuckDBPyConnection, place: str) -> str:
    """A digest of every row of every table at ``place``."""
    whole = hashlib.sha256()
    for name, table in sorted(TABLES.items()):
        columns = ", ".join(f"{column}::VARCHAR" for column in table.names)
        found = connection.execute(f"SELECT {columns} FROM {place}.{name}").fetchall()
        whole.update(f"{name} {len(found)} {sorted(map(repr, found))}".encode())
    return whole.hexdigest()[:16]


def in_folder(folder: Path) -> list[str]:
    found = []
    for name in (folder / "manifest").read_text("ascii").split():
        with duckdb.connect(folder / name, read_only=True) as connection:
            found.append(of_rows(connection, "main"))
    return found


def in_lake(cluster: Cluster, folder: Path, endpoint: str) -> list[str]:
    data = "s3://relais/store" if endpoint else f"{folder}/shared"
    connection = foreign(cluster, data, f"relais_{cluster._n_stores}", endpoint)
    connection.execute("USE foreign_lake.main")
    kept = [name for (name,) in connection.execute("SELECT version FROM kept").fetchall()]
    found = []
    for version in kept:
        connection.execute(f"USE foreign_lake.{version}")
        found.append(of_rows(connection, f"foreign_lake.{version}"))
    return found


def go_round(cluster: Cluster, folder: Path, endpoint: str) -> None:
    place = folder / ("s3" if endpoint else "shared folder")
    place.mkdir()
    file, back = place / "file", place / "back"
    print("import:", relais(place, file, "import", BEFORE))
    print("import:", relais(place, file, "import", AFTER))
    location = cluster.shared_store(place, **({"data": "s3://relais/store"} if endpoint else {}))
    if endpoint:
        with location.open("a", encoding="utf-8") as toml:
            toml.write(f'[s3]\nendpoint = "{endpoint}"\ntls = false\n')
    print("copy to the shared store:", relais(place, file, "store", "copy", file, location))
    print("   equal:", in_folder(file) == in_lake(cluster, place, endpoint))
    print("copied again:", relais(place, file, "store", "copy", file, location))
    print("check:", relais(place, location, "store", "check"))
    print("the same register:", relais(place, location, "import", AFTER))
    print("undo:", relais(place, location, "undo"))
    print("   the version of before:", in_lake(cluster, place, endpoint) == in_folder(file)[1:])
    print("import:", relais(place, location, "import", AFTER))
    print("forget:", relais(place, location, "forget", "2025/0124"))
    print("info:", relais(place, location, "info"))
    print("copy back:", relais(place, location, "store", "copy", location, back))
    print("   equal:", in_folder(back) == in_lake(cluster, place, endpoint))
    print("info of the file:", relais(place, back, "info"))
    print("import into the file:", relais(place, back, "import", BEFORE), flush=True)


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line per request
    with running_cluster() as cluster, tempfile.TemporaryDirectory() as name:
        if sys.argv[1:] != ["s3"]:
            print("== a shared folder")
            go_round(cluster, Path(name), "")
        print("== S3", flush=True)
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        try:
            host, port = server.get_host_and_port()
            subprocess.run(["curl", "-sX", "PUT", f"http://{host}:{port}/relais"], check=True)
            go_round(cluster, Path(name), f"{host}:{port}")
            keys = subprocess.run(
                ["curl", "-s", f"http://{host}:{port}/relais?list-type=2"], capture_output=True, text=True
            )
            listed = cluster.sql("SELECT count(*) FROM relais.ducklake_data_file", f"relais_{cluster._n_stores}")
            print(f"objects in S3: {keys.stdout.count('<Key>')}; files of the catalogue: {listed}")
        finally:
            server.stop()


if __name__ == "__main__":
    main()
