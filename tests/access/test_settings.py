"""Accounts: whole, absent, or half configured, which starts nothing."""

from __future__ import annotations

import pytest

from analytics.access.settings import SettingsError, read_settings

WHOLE = {
    "redirect_uri": "https://relais.example/oauth2callback",
    "cookie_secret": "s" * 32,
    "client_id": "relais",
    "client_secret": "secret",
    "server_metadata_url": "https://login.example/.well-known/openid-configuration",
}


@pytest.fixture
def roles(tmp_path):
    file = tmp_path / "roles.toml"
    file.write_text('"c@x" = "coordination"')
    return file


def test_without_either_there_are_no_accounts():
    assert read_settings(None, None) is None


def test_a_whole_configuration_gives_the_origin_of_the_browsers(roles):
    accounts = read_settings(roles, WHOLE)
    assert accounts is not None
    assert (accounts.origin, accounts.host, accounts.is_secure) == ("https://relais.example", "relais.example", True)


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_missing_is_named(name, roles):
    with pytest.raises(SettingsError, match=name):
        read_settings(roles, {key: value for key, value in WHOLE.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("redirect_uri", "http://relais.example/oauth2callback"),
        ("redirect_uri", "https://relais.example/"),
        ("cookie_secret", "short"),
    ],
)
def test_what_is_not_safe_is_refused(name, value, roles):
    with pytest.raises(SettingsError, match=name):
        read_settings(roles, WHOLE | {name: value})


def test_half_a_configuration_starts_nothing(roles, tmp_path):
    with pytest.raises(SettingsError, match="RELAIS_ROLES"):
        read_settings(None, WHOLE)
    with pytest.raises(SettingsError, match=r"\[auth\]"):
        read_settings(roles, None)
    with pytest.raises(SettingsError, match="fichier des comptes"):
        read_settings(tmp_path / "none.toml", WHOLE)
    roles.write_text("")
    with pytest.raises(SettingsError, match="vide"):
        read_settings(roles, WHOLE)
