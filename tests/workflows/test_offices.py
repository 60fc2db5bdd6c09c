"""Which office is at work, and what it may take back."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest

from analytics.domain.errors import RefusedError, RelaisError
from analytics.intake import Key
from analytics.store import Store, StoreError
from analytics.workflows.importing import import_register
from analytics.workflows.offices import office_of, undo
from tests.offices import MONS, TOURNAI, register, two_offices

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def both(monkeypatch) -> None:
    two_offices(monkeypatch)


def take(store: Store, office: str, *numbers: int, hours: int = 0) -> None:
    now = NOW + timedelta(hours=hours)
    import_register(store, register(*numbers), Key(b"k" * 32), now, office=office, as_of=date(2026, 6, 12))


def n_cases(store: Store) -> int:
    with store.snapshot() as snapshot:
        return int(snapshot.case_counts()["n"].iloc[0])


def test_the_only_office_needs_no_name_and_of_several_one_is_named(monkeypatch):
    assert office_of() == MONS
    two_offices(monkeypatch)
    with pytest.raises(RefusedError, match=r"Dites quel bureau .*principal \(Mons\) et tournai \(Tournai\)"):
        office_of()
    with pytest.raises(RefusedError, match=r"n’est pas dans offices.toml.*tournai \(Tournai\)"):
        office_of("ath")
    monkeypatch.setenv("RELAIS_OFFICE", TOURNAI)
    assert (office_of(), office_of(MONS)) == (TOURNAI, MONS)


def test_an_office_takes_back_its_import_while_it_is_the_last_one(store, both):
    take(store, MONS, 1, 2)
    take(store, MONS, 1, 2, 3, hours=1)
    undo(store, MONS)
    assert n_cases(store) == 2


def test_after_another_office_it_is_told_whose_import_came_after_and_when(store, both):
    take(store, TOURNAI, 101)
    take(store, MONS, 1, 2, hours=1)
    with pytest.raises(RefusedError) as told:
        undo(store, TOURNAI)
    assert str(told.value) == (
        "La dernière importation est celle du bureau « Mons », le 22/11/2026 à 14:00 : lui seul peut l’annuler. Pour "
        "corriger vos dossiers, importez votre registre corrigé."
    )
    assert n_cases(store) == 3
    undo(store, MONS)
    assert n_cases(store) == 1


def test_an_import_that_came_unseen_is_not_taken_back(store, both):
    take(store, MONS, 1, 2)
    seen = store.versions[0]
    take(store, MONS, 1, 2, 3, hours=1)
    with pytest.raises(StoreError, match="viennent de changer"):
        undo(store, MONS, seen)


def test_two_offices_that_import_at_once_lose_nothing(store, both):
    take(store, MONS, 1)
    start, refused = threading.Barrier(2), []

    def run(office: str, *numbers: int) -> None:
        start.wait()
        while True:
            try:
                return take(Store(store.folder), office, *numbers, hours=1)
            except RelaisError as error:
                refused.append(str(error))

    threads = [threading.Thread(target=run, args=of) for of in ((MONS, 1, 2, 3), (TOURNAI, 101, 102))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(refused) <= {"Une autre importation est en cours. Réessayez dans un instant."}
    with store.snapshot() as snapshot:
        assert snapshot.table("cases")["office"].value_counts().to_dict() == {MONS: 3, TOURNAI: 2}
        assert sorted(snapshot.table("imports")["office"]) == [MONS, MONS, TOURNAI]
