"""A PostgreSQL of the tests' own: on a socket in a temporary folder, gone with it. None where Debian's is not installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import pytest

_AS_POSTGRES = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


class Cluster:
    """A server that a test can stop and start, and a new shared store in a database of its own."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder, self._programs = folder, programs
        self._n_stores = 0
        self.run("initdb", "-D", folder / "data", "-A", "trust", "-U", "relais", "-N", "--locale=C", "-E", "UTF8")

    def run(self, program: str, *arguments: object) -> str:
        command = [*_AS_POSTGRES, self._programs / program, *map(str, arguments)]
        with (self.folder / "out").open("w+") as out:  # a pipe would stay open as long as the server that pg_ctl starts
            subprocess.run(command, check=True, stdout=out, stderr=subprocess.STDOUT, cwd="/")
            out.seek(0)
            return out.read()

    def start(self) -> None:
        options = f"-k {self.folder} -c listen_addresses= -c fsync=off -c log_checkpoints=off"
        self.run("pg_ctl", "-D", self.folder / "data", "-w", "-l", self.folder / "log", "-o", options, "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-D", self.folder / "data", "-w", "-m", "immediate", "stop")

    def sql(self, statement: str, database: str = "postgres") -> str:
        return self.run("psql", "-h", self.folder, "-U", "relais", "-d", database, "-XAtqc", statement).strip()

    def shared_store(self, folder: Path, **changed: str) -> Path:
        """The TOML file, in ``folder``, of a shared store that holds nothing yet."""
        self._n_stores += 1
        self.sql(f"CREATE DATABASE relais_{self._n_stores}")
        settings = {
            "catalogue": f"host={self.folder} user=relais dbname=relais_{self._n_stores}",
            "data": str(folder / "shared"),
            **changed,
        }
        (folder / "shared").mkdir(parents=True, exist_ok=True)
        path = folder / "shared.toml"
        path.write_text("".join(f'{name} = "{value}"\n' for name, value in settings.items()), "utf-8")
        return path


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """A running server. Skips the test where there is no PostgreSQL, which is an error where CI says that there is one."""
    programs = _programs()
    if programs is None:
        assert not os.environ.get("CI"), "PostgreSQL is to be installed here"
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    folder = Path(mkdtemp(prefix="relais-pg-"))
    try:
        if _AS_POSTGRES:
            shutil.chown(folder, "postgres")
        cluster = Cluster(folder, programs)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder)
