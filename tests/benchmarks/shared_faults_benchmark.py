"""Faults of a shared store: what is said of each, whether the version of before is read on, and the next import.

``sudo unshare -n -m sh -c 'ip link set lo up; uv run python -m tests.benchmarks.shared_faults_benchmark [FAULT ...]'``

A network and mounts of its own: the loopback goes down in the middle, and a folder of 3 MB is full. Everything is read anew
by a connection that knows no answer.
"""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from unittest.mock import patch

from analytics.domain.errors import RelaisError
from analytics.store import Store, building, catalogue
from analytics.store.mirror import mirror_of
from analytics.store.shared_settings import read_settings
from analytics.workflows.importing import import_register
from tests.cluster import Cluster, running_cluster
from tests.robustness.test_crashes import AFTER, BEFORE, KEY, LATER, NOW
from tests.store.test_versions import publish, records

PATIENCE = 150.0
"""Seconds after which an answer no longer comes."""


class Proxy:
    """The way to PostgreSQL's socket by the loopback, to be cut."""

    def __init__(self, target: Path) -> None:
        self._target, self._open, self.is_up = target, [], True
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            client, _ = self._listening.accept()
            if not self.is_up:
                client.close()
                continue
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(self._target))
            self._open += [client, server]
            for one, other in ((client, server), (server, client)):
                threading.Thread(target=self._forward, args=(one, other), daemon=True).start()

    @staticmethod
    def _forward(one: socket.socket, other: socket.socket) -> None:
        try:
            while content := one.recv(65536):
                other.sendall(content)
        except OSError:
            pass
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(
                    socket.SHUT_RDWR
                )  # closed alone, it stays open for the thread that waits for its next byte
            end.close()

    def cut(self) -> None:
        self.is_up = False
        for end in self._open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._open.clear()


def attempt(act: Callable[[], object], done: str = "") -> str:
    """What comes of it: an answer (or ``done``), a sentence, or what a user would see as a traceback."""
    found = [f"NO ANSWER IN {PATIENCE:.0f} s"]

    def run() -> None:
        began = time.monotonic()
        try:
            answer = act()
            found[0] = done or str(answer)
        except RelaisError as error:
            found[0] = f"« {error} »"
        except BaseException as error:
            found[0] = f"RAW {type(error).__name__}: {str(error)[:300]}"
        if (took := time.monotonic() - began) > 10:
            found[0] += f" ({took:.0f} s)"

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    return found[0]


def n_cases(store: Store) -> str:
    snapshot = store.snapshot()
    if snapshot is None:
        return "nothing yet"
    return f"{snapshot.ask('SELECT count(*) AS n FROM cases')['n'].iloc[0]} cases{' of before' * snapshot.is_fallback}"


def anew() -> None:
    catalogue._CONNECTIONS.clear()


def after_fault(store: Store) -> None:
    print("   read on:", attempt(lambda: n_cases(store)))
    anew()
    print("   read anew:", attempt(lambda: n_cases(store)))
    print("   next import:", attempt(lambda: publish(store, "NEXT1", "NEXT2"), "done"))
    print("   and read:", attempt(lambda: n_cases(store)), flush=True)


def damage(cluster: Cluster, folder: Path) -> None:
    """One byte, cut short, gone: of the file of the records of the current version."""
    store = Store(cluster.shared_store(folder))
    publish(store, "A", "B")
    current = publish(store, *(f"{n:06}" for n in range(5000)))
    files = sorted(
        Path(read_settings(store.location).records, current).rglob("*.parquet"), key=lambda p: p.stat().st_size
    )
    path, dice = files[-1], random.Random(7)
    content = path.read_bytes()

    def read() -> str:
        snapshot = store.snapshot()
        assert snapshot is not None
        digests = snapshot.digests()
        return "before" if snapshot.is_fallback else "RIGHT" if digests == expected else "WRONG"

    anew()
    with store.snapshot() as snapshot:
        expected = snapshot.digests()
    said: dict[str, int] = {}
    places = [0, 3, 4, len(content) - 1, len(content) - 5, *(dice.randrange(len(content)) for _ in range(20))]
    for place in places:
        path.write_bytes(content[:place] + bytes([content[place] ^ (1 << dice.randrange(8))]) + content[place + 1 :])
        anew()
        answer = attempt(read)
        said[answer] = said.get(answer, 0) + 1
    print(f"one bit of {len(content)} bytes changed, {len(places)} times: {said}")
    for kept in (0, 1, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:kept])
        anew()
        print(f"cut to {kept} bytes:", attempt(read))
    path.unlink()
    anew()
    print("gone:", attempt(read))
    after_fault(store)


def restart(cluster: Cluster, folder: Path) -> None:
    """PostgreSQL stopped at once and started: in the middle of reading and of importing."""
    store = Store(cluster.shared_store(folder))
    import_register(store, BEFORE.read_bytes(), KEY, NOW)

    def again() -> None:
        cluster.stop()
        cluster.start()

    with store.snapshot() as snapshot:
        snapshot.ask("SELECT count(*) FROM cases")
        again()
        print("restarted between two questions:", attempt(lambda: len(snapshot.table("cases"))))
        print("and again:", attempt(lambda: len(snapshot.table("cases"))))
        thread = threading.Thread(target=again)
        thread.start()
        while thread.is_alive():
            print("while it restarts:", attempt(lambda: len(snapshot.table("case_steps"))))
            time.sleep(0.3)
        print("then:", attempt(lambda: len(snapshot.table("case_steps"))))
    after_fault(store)
    in_the_middle(store, again)


def in_the_middle(store: Store, fault: Callable[[], None], mend: Callable[[], None] = lambda: None) -> None:
    """An import in whose middle ``fault`` comes: before it builds, after it has written, after it has committed."""
    write, lake, later = building.write, type(store._backend), LATER
    replace = lake.replace

    def writing(*arguments, **named):
        write(*arguments, **named)
        fault()

    def replacing(*arguments):
        done = replace(*arguments)
        fault()
        return done

    def when_publishing(share: float, what: str) -> None:
        if what == "Publication":
            fault()

    for where in ("before it publishes", "before its commit", "after its commit"):
        anew()
        later += timedelta(hours=1)
        publish(store, "CASE")  # so that the register brings something new
        with (
            patch.object(building, "write", writing if where == "before its commit" else write),
            patch.object(lake, "replace", replacing if where == "after its commit" else replace),
        ):
            progress = when_publishing if where == "before it publishes" else lambda share, what: None
            before = store.versions[0]
            importing = partial(import_register, store, AFTER.read_bytes(), KEY, later, progress=progress)
            said = attempt(importing, "imported")
        mend()
        kept = "the version of before" if store.versions[0] == before else "the new version"
        print(f"an import, {where}: {said}; current: {kept}")
        after_fault(store)


def network(cluster: Cluster, folder: Path) -> None:
    """The connections to the catalogue cut, in the middle of reading and of importing."""
    proxy = Proxy(cluster.folder / ".s.PGSQL.5432")
    dsn = f"host=127.0.0.1 port={proxy.port} user=relais dbname=relais_{cluster._n_stores + 1}"
    store = Store(cluster.shared_store(folder, catalogue=dsn))
    import_register(store, BEFORE.read_bytes(), KEY, NOW)
    with store.snapshot() as snapshot:
        proxy.cut()
        print("cut:", attempt(lambda: len(snapshot.table("cases"))))
        print("still cut:", attempt(lambda: store.versions), "|", attempt(lambda: publish(store, "A")))
        proxy.is_up = True
        print("back:", attempt(lambda: len(snapshot.table("cases"))))

    def mend() -> None:
        proxy.is_up = True

    after_fault(store)
    in_the_middle(store, proxy.cut, mend)


def silence(cluster: Cluster, folder: Path) -> None:
    """The loopback down: nobody is told that the connection is lost."""
    cluster.stop()
    options = f"-k {cluster.folder} -c fsync=off"  # and on the loopback
    cluster.run("pg_ctl", "-D", cluster.folder / "data", "-w", "-l", cluster.folder / "log", "-o", options, "start")
    dsn = f"host=127.0.0.1 user=relais dbname=relais_{cluster._n_stores + 1}"
    store = Store(cluster.shared_store(folder, catalogue=dsn))
    near = folder / "near.toml"
    near.write_text(store.location.read_text("utf-8").replace("host=127.0.0.1", f"host={cluster.folder}"), "utf-8")
    import_register(store, BEFORE.read_bytes(), KEY, NOW)

    def network_is(state: str) -> None:
        subprocess.run(["ip", "link", "set", "lo", state], check=True)

    with store.snapshot() as snapshot:
        snapshot.ask("SELECT count(*) FROM cases")
        network_is("down")
        print("the network is silent, a reader:", attempt(lambda: len(snapshot.table("cases"))))
        print("   who asks for the current version:", attempt(lambda: store.versions))
        network_is("up")
        print("   back:", attempt(lambda: len(snapshot.table("cases"))))
    held = threading.Event()

    def hold() -> None:
        with store.writing():
            held.set()
            time.sleep(90)
            store.publish(records("LOST"))

    answers: list[str] = []
    thread = threading.Thread(target=lambda: answers.append(attempt(hold)), daemon=True)
    thread.start()
    held.wait()
    network_is("down")
    began, other = time.monotonic(), Store(near)
    while (said := attempt(lambda: publish(other, "OTHER"), "done")) != "done" and time.monotonic() - began < PATIENCE:
        time.sleep(2)
    print(f"a writer fell silent, another one writes after {time.monotonic() - began:.0f} s: {said}")
    thread.join(PATIENCE)
    network_is("up")
    print("   who fell silent is told:", *answers)
    after_fault(store)


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path, left: int) -> Path:
    """Leave ``left`` bytes."""
    free = shutil.disk_usage(folder).free
    path = folder / "filler"
    path.write_bytes(b"x" * (free - left))
    return path


def full(cluster: Cluster, folder: Path) -> None:
    """No room for the records, then none for the catalogue."""
    with small_disk(folder / "shared", "3m"):
        store = Store(cluster.shared_store(folder))
        import_register(store, BEFORE.read_bytes(), KEY, NOW)
        for left in (0, 4096, 16384, 49152):
            filler = fill(folder / "shared", left)
            print(
                f"{left} bytes left for records:", attempt(lambda: publish(store, *(f"{n:06}" for n in range(20_000))))
            )
            print("   read on:", attempt(lambda: n_cases(store)))
            filler.unlink()
        after_fault(store)
    with tempfile.TemporaryDirectory(prefix="relais-small-") as name, small_disk(Path(name), "160m"):
        Path(name).chmod(0o777)
        shutil.chown(name, "postgres")
        small = Cluster(Path(name), cluster._programs)
        small.start()
        try:
            (folder / "other").mkdir()
            store = Store(small.shared_store(folder / "other"))
            import_register(store, BEFORE.read_bytes(), KEY, NOW)
            filler = fill(Path(name), 0)
            for _ in range(3):
                print(
                    "no room for the catalogue:",
                    attempt(lambda: import_register(store, AFTER.read_bytes(), KEY, LATER), "done"),
                )
                print("   read on:", attempt(lambda: n_cases(store)))
            filler.unlink()
            if "ne répond pas" in attempt(lambda: n_cases(store)):
                print("   PostgreSQL itself has stopped: it is started again")
                small.start()
            after_fault(store)
        finally:
            small.stop()


def clock(cluster: Cluster, folder: Path) -> None:
    """This machine's clock a year ahead, then a year behind."""
    store = Store(cluster.shared_store(folder))
    import_register(store, BEFORE.read_bytes(), KEY, NOW)
    for register, days in ((AFTER, 365), (BEFORE, -365)):
        now = datetime.now(UTC) + timedelta(days=days)
        content = register.read_bytes()
        print(f"{days} days:", attempt(partial(import_register, store, content, KEY, now), "imported"))
        print("   check:", attempt(partial(store.faults, now)))
    after_fault(store)


def undeletable(cluster: Cluster, folder: Path) -> None:
    """A case is forgotten, and a file that held it may not be removed."""
    store = Store(cluster.shared_store(folder))
    version = publish(store, "A", "B")
    path = next(Path(read_settings(store.location).records, version).rglob("*.parquet"))
    subprocess.run(["chattr", "+i", str(path)], check=True)
    try:
        print("forget:", attempt(lambda: store.forget("A")), "| the file is there:", path.exists())
    finally:
        subprocess.run(["chattr", "-i", str(path)], check=True)
    after_fault(store)
    print("the file is there:", path.exists())


def say_all(store: Store) -> None:
    """What a check, a reader, an import and a case to forget are told, by connections that know nothing yet."""
    anew()
    print("   check:", attempt(lambda: store.faults(datetime.now(UTC))))
    print("   read anew:", attempt(lambda: n_cases(store)))
    print("   import:", attempt(lambda: publish(store, "NEXT1", "NEXT2"), "done"))
    print("   forget:", attempt(lambda: store.forget("NEXT1")), flush=True)
    anew()


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    subprocess.run(["mount", "--bind", str(folder), str(folder)], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def other_user(folder: Path) -> Iterator[None]:
    """As nobody in particular, who may read in ``folder`` what root has written, and no more."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    mirror_of.cache_clear()  # its folder is of who made it
    os.seteuid(65534)
    try:
        yield
    finally:
        mirror_of.cache_clear()
        os.seteuid(0)


def unwritable(cluster: Cluster, folder: Path) -> None:
    """The shared folder mounted to be read; its records alone; all written by another user; all closed to this one."""
    cluster.folder.chmod(0o755)  # its socket, for another user
    store = Store(cluster.shared_store(folder))
    with read_only(folder / "shared"):
        print("before the first import, read-only:")
        say_all(store)
    publish(store, "NEXT1", "KEPT")
    for place in ("shared", "shared/records"):
        print(f"{place} is read-only:")
        with read_only(folder / place):
            say_all(store)
    print("of another user:")
    with other_user(folder):
        say_all(store)
    print("closed to this user:")
    with other_user(folder):
        os.seteuid(0)
        (folder / "shared" / "records").chmod(0o700)
        os.seteuid(65534)
        say_all(store)
    after_fault(store)


def refused(cluster: Cluster, folder: Path) -> None:
    """PostgreSQL without TLS, closed to this machine, to this account, and with another password."""
    hba = cluster.folder / "data" / "pg_hba.conf"
    before = hba.read_text("utf-8")
    cluster.stop()
    options = f"-k {cluster.folder} -c fsync=off -c password_encryption=scram-sha-256"  # and on the loopback
    cluster.run("pg_ctl", "-D", cluster.folder / "data", "-w", "-l", cluster.folder / "log", "-o", options, "start")
    dsn = f"host=127.0.0.1 user=relais dbname=relais_{cluster._n_stores + 1}"
    store = Store(cluster.shared_store(folder, catalogue=dsn))
    publish(store, "NEXT1", "KEPT")
    cluster.sql("ALTER ROLE relais PASSWORD 'right'")
    line = "local all all trust\n{} all relais 127.0.0.1/32 {}\n"
    secure = folder / "secure.toml"
    secure.write_text(store.location.read_text("utf-8").replace("host=", "sslmode=require host="), "utf-8")
    stranger = folder / "stranger.toml"
    stranger.write_text(store.location.read_text("utf-8").replace("user=relais", "user=stranger"), "utf-8")
    for said, rule, password, location in (
        ("TLS is off and asked for", ("host", "trust"), "", secure),
        ("TLS is off and pg_hba has hostssl alone", ("hostssl", "trust"), "", store.location),
        ("pg_hba has no line for this machine", None, "", store.location),
        ("pg_hba rejects this machine", ("host", "reject"), "", store.location),
        ("no password", ("host", "scram-sha-256"), "", store.location),
        ("another password", ("host", "scram-sha-256"), "wrong", store.location),
        ("an account that is not there", ("host", "trust"), "", stranger),
        ("an account that pg_hba does not know", ("host", "trust"), "", stranger),
    ):
        rules = line.format(*rule) if rule else "local all all trust\n"
        hba.write_text(rules.replace(" relais ", " all ") if said.endswith("not there") else rules, "utf-8")
        cluster.sql("SELECT pg_reload_conf()")
        time.sleep(0.5)
        print(f"{said}:")
        with patch.dict(os.environ, {"PGPASSWORD": password} if password else {}):
            say_all(Store(location))
    hba.write_text(before, "utf-8")
    cluster.sql("SELECT pg_reload_conf()")
    time.sleep(0.5)
    after_fault(store)


def other_versions(cluster: Cluster, folder: Path) -> None:
    """A catalogue of another DuckLake, older and newer, and one that another DuckDB has written."""
    store = Store(cluster.shared_store(folder))
    publish(store, "NEXT1", "KEPT")
    database = f"relais_{cluster._n_stores}"
    ours = cluster.sql("SELECT value FROM relais.ducklake_metadata WHERE key = 'version'", database)
    for version in ("0.3", "1.1", "2.0", "x"):
        print(f"a catalogue of DuckLake {version} (ours: {ours}):")
        cluster.sql(f"UPDATE relais.ducklake_metadata SET value = '{version}' WHERE key = 'version'", database)
        say_all(store)
    cluster.sql(f"UPDATE relais.ducklake_metadata SET value = '{ours}' WHERE key = 'version'", database)
    cluster.sql("UPDATE relais.ducklake_snapshot_changes SET commit_extra_info = '1.4.0'", database)
    print("an account that reads the catalogue alone:")
    cluster.sql("CREATE ROLE reader LOGIN")
    for what in ("USAGE ON SCHEMA relais", "SELECT ON ALL TABLES IN SCHEMA relais"):
        cluster.sql(f"GRANT {what} TO reader", database)
    reader = folder / "reader.toml"
    reader.write_text(store.location.read_text("utf-8").replace("user=relais", "user=reader"), "utf-8")
    say_all(Store(reader))
    print("the last import is of DuckDB 1.4.0:")
    say_all(store)
    with patch.object(catalogue, "_extension", lambda name: Path(__file__)):
        print("extensions of another DuckDB:")
        say_all(store)
    print("no extensions:")
    with patch.object(catalogue, "find_spec", lambda name: None):
        catalogue._extension.cache_clear()
        say_all(store)
        catalogue._extension.cache_clear()
    after_fault(store)


FAULTS = {
    fault.__name__: fault
    for fault in (damage, restart, network, silence, full, clock, undeletable, unwritable, refused, other_versions)
}


def main(names: list[str]) -> None:
    with running_cluster() as cluster:
        for name in names or FAULTS:
            with tempfile.TemporaryDirectory() as folder:
                print(f"== {name}: {FAULTS[name].__doc__}", flush=True)
                FAULTS[name](cluster, Path(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
