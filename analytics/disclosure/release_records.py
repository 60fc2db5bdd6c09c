"""The records of what was published: the next release of a period is protected against them too.

A record is the published folder itself, under ``releases/`` in the store's folder, where nothing clears it: neither an
import nor an undo takes back what has left. It is there whole or not at all, and before anything leaves.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import tomli_w

from analytics.disclosure.published import RULES_FILE, Publication, read_publication
from analytics.disclosure.release import Release

SUMMARY = "diffusion.toml"


@dataclass(frozen=True)
class Record:
    """A past release: its period, version and files by name."""

    period: str
    first_day: date
    last_day: date
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


def past_records(folder: Path) -> tuple[Record, ...]:
    """Every release recorded in the store's ``folder``, oldest first."""
    return tuple(
        _read(path)
        for path in sorted((folder / "releases").glob("*"))
        if path.is_dir() and not path.name.startswith(".")
    )


def _read(path: Path) -> Record:
    files = {file.name: file.read_bytes() for file in sorted(path.iterdir())}
    about = tomllib.loads(files[SUMMARY].decode("utf-8"))
    return Record(about["period"], about["first_day"], about["last_day"], about["version"], about["demo"], files)


def record(folder: Path, files: Mapping[str, bytes]) -> None:
    """Record the ``files`` of a release, :data:`SUMMARY` among them. The caller holds the store's write lock."""
    releases = folder / "releases"
    releases.mkdir(parents=True, exist_ok=True)
    number = 1 + max((int(path.name[:4]) for path in releases.glob("[0-9]*")), default=0)
    write_folder(releases / f"{number:04}-{tomllib.loads(files[SUMMARY].decode())['period']}", files)


def write_folder(target: Path, files: Mapping[str, bytes]) -> None:
    """Write ``files`` into a new folder, whole or not at all. FileExistsError when it is there already."""
    if target.exists():
        raise FileExistsError(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    building = target.parent / f".{secrets.token_hex(4)}"
    building.mkdir()
    try:
        for name, content in files.items():
            with (building / name).open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        building.rename(target)
    except OSError:
        shutil.rmtree(building, ignore_errors=True)
        raise
