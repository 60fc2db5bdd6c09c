"""Two offices import, answer and take back at random; a dictionary says what the store must hold. Prints how many agreed.

``uv run python -m tests.benchmarks.offices_benchmark [SEQUENCES] [shared]``: in a folder, or in a shared store that each
office opens by a file of its own; there two processes also import at once. What is stored is read without Relais.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import duckdb
import pytest

from analytics.domain.errors import RefusedError
from analytics.intake import Key, OwnWords, UnansweredError
from analytics.store import Store, StoreError
from analytics.workflows.importing import import_register
from analytics.workflows.offices import undo
from tests.benchmarks.shared_kills_benchmark import foreign
from tests.cluster import Cluster, running_cluster
from tests.offices import MONS, TOURNAI, register, two_offices

KEY = Key(b"k" * 32)
WORDS = {"insults": "Insultes", "threats": "Menaces", "intimidation": "Intimidations"}
N_STEPS = 10
ROWS = "SELECT case_id, office, incident_type FROM cases JOIN case_incidents USING (case_id) ORDER BY ALL"
Rows = list[tuple[str, str, str]]
processes = multiprocessing.get_context("spawn")


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
    def rows(self) -> Rows:
        numbers = (
            (f"{key[0]}/{key[1]}" if isinstance(key, tuple) else str(key), *case) for key, case in self.cases.items()
        )
        return sorted((KEY.pseudonym(number), office, fact) for number, office, fact in numbers)


def stores(folder: Path, cluster: Cluster | None) -> tuple[dict[str, Store], Callable[[], Rows]]:
    """The store as each office opens it, and what it holds."""
    if cluster is None:
        store = Store(folder / "store")

        def of_file() -> Rows:
            with duckdb.connect(store.folder / store.versions[0], read_only=True) as connection:
                return connection.execute(ROWS).fetchall()

        return {MONS: store, TOURNAI: store}, of_file
    location = cluster.shared_store(folder, office=MONS)
    other = folder / "other.toml"
    other.write_text(location.read_text("utf-8").replace(MONS, TOURNAI), "utf-8")

    def of_lake() -> Rows:
        with foreign(cluster, f"{folder}/shared", f"relais_{cluster._n_stores}") as connection:
            ((newest,),) = connection.execute("SELECT version FROM foreign_lake.main.kept LIMIT 1").fetchall()
            connection.execute(f"USE foreign_lake.{newest}")
            return connection.execute(ROWS).fetchall()

    return {MONS: Store(location), TOURNAI: Store(other)}, of_lake


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


def sequence(seed: int, cluster: Cluster | None) -> int:
    """The number of steps of one random sequence after which the store held what it must; -1 per step where it did not."""
    random, expected, before = Random(seed), Expected(), []
    with TemporaryDirectory() as folder:
        of_office, held = stores(Path(folder), cluster)
        for step in range(N_STEPS):
            office = random.choice([MONS, TOURNAI])
            first = 1 if random.random() < 0.5 or office == MONS else 101
            told = {n: random.choice([*WORDS]) for n in range(first, first + random.randint(2, 12))}
            answer, store = random.choice(["", "keep", "take", "apart"]), of_office[office]
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
            if store.versions and held() != expected.rows:
                print(f"sequence {seed}, step {step}: the store holds something else")
                return step
    return N_STEPS


def import_often(location: Path, first: int, answers) -> None:
    """Import five registers of the office of ``location``, again where another import is going on."""
    two_offices(pytest.MonkeyPatch())
    store, random, told, n_refused = Store(location), Random(first), {}, 0
    for hours in range(5):
        facts = {n: random.choice([*WORDS]) for n in range(first, first + random.randint(2, 12))}
        while True:
            try:
                take(store, str(store.office), facts, "", hours)
                break
            except StoreError as error:
                assert "Une autre importation" in str(error)
                n_refused += 1
        told |= facts
    answers.put((store.office, told, n_refused))


def at_once(cluster: Cluster) -> None:
    """Two offices import in two processes at once; then each of them tries to take back the last import."""
    expected, answers = Expected(), processes.Queue()
    with TemporaryDirectory() as folder:
        of_office, held = stores(Path(folder), cluster)
        started = [
            processes.Process(target=import_often, args=(store.location, first, answers))
            for store, first in zip(of_office.values(), (1, 101), strict=True)
        ]
        for process in started:
            process.start()
        for _ in started:
            office, told, n_refused = answers.get()
            expected.take(office, told, "")
            print(
                f"{office}: {len(told)} cases told by five imports at once, {n_refused} times another one was going on"
            )
        print("equal" if held() == expected.rows else "OTHER ROWS", "at the end")
        for office in (MONS, TOURNAI, MONS):
            try:
                undo(of_office[office], office)
                print(f"{office}: taken back")
            except RefusedError as error:
                print(f"{office}: « {error} »")


if __name__ == "__main__":
    two_offices(pytest.MonkeyPatch())
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    with running_cluster() if "shared" in sys.argv else nullcontext() as cluster:
        steps = [sequence(seed, cluster) for seed in range(n)]
        print(f"{steps.count(N_STEPS)} of {n} sequences of {N_STEPS} imports held what two offices told")
        if cluster:
            at_once(cluster)
