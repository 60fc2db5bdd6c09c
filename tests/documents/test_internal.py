"""What the service takes away for itself."""

from __future__ import annotations

import csv
import io
from datetime import date

import pandas as pd
from python_calamine import CalamineWorkbook

from analytics.documents.internal import internal_csv, internal_xlsx


def test_a_table_for_the_service_says_so_with_its_filters_and_its_day():
    table = pd.DataFrame({"École": ["=1+1", "B"], "Dossiers": pd.array([3, None], dtype="Int64")})
    content = internal_csv(table, "année 2025-2026", date(2026, 11, 20))
    first, blank, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    assert first == ["interne – ne pas diffuser · année 2025-2026 · données au 20/11/2026"]
    assert blank == []
    assert rows == [["École", "Dossiers"], ["'=1+1", "3"], ["B", ""]]


def test_a_workbook_for_the_service_is_marked_and_its_numbers_and_days_stay_what_they_are():
    days, since = pd.array([1.5, None], dtype="Float64"), [pd.Timestamp(2026, 3, 2), pd.NaT]
    table = pd.DataFrame({"École": ["=1+1", "B"], "Jours": days, "Depuis": since})
    content = internal_xlsx(table, "tous les dossiers", date(2026, 11, 20))
    first, blank, *rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert first[0] == "interne – ne pas diffuser · tous les dossiers · données au 20/11/2026"
    assert set(blank) == {""}
    assert rows == [["École", "Jours", "Depuis"], ["=1+1", 1.5, date(2026, 3, 2)], ["B", "", ""]]


def test_an_empty_table_is_a_workbook_too():
    table = pd.DataFrame({"École": pd.Series(dtype="str")})
    content = internal_xlsx(table, "tous les dossiers", date(2026, 11, 20))
    assert CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()[-1] == ["École"]
