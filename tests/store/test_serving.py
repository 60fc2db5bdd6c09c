"""A reader is answered from the version before while a newer one is loaded, and never from one that is no longer kept."""

from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest

from analytics.store import Serving, Store, StoreError, loading, serving
from analytics.store.shared_settings import read_settings
from tests.store.test_versions import publish


def until(is_so: Callable[[], bool]) -> None:
    ends = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.01)


def unprepared() -> Serving:
    return Serving(lambda opened: None)


def served(serving: Serving, store: Store, *, newest: bool = False) -> str:
    opened = serving.current(store, newest=newest)
    assert opened is not None
    return opened.version


def test_the_version_before_is_served_until_the_new_one_is_loaded_and_prepared(shared):
    prepared = []
    serving = Serving(lambda opened: prepared.append((opened.version, served(serving, shared))))
    assert serving.current(shared) is None
    first = publish(shared, "A")
    assert served(serving, shared) == first
    with loading._LOADING:  # what is loaded takes as long as this
        second = publish(shared, "A", "B")
        assert [served(serving, shared) for _ in range(3)] == [first] * 3
        third = publish(shared, "A", "B", "C")
        assert served(serving, shared) == first
    until(lambda: served(serving, shared) == third)
    assert prepared in ([(second, first), (third, second)], [(third, first)])


def test_who_has_changed_the_store_waits_for_the_newest(shared):
    serving = unprepared()
    for names in ("A", "AB"):
        version = publish(shared, *names)
        assert served(serving, shared, newest=True) == version


@pytest.mark.parametrize("change", ["undo", "forget"])
def test_what_is_no_longer_kept_is_not_served(shared, change):
    serving = unprepared()
    first, second = publish(shared, "A"), publish(shared, "A", "B")
    assert served(serving, shared) == second
    if change == "undo":
        shared.undo()
    else:
        shared.forget("B")
    assert served(serving, shared) == shared.versions[0] != second
    opened = serving.current(shared)
    assert opened.table("cases")["case_id"].tolist() == ["A"]
    assert first in shared.versions


def test_a_load_that_fails_is_told_to_who_must_wait_and_not_tried_again_and_again(shared, monkeypatch):
    one = unprepared()
    first = publish(shared, "A")
    assert served(one, shared) == first
    second = publish(shared, "A", "B")
    records, away = (Path(read_settings(shared.location).records.rstrip("/") + end) for end in ("", "-away"))
    records.rename(away)
    try:
        assert served(one, shared) == first
        until(lambda: not one._is_loading)
        for _ in range(20):
            assert served(one, shared) == first
            assert not one._is_loading
        for ask in (lambda: served(one, shared, newest=True), lambda: served(unprepared(), shared)):
            with pytest.raises(StoreError, match="Le dossier partagé n’est pas là"):
                ask()
        monkeypatch.setattr(serving, "STAND_IN_SECONDS", 0)
        with pytest.raises(StoreError, match="Le dossier partagé n’est pas là"):
            served(one, shared)
    finally:
        away.rename(records)
    assert served(one, shared) == second


def test_the_one_before_is_the_one_that_was_served_and_the_one_before_that_leaves(shared):
    serving = unprepared()
    assert publish(shared, "A")
    oldest = weakref.ref(serving.current(shared))
    publish(shared, "A", "B")
    second = serving.current(shared, newest=True)
    assert serving.before(shared, second) is oldest()
    publish(shared, "A", "B", "C")
    third = serving.current(shared, newest=True)
    assert serving.before(shared, third) is second
    gc.collect()
    assert oldest() is None
    shared.undo()
    assert serving.before(shared, third) is None, "nothing is compared with a version that was taken back"


def test_a_folder_serves_its_newest_version_at_once(store):
    serving = unprepared()
    assert serving.current(store) is None
    for names in ("A", "AB", "ABC"):
        version = publish(store, *names)
        assert served(serving, store) == version
    before = serving.before(store, serving.current(store))
    assert before is not None and before.version == store.versions[1]


def test_before_a_damaged_version_comes_the_one_before_what_is_read_instead(store):
    oldest, instead, damaged = (publish(store, *names) for names in ("A", "AB", "ABC"))
    (store.folder / damaged).write_bytes(b"")
    serving = unprepared()
    current = serving.current(store)
    assert (current.version, current.is_fallback) == (instead, True)
    assert serving.current(store) is current
    assert serving.before(store, current).version == oldest
