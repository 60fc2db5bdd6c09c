"""Twenty readers and three writers of a shared store at once: how large it is, what a version costs, how long a read takes.

``uv run python -m tests.benchmarks.shared_load_benchmark [CASES ...]``

Readers are the threads of two processes, as two machines that each serve ten people; each opens the current version and asks
one question of chance, without a memory. A writer writes a version of all cases as soon as the lock is free.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import patch

import numpy as np

from analytics.store import Snapshot, Store, StoreError
from tests.benchmarks.lake_benchmark import answer, questions, random_selection, share_file
from tests.benchmarks.measures_benchmark import draw_store
from tests.cluster import Cluster, running_cluster

SECONDS, PROCESSES, THREADS, WRITERS = 60, 2, 10, 3
processes = multiprocessing.get_context("spawn")


def read_for(location: Path, seed: int, until: float) -> list[float]:
    rng, store, took = np.random.default_rng(seed), Store(location), []
    first = store.snapshot()
    assert first is not None
    choices = first.choices()
    while time.time() < until:
        for question in questions(rng, random_selection(rng, choices)):
            if rng.random() < 0.1 and time.time() < until:
                began = time.perf_counter()
                snapshot = store.snapshot()
                assert snapshot is not None
                try:
                    answer(snapshot, question)
                except StoreError as error:  # five versions later it is gone
                    assert "viennent de changer" in str(error)
                took.append(time.perf_counter() - began)
    return took


def read_in_threads(location: Path, seed: int, until: float, answers) -> None:
    with patch.object(Snapshot, "query", Snapshot.ask), ThreadPoolExecutor(THREADS) as threads:
        found = threads.map(lambda place: read_for(location, seed + place, until), range(THREADS))
        answers.put([seconds for some in found for seconds in some])


def write_until(location: Path, file: Path, until: float, answers) -> None:
    n_written = 0
    while time.time() < until:
        try:
            share_file(Store(file), Store(location))
            n_written += 1
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
    answers, until = processes.Queue(), time.time() + SECONDS
    readers = [
        processes.Process(target=read_in_threads, args=(location, 100 * place, until, answers))
        for place in range(PROCESSES)
    ]
    for process in readers:
        process.start()
    alone = np.concatenate([answers.get() for _ in readers])
    until, written = time.time() + SECONDS, processes.Queue()
    readers = [
        processes.Process(target=read_in_threads, args=(location, 100 * place, until, answers))
        for place in range(PROCESSES)
    ]
    writers = [
        processes.Process(target=write_until, args=(location, place / "file", until, written)) for _ in range(WRITERS)
    ]
    for process in (*readers, *writers):
        process.start()
    beside = np.concatenate([answers.get() for _ in readers])
    n_written = sum(written.get() for _ in writers)
    for name, seconds in (("no writer", alone), (f"{WRITERS} writers, {n_written} versions written", beside)):
        p50, p95 = np.percentile(seconds, [50, 95])
        print(
            f"   {PROCESSES * THREADS} readers, {name}: {len(seconds)} reads, p50 {p50:.2f} s, p95 {p95:.2f} s",
            flush=True,
        )


def main(sizes: list[int]) -> None:
    with running_cluster() as cluster:
        for n_cases in sizes:
            with tempfile.TemporaryDirectory() as name:
                measure(cluster, Path(name), n_cases)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [100_000, 1_000_000])
