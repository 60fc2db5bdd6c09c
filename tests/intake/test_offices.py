"""A number that two offices have: side by side, decided, never overwritten in silence."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from analytics.intake import Key, OwnWords, UnansweredError
from analytics.store import Store
from analytics.workflows.importing import Import, import_register
from tests.offices import MONS, TOURNAI, register, two_offices

KEY = Key(b"k" * 32)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path, monkeypatch) -> Store:
    two_offices(monkeypatch)
    return Store(tmp_path / "store")


class Service:
    """Imports of two offices, an hour apart."""

    def __init__(self, store: Store) -> None:
        self.store, self.hours = store, 0

    def take(self, office: str, content: bytes, own_words: OwnWords | None = None, **how) -> Import:
        self.hours += 1
        now = NOW + timedelta(hours=self.hours)
        how = {"as_of": date(2026, 6, 12)} | how
        return import_register(self.store, content, KEY, now, office=office, own_words=own_words, **how)

    @property
    def cases(self) -> pd.DataFrame:
        with self.store.snapshot() as snapshot:
            return snapshot.table("cases").set_index("case_id")

    def n_of(self) -> dict[str, int]:
        return self.cases["office"].value_counts().to_dict()


@pytest.fixture
def service(store) -> Service:
    return Service(store)


def counted(done: Import) -> tuple[int, ...]:
    return done.changes.new, done.changes.changed, done.changes.unchanged, done.changes.missing


def answered(done: Import, answer: str) -> OwnWords:
    """The answer that begins so to each question about offices."""
    own_words = OwnWords()
    for question in done.extract.questions:
        own_words = own_words.with_answer(question.place, next(c for c in question.choices if c.startswith(answer)))
    return own_words


def test_each_office_updates_its_own_cases_and_misses_none_of_the_other(service):
    service.take(MONS, register(1, 2, 3))
    assert counted(service.take(TOURNAI, register(101, 102))) == (2, 0, 0, 0)
    changed = register(101, more={101: {"Faits": "Menaces"}})
    assert counted(service.take(TOURNAI, changed)) == (0, 1, 0, 1)
    assert counted(service.take(MONS, register(1, 2, 3, 4))) == (1, 0, 3, 0)
    assert service.n_of() == {MONS: 4, TOURNAI: 2}


def test_the_first_register_of_a_second_office_is_not_taken_for_a_wrong_file_nor_its_cases_for_changes(service):
    service.take(MONS, register(*range(1, 8)))
    service.take(TOURNAI, register(*range(101, 108)))
    assert service.cases["changed_on"].isna().all()
    with pytest.raises(UnansweredError, match="Est-ce le bon fichier"):
        service.take(TOURNAI, register(*range(201, 208)))


def test_a_shared_number_refuses_its_row_with_both_records_and_overwrites_nothing(service):
    service.take(MONS, register(1, 2, 3))
    before = service.cases
    other = {2: {"École": "Athénée du Parc", "Faits": "Insultes, Menaces", "CPMS contacté le": ""}}
    done = service.take(TOURNAI, register(2, 101, more=other))
    assert (done.extract.n_read, done.extract.n_accepted, done.extract.n_refused) == (2, 1, 1)
    assert counted(done) == (1, 0, 0, 0)
    (fault,) = done.extract.faults
    assert (fault.row, fault.header, fault.rule) == (2, "N° dossier", "other_office")
    assert fault.hint == (
        "Mons ; école : Athénée du Parc ici, Institut Saint-Exemple là ; faits : Insultes et Menaces ici, Insultes là ; "
        "CPMS : pas faite ici, faite (32 h) là"
    )
    (question,) = done.extract.questions
    assert question.text == (
        "Ligne 2 : « Mons » a déjà un dossier de ce numéro. Est-ce le même ? Jusque-là, la ligne est refusée."
    )
    assert question.asked == f"{question.text} ({fault.hint})"
    assert question.place == ("answers", f"office_numbers {KEY.pseudonym('2')}")
    assert (question.blocking, question.default) == (False, "apart"), "of another school it is likely another case"
    assert service.cases.loc[before.index].equals(before)
    again = service.take(TOURNAI, register(2, 101, more=other))
    assert again.extract.refused_digest == again.known_refused != ""


@pytest.mark.parametrize(
    ("answer", "counts", "n_of", "facts"),
    [
        ("keep", (0, 0, 1, 0), {MONS: 3}, ["insults"]),
        ("take", (0, 1, 0, 0), {MONS: 2, TOURNAI: 1}, ["threats"]),
        ("apart", (1, 0, 0, 0), {MONS: 3, TOURNAI: 1}, ["insults", "threats"]),
    ],
)
def test_a_shared_case_is_what_was_decided(service, answer, counts, n_of, facts):
    service.take(MONS, register(1, 2, 3))
    content = register(2, more={2: {"Faits": "Menaces"}})
    asked = service.take(TOURNAI, content, dry_run=True)
    assert asked.extract.questions[0].default == "keep", "the best answer overwrites nothing"
    own_words = answered(asked, answer)
    done = service.take(TOURNAI, content, own_words)
    assert (counted(done), done.extract.n_refused) == (counts, 0)
    assert service.n_of() == n_of
    with service.store.snapshot() as snapshot:
        incidents = snapshot.table("case_incidents").set_index("case_id")["incident_type"]
    ids = [KEY.pseudonym(number) for number in ("2", "tournai/2")]
    assert incidents[incidents.index.isin(ids)].sort_values().tolist() == facts


def test_what_is_decided_stays_decided(service):
    service.take(MONS, register(1, 2, 3))
    apart = answered(service.take(TOURNAI, register(2, 101), dry_run=True), "apart")
    service.take(TOURNAI, register(2, 101), apart)
    assert counted(service.take(TOURNAI, register(2, 101, 102))) == (1, 0, 2, 0), (
        "another case is not asked about again"
    )
    assert counted(service.take(MONS, register(1, 2, 3, 4))) == (1, 0, 3, 0)


def test_a_case_that_was_handed_over_is_not_taken_back_in_silence(service):
    service.take(MONS, register(1, 2, 3))
    asked = service.take(TOURNAI, register(2), dry_run=True)
    took = answered(asked, "take")
    service.take(TOURNAI, register(2), took)
    again = service.take(MONS, register(1, 2, 3, 4))
    assert (counted(again), again.extract.n_refused) == ((1, 0, 2, 0), 1)
    keep = answered(again, "keep")
    assert service.take(MONS, register(1, 2, 3, 4, 5), keep).extract.n_refused == 0
    assert service.take(TOURNAI, register(2, 3), took).extract.n_refused == 1, (
        "an answer that overwrites is for its file"
    )
    assert service.n_of() == {MONS: 4, TOURNAI: 1}


def test_a_thousand_shared_numbers_are_one_question_and_an_office_with_numbers_of_its_own_is_asked_once(service):
    numbers = range(1, 1_001)
    service.take(MONS, register(*numbers))
    elsewhere = {n: {"École": "Athénée du Parc"} for n in range(1, 1_003)}
    asked = service.take(TOURNAI, register(*numbers, more=elsewhere), dry_run=True)
    (question,) = asked.extract.questions
    assert (question.n_rows, question.default, len(question.choices)) == (1_000, "apart", 3)
    assert question.text.replace("\u202f", " ") == (
        "1 000 dossiers de ce fichier ont un numéro que « Mons » a déjà ; 1 000 sont d’une autre école ou d’un autre "
        "moment. Que sont-ils ? Jusque-là, ces lignes sont refusées."
    )
    assert asked.extract.n_accepted == 0
    done = service.take(TOURNAI, register(*numbers, more=elsewhere), answered(asked, "apart"))
    assert counted(done) == (1_000, 0, 0, 0)
    later = service.take(TOURNAI, register(*numbers, 1_001, more=elsewhere))
    assert (counted(later), later.extract.questions) == ((1, 0, 1_000, 0), ())
    assert counted(service.take(MONS, register(*numbers, 1_001))) == (1, 0, 1_000, 0), "nor does it meet new numbers"
    assert service.n_of() == {MONS: 1_001, TOURNAI: 1_001}


def test_cases_that_came_before_their_office_had_numbers_of_its_own_are_found_again(service):
    service.take(TOURNAI, register(*range(7, 10)))
    service.take(MONS, register(*range(1, 7)))
    content = register(*range(1, 10), more={n: {"École": "Athénée du Parc"} for n in range(1, 7)})
    asked = service.take(TOURNAI, content, dry_run=True)
    assert counted(service.take(TOURNAI, content, answered(asked, "apart"))) == (6, 0, 3, 0)
    assert service.n_of() == {MONS: 6, TOURNAI: 9}


def test_numbers_that_begin_again_in_one_office_are_those_of_this_office(service):
    both_years = b"\n".join([register(*range(1, 6), year=2025), *register(*range(1, 6)).splitlines()[1:]])
    service.take(MONS, both_years)
    assert service.n_of() == {MONS: 10}
    service.take(TOURNAI, register(*range(1, 6)))
    with service.store.snapshot() as snapshot:
        assert snapshot.table("imports")[["office", "by_year"]].to_numpy().tolist() == [[MONS, True], [TOURNAI, False]]


def test_the_day_of_the_records_is_the_day_up_to_which_every_office_is_known(service):
    service.take(MONS, register(1, 2), as_of=date(2026, 6, 12))
    service.take(TOURNAI, register(101), as_of=date(2026, 6, 5))
    assert service.store.snapshot().as_of == date(2026, 6, 5)
    service.take(TOURNAI, register(101), as_of=date(2026, 6, 19))
    assert service.store.snapshot().as_of == date(2026, 6, 12)
