"""The exported tables: valid by their descriptor, the same rows in both forms, for their owner alone, and marked."""

from __future__ import annotations

import json
import stat

import duckdb
import pytest
from frictionless import Package, system

from analytics.disclosure.release_records import write_folder
from analytics.documents.data_package import data_package
from analytics.domain.schema import TABLES
from tests.released import shared_store
from tests.scanning import disguises


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export") / "tables"
    with shared_store().snapshot() as snapshot:
        write_folder(folder, data_package(snapshot))
    return folder


def test_every_table_is_valid_by_its_descriptor(exported):
    with system.use_context(trusted=True):  # frictionless reads an absolute folder only where it is told that it may
        report = Package(str(exported / "datapackage.json")).validate()
    assert report.valid, report.flatten(["title", "note"])
    assert len(report.tasks) == len(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_parquet_and_csv_hold_the_rows_of_the_store(name, exported):
    with shared_store().snapshot() as snapshot:
        known = TABLES[name].to_arrow(snapshot.table(name))
    types = {column.name: column.type for column in TABLES[name].columns}
    # CSV knows whole seconds, and no difference between an empty text and none.
    told = [f"nullif({column}, '') AS {column}" for column, kind in types.items() if kind == "VARCHAR"]
    told += ["date_trunc('second', imported_at) AS imported_at"] if name == "imports" else []
    for columns, file in (
        ("*", f"'{exported / name}.parquet'"),
        (f"* REPLACE ({', '.join(told)})", f"read_csv('{exported / name}.csv', types = {types})"),
    ):
        with duckdb.connect() as connection:
            connection.register("known", known)
            connection.execute(f"CREATE VIEW stored AS SELECT {columns} FROM known; CREATE VIEW told AS FROM {file}")
            for one, other in (("stored", "told"), ("told", "stored")):
                assert not connection.execute(f"FROM {one} EXCEPT ALL FROM {other}").fetchall()


def test_it_is_marked_and_holds_no_name_of_a_pupil(exported):
    descriptor = json.loads((exported / "datapackage.json").read_text("utf-8"))
    assert "ne pas diffuser" in descriptor["description"]
    assert "ne pas diffuser" in (exported / "LISEZ-MOI.txt").read_text("utf-8")
    assert not disguises("registre-2025-2026").found_in(b"".join(file.read_bytes() for file in exported.iterdir()))


def test_the_folder_is_its_owners_alone(exported):
    assert stat.S_IMODE(exported.stat().st_mode) == 0o700
