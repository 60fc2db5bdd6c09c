"""What a sequence of releases gives away: every order of asking, attacked as anyone and as each school.

    python tests/benchmarks/releases_benchmark.py [CASES ...]

Each sequence works on a store of its own: it publishes, corrects, forgets, changes rules and terms, loses the store, and
publishes again. All files that were let out are then attacked together, and what is found is held against the true counts
behind each. "Given back": suppressed numbers that are known exactly; "too close": those proven to be below the threshold;
"to a school": cells of an exact release that a school, which knows its own cases, could bring too close.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from unittest.mock import patch

from msgspec import structs

from analytics.disclosure import audit
from analytics.disclosure.catalogue import load_catalogue
from analytics.disclosure.counting import Counts, count_tables
from analytics.disclosure.published import read_publication
from analytics.disclosure.release_records import read_files
from analytics.domain.errors import RelaisError
from analytics.domain.numbers import PublicationTerm
from analytics.intake import Key
from analytics.store import Store
from analytics.synthetic import synthetic_register
from analytics.workflows import publishing
from analytics.workflows.importing import import_register

KEY = Key(b"releases" * 4)
YEAR, OTHER = "2024-2025", "2025-2026"
TODAY = date(2026, 11, 26)
SIZES = (150, 300, 600, 900)
SEEDS = (1, 2)
PATIENCE = 180  # seconds for a proof, on a machine that does other things too


@dataclass
class Service:
    """A store, the folders that left it, and the tables behind each as they were counted then."""

    folder: Path
    n_cases: int
    seed: int
    rules: dict[str, float] = field(default_factory=dict)
    terms: tuple[PublicationTerm, ...] = ()
    left: list[Path] = field(default_factory=list)
    counted: list[tuple[Counts, ...]] = field(default_factory=list)

    @property
    def store(self) -> Store:
        return Store(self.folder / "store")

    def register(self, n_late: int = 0) -> None:
        """Import the register, with ``n_late`` more cases that it did not hold before."""
        years, as_of = [YEAR, OTHER], date(2026, 11, 20)
        content = synthetic_register(self.seed, self.n_cases, 60, years, as_of, n_duplicates=n_late)
        import_register(self.store, content, KEY, datetime(2026, 11, 20, tzinfo=UTC))

    def publish(self, period: str, *, rounded: bool = False) -> None:
        """Ask for a release. What is refused leaves nothing, and what is given again as it left is no other release."""
        known = load_catalogue()
        rules = structs.replace(known.rules, **{"seconds": PATIENCE, **self.rules})
        catalogue = replace(known, rules=rules, terms=self.terms or known.terms)
        target = self.folder / f"left-{len(self.left)}"
        with patch.object(publishing, "load_catalogue", lambda: catalogue), suppress(RelaisError):
            publishing.publish_folder(self.store, period, target, TODAY, rounded=rounded, never_before=True)
        snapshot = self.store.snapshot()
        is_new = target.exists() and read_files(target) not in map(read_files, self.left)
        if is_new and snapshot is not None:
            with snapshot:
                self.left.append(target)
                self.counted.append(count_tables(snapshot, catalogue, catalogue.period(period)))


def exact_then_rounded(service: Service) -> None:
    service.publish(YEAR)
    service.rules = {"seconds": 0}
    service.publish(YEAR, rounded=True)


def rounded_then_exact(service: Service) -> None:
    service.rules = {"seconds": 0}
    service.publish(YEAR, rounded=True)
    service.rules = {}
    service.publish(YEAR)


def a_lower_threshold(service: Service) -> None:
    service.publish(YEAR)
    service.rules = {"threshold": 3, "school_threshold": 2}
    service.publish(YEAR)


def terms_then_the_year(service: Service) -> None:
    for period in (f"{YEAR}-T1", f"{YEAR}-T2", YEAR):
        service.publish(period)


def two_years_and_a_term(service: Service) -> None:
    for period in (YEAR, f"{YEAR}-T1", OTHER, f"{OTHER}-T3"):
        service.publish(period)


def after_late_cases(service: Service) -> None:
    service.publish(YEAR)
    service.register(n_late=5)
    service.publish(YEAR)
    service.publish(YEAR, rounded=True)


def after_other_terms(service: Service) -> None:
    service.publish(f"{YEAR}-T1")
    first, second, third = load_catalogue().terms
    moved = first.months[-1]
    service.terms = (
        structs.replace(first, months=first.months[:-1]),
        structs.replace(second, months=(moved, *second.months)),
        third,
    )
    for period in (f"{YEAR}-T1", f"{YEAR}-T2", f"{YEAR}-T3"):
        service.publish(period)


def after_forgetting(service: Service) -> None:
    service.publish(f"{YEAR}-T1")
    snapshot = service.store.snapshot()
    assert snapshot is not None
    with snapshot:
        cases = list(snapshot.table("cases")["case_id"][:3])
    for case in cases:
        service.store.forget(case)
    service.publish(f"{YEAR}-T1", rounded=True)
    service.publish(f"{YEAR}-T2")


def after_the_store_was_lost(service: Service) -> None:
    service.publish(YEAR)
    shutil.rmtree(service.store.folder)
    service.register(n_late=5)
    service.publish(YEAR)
    service.rules = {"seconds": 0}
    service.publish(YEAR, rounded=True)


SEQUENCES: tuple[Callable[[Service], None], ...] = (
    exact_then_rounded,
    rounded_then_exact,
    a_lower_threshold,
    terms_then_the_year,
    two_years_and_a_term,
    after_late_cases,
    after_other_terms,
    after_forgetting,
    after_the_store_was_lost,
)


@dataclass(frozen=True)
class Found:
    """What the attacker has: ``n_suppressed`` numbers, and of them those given back, too close, or out for a school."""

    n_releases: int
    n_suppressed: int
    given_back: int
    too_close: int
    by_a_school: int


def attacked(service: Service) -> Found:
    """All that left of a service, attacked together."""
    publications = [read_publication(read_files(folder)) for folder in service.left]
    if not publications:  # none was proven
        return Found(0, 0, 0, 0, 0)
    tables = [table for publication in publications for table in publication.tables]
    behind = [
        next(c for c in counted if c.spec.title == table.title)
        for publication, counted in zip(publications, service.counted, strict=True)
        for table in publication.tables
    ]
    truth: dict[audit.Target, int] = {}
    schools: dict[str, dict[audit.Target, int]] = {}
    for number, (table, counts) in enumerate(zip(tables, behind, strict=True)):
        for place in counts.places():
            labels = counts.labels(place)
            if labels in table.cells:
                truth[number, labels] = int(counts.numbers[place])
                for at, own in enumerate(counts.by_school[(slice(None), *place)]):
                    if own:
                        schools.setdefault(counts.schools[at], {})[number, labels] = int(own)
    findings = audit.attack(publications, schools)
    threshold = max(publication.rules.threshold for publication in publications)
    spans = list(findings.intervals.values())
    return Found(
        len(publications),
        len(spans),
        sum(span.lower == span.upper for span in spans),
        sum(span.upper < threshold for span in spans),
        sum(
            bool(breach.school) and not tables[breach.target[0]].is_rounded
            for breach in audit.breaches(publications, findings, truth, schools)
        ),
    )


def run(sequence: Callable[[Service], None], n_cases: int, seed: int) -> Found:
    """A sequence on a service of its own, and what it gives away."""
    with tempfile.TemporaryDirectory() as folder, patch.dict("os.environ", RELAIS_KEY=f"{folder}/relais.key"):
        service = Service(Path(folder), n_cases, seed)
        service.register()
        sequence(service)
        return attacked(service)


def main(sizes: Iterable[int]) -> None:
    print(f"{'sequence':26} cases seed  releases  suppressed  given back  too close  to a school   s")
    for n_cases in sizes:
        for seed in SEEDS:
            for sequence in SEQUENCES:
                start = time.monotonic()
                found = run(sequence, n_cases, seed)
                print(
                    f"{sequence.__name__:26} {n_cases:5} {seed:4} {found.n_releases:9} {found.n_suppressed:11} "
                    f"{found.given_back:11} {found.too_close:10} {found.by_a_school:12} {time.monotonic() - start:3.0f}",
                    flush=True,
                )


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or SIZES)
