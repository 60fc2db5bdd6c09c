"""A store is copied with the plans and the releases that go with its records, and without its key."""

from __future__ import annotations

import pytest

from analytics.disclosure.release_records import record_places
from analytics.planning.kept import FILE
from analytics.store import Store, StoreError
from analytics.workflows.moving import copy_store
from tests.store.test_versions import case_ids, publish


def test_what_goes_with_the_records_is_copied_and_the_key_stays(tmp_path):
    source, target = Store(tmp_path / "one"), Store(tmp_path / "two")
    publish(source, "A")
    publish(source, "A", "B")
    (source.folder / FILE).write_bytes(b"{}")
    (source.folder / "relais.key").write_bytes(b"k")
    for place in record_places(source.folder, is_demo=True):
        place.mkdir(exist_ok=True)
        (place / "a.csv").write_bytes(b"a")
    assert copy_store(source, target) == 2
    assert case_ids(target) == ["A", "B"]
    assert (target.folder / FILE).read_bytes() == b"{}"
    assert [path.read_bytes() for path in target.folder.rglob("a.csv")] == [b"a"] * len(
        record_places(source.folder, is_demo=True)
    )
    assert not list(target.folder.glob("*.key"))
    with pytest.raises(StoreError, match="déjà des données"):
        copy_store(source, target)
