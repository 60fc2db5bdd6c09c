"""The records of what was published: a day leaves once, so the next release has to know every one before.

A record is the published folder itself, where nothing clears it: neither an import nor an undo takes back what has left. It
is there whole or not at all, and before anything leaves. A real one is kept in the store's folder and beside the key, so
that a store that is lost, or begun anew, is not taken for one that has published nothing.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import tomli_w

from analytics.disclosure.published import RULES_FILE, Publication, read_publication
from analytics.disclosure.release import Release
from analytics.domain.errors import RefusedError
from analytics.intake.anonymising import key_path

SUMMARY = "diffusion.toml"


@dataclass(frozen=True)
class Record:
    """A past release: its period, day, version and files by name."""

    period: str
    first_day: date
    last_day: date
    published_on: date
    version: str
    is_demo: bool
    files: Mapping[str, bytes]

    @property
    def publication(self) -> Publication:
        return read_publication(self.files)

    @property
    def rules_file(self) -> bytes:
        return self.files[RULES_FILE]


def summary_toml(release: Release) -> str:
    """What :data:`SUMMARY` says of a release: what its record is found by."""
    period = release.period
    return tomli_w.dumps(
        {
            "period": period.code,
            "first_day": period.first_day,
            "last_day": period.last_day,
            "published_on": release.published_on,
            "version": release.version,
            "demo": release.is_demo,
        }
    )


def record_places(store_folder: Path, *, is_demo: bool) -> tuple[Path, ...]:
    """Where the releases of a store are recorded: in its folder and, what is real, beside the key."""
    own = store_folder / "releases"
    return (own,) if is_demo else (own, key_path().with_suffix(".releases"))


def past_records(places: Sequence[Path]) -> tuple[Record, ...]:
    """Every release recorded in one of ``places``, oldest first."""
    return tuple(map(read_record, _recorded(places).values()))


def _recorded(places: Sequence[Path]) -> dict[str, dict[str, bytes]]:
    """The files of each release by the name of its folder, ``0001-2025-2026-T1`` first."""
    folders = {path.name: path for place in reversed(places) for path in place.glob("[0-9]*")}
    return {name: read_files(folder) for name, folder in sorted(folders.items())}


def read_files(folder: Path) -> dict[str, bytes]:
    """The files of a folder by name."""
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file()}


def read_record(files: Mapping[str, bytes]) -> Record:
    """A release from its files; RefusedError when they are not those of one."""
    try:
        about = tomllib.loads(files[SUMMARY].decode("utf-8"))
        days = about["first_day"], about["last_day"], about["published_on"]
        entry = Record(about["period"], *days, about["version"], about["demo"], dict(files))
        entry.publication  # noqa: B018 (reads every table)
    except (KeyError, ValueError, IndexError, TypeError):
        raise RefusedError("Ces fichiers ne sont pas ceux d’une publication de Relais.") from None
    return entry


def record(places: Sequence[Path], files: Mapping[str, bytes]) -> None:
    """Record the ``files`` of a release in each of ``places``, and there too what only another one holds; what is fictitious
    in the first alone.

    The caller holds the store's write lock.
    """
    known = _recorded(places)
    if not any(files == of_past for of_past in known.values()):
        number = 1 + max((int(name[:4]) for name in known), default=0)
        known[f"{number:04}-{read_record(files).period}"] = dict(files)
    for place in places:
        for name, content in known.items():
            is_kept_here = place == places[0] or not read_record(content).is_demo
            if is_kept_here and not (place / name).exists():
                write_folder(place / name, content.items())


def write_folder(target: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write ``files``, by name, into a new folder of its owner's, whole or not at all. FileExistsError when it is there."""
    if target.exists():
        raise FileExistsError(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    building = target.parent / f".{secrets.token_hex(4)}"
    building.mkdir(0o700)
    try:
        for name, content in files:
            with (building / name).open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        building.rename(target)
    except OSError:
        shutil.rmtree(building, ignore_errors=True)
        raise
