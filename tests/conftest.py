"""What the tests share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

import duckdb
import pandas as pd
import pytest
from hypothesis import settings

# Before Relais is loaded, here or in a process that a test starts: a change of the shipped words turns no test red.
os.environ["RELAIS_DATA"] = str(Path(__file__).with_name("data"))

from analytics.domain.schema import TABLES
from analytics.store import Snapshot, Store
from analytics.store.files import digest

os.environ["RELAIS_KEY"] = str(Path(mkdtemp(prefix="relais-test-key-")) / "relais.key")  # never the user's own

settings.register_profile("relais", deadline=None)  # a slow machine is not a wrong answer
settings.load_profile("relais")


LONG = ("browser", "test_accounts_served.py", "test_crashes.py", "test_notebooks.py", "test_wheel.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: begun last, one would keep a worker busy while the other has nothing left."""
    items.sort(key=lambda item: not {*item.path.parts} & {*LONG})


@pytest.fixture(autouse=True, scope="module")
def own_key_of_module(tmp_path_factory) -> None:
    """For what the tests of a module share."""
    os.environ["RELAIS_KEY"] = str(tmp_path_factory.mktemp("key") / "relais.key")


@pytest.fixture(autouse=True)
def own_key(monkeypatch, tmp_path_factory) -> None:
    """The user's own key, the log and the releases beside it are no test's, and bind no other test."""
    monkeypatch.setenv("RELAIS_KEY", str(tmp_path_factory.mktemp("key") / "relais.key"))


@pytest.fixture(scope="session")
def table() -> Callable[[str], pd.DataFrame]:
    """Reads a table drawn as text: cells between bars, headings first, a column of numbers as numbers."""
    return _read


def _read(drawing: str) -> pd.DataFrame:
    headings, *rows = ([cell.strip() or None for cell in line.split("|")] for line in drawing.strip().splitlines())
    frame = pd.DataFrame(rows, columns=headings)
    for heading in headings:
        try:
            frame[heading] = pd.to_numeric(frame[heading])
        except ValueError:
            continue
    return frame


@pytest.fixture
def published_table(table) -> pd.DataFrame:
    """A table as a release holds it: a suppressed number has what anyone can compute of it."""
    return table("""
        Type     | Niveau | Nombre | De | À
        Insultes | S1     |     12 |    |
        Insultes | Total  |     20 |    |
        Menaces  | S1     |        |  1 | 8
        Menaces  | Total  |        |  2 | 9
        Autre    | S1     |        |  1 |
        Autre    | Total  |        |  1 |
        Total    | S1     |     15 |    |
        Total    | Total  |     25 |    |
    """).astype(dict.fromkeys(("Nombre", "De", "À"), "Int64"))


FILLED = {
    "cases": {
        "school_id": "1",
        "school_year": "2025-2026",
        "report_week": pd.Timestamp("2025-09-01"),
        "school_level": "secondary_1",
        "reporter": "pupil",
        "channel": "email",
        "minor": True,
        "danger": False,
        "status": "open",
        "followed_hours": pd.NA,
        "followed_school_days": pd.NA,
        "waited_hours": pd.NA,
        "waited_school_days": pd.NA,
        "detection_days": pd.NA,
        "first_seen_on": pd.Timestamp("2025-10-01"),
        "changed_on": pd.NaT,
        "office": "principal",
    },
    "case_steps": {
        "delay_hours": pd.NA,
        "delay_school_days": pd.NA,
        "time_completed": False,
        "completed_hours": 0,
        "reason": pd.NA,
    },
    "schools": {
        "name": "École 1",
        "school_network": "wbe",
        "school_level": "secondary",
        "zone": "Mons",
        "n_pupils": 500,
        "provisional": False,
    },
    "imports": {
        "imported_at": pd.Timestamp("2025-10-01", tz="UTC"),
        "source": "register",
        "file_digest": "",
        "refused_digest": "",
        "key_id": "",
        "as_of": pd.Timestamp("2025-10-01"),
        "tells_closure": True,
        "fields": "",
        "imported_by": None,
        "by_year": False,
        "office": "principal",
        "own_numbers": False,
    },
    "school_actions": {"office": "principal"},
}


@pytest.fixture(scope="session")
def publish() -> Callable[..., Snapshot]:
    """Publishes tables in a folder and opens them; a column that a table lacks is filled from FILLED, a number with 0."""

    def publish(folder: Path, **given: pd.DataFrame) -> Snapshot:
        given.setdefault(
            "schools", pd.DataFrame({"school_id": given["cases"].get("school_id", pd.Series(["1"])).unique()})
        )
        given.setdefault("case_incidents", given["cases"][["case_id"]].assign(incident_type="insults"))
        given.setdefault("imports", pd.DataFrame(index=[0]))
        tables = {}
        for name, table in TABLES.items():
            rows = given.get(name, table.empty)
            filled = FILLED.get(name, {}) | (
                {c: 0 for c in table.names if c.startswith("n_")} if name == "imports" else {}
            )
            tables[name] = table.conform(rows.assign(**{c: v for c, v in filled.items() if c not in rows}))
        store = Store(folder)
        with store.writing():
            store.publish(tables)
        snapshot = store.snapshot()
        assert snapshot is not None
        return snapshot

    return publish


LATER = (
    *("detection_days", "first_seen_on", "changed_on", "reason", "provisional", "tells_closure", "fields", "by_year"),
    *(
        "refused_digest",
        "waited_hours",
        "waited_school_days",
        "completed_hours",
        "imported_by",
        "office",
        "own_numbers",
    ),
)


@pytest.fixture(scope="session")
def write_old_layout() -> Callable[[Store], None]:
    """Writes the current version of a store anew, as it was before ``records`` and the columns of LATER."""

    def write_old_layout(store: Store) -> None:
        building = store.folder / "0123abcd.building"
        with duckdb.connect(building) as connection:
            connection.execute(f"ATTACH '{store.folder / store.versions[0]}' AS known (READ_ONLY)")
            for name in TABLES:
                lacking = ", ".join(column for column in TABLES[name].names if column in LATER)
                kept = f"* EXCLUDE ({lacking})" if lacking else "*"
                connection.execute(f"CREATE TABLE {name} AS SELECT {kept} FROM known.{name}")
        sealed = building.rename(store.folder / f"0123abcd-{digest(building)}.duckdb")
        (store.folder / "manifest").write_text(sealed.name)

    return write_old_layout
