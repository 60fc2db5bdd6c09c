"""Copying a store, from a folder to a shared one or back, with the plans and releases that go with its records."""

from __future__ import annotations

import shutil
from pathlib import Path

from analytics.disclosure.release_records import record_places
from analytics.planning.kept import FILE
from analytics.store import Store


def copy_store(source: Store, target: Store) -> int:
    """Copy every kept version, the plans and the releases of ``source`` into ``target``; return the number of versions.

    The key lies beside neither and stays where it is. StoreError when ``target`` holds something, or when a copy differs.
    """
    target.fill_from(source)
    with target.writing():
        for path in (source.folder / FILE, *record_places(source.folder, is_demo=True)):
            copy: Path = target.folder / path.name
            if path.is_dir():
                shutil.copytree(path, copy, dirs_exist_ok=True)
            elif path.exists():
                shutil.copyfile(path, copy)
                copy.chmod(0o600)
    return len(target.versions)
