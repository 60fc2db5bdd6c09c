"""Days that are written without their year: near the report of their case, and a report in the school year of its sheet."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

from analytics.domain.school_calendar import calendar
from analytics.intake.cells import text
from analytics.intake.checking import data_rows
from analytics.intake.dates import Order, cell_moment, parse_moment, with_year
from analytics.intake.layout import Layout
from analytics.intake.mapping import OwnWords
from analytics.intake.ordering import Orders, is_dated
from analytics.intake.questions import Question, file_question
from analytics.spreadsheets.reading import Cell

SCHOOL_YEAR = "school_year"  # where the answer stands
YEAR_SPAN = re.compile(r"(?<!\d)(?:20)?(\d\d)\s?[-/–_]\s?(?:20)?(\d\d)(?!\d)")
_FIRST_DAY = (8, 15)  # of a school year, for a day that has none
_BEFORE, _AFTER = timedelta(days=31), timedelta(days=300)  # around the report, for a day without its year
_MAX_GAP = timedelta(days=90)  # by which reports that go back in a sheet begin another year


def complete_days(
    layouts: Sequence[Layout], orders: Orders, own_words: OwnWords, as_of: date
) -> tuple[list[Layout], list[Question]]:
    """The layouts whose days without a year have one, and the question where nothing says which."""
    found, n_unknown = [], 0
    for layout in layouts:
        completed, n = _complete(layout, orders, own_words.answers.get(SCHOOL_YEAR, ""))
        found.append(completed)
        n_unknown += n
    return found, [_ask_year(n_unknown, as_of)] if n_unknown else []


def _complete(layout: Layout, of_file: Orders, answer: str) -> tuple[Layout, int]:
    short = {code: i for code, i in layout.columns.items() if (layout.sheet.name, code) in of_file.without_year}
    if not short or "reported" not in layout.columns:
        return layout, 0
    orders = of_file.of(layout)
    dated = {code: column for code, column in layout.columns.items() if is_dated(code)}
    year = _year_of_sheet(layout) or (answer if _goes_on(layout, orders) else "")
    cells: dict[tuple[int, int], Cell] = {}
    n_unknown = 0
    for row in data_rows(layout).tolist():
        cells_of_row = layout.sheet.rows[row]

        def moment(code: str, cells_of_row: Sequence[Cell] = cells_of_row) -> datetime | None:
            return cell_moment(cells_of_row[layout.columns[code]], orders.get(code, Order.DAY_FIRST))

        report = moment("reported")
        if report is None and "reported" in short:
            others = [day for code in dated if (day := moment(code))]
            candidates = _with_years(cells_of_row[short["reported"]], orders["reported"])
            if others:
                possible = [day for day in candidates if -_BEFORE <= min(others) - day <= _AFTER]
            else:
                possible = [day for day in candidates if year and _in_year(day, year)]
                n_unknown += bool(candidates and not year)
            report = possible[0] if len(possible) == 1 else None
            if report:
                cells[row, short["reported"]] = report
        for code, column in short.items():
            if code == "reported" or report is None or moment(code):
                continue
            first = timedelta(0) if code == "closed" else -_BEFORE
            last = timedelta(days=364) if code == "closed" else _AFTER
            if day := near(cells_of_row[column], orders[code], report, first, last):
                cells[row, column] = day
    note = "Des jours sont écrits sans leur année : chacun est pris au plus près du signalement"
    note += f", et le signalement dans l’année scolaire {year}." if year and "reported" in short else "."
    return layout.with_cells(cells, note if cells else ""), n_unknown if _goes_on(layout, orders) else 0


def near(
    cell: Cell, order: Order, report: datetime, first: timedelta = -_BEFORE, last: timedelta = _AFTER
) -> datetime | None:
    """The one day that a text without its year may be, from ``first`` to ``last`` after the report of its case."""
    days = [day for day in _with_years(cell, order) if first <= day - report <= last]
    return days[0] if len(days) == 1 else None


def _with_years(cell: Cell, order: Order) -> list[datetime]:
    """The days that a text without a year may be."""
    if not isinstance(cell, str):
        return []
    days = calendar()
    years = range(days.first_day.year, days.last_day.year + 1)
    return [day for year in years if (whole := with_year(cell, year)) and (day := parse_moment(whole, order))]


def _in_year(day: date, school_year: str) -> bool:
    return int(school_year[:4]) == day.year - ((day.month, day.day) < _FIRST_DAY)


def _year_of_sheet(layout: Layout) -> str:
    """The one school year that the sheet's name or a title above the headers says, "" for none."""
    titles = [layout.sheet.name, *(text(cell) for row in layout.sheet.rows[: layout.header_row] for cell in row)]
    spans = {
        f"20{first}-20{second}"
        for title in titles
        for first, second in YEAR_SPAN.findall(title)
        if int(second) == int(first) + 1
    }
    return spans.pop() if len(spans) == 1 else ""


def _goes_on(layout: Layout, orders: Mapping[str, Order]) -> bool:
    """Whether the reports without a year stay in one school year: they never go back by months."""
    order, days = orders.get("reported", Order.DAY_FIRST), []
    for cell in layout.cells("reported") or []:
        days += [day for day in _with_years(cell, order) if _in_year(day, "2023-2024")]
    return all(later - earlier > -_MAX_GAP for earlier, later in pairwise(days))


def _ask_year(n_rows: int, as_of: date) -> Question:
    last = as_of.year - ((as_of.month, as_of.day) < _FIRST_DAY)
    years = [f"{year}-{year + 1}" for year in range(last, calendar().first_day.year - 1, -1)]
    what = "Les jours de ce registre n’ont pas d’année. De quelle année scolaire sont-ils ?"
    return file_question(SCHOOL_YEAR, what, dict(zip(years, years, strict=True)), n_rows)
