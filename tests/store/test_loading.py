"""A reader of a shared store has a copy of the version, and nothing else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import duckdb
import pytest

from analytics.store import OldLayoutError, StoreError, layout, loading
from analytics.store.shared_settings import read_settings
from tests.store.shared import files
from tests.store.test_versions import case_ids, publish


def test_eight_who_open_a_new_version_at_once_read_it(shared):
    def read(together: Barrier) -> int:
        with shared.snapshot() as snapshot:
            together.wait()
            return int(snapshot.ask("SELECT count(*) AS n FROM cases")["n"].iloc[0])

    with ThreadPoolExecutor(8) as threads:
        for names in ("A", "BC"):
            publish(shared, *names)
            assert list(threads.map(read, [Barrier(8)] * 8)) == [len(names)] * 8


def test_a_reader_reads_and_does_nothing_else_whatever_becomes_of_the_version(shared, tmp_path):
    publish(shared, "A")
    (tmp_path / "file").write_text("x")
    with shared.snapshot() as snapshot:
        for statement in (
            f"SELECT * FROM read_text('{tmp_path / 'file'}')",
            f"ATTACH '{tmp_path / 'file'}.duckdb'",
            f"ATTACH '{read_settings(shared.location).catalogue}' AS pg (TYPE postgres)",
            f"COPY cases TO '{tmp_path / 'file'}.csv'",
            "INSTALL httpfs",
            "SET memory_limit = '1GB'",
            "FROM pg.relais.ducklake_data_file",
            "DELETE FROM cases",
        ):
            with pytest.raises(duckdb.Error):
                snapshot.ask(statement)
        shared.forget("A")
        assert snapshot.ask("SELECT case_id FROM cases")["case_id"].tolist() == ["A"]
    assert case_ids(shared) == []


def test_all_who_have_a_version_open_share_one_copy_which_leaves_with_the_last(shared):
    version = publish(shared, "A")
    one, other = shared.open(version), shared.open(version)
    one._connection.execute("CREATE TABLE copy.mark AS SELECT 7 AS n")
    one.close()
    with shared.open(version) as third:
        assert third.ask("FROM copy.mark")["n"].tolist() == other.ask("FROM copy.mark")["n"].tolist() == [7]
    other.close()
    with shared.open(version) as again, pytest.raises(duckdb.CatalogException):
        again.ask("FROM copy.mark")


def test_a_load_that_failed_leaves_nothing_half(shared):
    version = publish(shared, "A")
    (path,) = (path for path in files(shared, version) if "records" in path.parts[-2:][0])
    content = path.read_bytes()
    path.unlink()
    with pytest.raises(StoreError):
        shared.open(version)
    path.write_bytes(content)
    with shared.open(version) as snapshot:
        assert snapshot.table("cases")["case_id"].tolist() == ["A"]


def test_too_little_memory_is_not_taken_for_damage(shared, monkeypatch):
    publish(shared, *(f"{n:04}" for n in range(3_000)))
    monkeypatch.setattr(loading, "CONFIG", loading.CONFIG | {"memory_limit": "3MB", "threads": 1})
    with pytest.raises(StoreError, match="pas assez de mémoire"):
        shared.snapshot()


def test_what_a_version_has_beyond_todays_layout_is_left_out(shared):
    publish(shared, "A")
    with shared.writing():
        shared._backend._held.execute(f"ALTER TABLE lake.{shared.versions[0]}.records ADD COLUMN more INTEGER")
    with shared.snapshot() as snapshot:
        assert snapshot.columns("records") == set(layout.columns())
        assert snapshot.query("SELECT typeof(status) AS kind FROM records")["kind"].str.startswith("ENUM").all()


def test_a_version_of_an_older_layout_says_so_and_its_tables_can_be_read(shared, cluster):
    publish(shared, "A")
    with shared.writing():
        schema = f"lake.{shared.versions[0]}"
        for statement in (
            f"ALTER TABLE {schema}.records DROP COLUMN detection_days",
            f"CREATE OR REPLACE VIEW {schema}.cases AS FROM {schema}.records",
        ):
            shared._backend._held.execute(statement)
    with shared.snapshot() as snapshot:
        assert not snapshot.has_current_layout
        assert snapshot.table("cases")["detection_days"].isna().tolist() == [True]
        with pytest.raises(OldLayoutError):
            snapshot.response_counts()
