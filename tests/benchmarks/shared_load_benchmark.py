"""Twenty readers and three writers of a shared store at once: how large it is, what a version costs, how long a read takes.

``uv run python -m tests.benchmarks.shared_load_benchmark [CASES ...]``

Readers are the threads of two processes, as two machines that each serve ten people, who think three seconds between two
questions of chance. Nothing is remembered. Once all have a version open, writers write one of all cases: nobody, one of them
every two minutes, and each as soon as the lock is free.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import patch

import numpy as np

from analytics.store import Serving, Snapshot, Store, StoreError, loading
from tests.benchmarks.lake_benchmark import answer, questions, random_selection, share_file
from tests.benchmarks.measures_benchmark import draw_store
from tests.cluster import Cluster, running_cluster

PROCESSES, THREADS, WRITERS = 2, 10, 3
PACES = {"nobody writes": (60, None), "a version every 2 minutes": (270, 120), "without a pause": (60, 0)}
"""For how many seconds, and how many pass between two versions."""
THINKING = 3.0
processes = multiprocessing.get_context("spawn")


class Machine:
    """What its readers share: the version that is served, as pages have it."""

    def __init__(self, location: Path) -> None:
        self._store, self._serving = Store(location), Serving(lambda opened: None)
        self.loads: list[float] = []

    def current(self) -> Snapshot:
        opened = self._serving.current(self._store)
        assert opened is not None
        return opened

    def timed(self, copy: Callable[..., None]) -> Callable[..., None]:
        def copying(*arguments) -> None:
            began = time.perf_counter()
            copy(*arguments)
            self.loads.append(time.perf_counter() - began)

        return copying


def read_for(machine: Machine, seed: int, until: float) -> list[tuple[float, float]]:
    """Of each read its seconds, and how many of them passed until there was a version to read."""
    rng, took = np.random.default_rng(seed), []
    choices = machine.current().choices()
    while time.time() < until:
        asked = list(questions(rng, random_selection(rng, choices)))
        question = asked[rng.integers(len(asked))]
        began = time.perf_counter()
        snapshot = machine.current()
        waited = time.perf_counter() - began
        answer(snapshot, question)
        took.append((time.perf_counter() - began, waited))
        time.sleep(rng.exponential(THINKING))
    return took


def read_in_threads(location: Path, seed: int, seconds: float, ready, answers) -> None:
    machine = Machine(location)
    with (
        patch.object(Snapshot, "query", Snapshot.ask),
        patch.object(loading, "_copy", machine.timed(loading._copy)),
        ThreadPoolExecutor(THREADS) as threads,
    ):
        machine.current()
        ready.wait()
        until = time.time() + seconds
        found = threads.map(lambda place: read_for(machine, seed + place, until), range(THREADS))
        answers.put(([read for some in found for read in some], machine.loads))


def write_for(location: Path, file: Path, seconds: float, number: int, pause: float, ready, answers) -> None:
    n_written = 0
    ready.wait()
    until = time.time() + seconds
    time.sleep(pause * (number + 0.25))
    while time.time() < until:
        try:
            share_file(Store(file), Store(location))
            n_written += 1
            time.sleep(max(0.0, min(WRITERS * pause, until - time.time())))
        except StoreError as error:
            assert "Une autre importation" in str(error)
            time.sleep(1)
    answers.put(n_written)


def measure(cluster: Cluster, place: Path, n_cases: int) -> None:
    (place / "file").mkdir()
    draw_store(place / "file", n_cases)
    location = cluster.shared_store(place)
    database = f"relais_{cluster._n_stores}"
    began, processor = time.perf_counter(), time.process_time()
    share_file(Store(place / "file"), Store(location))
    took = f"{time.perf_counter() - began:.1f} s ({time.process_time() - processor:.1f} s of processor)"
    files = [path.stat().st_size for path in (place / "shared").rglob("*") if path.is_file()]
    size = (
        "SELECT sum(pg_total_relation_size(schemaname || '.' || tablename)) FROM pg_tables WHERE schemaname = 'relais'"
    )
    print(f"{n_cases:,} cases: a version is written in {took}; {len(files)} files of {sum(files):,} bytes, ", end="")
    as_file = (place / "file" / Store(place / "file").versions[0]).stat().st_size
    print(f"the catalogue has {int(cluster.sql(size, database)):,} bytes; as a file {as_file:,} bytes", flush=True)
    for _ in range(4):
        share_file(Store(place / "file"), Store(location))
    print(f"   five versions: the catalogue has {int(cluster.sql(size, database)):,} bytes")
    for pace, (seconds, pause) in PACES.items():
        answers, written = processes.Queue(), processes.Queue()
        n_writers = 0 if pause is None else WRITERS
        ready = processes.Barrier(PROCESSES + n_writers)
        started = [
            processes.Process(target=read_in_threads, args=(location, 100 * number, seconds, ready, answers))
            for number in range(PROCESSES)
        ]
        started += [
            processes.Process(target=write_for, args=(location, place / "file", seconds, number, pause, ready, written))
            for number in range(n_writers)
        ]
        for process in started:
            process.start()
        found = [answers.get() for _ in range(PROCESSES)]
        n_written = sum(written.get() for _ in range(n_writers))
        reads, loads = (np.concatenate([some[which] for some in found]) for which in (0, 1))
        (p50, _), (p95, waited) = np.percentile(reads, [50, 95], axis=0)
        print(
            f"   {PROCESSES * THREADS} readers, {pace} ({n_written} versions written): {len(reads)} reads, "
            f"p50 {p50:.2f} s, p95 {p95:.2f} s; for a version p95 {waited:.2f} s, at the most {reads[:, 1].max():.2f} s; "
            f"one is loaded in {np.median(loads):.1f} s ({len(loads)} times)",
            flush=True,
        )


def main(sizes: list[int]) -> None:
    with running_cluster() as cluster:
        for n_cases in sizes:
            with tempfile.TemporaryDirectory() as name:
                measure(cluster, Path(name), n_cases)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [100_000, 1_000_000])
