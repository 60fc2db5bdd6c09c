"""The store: immutable DuckDB files, a pointer to the current one, and the only SQL of Relais.

Each import builds a new file beside the old ones and then moves the pointer in one step. Readers never wait, never see half
an import, and an import can be taken back. A file carries the digest of its bytes in its name, so a damaged one is known
and the one before it is served instead.

A :class:`Snapshot` answers with counts, filtered in DuckDB: what ten million cases cost a page is a scan, not a transfer.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
from collections.abc import Callable, Generator, Mapping, Sequence
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
from filelock import FileLock, Timeout

from analytics.schema import TABLES, to_pandas
from analytics.selection import EVERYTHING, Selection
from analytics.vocabulary import DATA

KEPT_VERSIONS = 5

_VERSION = re.compile(r"[0-9a-f]{8}-[0-9a-f]{32}\.duckdb")
_LEFT_OVER = re.compile(rf"[0-9a-f]{{8}}\.(building(\.wal)?|manifest)|{_VERSION.pattern}")

_Config = dict[str, str | bool | int | float | list[str]]
_CONFIG: _Config = {
    "max_temp_directory_size": "0KB",  # nothing is ever spilled to a file that a killed process would leave behind
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
# What a reader of one file never needs, and what a hostile file must not be able to ask for.
_READER_CONFIG: _Config = _CONFIG | {"enable_external_access": False, "lock_configuration": True}


class StoreError(Exception):
    """The store cannot do what is asked. The message is French and carries no value of a record."""


class DamagedStoreError(StoreError):
    """No kept version can be read."""

    def __init__(self) -> None:
        super().__init__("Les données sont endommagées. Importez à nouveau le registre.")


def store_folder() -> Path:
    """The store's folder: ``RELAIS_STORE``, else ``data/store``."""
    return Path(os.environ.get("RELAIS_STORE") or DATA / "store")


class Store:
    """A folder of versions. ``manifest`` names the kept ones, the current first.

    Nothing is kept open: each reader opens its own :class:`Snapshot`.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or store_folder()

    @property
    def versions(self) -> list[str]:
        """The names of the kept versions, the current one first.

        Where the manifest is lost or damaged, the versions that lie in the folder, the newest first.
        """
        try:
            names = (self.folder / "manifest").read_bytes().decode("ascii", "replace").split()
        except FileNotFoundError:
            names = []
        except OSError:
            raise StoreError("Le dossier des données n'est pas lisible.") from None
        if names and all(map(_VERSION.fullmatch, names)):
            return names
        lying = [path for path in self.folder.glob("*.duckdb") if _VERSION.fullmatch(path.name)]
        return [path.name for path in sorted(lying, key=_modified, reverse=True)]

    def snapshot(self) -> Snapshot | None:
        """The current version, open for reading, or the one before it when it is damaged; None while there is none.

        DamagedStoreError when there are versions and none can be read.
        """
        versions = self.versions
        for name in versions:
            try:
                return Snapshot(self.folder / name, is_fallback=name != versions[0])
            except DamagedStoreError:
                if self.versions != versions:  # not damaged: an import has meanwhile moved on and removed the file
                    return self.snapshot()
        if versions:
            raise DamagedStoreError
        return None

    @contextlib.contextmanager
    def writing(self) -> Generator[None]:
        """Hold the store for one writer; StoreError while another one does. Clears what a killed import left behind."""
        lock = FileLock(self.folder / "lock", timeout=0)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout:
            raise StoreError("Une autre importation est en cours. Réessayez dans un instant.") from None
        except OSError:
            raise StoreError("Le dossier des données n'est pas accessible en écriture.") from None
        try:
            self._clear_left_overs(self.versions)
            yield
        finally:
            lock.release()

    def _clear_left_overs(self, kept: Sequence[str]) -> None:
        """Remove our own files that are not ``kept``. One that a reader holds open stays where the system forbids it,
        and goes with the next import.
        """
        for path in self.folder.iterdir():
            if path.name not in kept and _LEFT_OVER.fullmatch(path.name):
                with contextlib.suppress(OSError):
                    path.unlink()

    def publish(self, tables: Mapping[str, pd.DataFrame]) -> str:
        """Check ``tables`` (all those of the schema), write them as a new version, make it current and return its name.

        To be called while :meth:`writing`. On any error the current version stays what it was.
        """
        for name, table in TABLES.items():
            table.check(tables[name])
        return self._replace(lambda kept: [self._build(tables), *kept][:KEPT_VERSIONS])[0]

    def undo(self) -> None:
        """Take back the last import: the version before it becomes current, and its own bytes are removed.

        StoreError when there is none before it that can be read.
        """
        with self.writing():
            if not any(_is_whole(self.folder / name) for name in self.versions[1:]):
                raise StoreError("Il n'y a pas d'importation à annuler.")
            self._replace(lambda kept: kept[1:])

    def forget(self, case_id: str) -> bool:
        """Remove a case everywhere: each kept version that holds it is rebuilt, so that its bytes are gone too.

        A damaged version, of which nobody can tell what it holds, is removed. False when no version held the case.
        """
        with self.writing():
            before = self.versions
            whole = [name for name in before if _is_whole(self.folder / name)]
            if before and not whole:
                raise DamagedStoreError
            after = self._replace(lambda _: [self._without(name, case_id) for name in whole]) if whole else []
            return not set(after) <= set(before)

    def _without(self, name: str, case_id: str) -> str:
        with Snapshot(self.folder / name) as snapshot:
            tables = {table: snapshot.table(table) for table in TABLES}
        if not (tables["cases"]["case_id"] == case_id).any():
            return name
        for table in ("cases", "case_incidents", "case_steps"):
            tables[table] = tables[table][tables[table]["case_id"] != case_id]
        return self._build(tables)

    def _build(self, tables: Mapping[str, pd.DataFrame]) -> str:
        """Write a version that no manifest names yet, and return its name: a random part, and the digest of its bytes."""
        building = self.folder / f"{secrets.token_hex(4)}.building"
        with duckdb.connect(building, config=_CONFIG) as connection:
            for name, table in TABLES.items():
                connection.execute(table.ddl)
                connection.register("incoming", table.to_arrow(tables[name]))
                connection.execute(f"INSERT INTO {name} SELECT * FROM incoming")
                connection.unregister("incoming")
            connection.execute("CHECKPOINT")  # closing would do it too, but without a word when the disk is full
        with building.open("rb+") as file:
            os.fsync(file.fileno())
        sealed = self.folder / f"{building.stem}-{_digest(building)}.duckdb"
        building.replace(sealed)
        return sealed.name

    def _replace(self, change: Callable[[list[str]], list[str]]) -> list[str]:
        """Move the manifest from the versions it names to what ``change`` makes of them, in one atomic step."""
        before = self.versions
        try:
            after = change(before)
            self._point_to(after)
        except (duckdb.Error, OSError):
            self._clear_left_overs(before)
            raise StoreError("L'écriture a échoué (disque plein ?). Les données d'avant restent en place.") from None
        self._clear_left_overs(after)
        return after

    def _point_to(self, versions: Sequence[str]) -> None:
        written = self.folder / f"{secrets.token_hex(4)}.manifest"
        with written.open("w", encoding="ascii") as file:
            file.write("\n".join(versions))
            file.flush()
            os.fsync(file.fileno())
        written.replace(self.folder / "manifest")
        with contextlib.suppress(OSError):  # a system that cannot sync a folder orders its changes itself
            folder = os.open(self.folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:32]


def _is_whole(path: Path) -> bool:
    try:
        return path.stem.endswith(_digest(path))
    except OSError:
        return False


class Snapshot:
    """One version of the store, read only. Thread-safe: each query has its own cursor.

    ``is_fallback`` is True when a newer version is damaged. DamagedStoreError when this one is damaged or gone.
    """

    def __init__(self, path: Path, *, is_fallback: bool = False) -> None:
        self.version = path.name
        self.is_fallback = is_fallback
        if not _is_whole(path):
            raise DamagedStoreError
        try:
            self._connection = duckdb.connect(path, read_only=True, config=_READER_CONFIG)
        except duckdb.Error:
            if not path.exists():
                raise DamagedStoreError from None
            raise StoreError(
                "Les données ne s'ouvrent pas avec cette version de Relais. Mettez Relais à jour."
            ) from None

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _query(self, sql: str, parameters: Sequence[object] = ()) -> pd.DataFrame:
        with self._connection.cursor() as cursor:
            return to_pandas(cursor.execute(sql, list(parameters)).to_arrow_table())

    def table(self, name: str) -> pd.DataFrame:
        """A whole table of the schema, in the order of its key."""
        table = TABLES[name]
        return self._query(f"SELECT * FROM {table.name} ORDER BY {', '.join(table.key)}")

    @property
    def is_demo(self) -> bool:
        """Whether the records are fictitious."""
        return bool(self._query("SELECT bool_or(source = 'demo') AS demo FROM imports")["demo"].fillna(False).iloc[0])

    @property
    def as_of(self) -> date:
        """The day of the last imported extraction."""
        return self._query("SELECT arg_max(as_of, imported_at) AS as_of FROM imports")["as_of"].iloc[0].date()

    def choices(self) -> pd.DataFrame:
        """One row: first_week, last_week, and the lists school_years and zones, for a filter panel."""
        return self._query(
            """
            SELECT min(report_week) AS first_week, max(report_week) AS last_week,
                   coalesce(list_sort(list(DISTINCT school_year)), []) AS school_years,
                   (SELECT coalesce(list_sort(list(DISTINCT zone)), []) FROM schools WHERE zone IS NOT NULL) AS zones
            FROM cases
            """
        )

    def case_counts(self, selection: Selection = EVERYTHING, by: Sequence[str] = ()) -> pd.DataFrame:
        """Number of cases, a row a combination of ``by``: [*by, n]. Without ``by`` one row, also when n is 0."""
        query = _Query(selection, by)
        return self._query(f"SELECT {query.columns} count(*) AS n FROM {query.cases} {query.grouped}", query.parameters)

    def incident_counts(self, selection: Selection = EVERYTHING, by: Sequence[str] = ()) -> pd.DataFrame:
        """Number of cases with each incident type: [incident_type, *by, n]. A case counts once for each of its types."""
        query = _Query(selection, ("incident_type", *by))
        return self._query(
            f"SELECT {query.columns} count(*) AS n FROM {query.cases} JOIN case_incidents USING (case_id) {query.grouped}",
            query.parameters,
        )

    def step_counts(self, clock: str, selection: Selection = EVERYTHING, by: Sequence[str] = ()) -> pd.DataFrame:
        """Number of cases by step, what became of it, and when: [step, *by, event, delay, n, n_time_completed].

        ``clock`` is "hours" or "school_days". ``event`` is done, pending (open case), closed (closed without the step),
        not_applicable or not_recorded. ``delay`` runs from the report to the step, else to the closure or the extraction;
        it is missing for the last two. n_time_completed counts the done whose time of day was completed.
        """
        if clock not in ("hours", "school_days"):
            raise ValueError(f"unknown clock: {clock}")
        query = _Query(selection, ("step", *by))
        return self._query(
            f"""
            SELECT {query.columns}
                   CASE WHEN outcome <> 'not_done' THEN outcome
                        WHEN status = 'open' THEN 'pending' ELSE 'closed' END AS event,
                   CASE outcome WHEN 'done' THEN delay_{clock} WHEN 'not_done' THEN followed_{clock} END AS delay,
                   count(*) AS n, count(*) FILTER (time_completed) AS n_time_completed
            FROM {query.cases} JOIN case_steps USING (case_id)
            GROUP BY ALL ORDER BY ALL
            """,
            query.parameters,
        )

    def school_counts(self, selection: Selection = EVERYTHING) -> pd.DataFrame:
        """Every school of the chosen networks and zones, with the number of its chosen cases, 0 included:
        [school_id, name, school_network, school_level, zone, n_pupils, n, n_open, last_week].
        """
        query = _Query(selection, ("school_id",))
        where, parameters = _school_conditions(selection)
        return self._query(
            f"""
            WITH counted AS (
                SELECT school_id, count(*) AS n, count(*) FILTER (status = 'open') AS n_open, max(report_week) AS last_week
                FROM {query.cases} GROUP BY school_id
            )
            SELECT schools.*, coalesce(n, 0) AS n, coalesce(n_open, 0) AS n_open, last_week
            FROM schools LEFT JOIN counted USING (school_id) {where} ORDER BY school_id
            """,
            [*query.parameters, *parameters],
        )

    def residual_risk(self) -> pd.DataFrame:
        """How far the records can still be told apart: one row [n_cases, n_alone, smallest_group].

        A case is alone when no other has its school, month of report, level and incident types.
        """
        return self._query(
            """
            WITH kinds AS (
                SELECT case_id, list_sort(list(incident_type)) AS incident_types FROM case_incidents GROUP BY case_id
            ), groups AS (
                SELECT count(*) AS n FROM cases JOIN kinds USING (case_id)
                GROUP BY school_id, date_trunc('month', report_week + INTERVAL 3 DAY), school_level, incident_types
            )
            SELECT coalesce(sum(n), 0)::BIGINT AS n_cases, count(*) FILTER (n = 1) AS n_alone, min(n) AS smallest_group
            FROM groups
            """
        )


_OF_SCHOOL = ("school_network", "zone")
_OF_CASE = (
    "school_id",
    "school_year",
    "report_week",
    "school_level",
    "reporter",
    "channel",
    "minor",
    "danger",
    "status",
)
_DIMENSIONS = {*_OF_CASE, *_OF_SCHOOL, "incident_type", "step"}


class _Query:
    """The parts of a statement that a selection and its dimensions decide. Values are always parameters.

    ``cases`` is the chosen cases as a subquery, which also carries the columns of their school that ``by`` asks for.
    """

    def __init__(self, selection: Selection, by: Sequence[str]) -> None:
        if unknown := set(by) - _DIMENSIONS:
            raise ValueError(f"unknown dimension: {unknown}")
        self.columns = "".join(f"{name}, " for name in by)
        self.grouped = "GROUP BY ALL ORDER BY ALL" if by else ""
        self.parameters: list[object] = []
        conditions = []
        for column, values in (
            ("cases.school_year", selection.school_years),
            ("cases.school_level", selection.school_levels),
            ("schools.school_network", selection.school_networks),
            ("schools.zone", selection.zones),
        ):
            if values:
                conditions.append(f"list_contains(?, {column})")
                self.parameters.append(list(values))
        for week, operator in ((selection.first_week, ">="), (selection.last_week, "<=")):
            if week:
                conditions.append(f"cases.report_week {operator} ?")
                self.parameters.append(week)
        if selection.incident_types:
            conditions.append("case_id IN (SELECT case_id FROM case_incidents WHERE list_contains(?, incident_type))")
            self.parameters.append(list(selection.incident_types))
        of_school = "".join(f", schools.{name}" for name in _OF_SCHOOL if name in by)
        needs_schools = of_school or selection.school_networks or selection.zones
        source = "cases LEFT JOIN schools USING (school_id)" if needs_schools else "cases"
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        self.cases = f"(SELECT cases.*{of_school} FROM {source}{where})"


def _school_conditions(selection: Selection) -> tuple[str, list[object]]:
    conditions = {"schools.school_network": selection.school_networks, "schools.zone": selection.zones}
    chosen = {column: list(values) for column, values in conditions.items() if values}
    where = " AND ".join(f"list_contains(?, {column})" for column in chosen)
    return (f"WHERE {where}" if where else ""), list(chosen.values())
