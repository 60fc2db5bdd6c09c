"""How the three tables of cases lie in a file of the store: as one, ``records``, one row per case.

Its columns are those of ``cases``, a yes or no for each incident type (``type_insults``) and, for each step of the protocol,
those of ``case_steps`` (``cpms_outcome``, ``cpms_delay_hours``, ...). So what is counted of a case lies side by side: no
question joins a case to its steps, and ten million cases are read as columns of small numbers. ``cases``,
``case_incidents`` and ``case_steps`` are views on it, of the columns that :mod:`analytics.domain.schema` declares.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.domain.schema import CASE_INCIDENTS, CASE_STEPS, CASES, TABLES, Column, SchemaError
from analytics.domain.vocabulary import INCIDENT_TYPES, OUTCOMES, PRINCIPAL, REASONS, STATUSES, STEPS

EVENTS = (
    *("done", "pending", "closed", "undated", "closed_undated", "done_later"),
    *("not_applicable", "not_recorded", "no_deadline"),
)
VIEWS = (CASES.name, CASE_INCIDENTS.name, CASE_STEPS.name)
ROW_GROUP = 122_880
"""Rows that DuckDB writes as one."""

# Closed vocabularies are numbers in the file, which group and compare faster than words.
_ENUMS: dict[str, Iterable[str]] = {
    "status": STATUSES,
    "outcome": OUTCOMES,
    "reason": REASONS,
    "event": EVENTS,
    "incident_type": INCIDENT_TYPES,
    "step": STEPS,
}
WHERE_LACKING = {
    # The earliest extraction of which the case can have been a part.
    "first_seen_on": "(SELECT coalesce(min(as_of) FILTER (as_of >= report_week), max(as_of)) FROM imports)",
    "provisional": "false",
    "tells_closure": "true",
    "fields": "''",
    "refused_digest": "''",
    "by_year": "false",
    "office": f"'{PRINCIPAL}'",
    "own_numbers": "false",
    "completed_hours": "CASE WHEN time_completed THEN 16 ELSE 0 END",  # which of both had no time is not known
}
"""What the columns hold that a file of an older layout has not; where nothing stands here, nothing."""
OF_STEP = tuple(column for column in CASE_STEPS.columns if column.name not in CASE_STEPS.key)


def of_type(incident_type: str) -> str:
    """The column of ``records`` that tells whether a case has an incident type."""
    return f"type_{incident_type}"


def of_step(step: str, name: str) -> str:
    """The column of ``records`` that holds the column ``name`` of ``case_steps`` for a step."""
    return f"{step}_{name}"


def columns(*, words_as_text: bool = False) -> dict[str, str]:
    """The columns of ``records``, each with its type; without types of our own where ``words_as_text``."""

    def declared(column: Column) -> str:
        kind = column.type if words_as_text or column.name not in _ENUMS else column.name
        return f"{kind}{'' if column.nullable else ' NOT NULL'}"

    return {
        **{column.name: declared(column) for column in CASES.columns},
        **{of_type(code): "BOOLEAN NOT NULL" for code in INCIDENT_TYPES},
        # A step of which the register says nothing is NULL in all of its columns.
        **{of_step(step, c.name): declared(replace(c, nullable=True)) for step in STEPS for c in OF_STEP},
    }


def types() -> list[str]:
    """What makes the types that statements name."""
    return [f"CREATE TYPE {name} AS ENUM ({', '.join(map(repr, codes))})" for name, codes in _ENUMS.items()]


def statements(*, words_as_text: bool = False) -> list[str]:
    """What makes a version: its types, its tables, and the views on ``records``."""
    tables = [table.ddl for table in TABLES.values() if table.name not in VIEWS]
    views = {
        CASES.name: f"SELECT {', '.join(_as_text(c.name, c.name) for c in CASES.columns)} FROM records",
        CASE_INCIDENTS.name: " UNION ALL ".join(
            f"SELECT case_id, '{code}' AS incident_type FROM records WHERE {of_type(code)}" for code in INCIDENT_TYPES
        ),
        CASE_STEPS.name: " UNION ALL ".join(
            f"SELECT case_id, '{step}' AS step, {', '.join(_as_text(c.name, of_step(step, c.name)) for c in OF_STEP)} "
            f"FROM records WHERE {of_step(step, 'outcome')} IS NOT NULL"
            for step in STEPS
        ),
    }
    declared = columns(words_as_text=words_as_text)
    return [
        *([] if words_as_text else types()),
        *tables,
        f"CREATE TABLE records ({', '.join(f'{name} {kind}' for name, kind in declared.items())})",
        *(f"CREATE VIEW {name} AS {query}" for name, query in views.items()),
    ]


def writing_threads(rows: Mapping[str, pa.Table]) -> int:
    """A thread per row group: others would only wait, which costs as much as the work."""
    return min(os.cpu_count() or 1, 1 + len(rows[CASES.name]) // ROW_GROUP)


def write(connection: duckdb.DuckDBPyConnection, rows: Mapping[str, pa.Table], *, words_as_text: bool = False) -> None:
    """Make the tables of a version where ``connection`` creates tables, and write ``rows`` (all tables of the schema)."""
    stored = {name: (table, rows[name]) for name, table in TABLES.items() if name not in VIEWS}
    stored["records"] = CASES, records(rows)
    for statement in statements(words_as_text=words_as_text):
        connection.execute(statement)
    for name, (table, kept) in stored.items():
        # A batch a row group of DuckDB, so that its threads share the work: a whole table in one keeps them waiting.
        connection.register("incoming", kept.to_reader(ROW_GROUP))
        # In the order of its key a table takes half the room.
        order = "" if table.is_in_order(kept) else f"ORDER BY {', '.join(table.key)}"
        connection.execute(f"INSERT INTO {name} BY NAME SELECT * FROM incoming {order}")
        connection.unregister("incoming")


def _as_text(name: str, column: str) -> str:
    return f"{column}::VARCHAR AS {name}" if name in _ENUMS else f"{column} AS {name}"


def records(rows: Mapping[str, pa.Table]) -> pa.Table:
    """The rows of the three tables of cases as one table, one row per case, in the order of ``cases``.

    SchemaError when an incident type or a step is of a case that is not there.
    """
    cases, incidents, steps = (rows[name] for name in VIEWS)
    case_id, types = cases["case_id"].combine_chunks(), pa.array(list(INCIDENT_TYPES))
    has_type = np.zeros((len(types), len(cases)), dtype=bool)
    has_type[
        _places(incidents, "incident_type", types).to_numpy(), _places(incidents, "case_id", case_id).to_numpy()
    ] = True
    wide = dict(zip(cases.column_names, cases.columns, strict=True))
    wide |= {of_type(code): pa.array(row) for code, row in zip(INCIDENT_TYPES, has_type, strict=True)}

    place = _places(steps, "step", pa.array(list(STEPS))).to_numpy() * np.int64(len(cases))
    place += _places(steps, "case_id", case_id).to_numpy()
    for column in OF_STEP:
        words = pa.array(list(_ENUMS.get(column.name, ())), pa.string())
        stored = _places(steps, column.name, words) if words else steps[column.name].combine_chunks()
        values = np.full(len(STEPS) * len(cases), -1, "int32")  # nothing that is stored is negative
        values[place] = stored.cast(pa.int32()).fill_null(-1)
        for step, of_cases in zip(STEPS, values.reshape(len(STEPS), -1), strict=True):
            row = pa.array(of_cases, mask=of_cases < 0).cast(stored.type)
            wide[of_step(step, column.name)] = pa.DictionaryArray.from_arrays(row, words) if words else row
    return pa.table(wide)


def _places(table: pa.Table, name: str, among: pa.Array) -> pa.Array:
    """The index of each value of a column in ``among``, null where it is null; SchemaError for another value."""
    places = pc.index_in(table[name], value_set=among).combine_chunks()
    if places.null_count > table[name].null_count:
        raise SchemaError(f"{name} : un dossier porte une valeur inconnue.")
    return places
