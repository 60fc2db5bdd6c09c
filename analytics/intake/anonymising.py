"""Pseudonyms under a key that lives outside the repository and the store.

The same case number gives the same pseudonym as long as the key is the same, so a later extract finds its cases again.
Without the key nobody can tell which number a pseudonym stands for, nor try all numbers: it is an HMAC-SHA-256.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from platformdirs import user_config_path

from analytics.domain.errors import RelaisError
from analytics.domain.shipped import SHIPPED

PSEUDONYM_LENGTH = 12  # 60 bits: among ten million cases a clash has odds of 1 in 23,000, and is then refused

_BASE_32 = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "u1")
_SHIFTS = np.arange(64 - 5, 64 - 5 * PSEUDONYM_LENGTH - 1, -5, dtype="u8")


class KeyFileError(RelaisError):
    """The key is missing, unreadable, in the wrong place or not the one of the store."""


def canonical_number(case_number: str) -> str:
    """A case number without regard to case, spaces and the width of its characters."""
    return "".join(unicodedata.normalize("NFKC", case_number).casefold().split())


def number_of_year(school_year: str, canonical: str) -> str:
    """What stands for a case number where numbers begin again each school year: the year is a part of it."""
    return f"{school_year}/{canonical}"


def number_of_office(office: str, number: str) -> str:
    """What stands for a case number where an office has numbers of its own; an empty one stays empty."""
    return f"{office}/{number}" if number else number


def restarts_each_year(canonical_numbers: Iterable[str], school_years: Iterable[str]) -> bool:
    """Whether a register plainly gives its case numbers again in each school year.

    It does where no number stands twice in a year, and at least half of the numbers of the year that has the fewest, and
    three of them, are another year's too. A number or two that come back are duplicates.
    """
    pairs = pd.DataFrame({"number": list(canonical_numbers), "year": list(school_years)}, dtype="object")
    if pairs.duplicated().any() or pairs["year"].nunique() < 2:
        return False
    repeated = pairs["number"].duplicated(keep=False)
    of_year = repeated.groupby(pairs["year"]).agg(["sum", "size"])
    smallest = of_year.loc[of_year["size"].idxmin()]
    return bool(smallest["sum"] >= max(3, smallest["size"] / 2))


@dataclass(frozen=True)
class Key:
    """A secret key. Its ``id`` may be stored and shown: it tells keys apart and gives nothing away."""

    secret: bytes = field(repr=False)

    @property
    def id(self) -> str:
        return hmac.digest(self.secret, b"relais key id", hashlib.sha256).hex()[:8]

    def pseudonym(self, case_number: str) -> str:
        """Twelve letters and digits for a case number; its case and spaces do not count."""
        return self.pseudonyms([canonical_number(case_number)])[0].decode()

    def pseudonyms(self, canonical_numbers: Iterable[str]) -> np.ndarray:
        """The pseudonym of each number that :func:`canonical_number` gave, as bytes (S12), in order."""
        keyed = hmac.new(self.secret, b"case ", hashlib.sha256)  # takes the key in once for all

        def head(number: str) -> bytes:
            mac = keyed.copy()
            mac.update(number.encode())
            return mac.digest()[:8]

        heads = np.frombuffer(b"".join(map(head, canonical_numbers)), ">u8")
        fives = heads.reshape(-1, 1) >> _SHIFTS & 31  # base 32, of all the heads at once
        return _BASE_32[fives.astype("u1")].view(f"S{PSEUDONYM_LENGTH}").ravel()

    def digest(self, content: bytes) -> str:
        """A keyed digest of a file or of refused rows: tells whether they come again, and nothing to who has no key."""
        return hmac.digest(self.secret, b"file " + content, hashlib.sha256).hex()[:32]


def key_path() -> Path:
    """Where the key is: ``RELAIS_KEY``, else the user's configuration folder."""
    return Path(os.environ.get("RELAIS_KEY") or user_config_path("relais") / "relais.key")


def load_key(path: Path, store: Path, expected_id: str | None) -> Key:
    """The key at ``path``, made there on first use, with rights for its owner alone.

    ``store`` is the store's folder: the key may stand neither in it nor in the repository, for whoever copies one would
    have both. ``expected_id`` is the id of the key that made the store's pseudonyms, None while there are none; a missing
    or other key is then an error and never a new key, which would make every case a new one.
    """
    for folder in (store, SHIPPED):
        if path.resolve().is_relative_to(folder.resolve()):
            raise KeyFileError("La clé ne peut pas se trouver dans le dossier de Relais ni dans celui des données.")
    if not path.exists():
        if expected_id is not None:
            raise KeyFileError(
                f"La clé {expected_id}, avec laquelle ce registre a été importé, est introuvable. Remettez le fichier "
                f"relais.key à sa place, ou indiquez-la par RELAIS_KEY. Sans elle, aucun dossier ne serait reconnu."
            )
        _make_key(path)
    key = _read_key(path)
    if expected_id not in (None, key.id):
        raise KeyFileError(
            f"La clé trouvée est {key.id}, mais ce registre a été importé avec la clé {expected_id}. Remettez la bonne "
            f"clé à sa place, ou indiquez-la par RELAIS_KEY. Rien n’a été importé."
        )
    return key


def _read_key(path: Path) -> Key:
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise KeyFileError(
            "D’autres personnes de cet ordinateur peuvent lire la clé. Réservez-la à vous seul (chmod 600 relais.key), puis "
            "recommencez."
        )
    try:
        secret = bytes.fromhex(path.read_text("ascii").strip())
    except (OSError, ValueError):
        raise KeyFileError("Le fichier de la clé est illisible.") from None
    if len(secret) != 32:
        raise KeyFileError("Le fichier de la clé est incomplet.")
    return Key(secret)


def _make_key(path: Path) -> None:
    """Write a new key whole or not at all; when two processes make one at once, the first wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
