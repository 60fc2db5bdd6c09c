"""Where the files of a version of a shared store lie."""

from __future__ import annotations

from pathlib import Path

from analytics.store import Store
from analytics.store.shared_settings import read_settings


def files(shared: Store, version: str) -> list[Path]:
    return sorted(Path(read_settings(shared.location).records, version).rglob("*.parquet"))
