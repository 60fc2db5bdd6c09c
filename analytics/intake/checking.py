"""Row by row: which rows hold a case, and every reason why one cannot be taken.

A fault names row, column and rule, never the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import pandas as pd

from analytics.domain.school_calendar import SchoolCalendar
from analytics.domain.timezone import TIMEZONE
from analytics.domain.vocabulary import normalise
from analytics.intake.cells import is_total, text
from analytics.intake.dates import Moments, parse_written
from analytics.intake.layout import EXAMPLE, Layout
from analytics.spreadsheets.reading import Cell, Sheet

RULES: dict[str, str] = {
    "missing": "la cellule est vide",
    "unknown_school": "cette école n’est pas reconnue",
    "not_a_date": "ce n’est pas une date : écrivez 03/04/2026 ou 2026-04-03, avec ou sans l’heure (14:30)",
    "outside_calendar": (
        "cette date est hors du calendrier scolaire connu ; des années se joignent par un fichier que RELAIS_CALENDAR nomme"
    ),
    "time_skipped": "cette heure n’existe pas : cette nuit-là, on est passé à l’heure d’été",
    "time_repeated": "cette heure existe deux fois : cette nuit-là, on est passé à l’heure d’hiver",
    "before_report": "cette date est avant le signalement",
    "in_the_future": "cette date est après le jour de l’extrait",
    "unknown_term": "ce mot n’est pas dans la liste",
    "duplicate": "ce numéro est déjà celui d’une ligne plus haut",
    "other_office": "un autre bureau a un dossier de ce numéro",
    "conflict": "les lignes de ce dossier ne disent pas la même chose",
    "contradiction": "la cellule contredit une autre de la ligne",
    "error": "la cellule contient une erreur",
    "merged": "la cellule est fusionnée avec une autre",
    "not_a_number": "ce n’est pas un nombre entier",
    "not_a_deadline": "ce n’est pas un délai : écrivez 48 h ou 5 j",
}


@dataclass(frozen=True, order=True)
class Fault:
    """Why a cell cannot be taken. ``row`` is the number that the spreadsheet shows; ``column`` counts from 0.

    ``sheet`` is the name of the sheet where the register has several, else "".
    """

    row: int
    column: int
    header: str
    rule: str
    hint: str = ""
    sheet: str = ""

    @property
    def message(self) -> str:
        """The French sentence, for the coordinator."""
        of_sheet = f"Feuille « {self.sheet} », ligne" if self.sheet else "Ligne"
        return f"{of_sheet} {self.row}, c{self.reason[1:]}"

    @property
    def reason(self) -> str:
        """The same without the row, for a place that shows the row."""
        return f"Colonne « {self.header} » : {RULES[self.rule]}{self.hint and f' ({self.hint})'}."


class Faults:
    """Collects the faults of a sheet, and knows which of its data rows have none."""

    def __init__(self, layout: Layout, rows: np.ndarray, sheet: str = "") -> None:
        self._layout = layout
        self._rows = rows
        self._sheet = sheet
        self._found: set[Fault] = set()
        self._errors: set[tuple[int, int]] = set()

    def add(self, code: str, rule: str, where: np.ndarray, hint: Callable[[int], str] = lambda index: "") -> None:
        """A fault of ``rule`` in the column of field ``code`` for each True of ``where``."""
        for index in np.flatnonzero(where):
            row, column = int(self._rows[index]) + 1, self._layout.columns[code]
            if (row, column) not in self._errors:  # an error says no more than that
                self._found.add(Fault(row, column, self._layout.header(code), rule, hint(index), self._sheet))
            if rule == "error":
                self._errors.add((row, column))

    def place(self, fault: Fault) -> int:
        """The place of the row of a fault among the data rows."""
        return int(np.searchsorted(self._rows, fault.row - 1))

    def __len__(self) -> int:
        """The number of data rows."""
        return len(self._rows)

    def sorted(self) -> list[Fault]:
        return sorted(self._found)

    @property
    def clean(self) -> np.ndarray:
        """True for each data row without a fault."""
        return ~np.isin(self._rows + 1, [fault.row for fault in self._found])


def check_moments(
    faults: Faults, code: str, moments: Moments, hour: int, calendar: SchoolCalendar, as_of: date | None = None
) -> pd.Series:
    """Add what is wrong with a column of dates to ``faults``; return its instants. A day after ``as_of`` is wrong too."""
    dated = moments.dated
    faults.add(code, "not_a_date", moments.invalid)
    covered = calendar.covers(moments.days).to_numpy()
    faults.add(code, "outside_calendar", dated & ~covered)
    if as_of is not None:
        faults.add(code, "in_the_future", dated & (moments.days > pd.Timestamp(as_of)).to_numpy())
    instants = moments.instants(hour)
    lost = dated & instants.isna().to_numpy()
    if lost.any():
        skipped = moments.local.dt.tz_localize(TIMEZONE, ambiguous=True, nonexistent="NaT").isna().to_numpy()
        faults.add(code, "time_skipped", lost & skipped)
        faults.add(code, "time_repeated", lost & ~skipped)
    return instants


def before(moments: Moments, instants: pd.Series, report: Moments, report_instants: pd.Series) -> np.ndarray:
    """True where a date is before the report: by the clock where both have a time, else by the day."""
    both_timed = moments.has_time & report.has_time
    by_clock = (instants < report_instants).to_numpy()
    by_day = (moments.days < report.days).to_numpy()
    return np.where(both_timed, by_clock, by_day)


_NO_DIGITS = str.maketrans("", "", "0123456789")
AHEAD = "ahead"  # the key, among the entries of a layout, of the rows that hold a number alone
MIN_NUMBERED_AHEAD = 3  # so many last rows that hold a number alone are no cases yet


def data_rows(layout: Layout, code: str = "case_number") -> np.ndarray:
    """The numbers, from 0, of the rows under the header that hold an entry.

    Left out are empty rows, the template's example, totals, headers that come again and, in a register, titles (a text alone
    in its row). ``code`` is the field by which the example is known. A formula or a number in a column that is not read
    fills no row: it may have been copied down to the last one.
    """
    if code not in layout.entries:
        layout.entries[code] = _find_entries(layout, code)
    return layout.entries[code]


def _find_entries(layout: Layout, code: str) -> np.ndarray:
    columns, key, is_register = layout.sheet.rows.columns, layout.columns[code], code == "case_number"
    is_filled = np.array([column.map(_is_filled).array(bool) for column in columns])
    has_word, n_filled = is_filled[key], is_filled.sum(axis=0)
    has_more = is_filled[sorted(set(layout.columns.values()) - {key})].any(axis=0)
    is_enough = (n_filled > 1) | (not is_register)
    is_entry = np.where(has_more, has_word | is_enough, has_word & is_enough)
    for row in np.flatnonzero(has_word & ~has_more & ~is_enough):
        is_entry[row] = _is_number(text(layout.sheet.rows[row][key]))
    for row in np.flatnonzero(~has_word & ~has_more & (n_filled > 1)):
        is_entry[row] = _is_typed(layout.sheet, int(row))
    is_entry[: layout.header_row + 1] = False

    headers = {normalise(header) for header in layout.headers if header} | {EXAMPLE}
    outlines = {normalise(header.translate(_NO_DIGITS)) for header in headers}
    first_filled = np.where(has_word, key, is_filled.argmax(axis=0))

    @cache
    def may_be_no_entry(outline: str) -> bool:  # 100,000 case numbers have few outlines
        return (bare := normalise(outline)) in outlines or is_total(bare)

    def is_no_entry(cell: Cell) -> bool:
        """Whether a row that begins so is the template's example, the headers again or a total."""
        word = text(cell)
        return may_be_no_entry(word.translate(_NO_DIGITS)) and ((bare := normalise(word)) in headers or is_total(bare))

    for column in np.unique(first_filled[is_entry]):
        is_other = columns[column].map(is_no_entry).array(bool)
        is_entry &= ~(is_other & (first_filled == column))

    entries = np.flatnonzero(is_entry)
    n_begun = int(np.append((n_filled[entries] > has_word[entries])[::-1], True).argmax())
    if is_register and n_begun >= MIN_NUMBERED_AHEAD:  # numbers written ahead for cases to come
        layout.entries[AHEAD] = entries[-n_begun:]
        entries = entries[:-n_begun]
    return entries


def _is_filled(cell: Cell) -> bool:
    return not isinstance(cell, str) or cell[:1].isalnum() or text(cell) != ""


def _is_typed(sheet: Sheet, row: int) -> bool:
    """Whether a row holds a text or a day that is no formula."""
    typed = (i for i, cell in enumerate(sheet.rows[row]) if isinstance(cell, str | date) and _is_filled(cell))
    return any((row, i) not in sheet.formulas for i in typed)


def _is_number(word: str) -> bool:
    """Whether a cell alone in its row is the number of a case begun: the name of a month is none."""
    return bool(re.search(r"\d", word)) and not re.search(r"[^\W\d]{3}|[—–]", word) and not parse_written(word)
