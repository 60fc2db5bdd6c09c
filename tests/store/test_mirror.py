"""What goes with the records of a shared store is kept in its catalogue."""

from __future__ import annotations

import pytest

from analytics.store import Store
from tests.store.test_versions import publish


def test_what_goes_with_the_records_is_kept_in_the_catalogue(shared):
    publish(shared, "A")
    with shared.writing():
        (shared.folder / "releases" / "0001-2025-2026").mkdir(parents=True)
        (shared.folder / "releases" / "0001-2025-2026" / "a.csv").write_bytes(b"a")
        (shared.folder / "plan.json").write_bytes(b"1")
    with pytest.raises(ZeroDivisionError), shared.writing():
        (shared.folder / "plan.json").write_bytes(b"2")
        raise ZeroDivisionError
    folder = Store(shared.location).folder
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert found == {"releases/0001-2025-2026/a.csv": b"a", "plan.json": b"1"}
