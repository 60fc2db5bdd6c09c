"""Three writers of a shared store killed at random instants, and two readers that go on: nothing lost, nothing torn.

``uv run python -m tests.benchmarks.shared_kills_benchmark [KILLS]``

Each import adds one case, so that a version follows from its own list of imports, and a reader sees any that does not. An
import counts as told once its process has written so to a file; at the end another DuckDB looks for each of them.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

import duckdb
import pandas as pd

from analytics.domain.schema import TABLES
from analytics.store import Store, StoreError
from analytics.workflows.importing import import_register
from tests.cluster import Cluster, running_cluster
from tests.robustness.test_crashes import BEFORE, KEY, NOW

WRITERS, READERS = 3, 2
PUBLISHING = 1
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["pytest", "analytics.workflows.importing", "analytics.store.lake"])


def one_case_more(base: dict[str, pd.DataFrame], imports: pd.DataFrame, token: str) -> dict[str, pd.DataFrame]:
    """``base`` with a copy of its first case for each token that ``imports`` tells, and for one more."""
    entry = base["imports"].tail(1).assign(imported_at=pd.Timestamp(datetime.now(UTC)), refused_digest=token)
    tables = base | {"imports": pd.concat([imports, entry], ignore_index=True)}
    tokens = [told for told in tables["imports"]["refused_digest"] if told.startswith("W")]
    first = base["cases"]["case_id"].iloc[0]
    for name in ("cases", "case_incidents", "case_steps"):
        rows = base[name][base[name]["case_id"] == first]
        copies = [rows.assign(case_id=told) for told in tokens]
        tables[name] = pd.concat([base[name], *copies]).sort_values(list(TABLES[name].key), ignore_index=True)
    return tables


def is_whole(records: pd.DataFrame, imports: pd.DataFrame, base: pd.DataFrame) -> bool:
    """Whether the records are those of ``base`` and a copy of its first for each import, and nothing else.

    A case's lot is its place among all of its version.
    """
    in_place = records["lot"].tolist() == list(range(len(records)))
    records, base = (rows.drop(columns="lot") for rows in (records, base))
    tokens = [told for told in imports["refused_digest"] if told.startswith("W")]
    of_tokens = records["case_id"].isin(tokens)
    copies = records[of_tokens].assign(case_id=base["case_id"].iloc[0]).drop_duplicates()
    return (
        in_place
        and sorted(records["case_id"][of_tokens]) == sorted(tokens)
        and records[~of_tokens].reset_index(drop=True).equals(base)
        and (not tokens or copies.reset_index(drop=True).equals(base.head(1)))
    )


def import_for_ever(
    location: Path, base: dict[str, pd.DataFrame], told: Path, refusals: Path, name: str, stage
) -> None:
    store, n = Store(location), 0
    while True:
        token = f"W{name}N{n}"
        try:
            with store.writing():
                snapshot = store.snapshot()
                assert snapshot is not None and not snapshot.is_fallback
                tables = one_case_more(base, snapshot.table("imports"), token)
                stage.value = PUBLISHING
                store.publish(tables)
            append(told, token)
            n += 1
        except StoreError as error:
            append(refusals, str(error))
        stage.value = 0
        time.sleep(random.uniform(0.5, 4))  # who is refused comes again, and not at once


def read_for_ever(location: Path, base: pd.DataFrame, reads: Path, stop) -> None:
    store = Store(location)
    while not stop.is_set():
        try:
            snapshot = store.snapshot()
            assert snapshot is not None and not snapshot.is_fallback
            records = snapshot.ask("FROM records ORDER BY case_id")
            append(reads, "whole" if is_whole(records, snapshot.table("imports"), base) else "torn")
        except StoreError as error:
            append(reads, f"refused {error}")
        except BaseException as error:
            append(reads, f"failed {error!r}"[:500].replace("\n", " "))
        time.sleep(2)  # as a page that is looked at: the writers need the processor too


def append(path: Path, line: str) -> None:
    with path.open("ab", buffering=0) as file:
        file.write(f"{line}\n".encode())


def lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines() if path.exists() else []


def foreign(cluster: Cluster, data: str, database: str = "relais_1", endpoint: str = "") -> duckdb.DuckDBPyConnection:
    """The lake as a stranger with DuckDB opens it."""
    connection = duckdb.connect()
    for name in ("httpfs", "postgres_scanner", "ducklake"):
        package = __import__(f"duckdb_extension_{name}")
        (extension,) = Path(package.__path__[0]).rglob("*.duckdb_extension")
        connection.execute(f"LOAD '{extension}'")
    if endpoint:
        connection.execute(
            "CREATE SECRET (TYPE s3, KEY_ID 'relais', SECRET 'relais-secret', REGION 'us-east-1', "
            f"ENDPOINT '{endpoint}', URL_STYLE 'path', USE_SSL false)"
        )
    dsn = f"host={cluster.folder} user=relais dbname={database}"
    connection.execute(
        f"ATTACH 'ducklake:postgres:{dsn}' AS foreign_lake (READ_ONLY, METADATA_SCHEMA 'relais', "
        f"DATA_PATH '{data}/records/', OVERRIDE_DATA_PATH)"
    )
    return connection


def kill_writers(location: Path, base: dict[str, pd.DataFrame], folder: Path, kills: int) -> list[float]:
    """Kill as many writers, half of them while they publish. Returns the seconds until the next import was told."""
    told, refusals, dice = folder / "told", folder / "refusals", random.Random(20261127)

    def start(name: str) -> tuple[BaseProcess, Synchronized]:
        stage = processes.Value("i", 0)
        process = processes.Process(target=import_for_ever, args=(location, base, told, refusals, name, stage))
        process.start()
        return process, stage

    def wait_for_an_import() -> float:
        before, began = len(lines(told)), time.monotonic()
        while len(lines(told)) == before:
            time.sleep(0.01)
            assert time.monotonic() - began < 120, "no writer goes on"
        return time.monotonic() - began

    writers, waits = [start(f"A{n}") for n in range(WRITERS)], []
    for kill in range(kills):
        waits.append(wait_for_an_import())
        if kill % 2:
            while not (busy := [place for place, (_, stage) in enumerate(writers) if stage.value == PUBLISHING]):
                time.sleep(0.001)
            place, longest = busy[0], 1.0
        else:
            place, longest = dice.randrange(WRITERS), 3.0
        time.sleep(dice.uniform(0, longest))
        writers[place][0].kill()
        writers[place][0].join()
        writers[place] = start(f"K{kill}")
        print(f"\r{kill + 1} kills", end="", file=sys.stderr, flush=True)
    waits.append(wait_for_an_import())
    for process, _ in writers:
        process.kill()
        process.join()
    return waits


def main(kills: int = 100) -> None:
    with running_cluster() as cluster, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        location = cluster.shared_store(folder)
        store = Store(location)
        import_register(store, BEFORE.read_bytes(), KEY, NOW)
        snapshot = store.snapshot()
        assert snapshot is not None
        base = {name: snapshot.table(name) for name in TABLES}
        records = snapshot.ask("FROM records ORDER BY case_id")
        stop = processes.Event()
        reads = [folder / f"reads {n}" for n in range(READERS)]
        readers = [processes.Process(target=read_for_ever, args=(location, records, path, stop)) for path in reads]
        for reader in readers:
            reader.start()
        waits = kill_writers(location, base, folder, kills)
        stop.set()
        for reader in readers:
            reader.join()
        told, seen = lines(folder / "told"), [line for path in reads for line in lines(path)]
        print(f"{kills} kills of {WRITERS} writers; {len(told)} imports told")
        print(f"next import told after {sorted(waits)[len(waits) // 2]:.1f} s (median), {max(waits):.1f} s (longest)")
        print(f"reads: {dict(Counter(line.split()[0] for line in seen))}")
        for line in sorted({line for line in seen if line != "whole"})[:5]:
            print("  ", line)
        print(f"what writers were told: {dict(Counter(lines(folder / 'refusals')))}")

        lake = foreign(cluster, f"{folder}/shared")
        ((newest,),) = lake.execute("SELECT version FROM foreign_lake.main.kept LIMIT 1").fetchall()
        entries = lake.execute(f"SELECT refused_digest FROM foreign_lake.{newest}.imports").fetchall()
        cases = {case for (case,) in lake.execute(f"SELECT case_id FROM foreign_lake.{newest}.records").fetchall()}
        lost = [token for token in told if (token,) not in entries or token not in cases]
        print(f"lost: {lost or 'none'}; taken, though killed before they were told: {len(entries) - 1 - len(told)}")
        lake.close()
        files = [path for path in (folder / "shared").rglob("*") if path.is_file()]
        with store.writing():  # what the next import begins with
            pass
        listed = cluster.sql("SELECT count(*) FROM relais.ducklake_data_file", "relais_1")
        print(f"files: {len(files)}; the catalogue names {listed} after the next import, the others are of killed ones")
        for path in files:
            if path.exists():
                os.utime(path, (0, 0))
        with store.writing():
            pass
        print(f"files a day later: {sum(path.is_file() for path in (folder / 'shared').rglob('*'))}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
