"""What the service takes away for itself."""

from __future__ import annotations

import csv
import io
from datetime import date

import pandas as pd

from analytics.documents.internal import internal_csv


def test_a_table_for_the_service_says_so_with_its_filters_and_its_day():
    table = pd.DataFrame({"École": ["=1+1", "B"], "Dossiers": pd.array([3, None], dtype="Int64")})
    content = internal_csv(table, "année 2025-2026", date(2026, 11, 20))
    first, blank, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    assert first == ["interne – ne pas diffuser · année 2025-2026 · données au 20/11/2026"]
    assert blank == []
    assert rows == [["École", "Dossiers"], ["'=1+1", "3"], ["B", ""]]
