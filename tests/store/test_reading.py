"""A file of the store is opened to read it, and for nothing else."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest

from analytics.store import OldLayoutError, Snapshot, Store


@pytest.fixture
def snapshot(publish, table, tmp_path) -> Snapshot:
    cases = table("""
        case_id | zone
        A       | Nord
        B       | Sud
    """)
    return publish(
        tmp_path / "store",
        cases=cases[["case_id"]].assign(school_id=cases["zone"]),
        case_steps=cases[["case_id"]].assign(step="cpms", outcome="not_done"),
        schools=pd.DataFrame({"school_id": cases["zone"], "zone": cases["zone"]}),
    )


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_text('{file}')",
        "COPY cases TO '{file}.csv'",
        "ATTACH '{file}.duckdb'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET memory_limit = '1GB'",
        "CREATE TABLE other (a INTEGER)",
        "DELETE FROM cases",
    ],
)
def test_a_snapshot_reads_its_own_file_and_does_nothing_else(snapshot, statement, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(duckdb.Error):
        snapshot.query(statement.format(file=tmp_path / "file"))


def test_a_file_of_an_older_layout_says_so_and_its_tables_can_be_read(snapshot, write_old_layout, tmp_path):
    assert snapshot.has_current_layout
    assert snapshot.columns("nothing") == set()
    store = Store(tmp_path / "store")
    write_old_layout(store)
    with store.snapshot() as old:
        assert not old.has_current_layout
        assert old.table("cases")["case_id"].tolist() == ["A", "B"]
        with pytest.raises(OldLayoutError):
            old.case_counts()
