"""The data dictionary as a file: a page to read, or a table for other programs."""

from __future__ import annotations

import json

from analytics.documents._templates import template
from analytics.domain.dictionary import TYPES, dictionary
from analytics.domain.schema import TABLES
from analytics.spreadsheets.safe_csv import csv_bytes


def data_dictionary(suffix: str) -> bytes:
    """:func:`analytics.domain.dictionary.dictionary` as ``.html``, ``.csv`` or ``.json``."""
    rows = dictionary()
    match suffix:
        case ".html":
            page = template("data_dictionary.html.jinja")
            return page.render(tables=TABLES.values(), types=TYPES).encode("utf-8")
        case ".csv":
            return csv_bytes([list(rows.columns), *map(list, rows.itertuples(index=False, name=None))])
        case ".json":
            return json.dumps(rows.to_dict("records"), ensure_ascii=False, indent=1).encode("utf-8")
        case _:
            raise ValueError(f"no data dictionary as {suffix}")
