"""Whether there are accounts, and that their configuration is whole: half of one starts nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from analytics.access.roles import RolesError, read_accounts
from analytics.domain.errors import RelaisError

CALLBACK = "/oauth2callback"
LEAST_SECRET = 32  # characters of cookie_secret
_NEEDED = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
_LOOPBACK = ("127.0.0.1", "localhost")


class SettingsError(RelaisError):
    """The accounts are half configured."""


@dataclass(frozen=True)
class Accounts:
    """Where the accounts are listed, and the one origin at which browsers reach the server."""

    roles: Path
    origin: str

    @property
    def host(self) -> str:
        return urlsplit(self.origin).hostname or ""

    @property
    def is_secure(self) -> bool:
        return self.origin.startswith("https:")


def roles_path() -> Path | None:
    """The file of roles that ``RELAIS_ROLES`` names; None where there are no accounts."""
    named = os.environ.get("RELAIS_ROLES")
    return Path(named) if named else None


def read_settings(roles: Path | None, auth: Mapping[str, object] | None) -> Accounts | None:
    """The accounts, or None where neither ``roles`` nor Streamlit's section ``auth`` is given.

    SettingsError says all that is missing or wrong.
    """
    if roles is None and auth is None:
        return None
    section = auth or {}
    wrong = []
    if roles is None:
        wrong.append("RELAIS_ROLES ne nomme pas le fichier des comptes")
    else:
        try:
            if not read_accounts(roles):
                wrong.append("le fichier des comptes est vide")
        except RolesError as error:
            wrong.append(str(error).removesuffix("."))
    if auth is None:
        wrong.append("secrets.toml n’a pas de partie [auth]")
    else:
        wrong += [f"[auth] n’a pas de {name}" for name in _NEEDED if not section.get(name)]
        if 0 < len(str(section.get("cookie_secret", ""))) < LEAST_SECRET:
            wrong.append(f"cookie_secret a moins de {LEAST_SECRET} caractères")
    address = urlsplit(str(section.get("redirect_uri", "")))
    is_usable = address.scheme == "https" or (address.scheme == "http" and address.hostname in _LOOPBACK)
    if address.netloc and not (is_usable and address.path == CALLBACK):
        wrong.append(f"redirect_uri n’est pas une adresse https qui finit par {CALLBACK}")
    if wrong or roles is None:
        raise SettingsError(f"La configuration des comptes est incomplète : {' ; '.join(wrong)}. Rien n’est ouvert.")
    return Accounts(roles, f"{address.scheme}://{address.netloc}")
