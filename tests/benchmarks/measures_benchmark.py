"""What the measures of a page cost, beside the bare DuckDB queries under them.

    python tests/benchmarks/measures_benchmark.py [CASES ...]

Stores of 10,000, 1 million and 10 million cases are drawn in a temporary folder (1 GB, some minutes) and removed. For each
page it asks what the page asks, keeps the statements that DuckDB was given, runs them again without our code, and prints
the ratio of the two times: it should stay under 2. The best of three rounds counts, so that a busy machine shows less.

On two busy cores, 1 million cases: incidents 2.1 s, relays 4.7 s (1.7 times), schools 65 ms. With 10,000 the queries take
4 to 60 ms and pandas 25 to 150 ms more: there the ratio says little.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd

from analytics.measures import incidents, relays, schools
from analytics.schema import TABLES
from analytics.school_calendar import calendar
from analytics.selection import EVERYTHING, Selection
from analytics.store import Snapshot
from analytics.store.reading import digest
from analytics.vocabulary import INCIDENT_TYPES, SCHOOL_LEVELS, STEPS

ROUNDS = 3
SIZES = (10_000, 1_000_000, 10_000_000)
YEAR, AS_OF = "2025-2026", date(2026, 6, 12)
ONE_YEAR = Selection(school_years=(YEAR,))

# What a case is follows from its number: hash(number, k) is its k-th throw of the dice.
DRAWN = {
    "cases": """
        SELECT upper(substr(md5(number::VARCHAR), 1, 12)) AS case_id, (3000 + hash(number, 1) % 40)::VARCHAR AS school_id,
               DATE '2023-08-28' + (7 * (hash(number, 2) % 145))::INTEGER AS report_week,
               CASE WHEN report_week < DATE '2024-08-26' THEN '2023-2024' WHEN report_week < DATE '2025-08-25'
                    THEN '2024-2025' ELSE '2025-2026' END AS school_year,
               $levels[(1 + hash(number, 3) % len($levels))::INTEGER] AS school_level, 'pupil' AS reporter,
               'unknown' AS channel, hash(number, 4) % 2 = 0 AS minor, hash(number, 5) % 8 = 0 AS danger,
               CASE WHEN hash(number, 6) % 5 = 0 THEN 'open' ELSE 'closed' END AS status,
               (hash(number, 7) % 3000)::INTEGER AS followed_hours,
               (hash(number, 7) % 3000 // 40)::INTEGER AS followed_school_days
        FROM range($n) AS numbers(number) ORDER BY case_id
    """,
    "case_incidents": """
        SELECT DISTINCT case_id, $types[(1 + hash(case_id, place) % len($types))::INTEGER] AS incident_type
        FROM cases, range(3) AS places(place) WHERE place = 0 OR hash(case_id, place) % 3 = 0 ORDER BY case_id
    """,
    "case_steps": """
        SELECT case_id, step,
               CASE WHEN dice % 100 < 60 THEN 'done' WHEN dice % 100 < 90 THEN 'not_done'
                    WHEN dice % 100 < 95 THEN 'not_applicable' ELSE 'not_recorded' END AS outcome,
               CASE WHEN outcome = 'done' THEN (dice // 100 % 600)::INTEGER END AS delay_hours,
               (delay_hours // 40)::INTEGER AS delay_school_days, outcome = 'done' AND dice % 7 = 0 AS time_completed
        FROM (SELECT *, hash(case_id, step) AS dice FROM (SELECT case_id, unnest($steps) AS step FROM cases))
    """,
    "schools": """
        SELECT (3000 + number)::VARCHAR AS school_id, 'École ' || number AS name, 'wbe' AS school_network,
               'secondary' AS school_level, 'Zone ' || number % 4 AS zone, (200 + 20 * number)::INTEGER AS n_pupils
        FROM range(40) AS numbers(number)
    """,
    "imports": """
        SELECT TIMESTAMPTZ '2026-06-12' AS imported_at, 'demo' AS source, '' AS file_digest, '' AS key_id,
               DATE '2026-06-12' AS as_of, $n AS n_read, $n AS n_accepted, 0 AS n_refused, $n AS n_new, 0 AS n_changed,
               0 AS n_unchanged, 0 AS n_missing
    """,
}


def draw_store(folder: Path, n_cases: int) -> Path:
    """A version of ``n_cases`` fictitious cases, as an import would leave it: each table in the order of its key."""
    building = folder / "0123abcd.building"
    values = {"n": n_cases, "levels": list(SCHOOL_LEVELS), "types": list(INCIDENT_TYPES), "steps": sorted(STEPS)}
    with duckdb.connect(building) as connection:
        for name, table in TABLES.items():
            connection.execute(table.ddl)
            if name in DRAWN:
                used = {word: value for word, value in values.items() if f"${word}" in DRAWN[name]}
                connection.execute(f"INSERT INTO {name} BY NAME {DRAWN[name]}", used)
        connection.execute("CHECKPOINT")
    return building.rename(folder / f"0123abcd-{digest(building)}.duckdb")


class Listened(Snapshot):
    """A snapshot that keeps the statements that it is asked."""

    def query(self, sql: str, parameters: Sequence[object] = ()) -> pd.DataFrame:
        self.statements.append((sql, list(parameters)))
        return super().query(sql, parameters)

    def listen(self, page: Callable[[Snapshot], object]) -> list[tuple[str, list[object]]]:
        self.statements: list[tuple[str, list[object]]] = []
        page(self)
        return list(self.statements)

    def ask(self, statements: list[tuple[str, list[object]]]) -> None:
        for sql, parameters in statements:
            with self._connection.cursor() as cursor:
                cursor.execute(sql, parameters).to_arrow_table()


def incident_page(snapshot: Snapshot, selection: Selection = EVERYTHING) -> None:
    n_cases = int(snapshot.case_counts(selection)["n"].iloc[0])
    incidents.shares(snapshot.incident_counts(selection), "incident_type", n_cases, list(INCIDENT_TYPES))
    incidents.by_week(snapshot.case_counts(selection, ["school_year", "report_week"]), calendar(), YEAR, AS_OF)
    by_type = snapshot.incident_counts(selection, ["school_year", "report_week"])
    incidents.types_by_week(by_type, calendar(), YEAR, AS_OF, list(INCIDENT_TYPES))


def relay_page(snapshot: Snapshot, selection: Selection = EVERYTHING) -> None:
    counts = snapshot.step_counts("hours", selection)
    relays.summary(counts, (24, 48, 120))
    relays.shares_within(counts, (24, 120))
    relays.outcomes(counts)


def school_page(snapshot: Snapshot, selection: Selection = EVERYTHING) -> None:
    rated = schools.rates(snapshot.school_counts(selection))
    schools.outstanding(rated)
    schools.concerned(rated, "zone")


PAGES: dict[str, Callable[[Snapshot], object]] = {
    "incidents": incident_page,
    "relays": relay_page,
    "schools": school_page,
    "incidents, one year": lambda snapshot: incident_page(snapshot, ONE_YEAR),
    "relays, one year": lambda snapshot: relay_page(snapshot, ONE_YEAR),
    "schools, one year": lambda snapshot: school_page(snapshot, ONE_YEAR),
}


def best_seconds(work: Callable[[], object]) -> float:
    def once() -> float:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    return min(once() for _ in range(ROUNDS))


def measure(path: Path, n_cases: int) -> None:
    with Listened(path) as snapshot:
        for name, page in PAGES.items():
            statements = snapshot.listen(page)
            bare = best_seconds(lambda statements=statements: snapshot.ask(statements))
            whole = best_seconds(lambda page=page: snapshot.listen(page))
            times = f"bare {1000 * bare:8.0f} ms, page {1000 * whole:8.0f} ms: {whole / bare:5.2f} times"
            print(f"{n_cases:>10} {name:<20} {times}", flush=True)


if __name__ == "__main__":
    for size in map(int, sys.argv[1:]) if len(sys.argv) > 1 else SIZES:
        with tempfile.TemporaryDirectory() as folder:
            measure(draw_store(Path(folder), size), size)
