"""What the store goes through and comes out of: kills, full disks, failed writes, rivals and readers, in real processes."""

from __future__ import annotations

import errno
import multiprocessing
import os
import random
import resource
import shutil
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from analytics.domain.schema import TABLES
from analytics.domain.vocabulary import STEPS
from analytics.intake import Key
from analytics.store import KEPT_VERSIONS, Store, StoreError
from analytics.workflows.importing import import_register
from tests.scanning import disguises

FILES = Path(__file__).parents[1] / "files"
BEFORE, AFTER = FILES / "registre-2025-2026.xlsx", FILES / "registre-2025-2026-suite.xlsx"
N_BEFORE, N_AFTER = 420, 431  # of their truth files
KEY = Key(b"k" * 32)
NOW, LATER = datetime(2026, 11, 22, 12, tzinfo=UTC), datetime(2026, 11, 22, 13, tzinfo=UTC)

# Each process is forked from one that has imported what it needs, and nothing else: no thread, no open database.
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["pytest", "analytics.workflows.importing"])


@pytest.fixture(scope="module")
def imported(tmp_path_factory) -> Path:
    """The folder of a store that holds the first register; tests work on copies."""
    return import_before(tmp_path_factory.mktemp("imported"))


def import_before(folder: Path) -> Path:
    import_register(Store(folder), BEFORE.read_bytes(), KEY, NOW)
    return folder


@pytest.fixture
def store(imported, tmp_path) -> Store:
    return Store(shutil.copytree(imported, tmp_path / "store"))


def run_import(folder: Path, progress: Callable[[float, str], None] = lambda share, what: None) -> str:
    """Import the later register; "" when it was taken, else the sentence that the user reads."""
    try:
        import_register(Store(folder), AFTER.read_bytes(), KEY, LATER, progress=progress)
    except StoreError as error:
        return str(error)
    return ""


def served(store: Store) -> int:
    """The number of cases served, once every table says the same and no damage is known."""
    snapshot = store.snapshot()
    assert snapshot is not None
    with snapshot:
        n_cases = int(snapshot.case_counts()["n"].iloc[0])
        assert not snapshot.is_fallback
        assert snapshot.step_counts("hours")["n"].sum() == n_cases * len(STEPS)
        assert snapshot.school_counts()["n"].sum() == n_cases
        assert snapshot.residual_risk().n_cases == n_cases
        last = snapshot.table("imports").iloc[-1]
        assert last["n_new"] + last["n_changed"] + last["n_unchanged"] == n_cases
    return n_cases


def assert_clean(store: Store) -> None:
    assert {path.name for path in store.folder.iterdir()} == {"manifest", "lock", *store.versions}


def _import_to_be_killed(folder: Path, temporary: Path, parent: Connection) -> None:
    os.environ["TMPDIR"] = str(temporary)
    parent.send("started")
    run_import(folder, lambda share, what: parent.send("publishing") if what == "Publication" else None)
    parent.send("done")


def _kill_an_import(store: Store, temporary: Path, instant: random.Random) -> None:
    """Half of the imports are killed at any instant, the others while they publish."""
    here, there = processes.Pipe(duplex=False)
    child = processes.Process(target=_import_to_be_killed, args=(store.folder, temporary, there))
    child.start()
    there.close()
    awaited, longest = instant.choice([("started", 0.6), ("publishing", 0.25)])
    while here.recv() != awaited:
        pass
    time.sleep(instant.uniform(0, longest))
    child.kill()
    child.join()


def kill_imports(imported: Path, folder: Path, seed: int, kills: int) -> int:
    """Kill imports into a copy of the store at instants of a seed; whatever is then served or left over is asserted whole.

    Returns how many of them had published all the same.
    """
    store = Store(shutil.copytree(imported, folder / f"store {seed}"))
    temporary = folder / f"temporary {seed}"
    temporary.mkdir()
    instant = random.Random(seed)
    n_published = 0
    for _ in range(kills):
        _kill_an_import(store, temporary, instant)
        left_over = {path for path in store.folder.iterdir() if path.name not in store.versions}
        assert not disguises(AFTER.stem).found_in(*(path.read_bytes() for path in left_over))
        with store.writing():  # what the next start does
            assert_clean(store)
        if served(store) == N_AFTER:
            assert not disguises(AFTER.stem).found_in((store.folder / store.versions[0]).read_bytes())
            store.undo()
            n_published += 1
    assert served(store) == N_BEFORE
    assert not list(temporary.iterdir())
    return n_published


def test_an_import_killed_at_any_instant_is_there_as_a_whole_or_not_at_all(imported, tmp_path):
    kill_imports(imported, tmp_path, seed=1, kills=4)  # tests/benchmarks/kills_benchmark.py kills as many as one likes


def _in_a_process(target: Callable[..., None], *args: object) -> str:
    here, there = processes.Pipe(duplex=False)
    child = processes.Process(target=target, args=(*args, there))
    child.start()
    there.close()
    try:
        return here.recv()
    finally:
        child.join()


def _import_with_a_failing_write(folder: Path, n: int, answer: Connection) -> None:
    """The n-th time that Python opens a file for writing, renames one or waits for the disk, there is no room left."""
    left = n

    def count() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def hook(event: str, args: tuple) -> None:
        if event == "os.rename" or (event == "open" and str(args[0]).startswith(str(folder)) and args[2] & 3):
            count()

    fsync = os.fsync
    setattr(os, "fsync", lambda descriptor: count() or fsync(descriptor))  # noqa: B010 (it raises no audit event)
    sys.addaudithook(hook)
    answer.send(run_import(folder) or ("taken" if left > 0 else "taken all the same"))


def test_whichever_write_fails_the_records_of_before_are_served(imported, tmp_path):
    for n in range(1, 20):
        store = Store(shutil.copytree(imported, tmp_path / str(n)))
        said = _in_a_process(_import_with_a_failing_write, store.folder, n)
        if said == "taken":
            break
        if said == "taken all the same":  # waiting for the folder's entry is the last step, and only a precaution
            assert served(store) == N_AFTER
            continue
        assert said.startswith(("L’écriture a échoué", "Le dossier des données n’est pas accessible"))
        assert served(store) == N_BEFORE
        assert_clean(store)
    assert 6 < n < 19, "every write was made to fail, and then none"


def _import_on_a_full_disk(folder: Path, room: int, answer: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    answer.send(run_import(folder))


def test_a_disk_full_at_any_size_leaves_the_records_of_before(store):
    size = (store.folder / store.versions[0]).stat().st_size
    for room in (1, 20_000, size // 2, size - 4096):
        assert _in_a_process(_import_on_a_full_disk, store.folder, room).startswith("L’écriture a échoué")
        assert served(store) == N_BEFORE
        assert_clean(store)
    assert _in_a_process(_import_on_a_full_disk, store.folder, 4 * size) == ""
    assert served(store) == N_AFTER


def _import_slowly(folder: Path, conversation: Connection) -> None:
    def wait(share: float, what: str) -> None:
        if what == "Publication":
            conversation.send("publishing")
            conversation.recv()

    conversation.send(run_import(folder, wait))


def test_of_two_imports_at_once_one_wins_and_the_other_is_told(store):
    here, there = processes.Pipe()
    first = processes.Process(target=_import_slowly, args=(store.folder, there))
    first.start()
    assert here.recv() == "publishing"
    assert run_import(store.folder) == "Une autre importation est en cours. Réessayez dans un instant."
    assert served(store) == N_BEFORE
    here.send("go on")
    assert here.recv() == ""
    first.join()
    assert served(store) == N_AFTER
    assert_clean(store)


def _poll(folder: Path, stop, answer: Connection) -> None:
    seen = []
    try:
        while not stop.is_set():
            seen.append(served(Store(folder)))
            time.sleep(0.2)  # as a page that is looked at: the imports need the processor too
    except BaseException as error:  # the test shows it
        answer.send(repr(error))
        raise
    answer.send(seen)


def test_five_readers_see_no_error_and_no_mixture_while_imports_come_and_go(store):
    stop = processes.Event()
    conversations = [processes.Pipe(duplex=False) for _ in range(5)]
    readers = [processes.Process(target=_poll, args=(store.folder, stop, there)) for _, there in conversations]
    for reader in readers:
        reader.start()
    tables = {}
    for path in (BEFORE, AFTER):
        other = Store(store.folder.parent / path.stem)
        import_register(other, path.read_bytes(), KEY, NOW)
        snapshot = other.snapshot()
        assert snapshot is not None
        with snapshot:
            tables[path] = {name: snapshot.table(name) for name in TABLES}
    for path in [AFTER, BEFORE] * KEPT_VERSIONS:
        with store.writing():
            store.publish(tables[path])
    store.undo()
    stop.set()
    seen = [here.recv() for here, _ in conversations]
    for reader in readers:
        reader.join()
    assert all(set(reads) <= {N_BEFORE, N_AFTER} for reads in seen)
    assert set().union(*seen) == {N_BEFORE, N_AFTER}
