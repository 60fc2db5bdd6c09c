"""The TOML file of a shared store: where its catalogue and its files are. Secrets come from the environment alone."""

from __future__ import annotations

import os
import re
from pathlib import Path

import msgspec

from analytics.store.errors import StoreError

SECRETS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
"""Needed where ``data`` is in S3; the catalogue's password is libpq's: ``PGPASSWORD``, or ``~/.pgpass``."""


class S3(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A service that speaks S3, where it is not Amazon's own."""

    endpoint: str = ""
    region: str = "us-east-1"
    tls: bool = True


class SharedSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``catalogue``: a connection string of libpq, without a password; ``data``: a folder that all machines share, or an
    address ``s3://``; ``office``: who works here.
    """

    catalogue: str
    data: str
    office: str | None = None
    s3: S3 = S3()

    @property
    def records(self) -> str:
        """Where the files of the records lie: a folder of their own, in which nothing else may be."""
        return f"{self.data.rstrip('/')}/records/"

    @property
    def is_in_s3(self) -> bool:
        return self.data.startswith("s3://")


def read_settings(path: Path) -> SharedSettings:
    """The settings that ``path`` holds. StoreError when it cannot be read, and when it holds a secret or lacks one."""
    try:
        settings = msgspec.toml.decode(path.read_bytes(), type=SharedSettings)
    except OSError:
        raise StoreError(f"Le fichier {path.name} que RELAIS_STORE nomme n’est pas lisible.") from None
    except msgspec.MsgspecError:
        raise StoreError(
            f"{path.name} : il faut catalogue, data et, si vous êtes plusieurs bureaux, office ; rien d’autre que [s3]."
        ) from None
    if re.search(r"password\s*=|://[^/@]*:[^/@]*@", settings.catalogue):
        raise StoreError(f"{path.name} : un mot de passe n’y a pas sa place. Donnez-le par PGPASSWORD.")
    if settings.is_in_s3 and not all(os.environ.get(name) for name in SECRETS):
        raise StoreError(f"Pour lire dans S3, il faut {' et '.join(SECRETS)} dans l’environnement.")
    if not settings.is_in_s3 and not Path(settings.data).is_absolute():
        raise StoreError(f"{path.name} : data est un dossier partagé, écrit en entier, ou une adresse s3://.")
    return settings
