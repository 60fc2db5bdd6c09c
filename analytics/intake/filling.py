"""What a sheet says once for several rows, written into each of them: a merged cell, the school of a block, a missing year.

A school may stand in the first row of its block, in a title above it, or be the name of its sheet; a day without its year is
in the school year of its sheet, or near the report of its case. What can be meant in one way is taken and said, else asked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from analytics.domain.french import count
from analytics.domain.school_calendar import calendar
from analytics.domain.vocabulary import TEACHING_LEVELS, holds_stem, normalise
from analytics.intake.cells import is_total, text
from analytics.intake.checking import data_rows
from analytics.intake.dates import Order, cell_moment, parse_moment, with_year
from analytics.intake.headers import SAME_WORDS, name_score
from analytics.intake.journal import repeats
from analytics.intake.layout import Layout, field_code
from analytics.intake.mapping import IGNORED, REGISTER, OwnWords
from analytics.intake.ordering import Orders, is_dated
from analytics.intake.questions import Question
from analytics.spreadsheets.reading import Cell, RefusedFileError

SCHOOLS_IN, SCHOOL_YEAR = "schools_in", "school_year"  # where the answers stand
_SHARED = ("school", "year", "level", "reporter", "channel", "minor", "incidents", "reported")  # one for several cases
_MIN_NAMED = 3  # cells of a row that name as many columns are headers
_NOTHING = re.compile(r"[-–—/]+")
_SPAN = re.compile(r"(?<!\d)(?:20)?(\d\d)\s?[-/–_]\s?(?:20)?(\d\d)(?!\d)")
_FIRST_DAY = (8, 15)  # of a school year, for a day that has none
_BEFORE, _AFTER = timedelta(days=31), timedelta(days=300)  # around the report, for a day without its year
_MAX_GAP = timedelta(days=90)  # by which reports that go back in a sheet begin another year

IsSchool = Callable[[str], object]


def fill(layout: Layout, is_school: IsSchool, own_words: OwnWords) -> Layout:
    """The layout of one sheet whose merged cells, dashes and blocks are written out."""
    if "case_number" not in layout.columns:
        return layout
    _check_headers(layout)
    layout = _fill_merged(layout)
    layout = _empty_dashes(layout)
    if "school" in layout.columns:
        return _fill_blocks(layout, own_words)
    return _school_from_titles(layout, is_school, own_words)


def _check_headers(layout: Layout) -> None:
    """RefusedFileError where headers come again further down in another order: what follows would be read wrongly."""
    reported = layout.columns.get("reported", layout.columns["case_number"])
    for number in range(layout.header_row + 1, len(layout.sheet.rows)):
        cell = layout.sheet.rows[number][reported]
        if not isinstance(cell, str) or not cell.strip() or any(map(str.isdigit, cell)):
            continue
        named = {
            i: {field.code for field in REGISTER if name_score(field, text(other)) >= SAME_WORDS}
            for i, other in enumerate(layout.sheet.rows[number])
            if isinstance(other, str) and other.strip()
        }
        read = [(code, i) for code, i in layout.columns.items() if named.get(i)]
        if len(read) >= _MIN_NAMED and any(field_code(code) not in named[i] for code, i in read):
            raise RefusedFileError(
                f"À la ligne {number + 1}, les en-têtes reviennent dans un autre ordre. Mettez les lignes qui suivent sur "
                "une feuille à part, ou toutes les colonnes dans le même ordre."
            )


def _written(layout: Layout, cells: Mapping[tuple[int, int], Cell], note: str = "") -> Layout:
    """The layout with other cells, which are no longer merged."""
    if not cells:
        return layout
    rows = list(layout.sheet.rows)
    changed = {row: list(rows[row]) for row, _ in cells}
    for (row, column), cell in cells.items():
        changed[row][column] = cell
    for row, written in changed.items():
        rows[row] = written
    merged = {place: first for place, first in layout.sheet.merged.items() if place not in cells}
    sheet = replace(layout.sheet, rows=rows, merged=merged)
    return replace(layout, sheet=sheet, entries={}, notes=(*layout.notes, *filter(None, [note])))


def _fill_merged(layout: Layout) -> Layout:
    """A cell that is merged downwards counts for each of its rows, where cases may share what it says."""
    merged, rows = layout.sheet.merged, layout.sheet.rows
    columns = {layout.columns[code] for code in _SHARED if code in layout.columns}
    cells = {
        (row, column): rows[top][left]
        for (row, column), (top, left) in merged.items()
        if left == column in columns and merged.get((row, column + 1)) != (top, left) and top > layout.header_row
    }
    n = sum(not text(rows[row][column]) for row, column in cells)
    return _written(
        layout, cells, f"{count(n, 'cellule fusionnée est lue', 'cellules fusionnées sont lues')} avec la première."
    )


def _empty_dashes(layout: Layout) -> Layout:
    """A dash for a closure says that there is none; for a step it may be more than an empty cell, and is asked."""
    columns = [layout.columns[code] for code in ("closed", "facts_on") if code in layout.columns]
    rows = data_rows(layout, "case_number").tolist() if columns else []
    return _written(
        layout,
        {(row, i): "" for row in rows for i in columns if _NOTHING.fullmatch(text(layout.sheet.rows[row][i]))},
    )


# Schools


def _fill_blocks(layout: Layout, own_words: OwnWords) -> Layout:
    """The school of the first row of a block is that of the rows below it, where each name begins one block only."""
    rows, column = data_rows(layout, "case_number").tolist(), layout.columns["school"]
    words = [text(layout.sheet.rows[row][column]) for row in rows]
    heads = [word for word in words if word]
    n_empty = len(words) - len(heads)
    if (
        not words
        or not words[0]
        or n_empty < max(2, len(words) / 5)
        or "action" in layout.columns
        or repeats(layout, rows)
    ):
        return layout
    is_sure = len(set(heads)) == len(heads) and n_empty >= len(words) / 2
    answer = own_words.answers.get(SCHOOLS_IN)
    if answer == IGNORED:
        return layout
    if not is_sure and not answer:
        what = f"Dans la colonne « {layout.header('school')} », des cellules sont vides sous un nom d’école. "
        return _asking(layout, f"{what}Est-ce la même école que plus haut ?", n_empty)
    heads_of = dict(zip(rows, _downwards(words), strict=True))
    cells = {(row, column): heads_of[row] for row, word in zip(rows, words, strict=True) if not word}
    return _written(layout, cells, "Une école écrite une fois vaut pour les lignes qui suivent.")


def _school_from_titles(layout: Layout, is_school: IsSchool, own_words: OwnWords) -> Layout:
    """Without a column of schools, the titles between the rows, where they name schools."""
    entries = set(data_rows(layout, "case_number").tolist())
    titles: dict[int, str] = {}
    for number in range(layout.header_row + 1, len(layout.sheet.rows)):
        filled = [text(cell) for cell in layout.sheet.rows[number] if text(cell)]
        if number not in entries and len(filled) == 1 and _may_be_school(filled[0]):
            titles[number] = filled[0]
    answer = own_words.answers.get(SCHOOLS_IN)
    if not titles or not entries or min(titles) > min(entries) or answer == IGNORED:
        return layout
    of_row = _downwards([titles.get(number, "") for number in range(len(layout.sheet.rows))])
    filled_layout = with_school(layout, of_row, "Le titre au-dessus des lignes est lu comme leur école.")
    if answer or _name_schools(titles.values(), is_school):
        return filled_layout
    return _asking(filled_layout, "Les titres entre les lignes sont-ils les écoles ?", len(entries))


def schools_of_sheets(layouts: Sequence[Layout], is_school: IsSchool, own_words: OwnWords) -> list[Layout]:
    """Sheets that lack no more than the school, each with its name as the school, where the names may be schools."""
    names = [layout.sheet.name for layout in layouts]
    are_schools = _name_schools(names, is_school)
    answer = own_words.answers.get(SCHOOLS_IN)
    if answer == IGNORED or not all(map(_may_be_school, names)) or not (are_schools or len(names) > 1):
        return list(layouts)
    note = "Le nom de chaque feuille est lu comme son école."
    found = [
        with_school(layout, [layout.sheet.name] * len(layout.sheet.rows), note) for layout in _number_by_sheet(layouts)
    ]
    if not (are_schools or answer):
        found[0] = _asking(found[0], "Chaque feuille porte-t-elle le nom d’une école ?", sum(map(_n_cases, found)))
    return found


def _number_by_sheet(layouts: Sequence[Layout]) -> list[Layout]:
    """Where numbers begin again in each sheet, its name is a part of them."""
    places = [
        [(row, layout.columns["case_number"]) for row in data_rows(layout, "case_number").tolist()]
        for layout in layouts
    ]
    numbers = [
        [text(layout.sheet.rows[row][column]) for row, column in of_sheet]
        for layout, of_sheet in zip(layouts, places, strict=True)
    ]
    n_times = Counter(number for of_sheet in numbers for number in set(of_sheet))
    smallest = min(numbers, key=len)
    if len(layouts) < 2 or sum(n_times[number] > 1 for number in smallest) < max(1, len(smallest) / 2):
        return list(layouts)
    note = "Les numéros recommencent dans chaque feuille : son nom fait partie du numéro."
    return [
        _written(
            layout,
            {
                place: f"{layout.sheet.name} {number}" if number else ""
                for place, number in zip(of_sheet, of_numbers, strict=True)
            },
            note,
        )
        for layout, of_sheet, of_numbers in zip(layouts, places, numbers, strict=True)
    ]


def _n_cases(layout: Layout) -> int:
    return len(data_rows(layout, "case_number"))


def with_school(layout: Layout, schools: Sequence[str], note: str) -> Layout:
    """The layout with one more column, « École »."""
    width = len(layout.headers)
    rows: list[Sequence[Cell]] = [[*row, school] for row, school in zip(layout.sheet.rows, schools, strict=True)]
    entries = set(data_rows(layout, "case_number").tolist())
    rows = [row if number in entries else [*row[:-1], ""] for number, row in enumerate(rows)]
    return replace(
        layout,
        sheet=replace(layout.sheet, rows=rows),
        headers=(*layout.headers, "École"),
        columns={**layout.columns, "school": width},
        entries={},
        notes=(*layout.notes, note),
    )


def _asking(layout: Layout, what: str, n_rows: int) -> Layout:
    choices = {"schools": "Oui", IGNORED: "Non"}
    question = Question(SCHOOLS_IN, what, choices, ("answers", SCHOOLS_IN), n_rows, blocking=True)
    return replace(layout, questions=(*layout.questions, question))


def _downwards(words: Sequence[str]) -> list[str]:
    """Each word, or where there is none the last one above it."""
    found, last = [], ""
    for word in words:
        last = word or last
        found.append(last)
    return found


def _may_be_school(name: str) -> bool:
    """Whether a title or the name of a sheet may be a school: no year, month, total or word of an empty workbook."""
    words = normalise(name).split()
    return not (
        is_total(name)
        or _SPAN.search(name)
        or any(parse_moment(f"1 {word} 2024") for word in words)
        or re.fullmatch(r"\W*(?:\d+\W*)+", name)
        or re.match(
            r"(?:feuil|sheet|tab|page|registre|suivi|dossier|annee|trimestre|mois|semaine)", words[0] if words else ""
        )
    )


def _name_schools(names: Collection[str], is_school: IsSchool) -> bool:
    """Whether most of these names are schools by a list, or by a word such as « école » or « institut »."""
    stems = ("ecole", *(stem for term in TEACHING_LEVELS.values() for stem in term.stems))
    known = [is_school(name) or any(holds_stem(normalise(name).split(), stem) for stem in stems) for name in names]
    return sum(map(bool, known)) > len(known) / 2


# Days without their year


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
    for row in data_rows(layout, "case_number").tolist():
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
            near = [day for day in _with_years(cells_of_row[column], orders[code]) if first <= day - report <= last]
            if len(near) == 1:
                cells[row, column] = near[0]
    note = "Des jours sont écrits sans leur année : chacun est pris au plus près du signalement"
    note += f", et le signalement dans l’année scolaire {year}." if year and "reported" in short else "."
    return _written(layout, cells, note if cells else ""), n_unknown if _goes_on(layout, orders) else 0


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
        for first, second in _SPAN.findall(title)
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
    return Question(
        SCHOOL_YEAR,
        "Les jours de ce registre n’ont pas d’année. De quelle année scolaire sont-ils ?",
        dict(zip(years, years, strict=True)),
        ("answers", SCHOOL_YEAR),
        n_rows,
        blocking=True,
    )
