"""What a page asks of the records and measures from the answers, beside the bare DuckDB queries under it.

    python tests/benchmarks/measures_benchmark.py [CASES ...]

Stores of 10,000, 1 million and 10 million cases are drawn in a temporary folder (0.6 GB, a minute) and removed. The real
pages run on them through ``app.py``, each of their questions without a filter and with one, beside an extract before. While
a page runs, two things are timed: the questions that it asks of the store, up to their answer as pandas, and its measures,
from the call by the page to their answer. What Streamlit and Plotly draw is not. Then DuckDB runs the very same statements
alone, up to an Arrow table. The ratio of the two should stay under 2.

On two quiet cores: 1.2 to 2.3 times at 10,000 cases (the schools 3: milliseconds of queries, a thousand simulated draws),
0.9 to 1.6 at 1 million, 0.9 to 1.4 at 10 million, where a question takes from 0.3 s (schools) to 20 s (change or chance).

Each round begins with an empty memory, as a first opening does: what is asked twice in a run is asked once. The last column
is the whole run of the page, drawing included. The best of three rounds counts, so that a busy machine shows less. The pages
Registre, Publier, Programme de prévention and Protocole measure nothing while they open, and are not here.
"""

from __future__ import annotations

import functools
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FunctionType, MappingProxyType
from typing import Any
from unittest.mock import patch

import duckdb
from streamlit.testing.v1 import AppTest

from analytics.domain.vocabulary import INCIDENT_TYPES, SCHOOL_LEVELS, STEPS
from analytics.measures import incidents, relays, schools, signals, timeliness, work, years
from analytics.store import layout
from analytics.store.files import digest
from analytics.store.layout import of_step, of_type
from analytics.store.memory import MEMORY
from analytics.store.reading import Reader

ROOT = Path(__file__).parents[2]
ROUNDS = 3
SIZES = (10_000, 1_000_000, 10_000_000)
FILTERS = ({}, {"annees": "2025-2026"})
QUESTIONS: dict[str, tuple[str, dict[str, str]]] = {
    "overview": ("overview", {}),
    "work list": ("work_list", {}),
    "incidents: last year": ("incidents", {"sujet": "Et l’an dernier ?"}),
    "incidents: what": ("incidents", {"sujet": "Ce qui arrive"}),
    "incidents: to whom": ("incidents", {"sujet": "À qui, par où"}),
    "incidents: when": ("incidents", {"sujet": "Quand"}),
    "relays: in brief": ("relays", {"question": "En bref", "horloge": "En heures"}),
    "relays: in brief, school days": ("relays", {"question": "En bref", "horloge": "En jours d’école"}),
    "relays: detect, report, respond": ("relays", {"question": "Détecter, signaler, réagir"}),
    "relays: by channel": ("relays", {"question": "Détecter, signaler, réagir", "selon": "Canal"}),
    "relays: deadlines": ("relays", {"question": "Délais et retards"}),
    "relays: one curve": ("relays", {"question": "Comparer", "horloge": "En heures"}),
    "relays: by level": ("relays", {"question": "Comparer", "par": "Niveau", "horloge": "En heures"}),
    "relays: by type": ("relays", {"question": "Comparer", "par": "Type d’incident", "horloge": "En heures"}),
    "relays: lost time": ("relays", {"question": "Où le temps se perd", "horloge": "En heures"}),
    "relays: change or chance": ("relays", {"question": "Changement ou hasard"}),
    "schools": ("schools", {}),
    "school": ("school", {}),
}

# What a case is follows from its number: hash(number, k) is its k-th throw of the dice.
DRAWN = {
    "records": """
        SELECT upper(substr(md5(number::VARCHAR), 1, 12)) AS case_id, (3000 + hash(number, 1) % 40)::VARCHAR AS school_id,
               DATE '2023-08-28' + (7 * (hash(number, 2) % 145))::INTEGER AS report_week,
               CASE WHEN report_week < DATE '2024-08-26' THEN '2023-2024' WHEN report_week < DATE '2025-08-25'
                    THEN '2024-2025' ELSE '2025-2026' END AS school_year,
               $levels[(1 + hash(number, 3) % len($levels))::INTEGER] AS school_level, 'pupil' AS reporter,
               'unknown' AS channel, hash(number, 4) % 2 = 0 AS minor, hash(number, 5) % 8 = 0 AS danger,
               CASE WHEN hash(number, 6) % 5 = 0 THEN 'open' ELSE 'closed' END AS status,
               (hash(number, 7) % 3000)::INTEGER AS followed_hours,
               (hash(number, 7) % 3000 // 40)::INTEGER AS followed_school_days,
               CASE WHEN status = 'closed' THEN 720 END AS waited_hours,
               CASE WHEN status = 'closed' THEN 20 END AS waited_school_days,
               CASE WHEN hash(number, 9) % 5 > 0 THEN (hash(number, 9) % 60)::INTEGER END AS detection_days,
               DATE '2026-06-12' AS first_seen_on, NULL::DATE AS changed_on, 'principal' AS office,
    """
    + ", ".join(
        f"hash(number, 8) % {len(INCIDENT_TYPES)} = {place} OR hash(number, 9) % {3 * len(INCIDENT_TYPES)} = {place} "
        f"AS {of_type(code)}"
        for place, code in enumerate(INCIDENT_TYPES)
    )
    + "".join(
        f""",
        hash(number, {place}) % 100 AS dice_{step},
        CASE WHEN dice_{step} < 60 THEN 'done' WHEN dice_{step} < 90 THEN 'not_done'
             WHEN dice_{step} < 95 THEN 'not_applicable' ELSE 'not_recorded' END AS {of_step(step, "outcome")},
        CASE WHEN dice_{step} < 60 THEN (hash(number, {place}) // 100 % 600)::INTEGER END AS {of_step(step, "delay_hours")},
        ({of_step(step, "delay_hours")} // 40)::INTEGER AS {of_step(step, "delay_school_days")},
        dice_{step} < 60 AND hash(number, {place}) % 7 = 0 AS {of_step(step, "time_completed")},
        CASE WHEN {of_step(step, "time_completed")} THEN 8 ELSE 0 END AS {of_step(step, "completed_hours")},
        NULL AS {of_step(step, "reason")}
        """
        for place, step in enumerate(STEPS, 10)
    )
    + "FROM range($n) AS numbers(number) ORDER BY case_id",
    "schools": """
        SELECT (3000 + number)::VARCHAR AS school_id, 'École ' || number AS name, 'wbe' AS school_network,
               'secondary' AS school_level, 'Zone ' || number % 4 AS zone, (200 + 20 * number)::INTEGER AS n_pupils,
               false AS provisional
        FROM range(40) AS numbers(number)
    """,
    "school_deadlines": """
        SELECT (3000 + number)::VARCHAR AS school_id, unnest(['cpms', 'parents', 'police_contact']) AS step, 24 AS max_hours
        FROM range(0, 40, 2) AS numbers(number)
    """,
    "imports": """
        SELECT TIMESTAMPTZ '2026-06-12' AS imported_at, 'demo' AS source, '' AS file_digest, '' AS key_id,
               DATE '2026-06-12' AS as_of, $n AS n_read, $n AS n_accepted, 0 AS n_refused, '' AS refused_digest,
               $n AS n_new, 0 AS n_changed, 0 AS n_unchanged, 0 AS n_missing,
               true AS tells_closure, '' AS fields, false AS by_year, 'principal' AS office, false AS own_numbers
    """,
}


def draw_store(folder: Path, n_cases: int) -> None:
    """A store of ``n_cases`` fictitious cases, as an import would leave it: each table in the order of its key.

    The extract before it is the same file under another name, so that pages have something to compare with.
    """
    building = folder / "0123abcd.building"
    values = {"n": n_cases, "levels": list(SCHOOL_LEVELS)}
    with duckdb.connect(building) as connection:
        for statement in layout.statements():
            connection.execute(statement)
        for name, drawn in DRAWN.items():
            dice = f"EXCLUDE ({', '.join(f'dice_{step}' for step in STEPS)})" if name == "records" else ""
            used = {word: value for word, value in values.items() if f"${word}" in drawn}
            connection.execute(f"INSERT INTO {name} BY NAME SELECT * {dice} FROM ({drawn})", used)
        connection.execute("CHECKPOINT")
    current = building.rename(folder / f"0123abcd-{digest(building)}.duckdb")
    previous = folder / current.name.replace("0123abcd", "89ef0123")
    previous.hardlink_to(current)
    (folder / "manifest").write_text(f"{current.name}\n{previous.name}", encoding="ascii")


QUERY, ASK = Reader.query, Reader.ask
Statement = tuple[Reader, str, dict[str, object]]


class Listener:
    """What a page asks of the store and measures, and how long both take."""

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self.seconds = 0.0
        self._is_inside = False

    def timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """``function``, whose time counts when the page calls it, not when another timed one does."""

        @functools.wraps(function)
        def listened(*arguments: Any, **named: Any) -> Any:
            if self._is_inside:
                return function(*arguments, **named)
            self._is_inside = True
            start = time.perf_counter()
            try:
                return function(*arguments, **named)
            finally:
                self.seconds += time.perf_counter() - start
                self._is_inside = False

        return listened

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen to each question to a store and to each public function of the measures that pages import."""

        def ask(reader: Reader, sql: str, parameters: Mapping[str, object] = MappingProxyType({})) -> Any:
            self.statements.append((reader, sql, dict(parameters)))
            return ASK(reader, sql, parameters)

        with ExitStack() as stack:
            stack.enter_context(patch.object(Reader, "query", self.timed(QUERY)))
            stack.enter_context(patch.object(Reader, "ask", ask))  # what is not in memory
            for module in (incidents, relays, schools, signals, timeliness, work, years):
                for name, function in list(vars(module).items()):
                    if isinstance(function, FunctionType) and not name.startswith("_"):
                        stack.enter_context(patch.object(module, name, self.timed(function)))
            yield


def ask_bare(statements: list[Statement]) -> float:
    """Seconds that DuckDB takes for them alone."""
    start = time.perf_counter()
    for reader, sql, parameters in statements:
        with reader._connection.cursor() as cursor:
            cursor.execute(sql, parameters).to_arrow_table()
    return time.perf_counter() - start


def open_page(page: str, address: Mapping[str, str], folder: Path, small: Path) -> AppTest:
    """A page on the store of ``folder``. The first page that the simulation opens is another: it sees the small store."""
    os.environ["RELAIS_STORE"] = str(small)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=3600)
    app.query_params.update(address)
    app.run()
    os.environ["RELAIS_STORE"] = str(folder)
    app.query_params.clear()  # what the first page wrote there
    app.query_params.update(address)
    app.switch_page(f"pages/{page}/page.py").run()
    return app.run()  # after a switch, the simulation gives the widgets what they hold one run late


def measure(folder: Path, small: Path, filters: Mapping[str, str]) -> Iterator[tuple[str, float, float, float]]:
    """Each question with its seconds: of the bare queries, of the page's queries and measures, and of its first opening."""
    for name, (page, address) in QUESTIONS.items():
        app = open_page(page, {**filters, **address}, folder, small)
        rounds = []
        for _ in range(ROUNDS):
            listener = Listener()
            MEMORY.of(["none"])  # and of this store again as soon as the page reads its versions: a first opening
            with listener.listening():
                start = time.perf_counter()
                app.run()
                page_run = time.perf_counter() - start
            assert not app.exception and not app.error, name
            rounds.append((ask_bare(listener.statements), listener.seconds, page_run))
        yield name, *(min(seconds) for seconds in zip(*rounds, strict=True))


def main(sizes: list[int]) -> None:
    print(
        "| cases | page | filter | bare queries (ms) | queries and measures (ms) | times | first opening (ms) |\n"
        "|---|---|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as small:
        draw_store(Path(small), 100)
        for size in sizes:
            with tempfile.TemporaryDirectory() as folder:
                draw_store(Path(folder), size)
                for filters in FILTERS:
                    words = ", ".join(filters.values()) or "none"
                    for name, bare, whole, first in measure(Path(folder), Path(small), filters):
                        times = f"{1000 * bare:.0f} | {1000 * whole:.0f} | {whole / bare:.2f} | {1000 * first:.0f}"
                        print(f"| {size} | {name} | {words} | {times} |", flush=True)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or list(SIZES))
