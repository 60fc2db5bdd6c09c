"""The anonymised tables as files for other programs: CSV and Parquet, a Data Package descriptor and the dictionary.

The descriptor follows Data Package 1 (Frictionless Data), which version 2 reads too.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping

import pandas as pd
from pyarrow import parquet

from analytics.documents.data_dictionary import data_dictionary
from analytics.documents.mark import internal_caption
from analytics.domain.french import typeset
from analytics.domain.schema import TABLES, Column, Table
from analytics.domain.selection import EVERYTHING
from analytics.spreadsheets.safe_csv import safe_text
from analytics.store import Snapshot

_TYPES = {"VARCHAR": "string", "DATE": "date", "INTEGER": "integer", "BOOLEAN": "boolean", "TIMESTAMPTZ": "datetime"}

_READ_ME = "Chaque table est là en CSV et en Parquet. Le dictionnaire dit ce qu’est chaque colonne et chaque code."


def data_package(snapshot: Snapshot) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file, one table in memory at a time."""
    of = "données fictives" if snapshot.is_demo else "registre du service"
    mark = typeset(internal_caption(f"{of} · {EVERYTHING.description}", snapshot.as_of))
    yield "LISEZ-MOI.txt", f"{mark}\n\n{_READ_ME}\n".encode()
    yield "dictionnaire.html", data_dictionary(".html")
    yield "datapackage.json", json.dumps(_descriptor(snapshot, mark), ensure_ascii=False, indent=1).encode()
    for table in TABLES.values():
        rows = snapshot.table(table.name)
        yield f"{table.name}.csv", _csv(table, rows)
        yield f"{table.name}.parquet", _parquet(table, rows, mark)


def _descriptor(snapshot: Snapshot, mark: str) -> dict[str, object]:
    return {
        "profile": "tabular-data-package",
        "name": f"relais-{snapshot.as_of}",
        "title": "Dossiers anonymisés",
        "description": mark,
        "resources": [_resource(table) for table in TABLES.values()],
    }


def _resource(table: Table) -> dict[str, object]:
    fields = [
        {
            "name": column.name,
            "type": _TYPES[column.type],
            "description": column.meaning,
            "constraints": _constraints(column),
        }
        for column in table.columns
    ]
    owner = {"case_id": "cases", "school_id": "schools"}
    keys = [
        {"fields": name, "reference": {"resource": owner[name], "fields": name}}
        for name in table.names
        if name in owner and owner[name] != table.name
    ]
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": f"{table.name}.csv",
        "description": f"Une ligne est {table.row}.",
        "encoding": "utf-8",
        "schema": {"fields": fields, "primaryKey": list(table.key), "foreignKeys": keys},
    }


def _constraints(column: Column) -> dict[str, object]:
    """A text may be empty, which CSV does not tell from none."""
    is_required = not column.nullable and column.type != "VARCHAR"
    return {"required": is_required} | ({"enum": list(column.terms)} if column.terms else {})


def _csv(table: Table, rows: pd.DataFrame) -> bytes:
    """Comma, ISO dates, ``true`` and ``false``; a text that a spreadsheet could take for a formula has an apostrophe."""
    columns: Mapping[str, pd.Series] = {column.name: _texts(rows[column.name], column.type) for column in table.columns}
    return pd.DataFrame(columns).to_csv(index=False, lineterminator="\n").encode("utf-8")


def _texts(values: pd.Series, kind: str) -> pd.Series:
    match kind:
        case "DATE":
            return values.dt.strftime("%Y-%m-%d")
        case "TIMESTAMPTZ":
            return values.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        case "BOOLEAN":
            return values.map({True: "true", False: "false"}).astype("str")
        case "VARCHAR":
            return values.map(safe_text, na_action="ignore")
        case _:
            return values


def _parquet(table: Table, rows: pd.DataFrame, mark: str) -> bytes:
    file = io.BytesIO()
    parquet.write_table(table.to_arrow(rows).replace_schema_metadata({"description": mark}), file, compression="zstd")
    return file.getvalue()
