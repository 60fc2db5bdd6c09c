"""Row by row: what can be taken, and every reason why a row cannot.

A fault names row, column and rule, never the value. Cells are read with declared formats only: ISO (2026-04-03) or day
first (03/04/2026), with or without a time; anything else is not a date.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics.domain.school_calendar import TIMEZONE, SchoolCalendar, to_utc
from analytics.domain.vocabulary import OUTCOMES, SCHOOL_LEVELS, normalise
from analytics.intake.mapping import Layout
from analytics.spreadsheets.reading import Cell

RULES: dict[str, str] = {
    "missing": "la cellule est vide",
    "unknown_school": "cette école n’est pas reconnue dans la feuille Écoles",
    "no_level": "cette école ne dit pas le niveau de l’élève : ajoutez une colonne « Année d’études »",
    "not_a_date": "ce n’est pas une date : écrivez 03/04/2026 ou 2026-04-03, avec ou sans l’heure (14:30)",
    "outside_calendar": "cette date est hors du calendrier scolaire connu",
    "time_skipped": "cette heure n’existe pas : cette nuit-là, on est passé à l’heure d’été",
    "time_repeated": "cette heure existe deux fois : cette nuit-là, on est passé à l’heure d’hiver",
    "before_report": "cette date est avant le signalement",
    "in_the_future": "cette date est après le jour de l’extrait",
    "unknown_term": "ce mot n’est pas dans la liste",
    "duplicate": "ce numéro est déjà celui d’une ligne plus haut",
    "formula": "la cellule contient une formule : remplacez-la par sa valeur",
    "merged": "la cellule est fusionnée avec une autre",
    "not_a_number": "ce n’est pas un nombre entier",
    "not_a_deadline": "ce n’est pas un délai : écrivez 48 h ou 5 j",
}

Cells = Sequence[Cell] | np.ndarray  # a column, or several row by row

EXAMPLE = "exemple"  # the case number, or the school code, of the template's example rows, which are skipped


@dataclass(frozen=True, order=True)
class Fault:
    """Why a cell cannot be taken. ``row`` is the number that the spreadsheet shows; ``column`` counts from 0."""

    row: int
    column: int
    header: str
    rule: str
    hint: str = ""

    @property
    def message(self) -> str:
        """The French sentence, for the coordinator."""
        return f"Ligne {self.row}, c{self.reason[1:]}"

    @property
    def reason(self) -> str:
        """The same without the row, for a place that shows the row."""
        return f"Colonne « {self.header} » : {RULES[self.rule]}{self.hint and f' ({self.hint})'}."


class Faults:
    """Collects the faults of a sheet, and knows which of its data rows have none."""

    def __init__(self, layout: Layout, rows: np.ndarray) -> None:
        self._layout = layout
        self._rows = rows
        self._found: set[Fault] = set()

    def add(self, code: str, rule: str, where: np.ndarray, hint: Callable[[int], str] = lambda index: "") -> None:
        """A fault of ``rule`` in the column of field ``code`` for each True of ``where``."""
        column = self._layout.columns[code]
        header = self._layout.header(code)
        for index in np.flatnonzero(where):
            self._found.add(Fault(int(self._rows[index]) + 1, column, header, rule, hint(index)))

    def sorted(self) -> list[Fault]:
        return sorted(self._found)

    @property
    def clean(self) -> np.ndarray:
        """True for each data row without a fault."""
        return ~np.isin(self._rows + 1, [fault.row for fault in self._found])


_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))


def text(cell: Cell) -> str:
    """A cell as text: numbers without a needless decimal (a code typed as 3042), booleans in French.

    Characters that nobody sees come with what is pasted from a page; they would make another case of the same number.
    """
    if isinstance(cell, str):
        return cell.strip() if cell.isascii() else cell.translate(_INVISIBLE).strip()
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def code_words(cells: Cells, find: Callable[[str], str | None]) -> np.ndarray:
    """The code of each cell, "" where it is empty, None where its word is unknown; each distinct word is looked up once."""
    words = _words(cells)
    codes = {word: find(text(word)) if text(word) else "" for word in set(words)}
    return np.fromiter(map(codes.__getitem__, words), object, len(words))


def _words(cells: Cells) -> list[str]:
    """The cells as words, for TRUE and 1 are equal cells and say two things; what was typed is still to go through
    :func:`text`, once for each distinct word.
    """
    return [cell if isinstance(cell, str) else text(cell) for cell in cells]


def code_word_lists(cells: Cells, find: Callable[[str], str | None]) -> list[tuple[str | None, ...]]:
    """As :func:`code_words` for cells that may hold several words, separated by ``;``, ``,`` or a new line.

    « Insultes et menaces » or « Insultes / menaces » are two words where each of them is known and the whole is not.
    """

    def codes_of(words: str) -> tuple[str | None, ...]:
        split = [word for word in re.split(r"[;,\n|]", text(words)) if word.strip()]
        return tuple(dict.fromkeys(code for word in split for code in _code_or_codes(word, find)))

    lists = _words(cells)
    codes = {words: codes_of(words) for words in set(lists)}
    return list(map(codes.__getitem__, lists))


def _code_or_codes(word: str, find: Callable[[str], str | None]) -> list[str | None]:
    code = find(word)
    if code is None and len(parts := re.split(r"\s+et\s+|[/+&]", word, flags=re.IGNORECASE)) > 1:
        codes = [find(part) if part.strip() else None for part in parts]
        return [None] if None in codes else codes
    return [code]


_DATE = re.compile(
    r"(?:(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})|(?P<iso>\d{4}-\d{2}-\d{2}))"
    r"(?:(?:\s+|T|\s+à\s+)(?P<hour>\d{1,2})(?::|\s*h\s*)(?P<minute>\d{2})?(?::(?P<second>\d{2})(?:\.0+)?)?)?"
)


def parse_moment(word: str) -> datetime | None:
    """A date, with a time or at midnight, in one of the declared formats; None when it is not one."""
    if not (found := _DATE.fullmatch(word.strip())):
        return None
    try:
        if found["iso"]:
            year, month, day = map(int, found["iso"].split("-"))
        else:
            year, month, day = int(found["year"]), int(found["month"]), int(found["day"])
        time = (int(found["hour"] or 0), int(found["minute"] or 0), int(found["second"] or 0))
        return datetime(year, month, day, *time)  # noqa: DTZ001 (a wall-clock time, as it is written)
    except ValueError:
        return None


@dataclass(frozen=True)
class Moments:
    """A column of dates. ``local`` is Brussels wall-clock time, NaT where there is none.

    Midnight is what a spreadsheet shows for a date without a time, and is read as such. ``words`` holds what a cell says
    instead of a date ("sans objet") by its place in ``OUTCOMES``, -1 where it says nothing.
    """

    local: pd.Series
    has_time: np.ndarray
    words: np.ndarray
    invalid: np.ndarray

    def __getitem__(self, rows: slice) -> Moments:
        """Those of some rows."""
        return Moments(
            self.local[rows].reset_index(drop=True), self.has_time[rows], self.words[rows], self.invalid[rows]
        )

    @property
    def missing(self) -> np.ndarray:
        """True where the cell is empty."""
        return self.local.isna().to_numpy() & (self.words < 0) & ~self.invalid

    @cached_property
    def days(self) -> pd.Series:
        return self.local.dt.normalize()

    def instants(self, hour_without_time: int) -> pd.Series:
        """UTC instants; a date without a time counts as ``hour_without_time``. NaT where the clock skips or repeats it."""
        completed = self.local + pd.to_timedelta(np.where(self.has_time, 0, hour_without_time), unit="h")
        return to_utc(completed)


def read_moments(cells: Cells, find: Callable[[str], str | None]) -> Moments:
    """A column of dates, or of outcomes that ``find`` knows. Date cells are taken as they are, text by declared formats."""
    local = np.full(len(cells), np.datetime64("NaT"), dtype="datetime64[us]")
    words = np.full(len(cells), -1, dtype="int8")
    invalid = np.zeros(len(cells), dtype=bool)
    values, kinds = np.asarray(cells, dtype=object), np.fromiter(map(type, cells), object, len(cells))
    is_instant, is_day = kinds == datetime, kinds == date
    instants = pa.array(values[is_instant], pa.timestamp("us")).to_numpy(zero_copy_only=False)
    # A spreadsheet keeps a time as a fraction of a day: 08:10 may come back as 08:09:59.999.
    local[is_instant] = instants + np.timedelta64(500_000, "us")
    local[is_day] = pa.array(values[is_day], pa.date32()).to_numpy(zero_copy_only=False)
    is_typed = ~(is_instant | is_day)
    typed = values[is_typed]
    place = {cell: i for i, cell in enumerate(set(typed))}  # each distinct cell is parsed once
    parsed = [_parse_typed(cell, find) for cell in place]
    places = np.fromiter(map(place.__getitem__, typed), int, len(typed))
    local[is_typed] = np.array([moment for moment, _, _ in parsed], dtype="datetime64[us]")[places]
    words[is_typed] = np.array([word for _, word, _ in parsed], dtype="int8")[places]
    invalid[is_typed] = np.array([is_neither for _, _, is_neither in parsed], dtype=bool)[places]
    local = local.astype("datetime64[s]")
    has_time = (local != local.astype("datetime64[D]")) & ~np.isnat(local)
    return Moments(pd.Series(local), has_time, words, invalid)


def _parse_typed(cell: Cell, find: Callable[[str], str | None]) -> tuple[np.datetime64, int, bool]:
    """A cell that is no true date: its moment (or NaT), the place of its outcome (or -1), and whether it is neither."""
    word = text(cell)
    moment = parse_moment(word) if isinstance(cell, str) else None
    code = "" if moment or not word else find(word)
    return np.datetime64(moment or "NaT", "us"), list(OUTCOMES).index(code) if code else -1, code is None


def check_moments(
    faults: Faults, code: str, moments: Moments, hour: int, as_of: date, calendar: SchoolCalendar
) -> pd.Series:
    """Add what is wrong with a column of dates to ``faults``; return its instants."""
    dated = moments.local.notna().to_numpy()
    faults.add(code, "not_a_date", moments.invalid)
    covered = calendar.covers(moments.days).to_numpy()
    faults.add(code, "outside_calendar", dated & ~covered)
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


_ORDINALS = ("premi", "deuxi|second", "troisi", "quatri", "cinqui", "sixi", "septi")
_CYCLES = {
    "m": r"m|mat|maternelles?",
    "p": r"p|prim|primaires?",
    "s": r"s|sec|secondaires?|general|generale|prof|professionnel|professionnelle|technique|qualification|transition",
}
_CYCLE = "|".join(f"(?P<{cycle}>{words})" for cycle, words in _CYCLES.items())
_YEAR_FIRST = re.compile(
    rf"(?P<year>\d) ?(?:(?:re|ere|er|e|eme|nde?)\b)? ?(?:annees? ?)?(?:(?:d|de|du|en) )?(?:{_CYCLE})(?: ?[a-z])?"
)
_CYCLE_FIRST = re.compile(r"(?P<cycle>[mps]) ?(?P<year>\d)(?: ?[a-z]{1,2})?")
_YEAR_ALONE = re.compile(r"(\d) ?(?:(?:re|ere|er|e|eme|nde?)\b)?(?: ?annee)?(?: ?[a-z]{1,2})?")


def find_level(word: str, teaching: str | None = None) -> str | None:
    """The level of a pupil's year: ``S3``, ``3S``, ``3e secondaire``, ``P6 A``, or a level by its name.

    ``teaching`` is what the school teaches, a code of TEACHING_LEVELS, None where it is not known. It tells of what a year
    alone is (``3e``, ``3A``, ``5TQ``), and that the ``5P`` of a secondary school is professional, not primary.
    """
    if code := SCHOOL_LEVELS.find(word):
        return code
    bare = normalise(word)
    for year, ordinal in enumerate(_ORDINALS, 1):
        bare = re.sub(rf"^(?:{ordinal})e(?:me|re?)?\b", f"{year}e", bare)
    if found := _CYCLE_FIRST.fullmatch(bare):
        return SCHOOL_LEVELS.find(f"{found['cycle']}{found['year']}")
    if found := _YEAR_FIRST.fullmatch(bare):
        cycle = next(cycle for cycle in _CYCLES if found[cycle])
        is_letter_of_secondary = found[cycle] == cycle and teaching == "secondary"
        return SCHOOL_LEVELS.find(f"{'s' if is_letter_of_secondary else cycle}{found['year']}")
    if found := _YEAR_ALONE.fullmatch(bare):
        cycle = {"fundamental": "p", "secondary": "s"}.get(teaching or "")
        return SCHOOL_LEVELS.find(f"{cycle}{found[1]}") if cycle else None
    return None


def data_rows(layout: Layout, code: str) -> np.ndarray:
    """The numbers, from 0, of the rows under the header in which some cell is filled, but for the template's example.

    ``code`` is the field by which the example is known. A formula or a number in a column that is not read fills no row: it
    may have been copied down to the last one.
    """
    column = layout.columns[code]
    read = tuple(layout.columns.values())
    formulas = layout.sheet.formulas

    def is_filled(number: int, row: Sequence[Cell]) -> bool:
        if any(text(row[i]) for i in read):
            return True
        typed = (i for i, cell in enumerate(row) if isinstance(cell, date) or (isinstance(cell, str) and cell.strip()))
        return any((number, i) not in formulas for i in typed)

    filled = [
        number
        for number, row in enumerate(layout.sheet.rows[layout.header_row + 1 :], layout.header_row + 1)
        if ((word := text(row[column])) or is_filled(number, row)) and normalise(word) != EXAMPLE
    ]
    return np.array(filled, dtype=int)
