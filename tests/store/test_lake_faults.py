"""A check of a shared store says what is wrong with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from analytics.store import Store, StoreError
from analytics.store.shared_settings import read_settings
from tests.store.test_versions import case_ids, publish


def test_a_check_says_what_is_wrong(shared, cluster, tmp_path):
    publish(shared, "A")
    assert shared.faults(datetime.now(UTC)) == []
    assert "avance de" in shared.faults(datetime.now(UTC) + timedelta(minutes=5))[0]
    name, database = "relais.ducklake_snapshot_changes", read_settings(shared.location).catalogue.rpartition("=")[2]
    cluster.sql(f"UPDATE {name} SET commit_extra_info = '1.4.0'", database)
    assert "vient de DuckDB 1.4.0" in shared.faults(datetime.now(UTC))[0]
    toml, data = shared.location.read_text("utf-8"), read_settings(shared.location).data
    for before, after, said in (
        ("dbname=relais", "dbname=other", "la base que catalogue nomme n’existe pas"),
        ("user=relais", "user=nobody", "PostgreSQL refuse ce compte"),
        (data, str(tmp_path / "elsewhere"), "Montez le partage"),
        (data, "/proc", "ne peut pas écrire dans le dossier partagé"),  # in which not even root writes
    ):
        wrong = tmp_path / "wrong.toml"
        wrong.write_text(toml.replace(before, after), "utf-8")
        assert said in " ".join(Store(wrong).faults(datetime.now(UTC)))


def test_an_import_into_a_folder_that_takes_nothing_says_what_to_do(shared, tmp_path):
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(shared.location.read_text("utf-8").replace(read_settings(shared.location).data, "/proc"), "utf-8")
    with pytest.raises(StoreError, match="ou montez le partage en écriture"):
        publish(Store(wrong), "A")


def test_an_account_that_may_not_write_is_told(shared, cluster, tmp_path):
    publish(shared, "A")
    database = read_settings(shared.location).catalogue.rpartition("=")[2]
    for statement in (
        "CREATE ROLE reader LOGIN",
        "GRANT USAGE ON SCHEMA relais TO reader",
        "GRANT SELECT ON ALL TABLES IN SCHEMA relais TO reader",
    ):
        cluster.sql(statement, database)
    reader = tmp_path / "reader.toml"
    reader.write_text(shared.location.read_text("utf-8").replace("user=relais", "user=reader"), "utf-8")
    (said,) = Store(reader).faults(datetime.now(UTC))
    assert "n’y écrit pas" in said
    assert case_ids(Store(reader)) == ["A"]
    with pytest.raises(StoreError, match="n’a pas tous les droits"):
        publish(Store(reader), "B")
    assert case_ids(shared) == ["A"]


def test_a_catalogue_of_another_ducklake_is_told(shared, cluster, tmp_path):
    publish(shared, "A")
    database = read_settings(shared.location).catalogue.rpartition("=")[2]
    anew = tmp_path / "anew.toml"  # other settings are another connection, which knows nothing yet
    anew.write_text(shared.location.read_text("utf-8").replace('"\n', ' connect_timeout=9"\n', 1), "utf-8")
    version = cluster.sql("SELECT value FROM relais.ducklake_metadata WHERE key = 'version'", database)
    change = "UPDATE relais.ducklake_metadata SET value = '{}' WHERE key = 'version'"
    cluster.sql(change.format("2.0"), database)
    try:
        assert "d’une autre version de DuckLake" in Store(anew).faults(datetime.now(UTC))[0]
        with pytest.raises(StoreError, match="d’une autre version de DuckLake"):
            publish(Store(anew), "B")
    finally:
        cluster.sql(change.format(version), database)
    assert case_ids(Store(anew)) == ["A"]
