"""What is left of a forgotten case in a shared store: in Parquet, the catalogue, PostgreSQL's files, its log and copies.

``uv run python -m tests.benchmarks.shared_traces_benchmark [on|off]``: PostgreSQL's wal_recycle

Two cases hold the least and the greatest value of every column that may have one of its own: pseudonym, school, year, week
and numbers. PostgreSQL has gathered its statistics when they are forgotten, as its autovacuum does.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from analytics.domain.schema import TABLES
from analytics.domain.vocabulary import STEPS
from analytics.store import Store
from analytics.workflows.importing import import_register
from tests.benchmarks.shared_kills_benchmark import foreign
from tests.cluster import Cluster, running_cluster
from tests.robustness.test_crashes import AFTER, BEFORE, KEY, LATER, NOW

LEAST, GREATEST = "22222CANARY2", "ZZZZZCANARYZ"
TEXTS = {
    LEAST: {"school_id": "00CANARYSCHOOL", "school_year": "1901-1902", "report_week": pd.Timestamp("1901-09-02")},
    GREATEST: {"school_id": "ZZCANARYSCHOOL", "school_year": "2097-2098", "report_week": pd.Timestamp("2097-09-02")},
}
_OF_CASE = ("followed_hours", "followed_school_days", "waited_hours", "waited_school_days", "detection_days")


def canaries(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """``tables`` with the two cases."""
    tables, number = dict(tables), iter(range(1_987_654, 2_000_000))
    for case_id, texts in TEXTS.items():
        case = tables["cases"].head(1).assign(case_id=case_id, status="closed", **texts)
        steps = pd.concat([tables["case_steps"].head(1)] * len(STEPS), ignore_index=True)
        steps = steps.assign(case_id=case_id, step=list(STEPS), outcome="done", reason=pd.NA)
        if case_id == GREATEST:  # a number that is stored is never negative: the least is 0, which many hold
            for name in _OF_CASE:
                case[name] = 1000 * next(number)
            for name in ("delay_hours", "delay_school_days"):
                steps[name] = [next(number) for _ in STEPS]
        incidents = tables["case_incidents"].head(1).assign(case_id=case_id)
        for name, rows in (("cases", case), ("case_incidents", incidents), ("case_steps", steps)):
            tables[name] = pd.concat([tables[name], rows.astype(tables[name].dtypes)]).sort_values(
                list(TABLES[name].key), ignore_index=True
            )
    return tables


def alone(tables: dict[str, pd.DataFrame], folder: Path) -> list[str]:
    """Texts and great numbers that the two cases alone hold, as the records are stored."""
    store = Store(folder)
    with store.writing():
        store.publish(tables)
    snapshot = store.snapshot()
    assert snapshot is not None
    records = snapshot.ask("SELECT COLUMNS(*)::VARCHAR FROM records")
    is_canary = records["case_id"].isin(TEXTS)
    held, others = (
        {value for name in rows for value in rows[name].dropna() if not value.isdecimal() or int(value) > 1_000_000}
        for rows in (records[is_canary], records[~is_canary])
    )
    return sorted(held - others)


def count_in(words: list[str], contents: Iterator[bytes]) -> int:
    """How many of the words stand in the bytes, as text or, a number, as an integer of 32 bits."""
    forms = {word: [word.encode()] for word in words}
    for word in words:
        if word.isdecimal():
            forms[word].append(int(word).to_bytes(4, "little"))
    found = set()
    for content in contents:
        found |= {word for word, written in forms.items() if any(form in content for form in written)}
    return len(found)


def bytes_of(folder: Path, pattern: str = "*") -> Iterator[bytes]:
    for path in sorted(folder.rglob(pattern)):
        if path.is_file():
            yield path.read_bytes()


def deciphered(cluster: Cluster, folder: Path) -> Iterator[bytes]:
    """All rows, and all statistics in the footer, of every Parquet file for which the catalogue holds a key."""
    keys = dict(
        line.split("|")
        for line in cluster.sql("SELECT path, encryption_key FROM relais.ducklake_data_file", "relais_1").splitlines()
    )
    connection = foreign(cluster, f"{folder}/shared")
    for path in sorted(path for path in (folder / "shared").rglob("*") if path.is_file()):
        key = keys.get(path.name)
        if key is None:
            print(f"   {path.name}: no key in the catalogue, it cannot be read")
            continue
        how = f"encryption_config = {{footer_key_value: from_base64('{key}')}}"
        yield repr(
            connection.execute(f"SELECT COLUMNS(*)::VARCHAR FROM read_parquet('{path}', {how})").fetchall()
        ).encode()
    connection.close()


def look(cluster: Cluster, folder: Path, words: list[str], when: str) -> None:
    """Print how many of the words stand where."""
    data = cluster.folder / "data"
    found = {
        "Parquet, deciphered": count_in(words, deciphered(cluster, folder)),
        "Parquet, bytes": count_in(words, bytes_of(folder / "shared")),
        "pg_dump": count_in(
            words, iter([cluster.run("pg_dump", "-h", cluster.folder, "-U", "relais", "relais_1").encode()])
        ),
        "catalogue's files": count_in(words, bytes_of(data / "base")),
        "pg_wal": count_in(words, bytes_of(data / "pg_wal")),
        "the rest of PostgreSQL's folder": count_in(
            words,
            (
                p.read_bytes()
                for p in data.rglob("*")
                if p.is_file() and p.relative_to(data).parts[0] not in ("base", "pg_wal")
            ),
        ),
        "log": count_in(words, iter([(cluster.folder / "log").read_bytes()])),
    }
    if found["catalogue's files"]:
        for path in sorted((data / "base").rglob("*")):
            if path.is_file() and (n := count_in(words, iter([path.read_bytes()]))):
                of = f"SELECT pg_filenode_relation(0, {path.name.split('.')[0].split('_')[0]})"
                print(f"   {n} in {cluster.sql(of, 'relais_1')}")
    print(f"{when}: of {len(words)} words, {', '.join(f'{n} in {where}' for where, n in found.items())}", flush=True)


def main(wal_recycle: str = "on") -> None:
    with running_cluster() as cluster, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cluster.sql(f"ALTER SYSTEM SET wal_recycle = {wal_recycle}")
        cluster.sql("SELECT pg_reload_conf()")
        location = cluster.shared_store(folder)
        store = Store(location)
        import_register(store, BEFORE.read_bytes(), KEY, NOW)
        snapshot = store.snapshot()
        assert snapshot is not None
        tables = canaries({name: snapshot.table(name) for name in TABLES})
        words = alone(tables, folder / "alone")
        look(cluster, folder, words, "before")
        with store.writing():
            store.publish(tables)
        import_register(store, AFTER.read_bytes(), KEY, LATER)  # a second version that holds them
        cluster.sql("ANALYZE", "relais_1")
        cluster.sql("CHECKPOINT")
        look(cluster, folder, words, "imported, in two versions")
        cluster.run(
            "pg_basebackup",
            "-h",
            cluster.folder,
            "-U",
            "relais",
            "-D",
            cluster.folder / "backup",
            "-X",
            "none",
            "-c",
            "fast",
        )
        inlined = cluster.sql("SELECT count(*) FROM relais.ducklake_inlined_data_tables", "relais_1")
        tables_of = cluster.sql(
            "SELECT string_agg(tablename, ' ') FROM pg_tables WHERE tablename ~ 'ducklake_inlined_data_[0-9]'",
            "relais_1",
        )
        print(f"inlined tables: {inlined}, by name: {tables_of or 'none'}")
        for case in (LEAST, GREATEST):
            began = time.monotonic()
            done = subprocess.run(
                [sys.executable, "-c", "from analytics.cli.commands import main; main()", "forget", case],
                env={"RELAIS_STORE": str(location), "PATH": "/usr/bin", "HOME": str(folder)},
                capture_output=True,
                text=True,
            )
            print(f"relais forget, {time.monotonic() - began:.0f} s:", done.returncode, done.stderr.strip()[:200])
        look(cluster, folder, words, "forgotten")
        cluster.sql("CHECKPOINT")
        look(cluster, folder, words, "after CHECKPOINT")
        wal, rounds = cluster.folder / "data" / "pg_wal", 0
        while n_left := count_in(words, bytes_of(wal)):
            print(f"pg_wal after {rounds} times pg_switch_wal and CHECKPOINT: {n_left} words")
            rounds += 1
            cluster.sql("SELECT pg_switch_wal()")
            cluster.sql("CHECKPOINT")
        print(f"pg_wal after {rounds} times: none")
        look(cluster, folder, words, "at the end")
        print("base backup of before:", count_in(words, bytes_of(cluster.folder / "backup")), "words")


if __name__ == "__main__":
    main(*sys.argv[1:])
