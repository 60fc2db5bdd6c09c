"""The data dictionary as a page, CSV and JSON: three forms of the same."""

from __future__ import annotations

import json
from io import BytesIO

import pandas as pd

from analytics.documents.data_dictionary import data_dictionary
from analytics.domain.schema import TABLES


def test_the_three_forms_hold_the_same():
    page, content, rows = (data_dictionary(suffix) for suffix in (".html", ".csv", ".json"))
    table = pd.read_csv(BytesIO(content), sep=";", keep_default_na=False)
    known = json.loads(rows)
    assert [row["Code"] for row in known] == table["Code"].tolist()
    assert {row["Table"] for row in known} == set(TABLES)
    named = {name for row in known for name in (row["Table"], row["Colonne"], row["Code"]) if name}
    assert not [name for name in named if f"<code>{name}</code>" not in page.decode()]


def test_the_page_asks_nothing_of_any_host():
    page = data_dictionary(".html").decode()
    assert "default-src 'none'" in page
    assert "http://" not in page
