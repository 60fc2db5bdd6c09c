"""Versions in files: damage, a lost manifest, left-overs, rights."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from analytics.store import DamagedStoreError, Store, StoreError
from tests.store.test_versions import case_ids, current, publish


def test_only_our_own_left_overs_are_cleared(store):
    publish(store, "A")
    kept = [store.folder / name for name in ("notes.txt", "budget.xlsx", "other.duckdb")]
    left = [store.folder / f"0123abcd.{end}" for end in ("building", "building.wal", "manifest")]
    left.append(store.folder / f"0123abcd-{'0' * 32}.duckdb")
    for path in (*kept, *left):
        path.write_bytes(b"x")
    with store.writing():
        pass
    assert all(path.exists() for path in kept)
    assert not any(path.exists() for path in left)


def flip_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


DAMAGES: list[Callable[[Path], object]] = [
    flip_a_byte,
    lambda path: path.write_bytes(path.read_bytes()[:-4096]),
    lambda path: path.write_bytes(b""),
    lambda path: path.unlink(),
]


@pytest.mark.parametrize("damage", DAMAGES, ids=["a flipped byte", "cut short", "empty", "gone"])
def test_a_damaged_version_gives_way_to_the_one_before_it_which_says_so(store, damage):
    before = publish(store, "A")
    publish(store, "A", "B")
    damage(current(store))
    with store.snapshot() as snapshot:
        assert snapshot.is_fallback
        assert snapshot.version == before
    publish(store, "A", "C")
    with store.snapshot() as snapshot:
        assert not snapshot.is_fallback
    assert case_ids(store) == ["A", "C"]


@pytest.mark.parametrize("damage", DAMAGES, ids=["a flipped byte", "cut short", "empty", "gone"])
def test_when_no_version_can_be_read_a_calm_sentence_says_what_to_do(store, damage):
    publish(store, "A")
    damage(current(store))
    with pytest.raises(DamagedStoreError, match="Importez à nouveau le registre"):
        store.snapshot()
    publish(store, "B")
    assert case_ids(store) == ["B"]


@pytest.mark.parametrize(
    "manifest",
    [b"", b"\xff\xfe\x00", b"not a version\n", b"../../etc/passwd\n", None],
    ids=["empty", "binary", "words", "elsewhere", "gone"],
)
def test_a_lost_or_damaged_manifest_loses_no_version(store, manifest):
    published = [publish(store, "A"), publish(store, "B")]
    (store.folder / "manifest").unlink()
    if manifest is not None:
        (store.folder / "manifest").write_bytes(manifest)
    assert case_ids(store) == ["B"]
    published.append(publish(store, "C"))
    assert store.versions == published[::-1]


def test_a_manifest_that_names_a_missing_version_is_followed_to_the_next_one(store):
    before = publish(store, "A")
    (store.folder / "manifest").write_text(f"01234567-{'0' * 32}.duckdb\n{before}")
    with store.snapshot() as snapshot:
        assert (snapshot.version, snapshot.is_fallback) == (before, True)


def test_a_manifest_that_names_only_missing_versions_falls_back_on_the_good_one_beside_it(store):
    good = publish(store, "A")
    (store.folder / "manifest").write_text(f"01234567-{'0' * 32}.duckdb")
    with store.snapshot() as snapshot:
        assert (snapshot.version, snapshot.is_fallback) == (good, True)
    publish(store, "B")
    assert (store.folder / good).exists()


def test_a_folder_that_is_a_file_is_told_in_one_sentence(tmp_path):
    (tmp_path / "store").write_text("")
    store = Store(tmp_path / "store")
    with pytest.raises(StoreError, match="n’est pas lisible"):
        store.snapshot()
    with pytest.raises(StoreError, match="pas accessible en écriture"):
        publish(store, "A")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_the_folder_of_the_records_is_for_its_owner_alone(tmp_path):
    store = Store(tmp_path / "store")
    with store.writing():
        assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_each_file_of_the_store_is_for_its_owner_alone_whatever_the_folder_and_the_umask(tmp_path):
    tmp_path.chmod(0o777)
    umask = os.umask(0)
    try:
        publish(Store(tmp_path), "A")
        assert os.umask(0) == 0, "the umask of the process is as it was"
    finally:
        os.umask(umask)
    assert {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in tmp_path.iterdir()} == {
        path.name: "0o600" for path in tmp_path.iterdir()
    }


def test_few_cases_are_read_with_one_thread(store):
    publish(store, "A")
    with store.snapshot() as snapshot:
        assert snapshot.rows("SELECT current_setting('threads')::INTEGER AS n") == [{"n": 1}]
