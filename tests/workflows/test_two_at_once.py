"""Two coordinators act at the same time: one goes, the other reads a sentence, and nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analytics.disclosure.release_records import past_records
from analytics.documents.publication import publication_files
from analytics.domain.errors import RelaisError
from analytics.intake import Key
from analytics.store import Store
from analytics.workflows.importing import import_register
from analytics.workflows.inventory import history
from analytics.workflows.publishing import record_and_render
from tests.released import release

FILES = Path(__file__).parents[1] / "files"
FIRST, LATER = ((FILES / f"registre-2025-2026{name}.xlsx").read_bytes() for name in ("", "-suite"))
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "store")


def take(store: Store, content: bytes, by: str | None = None):
    return import_register(store, content, Key(b"k" * 32), NOW, imported_by=by)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Do all acts at the same moment, and return the sentences of those that did not go."""
    start, refused = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
        except RelaisError as error:
            refused.append(str(error))

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def n_cases(store: Store) -> int:
    with store.snapshot() as snapshot:
        return len(snapshot.table("cases"))


def test_of_two_imports_one_goes_and_the_other_is_told_to_try_again(store):
    take(store, FIRST)
    refused = at_once(*(lambda: take(Store(store.folder), LATER) for _ in range(2)))
    assert refused == ["Une autre importation est en cours. Réessayez dans un instant."]
    assert (len(store.versions), n_cases(store)) == (2, 431)


def test_of_two_who_undo_one_goes_and_no_second_import_is_taken_back(store):
    take(store, FIRST)
    take(store, LATER)
    seen = store.versions[0]
    assert len(at_once(*(lambda: Store(store.folder).undo(seen) for _ in range(2)))) == 1
    assert (len(store.versions), n_cases(store)) == (1, 420)


def test_an_import_an_undo_and_a_forgetting_leave_a_whole_store(store):
    take(store, FIRST)
    with store.snapshot() as snapshot:
        case = snapshot.table("cases")["case_id"].iloc[0]
    seen = store.versions[0]
    acts = (
        lambda: take(Store(store.folder), LATER),
        lambda: Store(store.folder).undo(seen),
        lambda: Store(store.folder).forget(case),
    )
    refused = at_once(*acts)
    assert 2 <= len(refused) <= 3
    assert n_cases(store) in (419, 420, 431)
    assert set(store.versions) == {path.name for path in store.folder.glob("*.duckdb")}


def test_of_two_who_publish_one_goes_and_the_other_is_told_to_begin_again(store):
    take(store, FIRST)
    refused = at_once(*(lambda: record_and_render(Store(store.folder), release(), 0) for _ in range(2)))
    assert len(refused) == 1
    assert "Recommencez" in refused[0] or "en cours" in refused[0]
    (kept,) = past_records([store.folder / "releases"])
    assert dict(kept.files) == publication_files(release())


def test_who_publishes_imports_undoes_and_forgets_at_once_leaves_a_whole_store(store):
    take(store, FIRST)
    take(store, LATER)
    with store.snapshot() as snapshot:
        case = snapshot.table("cases")["case_id"].iloc[0]
    seen = store.versions[0]
    refused = at_once(
        lambda: record_and_render(Store(store.folder), release(), 0),
        lambda: take(Store(store.folder), LATER),
        lambda: Store(store.folder).undo(seen),
        lambda: Store(store.folder).forget(case),
    )
    assert len(refused) <= 3
    assert all(sentence.endswith(".") for sentence in refused)
    assert n_cases(store) in (419, 420, 430, 431)
    for record in past_records([store.folder / "releases"]):
        assert dict(record.files) == publication_files(release())


def test_the_history_says_which_account_imported_where_there_are_accounts(store):
    take(store, FIRST)
    with store.snapshot() as snapshot:
        assert "Par" not in history(snapshot)[0]
    take(store, LATER, by="c@service.example")
    with store.snapshot() as snapshot:
        assert [made["Par"] for made in history(snapshot)] == ["c@service.example", "–"]
