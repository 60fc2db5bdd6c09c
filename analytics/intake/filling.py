"""What a sheet says once for several rows, written into each of them: a merged cell, the school of a block.

A school may stand in the first row of its block, in a title above it, or be the name of its sheet. What can be meant in one
way is taken and said, else asked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import numpy as np

from analytics.domain.french import count
from analytics.domain.matching import holds_stem, normalise, word_list
from analytics.domain.vocabulary import TEACHING_LEVELS
from analytics.intake.cells import downwards, is_total, text
from analytics.intake.checking import data_rows
from analytics.intake.journal import repeats
from analytics.intake.layout import Layout
from analytics.intake.mapping import IGNORED, OwnWords
from analytics.intake.questions import file_question
from analytics.intake.years import YEAR_SPAN
from analytics.spreadsheets.reading import Cell

SCHOOLS_IN = "schools_in"  # where the answer stands
_SHARED = ("school", "year", "level", "reporter", "channel", "minor", "incidents", "reported")  # one for several cases
_NOTHING = re.compile(r"[-–—/]+")
_MONTHS = word_list(
    "janvier | fevrier | mars | avril | mai | juin | juillet | aout | septembre | octobre | novembre | decembre"
)
_OF_WORKBOOKS = re.compile(r"feuil|sheet|tab|page|registre|suivi|dossier|annee|trimestre|mois|semaine")
_COUNT = re.compile(r"\s*[-–—:(]\s*\d+\s\w+\)?$")  # « Institut Hardy – 3 dossiers »

IsSchool = Callable[[str], object]


def fill(layout: Layout, is_school: IsSchool, own_words: OwnWords) -> Layout:
    """The layout of one sheet whose merged cells, dashes and blocks are written out."""
    if "case_number" not in layout.columns:
        return layout
    layout = _fill_merged(layout)
    layout = _empty_dashes(layout)
    if "school" in layout.columns:
        return _fill_blocks(layout, own_words)
    return _school_from_titles(layout, is_school, own_words)


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
    note = f"{count(n, 'cellule fusionnée est lue', 'cellules fusionnées sont lues')} avec la première."
    return layout.with_cells(cells, note)


def _empty_dashes(layout: Layout) -> Layout:
    """A dash for a closure says that there is none; for a step it may be more than an empty cell, and is asked."""
    cells: dict[tuple[int, int], Cell] = {}
    for column in (layout.columns[code] for code in ("closed", "facts_on") if code in layout.columns):
        written = layout.sheet.rows.columns[column]
        is_dash = written.map(lambda cell: isinstance(cell, str) and bool(_NOTHING.fullmatch(cell.strip()))).array(bool)
        if is_dash.any():
            cells |= {(row, column): "" for row in data_rows(layout).tolist() if is_dash[row]}
    return layout.with_cells(cells)


# Schools


def _fill_blocks(layout: Layout, own_words: OwnWords) -> Layout:
    """The school of the first row of a block is that of the rows below it, where each name begins one block only."""
    rows, column = data_rows(layout).tolist(), layout.columns["school"]
    words = list(layout.sheet.rows.columns[column][np.array(rows, dtype=int)].map(text))
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
    heads_of = dict(zip(rows, downwards(words), strict=True))
    cells = {(row, column): heads_of[row] for row, word in zip(rows, words, strict=True) if not word}
    return layout.with_cells(cells, "Une école écrite une fois vaut pour les lignes qui suivent.")


def _school_from_titles(layout: Layout, is_school: IsSchool, own_words: OwnWords) -> Layout:
    """Without a column of schools, the titles between the rows, where they name schools."""
    entries = set(data_rows(layout).tolist())
    titles: dict[int, str] = {}
    for number in range(layout.header_row + 1, len(layout.sheet.rows)):
        filled = [text(cell) for cell in layout.sheet.rows[number] if text(cell)]
        if number not in entries and len(filled) == 1 and _may_be_school(filled[0]):
            titles[number] = _COUNT.sub("", filled[0])
    answer = own_words.answers.get(SCHOOLS_IN)
    if not titles or not entries or min(titles) > min(entries) or answer == IGNORED:
        return layout
    of_row = downwards(titles.get(number, "") for number in range(len(layout.sheet.rows)))
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
        n_cases = sum(len(data_rows(layout)) for layout in found)
        found[0] = _asking(found[0], "Chaque feuille porte-t-elle le nom d’une école ?", n_cases)
    return found


def _number_by_sheet(layouts: Sequence[Layout]) -> list[Layout]:
    """Where numbers begin again in each sheet, its name is a part of them."""
    columns = [layout.columns["case_number"] for layout in layouts]
    numbers = [
        {(row, column): text(cells.distinct[cells.places[row]]) for row in data_rows(layout).tolist()}
        for layout, column in zip(layouts, columns, strict=True)
        for cells in [layout.sheet.rows.columns[column]]
    ]
    n_sheets = Counter(number for of_sheet in numbers for number in set(of_sheet.values()))
    smallest = min(numbers, key=len).values()
    if sum(n_sheets[number] > 1 for number in smallest) < max(1, len(smallest) / 2):
        return list(layouts)
    note = "Les numéros recommencent dans chaque feuille : son nom fait partie du numéro."
    return [
        layout.with_cells({place: f"{layout.sheet.name} {n}" for place, n in of_sheet.items() if n}, note)
        for layout, of_sheet in zip(layouts, numbers, strict=True)
    ]


def with_school(layout: Layout, schools: Sequence[str], note: str) -> Layout:
    """The layout with one more column, « École »."""
    width = len(layout.headers)
    entries = set(data_rows(layout).tolist())
    rows = layout.sheet.rows.with_column(school if row in entries else "" for row, school in enumerate(schools))
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
    return replace(layout, questions=(*layout.questions, file_question(SCHOOLS_IN, what, choices, n_rows)))


def _may_be_school(name: str) -> bool:
    """Whether a title or the name of a sheet may be a school: no year, month, total or word of an empty workbook."""
    words = [word for word in normalise(name).split() if not word.isdigit() and word not in _MONTHS]
    return bool(words) and not (is_total(name) or YEAR_SPAN.search(name) or _OF_WORKBOOKS.match(words[0]))


def _name_schools(names: Collection[str], is_school: IsSchool) -> bool:
    """Whether most of these names are schools by a list, or by a word such as « école » or « institut »."""
    stems = ("ecole", *(stem for term in TEACHING_LEVELS.values() for stem in term.stems))
    known = [is_school(name) or any(holds_stem(normalise(name).split(), stem) for stem in stems) for name in names]
    return sum(map(bool, known)) > len(known) / 2
