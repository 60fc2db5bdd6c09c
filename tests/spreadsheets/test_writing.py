"""What is written to a workbook is read back as it was: a text stays a text."""

from __future__ import annotations

from datetime import date, datetime

from analytics.spreadsheets.reading import read
from analytics.spreadsheets.writing import LONGEST_TEXT, Book


def written(*cells, marked: bool = False) -> list:
    book = Book()
    sheet = book.workbook.add_worksheet("Feuille")
    for column, cell in enumerate(cells):
        book.write(sheet, 0, column, cell, marked=marked)
    (found,) = read(book.close())
    return list(found.rows[0])


def test_each_cell_comes_back_with_its_type():
    cells = [
        "=1+1",
        "http://exemple.be",
        "0012",
        3.5,
        True,
        date(2026, 4, 3),
        datetime.fromisoformat("2026-04-03 10:30"),
    ]
    assert written(*cells) == cells
    assert written(*cells, marked=True) == cells


def test_a_text_is_cut_where_a_cell_ends_and_no_number_is_infinite():
    assert written("x" * (LONGEST_TEXT + 9), float("inf")) == ["x" * LONGEST_TEXT, "inf"]


def test_no_text_becomes_a_formula():
    book = Book()
    book.write_rows(book.workbook.add_worksheet("Feuille"), 0, [["=CMD()", "+1", "@x"]])
    assert read(book.close())[0].formulas == frozenset()
