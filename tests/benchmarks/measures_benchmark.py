"""What a page asks of the records and measures from the answers, beside the bare DuckDB queries under it.

    python tests/benchmarks/measures_benchmark.py [--empty] [CASES ...]

Stores of 10,000, 1 million and 10 million cases of 2,000 schools and ten school years, by a calendar of the benchmark's own,
are drawn in a temporary folder (1.2 GB, minutes) and removed. The real pages run on them through ``app.py``, each of their
questions without a filter and with each single one of the panel, beside an extract before. While a page runs, two things are
timed: the questions that it asks of the store, up to their answer as pandas, and its measures, from the call by the page to
their answer. What Streamlit and Plotly draw is not. Then DuckDB runs the very same statements alone, up to an Arrow table.
The ratio of the two should stay under 1.5, and a first opening under 0.15 s at 1 million cases and 1 s at 10 million.

Each round begins with what a server has answered before its first reader comes (:mod:`pages._first`), or with an empty
memory (``--empty``): what is asked twice in a run is asked once. The last column is the whole run of the page, drawing
included. The best of three rounds counts, so that a busy machine shows less. The pages
Registre, Publier, Programme de prévention and Protocole measure nothing while they open, and are not here.
"""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import sys
import tempfile
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from pathlib import Path
from types import FunctionType, MappingProxyType
from typing import Any
from unittest.mock import patch

import duckdb
from streamlit.testing.v1 import AppTest

SCHOOL_YEARS = range(2016, 2026)
HOLIDAYS = ((8, 2), (17, 2), (25, 2), (34, 2))  # weeks from the first one, and for how many


def _calendar() -> tuple[Path, list[dict[str, object]]]:
    """A folder with a calendar of ten school years, which the shipped one does not hold, and their weeks."""
    folder, written, weeks = Path(tempfile.mkdtemp(prefix="relais-benchmark-")), [], []
    for year in SCHOOL_YEARS:
        first = date(year, 8, 31) - timedelta(days=date(year, 8, 31).weekday())
        holidays = ", ".join(
            f'{{ name = "Congé", first_day = {first + timedelta(weeks=start)}, '
            f"last_day = {first + timedelta(weeks=start + length, days=-3)} }}"
            for start, length in HOLIDAYS
        )
        written.append(
            f'[[school_years]]\nname = "{year}-{year + 1}"\nfirst_day = {first}\n'
            f"last_day = {first + timedelta(weeks=44, days=4)}\nholidays = [{holidays}]\n"
        )
        weeks += [{"year": f"{year}-{year + 1}", "week": first + timedelta(weeks=week)} for week in range(41)]
    shipped = (ROOT / "data" / "calendar.toml").read_text(encoding="utf-8").partition("[[school_years]]")[0]
    (folder / "calendar.toml").write_text(shipped + "\n".join(written), encoding="utf-8")
    return folder, weeks


ROOT = Path(__file__).parents[2]
FOLDER, WEEKS = _calendar()
AS_OF = "2026-06-12"
N_SCHOOLS = 2_000
os.environ.setdefault(
    "RELAIS_DATA", str(FOLDER)
)  # before Relais is loaded; whoever imports this has words of their own
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)

from analytics.domain.vocabulary import CHANNELS, INCIDENT_TYPES, SCHOOL_LEVELS, SCHOOL_NETWORKS, STEPS
from analytics.measures import incidents, relays, schools, signals, timeliness, work, years
from analytics.store import Store, layout
from analytics.store.files import digest
from analytics.store.layout import (
    BITS,
    CLOCKS,
    DONE,
    EVENTS,
    FIRSTS,
    IN_ORDER,
    NUMBERS_OF_FIRSTS,
    OVERTAKEN,
    SKIPPED,
    UNDATED,
    limit,
    of_step,
    of_type,
)
from analytics.store.memory import MEMORY
from analytics.store.reading import Reader
from pages._first import answer

ROUNDS = 3
SIZES = (10_000, 1_000_000, 10_000_000)
FILTERS = (
    {},
    {"annees": "2025-2026"},
    {"depuis": "06/01/2025"},
    {"jusque": "06/01/2025"},
    {"types": "Insultes"},
    {"niveaux": SCHOOL_LEVELS.label("secondary_2")},
    {"reseaux": SCHOOL_NETWORKS.label("wbe")},
    {"zones": "Zone 3"},
)
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


def _drawn_step(step: str) -> str:
    """The columns of a step, as an import would count them."""
    dice, throw = f"dice_{step}", f"hash(number, {100 + list(STEPS).index(step)})"
    is_open = f"(status = 'open' OR {STEPS[step].postvention})"
    numbers = "".join(
        f""", CASE WHEN {dice} < 60 THEN ((1 + {throw} // 100 % 600 // {1 if clock == "hours" else 40})::INTEGER << {place})
                        + CASE WHEN {throw} % 7 = 0 THEN {16 + (8 << 5 if clock == "hours" else 0)} ELSE 0 END
                   WHEN {dice} < 90 THEN ((1 + followed_{clock})::INTEGER << {place})
                        + CASE WHEN {is_open} THEN {EVENTS.index("pending")} ELSE {EVENTS.index("closed")} END
                   WHEN {dice} < 95 THEN {EVENTS.index("not_applicable")} ELSE {EVENTS.index("not_recorded")}
              END::INTEGER AS {of_step(step, clock)}"""
        for clock, place in CLOCKS.items()
    )
    own, reason = (of_step(step, name) for name in ("own", "reason"))
    return f", {throw} % 100 AS {dice}{numbers}, {_drawn_own(step)} AS {own}, NULL AS {reason}"


def _drawn_own(step: str) -> str:
    if step not in ("cpms", "parents", "police_contact"):
        return "NULL"
    in_hours, (in_days, in_danger) = limit(48, None, danger=False), (limit(None, 3, danger=d) for d in (False, True))
    return f"""CASE WHEN school % 4 = 0 THEN {in_hours} WHEN school % 2 = 0 AND danger THEN {in_danger}
                    WHEN school % 2 = 0 THEN {in_days} END"""


def _drawn_first(code: str) -> str:
    """The first of several steps, as an import would count it but for times of day."""
    is_done, took, other = (
        [word.format(of_step(step, "hours")) for step in FIRSTS[code]] for word in ("{0} & 15 = 0", "{0}", "{0} & 15")
    )
    first = ", ".join(f"CASE WHEN {done} THEN {number} END" for done, number in zip(is_done, took, strict=True))
    hours = f"coalesce(least({first}), (1 + followed_hours << 10) + least({', '.join(other)}))::INTEGER"
    days = f"(((({of_step(code, 'hours')} >> 10) - 1) // 40 + 1 << 5) + ({of_step(code, 'hours')} & 31))::INTEGER"
    numbers = {"hours": hours, "school_days": days}
    return "".join(f", {numbers[clock]} AS {of_step(name, clock)}" for name, clock in NUMBERS_OF_FIRSTS if name == code)


# What a case is follows from its number: hash(number, k) is its k-th throw of the dice.
DRAWN = {
    "schools": f"""
        SELECT (1000 + number)::VARCHAR AS school_id, 'École ' || number AS name,
               {list(SCHOOL_NETWORKS)}[1 + number % {len(SCHOOL_NETWORKS)}] AS school_network,
               CASE WHEN number % 2 = 0 THEN 'secondary' ELSE 'fundamental' END AS school_level,
               'Zone ' || number % 10 AS zone, (200 + number % 800)::INTEGER AS n_pupils, false AS provisional
        FROM range({N_SCHOOLS}) AS numbers(number)
    """,
    "school_deadlines": f"""
        SELECT (1000 + number)::VARCHAR AS school_id, unnest(['cpms', 'parents', 'police_contact']) AS step,
               CASE WHEN number % 4 = 0 THEN 48 END AS max_hours, CASE WHEN number % 4 > 0 THEN 3 END AS max_school_days
        FROM range(0, {N_SCHOOLS}, 2) AS numbers(number)
    """,
    "imports": """
        SELECT $as_of::TIMESTAMPTZ AS imported_at, 'demo' AS source, '' AS file_digest, '' AS key_id,
               $as_of::DATE AS as_of, $n AS n_read, $n AS n_accepted, 0 AS n_refused, '' AS refused_digest,
               $n AS n_new, 0 AS n_changed, 0 AS n_unchanged, 0 AS n_missing,
               true AS tells_closure, '' AS fields, false AS by_year, 'principal' AS office, false AS own_numbers
    """,
    "records": f"""
        SELECT upper(substr(md5(number::VARCHAR), 1, 12)) AS case_id, row_number() OVER (ORDER BY case_id) - 1 AS lot,
               (1000 + hash(number, 1) % {N_SCHOOLS})::INTEGER AS school, school::VARCHAR AS school_id,
               {list(SCHOOL_NETWORKS)}[1 + (school - 1000) % {len(SCHOOL_NETWORKS)}] AS school_network,
               'Zone ' || (school - 1000) % 10 AS zone,
               $weeks[1 + (hash(number, 2) % len($weeks))::INTEGER] AS reported, reported['year'] AS school_year,
               reported['week'] AS report_week,
               {list(SCHOOL_LEVELS)}[1 + (hash(number, 3) % {len(SCHOOL_LEVELS)})::INTEGER] AS school_level,
               'pupil' AS reporter, {list(CHANNELS)}[1 + (hash(number, 13) % {len(CHANNELS)})::INTEGER] AS channel,
               hash(number, 4) % 2 = 0 AS minor, hash(number, 5) % 8 = 0 AS danger,
               CASE WHEN hash(number, 6) % 5 = 0 THEN 'open' ELSE 'closed' END AS status,
               (hash(number, 7) % 3000)::INTEGER AS followed_hours,
               (hash(number, 7) % 3000 // 40)::INTEGER AS followed_school_days,
               CASE WHEN status = 'closed' THEN 720 END AS waited_hours,
               CASE WHEN status = 'closed' THEN 20 END AS waited_school_days,
               CASE WHEN hash(number, 9) % 5 > 0 THEN (hash(number, 9) % 60)::INTEGER END AS detection_days,
               $as_of::DATE AS first_seen_on, NULL::DATE AS changed_on, 'principal' AS office,
    """
    + ", ".join(
        f"hash(number, 8) % {len(INCIDENT_TYPES)} = {place} OR hash(number, 9) % {3 * len(INCIDENT_TYPES)} = {place} "
        f"AS {of_type(code)}"
        for place, code in enumerate(INCIDENT_TYPES)
    )
    + "".join(map(_drawn_step, STEPS))
    + "".join(map(_drawn_first, FIRSTS))
    + f""", {" + ".join(f"CASE WHEN dice_{step} < 60 THEN {BITS[step]} ELSE 0 END" for step in IN_ORDER)} AS {DONE},
        0 AS {UNDATED}, {DONE} & (hash(number, 98) % 32768) AS {OVERTAKEN},
        CASE WHEN status = 'closed' THEN 32767 - {DONE} ELSE 0 END & (hash(number, 99) % 32768) AS {SKIPPED}
        FROM range($n) AS numbers(number) ORDER BY school_year, report_week, case_id""",
}


def draw_store(folder: Path, n_cases: int) -> None:
    """A store of ``n_cases`` fictitious cases, as an import would leave it: each table in the order of its key.

    The extract before it is the same file under another name, so that pages have something to compare with.
    """
    building = folder / "0123abcd.building"
    values = {"n": n_cases, "weeks": WEEKS, "as_of": AS_OF}
    with duckdb.connect(building) as connection:
        for statement in layout.statements():
            connection.execute(statement)
        for name, drawn in DRAWN.items():
            dice = (
                f"EXCLUDE (school, reported, {', '.join(f'dice_{step}' for step in STEPS)})"
                if name == "records"
                else ""
            )
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


def answered_before(folder: Path) -> OrderedDict[Any, Any]:
    """What a server of this store remembers before its first reader comes."""
    MEMORY.of(["none"])
    opened = Store(folder).snapshot()
    assert opened is not None
    answer(opened)
    return MEMORY._known.copy()


def measure(
    folder: Path, small: Path, filters: Mapping[str, str], known: OrderedDict[Any, Any]
) -> Iterator[tuple[str, float, float, float]]:
    """Each question with its seconds: of the bare queries, of the page's queries and measures, and of its first opening,
    each time with what is ``known`` before.
    """
    for name, (page, address) in QUESTIONS.items():
        app = open_page(page, {**filters, **address}, folder, small)
        rounds = []
        for _ in range(ROUNDS):
            listener = Listener()
            MEMORY._known, MEMORY._size = known.copy(), sum(size for _, size in known.values())
            with listener.listening():
                start = time.perf_counter()
                app.run()
                page_run = time.perf_counter() - start
            assert not app.exception and not app.error, name
            rounds.append((ask_bare(listener.statements), listener.seconds, page_run))
        yield name, *(min(seconds) for seconds in zip(*rounds, strict=True))


def main(sizes: list[int], *, empty: bool) -> None:
    print(
        "| cases | page | filter | bare queries (ms) | queries and measures (ms) | times | first opening (ms) |\n"
        "|---|---|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as small:
        draw_store(Path(small), 100)
        for size in sizes:
            with tempfile.TemporaryDirectory() as folder:
                draw_store(Path(folder), size)
                known = OrderedDict() if empty else answered_before(Path(folder))
                for filters in FILTERS:
                    words = ", ".join(filters.values()) or "none"
                    for name, bare, whole, first in measure(Path(folder), Path(small), filters, known):
                        times = f"{1000 * bare:.0f} | {1000 * whole:.0f} | {whole / bare:.2f} | {1000 * first:.0f}"
                        print(f"| {size} | {name} | {words} | {times} |", flush=True)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:] if size.isdecimal()] or list(SIZES), empty="--empty" in sys.argv)
