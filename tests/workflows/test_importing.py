"""From a file to a version of the store: again and again, real after fictitious, under the right key, and nothing raw."""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from analytics.domain.shipped import SHIPPED
from analytics.domain.vocabulary import STEPS
from analytics.intake import Key, KeyFileError, RefusedFileError
from analytics.store import Store, StoreError
from analytics.workflows.importing import Import, import_register, store_key
from tests.scanning import disguises

FILES = Path(__file__).parents[1] / "files"
FIRST, LATER = FILES / "registre-2025-2026.xlsx", FILES / "registre-2025-2026-suite.xlsx"
KEY = Key(b"k" * 32)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "store")


def take(store: Store, path: Path = FIRST, hours: int = 0, **how) -> Import:
    return import_register(store, path.read_bytes(), KEY, NOW + timedelta(hours=hours), **how)


def counted(done: Import) -> tuple[int, ...]:
    return done.changes.new, done.changes.changed, done.changes.unchanged, done.changes.missing


def test_a_later_extract_updates_what_is_known_and_meaning_decides(store):
    assert counted(take(store)) == (420, 0, 0, 0)
    later = take(store, LATER, 1)
    assert counted(later) == (11, 31, 389, 0)
    assert store.versions[0] == later.version
    snapshot = store.snapshot()
    assert snapshot.case_counts()["n"].tolist() == [431]
    assert snapshot.as_of == date(2026, 6, 26)
    assert snapshot.table("imports")["n_new"].tolist() == [420, 11]


def test_an_earlier_extract_keeps_the_cases_that_it_does_not_hold_yet_and_says_so(store):
    assert take(store, LATER).older_words == ""
    earlier = take(store, FIRST, 1)
    assert earlier.changes.missing == 11
    assert "plus ancien que le dernier importé (26/06/2026)" in earlier.older_words
    assert store.snapshot().case_counts()["n"].tolist() == [431]


@pytest.mark.parametrize("hours", [0, -5])
def test_the_last_import_counts_as_the_last_where_the_clock_stood_still_or_went_back(store, hours):
    take(store)
    take(store, LATER, hours)
    assert store.snapshot().as_of == date(2026, 6, 26)
    assert store.snapshot().table("imports")["n_new"].tolist() == [420, 11]


def test_the_same_file_twice_changes_nothing_and_says_so(store):
    first = take(store)
    again = take(store, hours=1)
    assert counted(again) == (0, 0, 420, 0)
    assert again.version == first.version
    assert store.versions == [first.version]


def test_a_store_that_was_laid_otherwise_is_told_and_the_same_file_mends_it(store, write_old_layout):
    take(store)
    write_old_layout(store)
    old = store.snapshot()
    assert len(old.table("case_steps")) == 420 * len(STEPS)
    assert set(old.table("cases")["first_seen_on"]) == {old.table("imports")["as_of"].item()}
    assert not old.table("schools")["provisional"].any()
    assert old.table("imports")["tells_closure"].all()
    with pytest.raises(StoreError, match="Importez à nouveau le registre"):
        old.step_counts("hours")
    again = take(store, hours=1)
    assert counted(again) == (0, 0, 420, 0)
    assert store.versions[0] == again.version
    assert store.snapshot().step_counts("hours")["n"].sum() == 420 * len(STEPS)


def test_a_file_that_was_taken_back_can_be_imported_again(store):
    take(store)
    take(store, LATER, 1)
    store.undo()
    assert counted(take(store, LATER, 2)) == (11, 31, 389, 0)


def test_a_forgotten_case_that_the_file_still_holds_is_said_to_be_new(store):
    take(store)
    store.forget(store.snapshot().table("cases")["case_id"].iloc[0])
    assert counted(take(store, hours=1)) == (1, 0, 419, 0)


def test_a_later_day_of_extraction_is_a_change_for_the_cases_that_are_open(store):
    take(store)
    assert counted(take(store, hours=1, as_of=date(2026, 6, 19))) == (0, 0, 420, 0)
    assert store.snapshot().as_of == date(2026, 6, 19)


def test_a_dry_run_tells_all_and_writes_nothing(store):
    tried = take(store, dry_run=True)
    assert counted(tried) == (420, 0, 0, 0)
    assert tried.version is None
    assert not store.folder.exists()


def test_a_real_register_takes_the_place_of_fictitious_records(store):
    take(store, source="demo")
    assert store.snapshot().is_demo
    assert counted(take(store, LATER, 1)) == (431, 0, 0, 0)
    snapshot = store.snapshot()
    assert not snapshot.is_demo
    assert snapshot.table("imports")["source"].tolist() == ["register"]


def test_an_import_mends_a_store_of_which_every_version_is_damaged(store):
    take(store)
    (store.folder / store.versions[0]).write_bytes(b"damaged")
    assert counted(take(store, hours=1)) == (420, 0, 0, 0)
    assert not store.snapshot().is_fallback


def test_a_refused_file_leaves_the_store_as_it_was(store):
    before = take(store)
    with pytest.raises(RefusedFileError):
        import_register(store, b"PK damaged", KEY, NOW)
    assert store.versions == [before.version]


def test_the_summary_counts_every_row_once(store):
    summary: dict = take(store, FILES / "registre-a-corriger.xlsx").summary
    assert summary["read"] == sum(summary[name] for name in ("accepted", "refused"))
    assert summary["accepted"] == sum(summary[name] for name in ("new", "changed", "unchanged"))
    assert summary["snapshot"] == store.versions[0]


def test_progress_moves_forward_to_the_end(store):
    shares: list[float] = []
    take(store, progress=lambda share, what: shares.append(share))
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert len(set(shares)) > 4


def test_nothing_that_identifies_is_in_any_byte_of_the_store_however_it_is_written(store):
    take(store)
    take(store, LATER, 1)
    contents = [path.read_bytes() for path in store.folder.iterdir()]
    assert not disguises(FIRST.stem).found_in(*contents)
    assert not disguises(LATER.stem).found_in(*contents)


def test_the_search_for_what_identifies_finds_it_in_the_register_itself():
    """So that the test above can fail: a workbook is unpacked and searched the same way."""
    with zipfile.ZipFile(FIRST) as archive:
        assert disguises(FIRST.stem).found_in(*(archive.read(name) for name in archive.namelist()))


def test_the_key_is_made_on_first_use_for_its_owner_alone(store, tmp_path):
    path = tmp_path / "configuration" / "relais.key"
    key = store_key(store, path)
    assert store_key(store, path) == key
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_store_that_holds_records_wants_the_key_that_made_them(store, tmp_path):
    path = tmp_path / "relais.key"
    key = store_key(store, path)
    import_register(store, FIRST.read_bytes(), key, NOW)
    path.rename(tmp_path / "elsewhere.key")
    with pytest.raises(KeyFileError, match=f"La clé {key.id}.* est introuvable"):
        store_key(store, path)
    assert not path.exists(), "never a silent new key"
    path.touch(mode=0o600)
    path.write_text("0" * 64)
    with pytest.raises(KeyFileError, match=f"importé avec la clé {key.id}"):
        store_key(store, path)
    path.write_text("0" * 10)
    with pytest.raises(KeyFileError, match="incomplet"):
        store_key(store, path)


def test_a_key_that_others_can_read_is_refused_with_what_to_do(store, tmp_path):
    path = tmp_path / "relais.key"
    key = store_key(store, path)
    for mode in (0o640, 0o604, 0o620):
        path.chmod(mode)
        with pytest.raises(KeyFileError, match="chmod 600"):
            store_key(store, path)
    path.chmod(0o400)
    assert store_key(store, path) == key


def test_fictitious_records_do_not_tie_the_service_to_their_key(store, tmp_path):
    take(store, source="demo")
    assert store_key(store, tmp_path / "relais.key").id != KEY.id


@pytest.mark.parametrize("where", ["the repository", "the store"])
def test_the_key_may_stand_neither_in_the_repository_nor_in_the_store(store, where):
    path = {"the repository": SHIPPED / "relais.key", "the store": store.folder / "relais.key"}[where]
    with pytest.raises(KeyFileError, match="ne peut pas se trouver"):
        store_key(store, path)
    assert not path.exists()
