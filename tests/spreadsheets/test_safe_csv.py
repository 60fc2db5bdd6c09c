"""Formula-proof CSV, against hostile cells."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from analytics.spreadsheets.safe_csv import csv_bytes

REFERENCE = Path(__file__).parents[1] / "reference" / "18_csv_formula_injection.json"
FORMULAS = json.loads(REFERENCE.read_text(encoding="utf-8"))


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


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
