"""Rounding and formula-proof CSV, against published maps and hostile cells."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analytics.disclosure.rounding import midpoint_6, share_on_grid
from analytics.documents.internal import internal_csv
from analytics.spreadsheets.safe_csv import csv_bytes

REFERENCE = Path(__file__).parents[1] / "reference"
FORMULAS = json.loads((REFERENCE / "18_csv_formula_injection.json").read_text(encoding="utf-8"))
ROUNDING = json.loads((REFERENCE / "05_opensafely_rounding_and_differencing.json").read_text(encoding="utf-8"))


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_midpoint_6_is_the_published_map():
    expected = {int(count): rounded for count, rounded in ROUNDING["expected"]["midpoint6"].items()}
    assert dict(zip(expected, midpoint_6(list(expected)).tolist(), strict=True)) == expected


@pytest.mark.parametrize(
    ("n", "total", "share"), [(0, 40, 0.0), (40, 40, 1.0), (20, 40, 0.5), (12, 40, 0.3), (7, 12, 0.6), (7, 21, 0.35)]
)
def test_a_share_is_that_of_the_printed_numbers_on_the_grid(n, total, share):
    # By hand: 7 of 12 is 0.583, 7 of 21 is 0.333. From midpoints of six they would be 9 of 9 and 9 of 21 (0.429).
    assert share_on_grid(n, total, 0.05) == share


@pytest.mark.parametrize("text", FORMULAS["inputs"])
def test_no_text_becomes_a_formula_and_none_is_lost(text):
    content = csv_bytes([["avant", text, 3]])
    ((before, cell, number),) = read(content)
    assert (before, number) == ("avant", "3")
    assert cell in (text, f"'{text}")
    starts_like_one = text.lstrip(" \"'")[:1] in set("=+-@\t\r\n＝＋－＠%")
    assert cell.startswith("'") or not starts_like_one


def test_numbers_stay_numbers():
    assert read(csv_bytes([FORMULAS["must_stay_numeric"]])) == [["-5", "-0,5", "0", "3"]]


def test_a_table_for_the_service_says_so_with_its_filters_and_its_day():
    table = pd.DataFrame({"École": ["=1+1", "B"], "Dossiers": pd.array([3, None], dtype="Int64")})
    first, blank, *rows = read(internal_csv(table, "année 2025-2026", date(2026, 11, 20)))
    assert first == ["interne – ne pas diffuser · année 2025-2026 · données au 20/11/2026"]
    assert blank == []
    assert rows == [["École", "Dossiers"], ["'=1+1", "3"], ["B", ""]]
