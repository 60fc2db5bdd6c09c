"""Two offices import, answer and take back at random; a dictionary says what the store must hold. Prints how many agreed.

uv run python -m tests.benchmarks.offices_benchmark [SEQUENCES]
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import duckdb
import pytest

from analytics.domain.errors import RefusedError
from analytics.intake import Key, OwnWords, UnansweredError
from analytics.store import Store
from analytics.workflows.importing import import_register
from analytics.workflows.offices import undo
from tests.offices import MONS, TOURNAI, register, two_offices

KEY = Key(b"k" * 32)
WORDS = {"insults": "Insultes", "threats": "Menaces", "intimidation": "Intimidations"}
N_STEPS = 10


class Expected:
    """What two offices told: ``cases`` has office and incident type by number, or by office and number."""

    def __init__(self) -> None:
        self.cases: dict[object, tuple[str, str]] = {}
        self.apart: set[str] = set()
        self.last = ""

    def take(self, office: str, told: dict[int, str], answer: str) -> None:
        shared = [n for n in told if (office, n) not in self.cases and self.cases.get(n, (office,))[0] != office]
        if answer == "apart" and (len(shared) > 5 or office in self.apart):
            self.apart.add(office)
        for n, fact in told.items():
            if office in self.apart:
                if self.cases.get(n, ("",))[0] == office:
                    del self.cases[n]
                self.cases[office, n] = office, fact
            elif (office, n) in self.cases or (n in shared and answer == "apart"):
                self.cases[office, n] = office, fact
            elif n not in shared or answer == "take":
                self.cases[n] = office, fact

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        numbers = (
            (f"{key[0]}/{key[1]}" if isinstance(key, tuple) else str(key), *case) for key, case in self.cases.items()
        )
        return sorted((KEY.pseudonym(number), office, fact) for number, office, fact in numbers)


def stored(store: Store) -> list[tuple[str, str, str]]:
    """What the file holds, read without Relais."""
    with duckdb.connect(store.folder / store.versions[0], read_only=True) as connection:
        rows = "SELECT case_id, office, incident_type FROM cases JOIN case_incidents USING (case_id) ORDER BY ALL"
        return connection.execute(rows).fetchall()


def take(store: Store, office: str, told: dict[int, str], answer: str, hours: int) -> None:
    """Import with ``answer`` to what is asked of offices, and yes to what else is asked."""
    content = register(*told, more={n: {"Faits": WORDS[fact]} for n, fact in told.items()})
    now, own_words = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=hours), OwnWords()
    for dry_run in (True, True, False):
        try:
            done = import_register(
                store, content, KEY, now, office=office, own_words=own_words, as_of=date(2026, 6, 12), dry_run=dry_run
            )
            questions = done.extract.questions
        except UnansweredError as error:
            questions = error.questions
        for question in questions:
            codes = [code for code in question.choices if answer and code.startswith(answer)]
            if question.code != "office" or codes:
                own_words = own_words.with_answer(question.place, codes[0] if codes else question.default)


def sequence(seed: int) -> int:
    """The number of steps of one random sequence after which the store held what it must; -1 per step where it did not."""
    random, expected, before = Random(seed), Expected(), []
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store")
        for step in range(N_STEPS):
            office = random.choice([MONS, TOURNAI])
            first = 1 if random.random() < 0.5 or office == MONS else 101
            told = {n: random.choice([*WORDS]) for n in range(first, first + random.randint(2, 12))}
            answer = random.choice(["", "keep", "take", "apart"])
            was = store.versions[:1]
            snapshot = (dict(expected.cases), set(expected.apart), expected.last)
            take(store, office, told, answer, step)
            expected.take(office, told, answer)
            if store.versions[:1] != was:
                before.append(snapshot)
                expected.last = office
            if before and before[-1][2] and random.random() < 0.2:
                try:
                    undo(store, office)
                    assert office == expected.last
                    expected.cases, expected.apart, expected.last = before.pop()
                except RefusedError:
                    assert office != expected.last
            if store.versions and stored(store) != expected.rows:
                print(f"sequence {seed}, step {step}: the store holds something else")
                return step
    return N_STEPS


if __name__ == "__main__":
    two_offices(pytest.MonkeyPatch())
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    steps = [sequence(seed) for seed in range(n)]
    print(f"{steps.count(N_STEPS)} of {n} sequences of {N_STEPS} imports held what two offices told")
