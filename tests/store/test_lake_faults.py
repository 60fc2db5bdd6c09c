"""A check of a shared store says what is wrong with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from analytics.store import Store
from analytics.store.shared_settings import read_settings
from tests.store.test_versions import publish


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
    ):
        wrong = tmp_path / "wrong.toml"
        wrong.write_text(toml.replace(before, after), "utf-8")
        assert said in " ".join(Store(wrong).faults(datetime.now(UTC)))
