"""What commands work on."""

from __future__ import annotations

from tests.cli.calling import REGISTER


def test_where_accounts_are_listed_a_log_that_cannot_be_written_stops_an_import(relais, tmp_path, monkeypatch):
    monkeypatch.setenv("RELAIS_ROLES", str(tmp_path / "roles.toml"))
    (tmp_path / "access.jsonl").mkdir()
    refused = relais("import", REGISTER)
    assert refused.code == 1
    assert "journal des accès" in refused.err
    monkeypatch.delenv("RELAIS_ROLES")
    assert relais("import", REGISTER).code == 0
