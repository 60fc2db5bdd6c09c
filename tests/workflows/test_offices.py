"""Which office is at work, and what it may take back."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest

from analytics.domain.errors import RefusedError, RelaisError
from analytics.intake import Key, OwnWords
from analytics.store import Store, StoreError
from analytics.workflows.importing import import_register
from analytics.workflows.inventory import history, history_sentences, inventory
from analytics.workflows.offices import cases_of, office_of, undo
from tests.offices import MONS, TOURNAI, register, two_offices

KEY = Key(b"k" * 32)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def both(monkeypatch) -> None:
    two_offices(monkeypatch)


def take(store: Store, office: str, *numbers: int, hours: int = 0) -> None:
    now = NOW + timedelta(hours=hours)
    apart = OwnWords(answers={"office_numbers": "apart"}) if office == TOURNAI else None
    import_register(store, register(*numbers), KEY, now, office=office, own_words=apart, as_of=date(2026, 6, 12))


def n_cases(store: Store) -> int:
    with store.snapshot() as snapshot:
        return int(snapshot.case_counts()["n"].iloc[0])


def test_the_only_office_needs_no_name_and_of_several_one_is_named(monkeypatch, store):
    assert office_of(None, store) == MONS
    two_offices(monkeypatch)
    with pytest.raises(RefusedError, match=r"Dites quel bureau .*principal \(Mons\) et tournai \(Tournai\)"):
        office_of(None, store)
    with pytest.raises(RefusedError, match=r"n’est pas dans offices.toml.*tournai \(Tournai\)"):
        office_of("ath", store)
    monkeypatch.setenv("RELAIS_OFFICE", TOURNAI)
    assert (office_of(None, store), office_of(MONS, store)) == (TOURNAI, MONS)


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


def test_a_number_that_two_offices_have_forgets_neither_before_one_is_told(store, both):
    take(store, MONS, 1, 2)
    take(store, TOURNAI, 2, 3, hours=1)
    assert cases_of(store, KEY, "1") == [KEY.pseudonym("1")]
    assert cases_of(store, KEY, "3") == [KEY.pseudonym("tournai/3")]
    assert cases_of(store, KEY, "Tournai / 2") == [KEY.pseudonym("tournai/2")]
    with pytest.raises(RefusedError, match="Plusieurs bureaux"):
        cases_of(store, KEY, "2")


def test_an_office_that_imported_stays_in_the_list(store, both, monkeypatch):
    take(store, TOURNAI, 1)
    monkeypatch.undo()
    with pytest.raises(StoreError, match="ne nomme plus le bureau « tournai »"):
        take(store, MONS, 1, hours=1)


def test_with_one_office_the_history_and_the_contents_say_nothing_of_it_and_with_two_whose_each_import_was(
    store, monkeypatch
):
    take(store, MONS, 1)
    with store.snapshot() as snapshot:
        assert "Bureau" not in history(snapshot)[0]
        assert not any("bureau" in line.lower() for line in inventory(snapshot))
        two_offices(monkeypatch)
    take(store, TOURNAI, 2, hours=1)
    with store.snapshot() as snapshot:
        assert [made["Bureau"] for made in history(snapshot)] == ["Tournai", "Mons"]
        assert "Derniers extraits des bureaux : Mons au 12/06/2026 et Tournai au 12/06/2026." in inventory(snapshot)
        assert history_sentences(history(snapshot))[0].startswith("22/11/2026 14:00, Tournai : situation au 12/06/2026")
