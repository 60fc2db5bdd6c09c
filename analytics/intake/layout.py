"""Which column is which: each one is weighed by its header, by what its cells hold and by its neighbours.

A header is compared by name, by synonym and by the beginnings of its words; a column is profiled on a sample of its cells.
The best pairs of field and column are taken first. A pair that is likely but not sure becomes a question.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache

import numpy as np

from analytics.domain.french import listing
from analytics.domain.vocabulary import INCIDENT_TYPES, OUTCOMES, STATUSES, holds_stem, normalise
from analytics.intake.cells import text
from analytics.intake.dates import Order, cell_moment, parse_moment, parse_written
from analytics.intake.levels import find_level
from analytics.intake.mapping import (
    ALSO_READ,
    CORRECTIONS_TITLE,
    IGNORED,
    NEVER_READ,
    REGISTER,
    Field,
    OwnWords,
    listed,
)
from analytics.intake.questions import Question
from analytics.spreadsheets.reading import Cell, Column, RefusedFileError, Sheet

MAX_HEADER_ROW = 30  # headers stand under at most so many title lines
N_SAMPLED = 400  # cells by which a column is known
N_LOOKED_UP = 20  # words by which a column of schools is known
EXAMPLE = "exemple"  # the case number, or the school code, of the template's example rows, which are skipped

_MAPPED, _EXACT, _SAME_WORDS, _STEM, _WEAK, _DOUBTFUL = 3.0, 1.0, 0.95, 0.6, 0.5, 0.45
_NEVER = 0.55  # a name that is never read, above what is weak or doubtful
_PER_WORD = 0.05  # a stem of two words says more than a stem of one


@dataclass(frozen=True)
class Layout:
    """Where a sheet's data stand: the (last) header row, the headers and the column of each field, counted from 0.

    A code « also:… » is a second column of a field, which completes the first.
    """

    sheet: Sheet
    header_row: int
    headers: tuple[str, ...]
    columns: Mapping[str, int]
    questions: tuple[Question, ...] = ()
    entries: dict[str, np.ndarray] = field(default_factory=dict, compare=False)  # the rows that were found to hold one

    @property
    def ignored(self) -> tuple[str, ...]:
        """The headers of the columns that are not read."""
        read = set(self.columns.values())
        return tuple(header for column, header in enumerate(self.headers) if header and column not in read)

    def cells(self, code: str, rows: slice | np.ndarray | None = None) -> Column[Cell]:
        """The cells of a field in some rows of the sheet, else under the header; empty ones where it has no column."""
        every = self.sheet.rows.columns
        column = (
            every[self.columns[code]] if code in self.columns else Column[Cell]([""], np.zeros_like(every[0].places))
        )
        return column[slice(self.header_row + 1, None) if rows is None else rows]

    def header(self, code: str) -> str:
        """The header as the coordinator typed it."""
        return self.headers[self.columns[code]]


# Headers

# What a header may say beside its name: the form of the date, that it must be filled, or its plural.
_ASIDE = re.compile(
    r"\((?:\s|[/:;,.]|date|heure|et|ou|jj|mm|aaaa|hh|obligatoire|facultatif|oui|non|o|n|le|e?s?|séparés? par)*\)",
    re.IGNORECASE,
)
# One word for another, once it is said who is called in: « Police avertie » is « Police contactée ».
_CALLED = re.compile(r"\b(?:prevenu|averti|informe|consulte|alerte)(?=$| le$)")
# Words that change nothing in a header, as in the whole sentence of a form.
_FILLERS = frozenset(
    listed(
        "le | la | les | l | un | une | de | du | des | d | a | au | aux | en | et | ou | par | pour | sur | avec | "
        "dans | que | qu | est | il | elle | elles | ils | t | s | c | vous | on | nous | ete | ont | sont | date | "
        "heure | jour | quand | quel | quelle | moment | svp | jj | mm | aaaa | hh | oui | non | o | n | si | y | cela | "
        "ce | cet | cette | agit | avez | avoir | votre | vos | son | sa | leur | etre"
    )
)
_CALLS = listed("contact | avert | prevenu | inform | appel | alert | sollicit | saisi | transmis | consult")
_OTHER_PERSONS = frozenset(
    listed("auteur | agresseur | harceleur | temoin | suspect | parent | responsable | titulaire")
)


_INITIALS = re.compile(r"\b(?:[^\W\d_]\. ?){2,}(?:[^\W\d_]\b)?")  # « C.P.M.S. » is « CPMS »


def _bare(header: str) -> str:
    """:func:`normalise`, without what a header says between brackets and with its initials as one word."""
    return normalise(_INITIALS.sub(lambda found: re.sub(r"[. ]", "", found[0]) + " ", _ASIDE.sub("", header)))


@lru_cache(maxsize=10_000)
def header_key(header: str) -> str:
    """What a header is known by: :func:`normalise`, without number, gender, « le » and what it says between brackets.

    >>> header_key("Parent prévenus (date et heure)") == header_key("Date : PARENTS CONTACTÉ LE")
    True
    """
    words = _bare(header).split()
    bare = " ".join(re.sub(r"(?<=\w{2}[eiu])e$", "", re.sub(r"(?<=\w{3})s$", "", word)) for word in words)
    return re.sub(r"^(?:date (?=.* le$))?(.+?)(?: le)?$", r"\1", _CALLED.sub("contacte", bare))


@lru_cache(maxsize=10_000)
def _words(header: str) -> tuple[str, ...]:
    """The words of a header that say something, without number and gender."""
    return tuple(word for word in header_key(header).split() if word not in _FILLERS)


def _variants(header: str) -> list[str]:
    """The names that a header may be known by: whole, and without the group that a survey tool sets before it."""
    last = re.split(r"/|::|(?<=\w) *\[", header.rstrip("] "))[-1]
    return list(dict.fromkeys((header, last) if _words(last) else (header,)))


@lru_cache(maxsize=100_000)
def _name_score(candidate: Field, header: str) -> float:
    """How far a header says that its column is a field: :data:`_EXACT` to 0."""
    key, words = header_key(header), _words(header)
    names = (candidate.header, *candidate.synonyms)
    if key in {header_key(name) for name in names}:
        return _EXACT
    if key in {header_key(name) for name in candidate.weak}:
        return _WEAK
    if words and frozenset(words) in {frozenset(_words(name)) for name in names}:
        return _SAME_WORDS
    best = 0.0
    words = tuple(word for word in _bare(header).split() if word not in _FILLERS)
    for stem in candidate.stems:
        if holds_stem(words, stem):
            parts = stem.split()
            beside = (*parts, *candidate.beside, *("date" if candidate.kind == "date" else ()))
            is_sure = all(any(holds_stem([word], part) for part in beside) for word in words)
            best = max(best, (_STEM if is_sure else _DOUBTFUL) + _PER_WORD * len(parts) * is_sure)
    return best


@lru_cache(maxsize=10_000)
def _never_score(header: str) -> float:
    """How far a header says that its column is never read: :data:`_EXACT` where it says nothing else."""
    words = normalise(header).split()
    telling = [word for word in words if word not in _FILLERS - {"heure"}]
    return max(
        (
            _EXACT
            if telling and all(any(holds_stem([word], part) for part in stem.split()) for word in telling)
            else _NEVER + 3 * _PER_WORD * (len(stem.split()) - 1)
            for stem in NEVER_READ
            if holds_stem(words, stem)
        ),
        default=0.0,
    )


# Cells

_YES_NO = {"done", "not_done"}
_NAME = re.compile(r"[^\W\d_]{2}")
_YEAR_SPAN = re.compile(r"(?:19|20)\d\d(?:\s?[-/–]\s?(?:19|20)?\d\d)?")


class Profile:
    """What the cells of a column look like, as shares of the filled ones."""

    def __init__(self, rows: Sequence[Sequence[Cell]], column: int) -> None:
        self._rows, self._column = rows, column

    @cached_property
    def _cells(self) -> list[tuple[Cell, int]]:
        """Each distinct filled cell and how often it stands there; counted when first asked for."""
        cells = [row[self._column] for row in self._rows]
        return [(cell, n) for (_, cell), n in Counter(zip(map(type, cells), cells, strict=True)).items() if text(cell)]

    @cached_property
    def n_filled(self) -> int:
        return sum(n for _, n in self._cells)

    @cached_property
    def n_distinct(self) -> int:
        return len(self._cells)

    def share(self, is_so: Callable[[str], object]) -> float:
        """The share of cells whose text ``is_so``."""
        return self._share(lambda cell: is_so(text(cell)))

    def _share(self, is_so: Callable[[Cell], object]) -> float:
        return sum(n for cell, n in self._cells if is_so(cell)) / max(self.n_filled, 1)

    @cached_property
    def dates(self) -> float:
        return self._share(
            lambda cell: (
                isinstance(cell, date)
                or cell_moment(cell, Order.DAY_FIRST)
                or (isinstance(cell, str) and parse_written(cell))
            )
        )

    @cached_property
    def yes_no(self) -> float:
        return self.share(lambda word: OUTCOMES.find(word) in _YES_NO)

    @cached_property
    def numbers(self) -> float:
        """The share of numbers that say neither yes nor no nor a day."""
        return self._share(
            lambda cell: (
                re.fullmatch(r"-?\d+(?:[.,]\d+)?", word := text(cell))
                and word not in ("0", "1")
                and not cell_moment(cell, Order.DAY_FIRST)
            )
        )

    @cached_property
    def digits(self) -> float:
        return self.share(lambda word: any(map(str.isdigit, word)))

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(text(cell) for cell, _ in self._cells)


def _fit(candidate: Field, profile: Profile, own_words: OwnWords) -> float:
    """How far the cells of a column are what a field holds, from 0 to 1; one half where there are none."""
    if not profile.n_filled:
        return 0.5
    terms, kind = candidate.terms, candidate.kind
    known = profile.share(lambda word: terms and own_words.find(terms, word))
    if kind == "number":
        short = profile.share(lambda word: len(word) <= 25 and len(word.split()) <= 4)
        return min(profile.digits, short, 1 - profile.dates) * (0.5 + 0.5 * profile.n_distinct / profile.n_filled)
    if kind == "school":
        return max(0.0, 1 - 2 * profile.dates - profile.yes_no)
    if kind == "class":
        return profile.share(_is_level) * (profile.share(_YEAR_SPAN.fullmatch) < 0.5)
    if kind == "status":
        return profile.share(lambda word: find_status(word, own_words))
    if kind == "date":
        return min(
            1.0,
            profile.dates + profile.share(lambda word: _says_status(word, own_words)) * (candidate.code == "closed"),
        )
    if kind == "step":
        known = profile.share(lambda word: own_words.find(OUTCOMES, re.split(r"\s*[-–:,;(/]\s*", word)[0] or word))
        return 0.0 if profile.numbers > 0 and profile.dates < 0.5 else min(1.0, profile.dates + known)
    if kind == "flag":
        is_other = candidate.code == "incident:other" and profile.dates < 0.1
        return float(profile.yes_no > 0.95 or is_other)
    if kind == "action":
        return profile.share(find_action)
    if kind == "steps":
        return profile.share(
            lambda word: any(re.search(r"\d", part) and find_action(part) for part in action_parts(word))
        )
    if candidate.code == "incidents":
        return profile.share(_says_incident)
    guessed = profile.share(lambda word: terms and not own_words.find(terms, word) and terms.find_by_stem(word))
    return known + guessed


@lru_cache(maxsize=10_000)
def _is_level(word: str) -> bool:
    return any(find_level(word, teaching) for teaching in (None, "secondary", "fundamental"))


def find_status(word: str, own_words: OwnWords) -> str | None:
    """The status that ``word`` is, also beside the case that has it: « Dossier clos », « En cours de suivi »."""
    bare = " ".join(part for part in normalise(word).split() if part not in _OF_A_CASE)
    return own_words.find(STATUSES, word) or own_words.find(STATUSES, bare)


_OF_A_CASE = frozenset(listed("dossier | situation | cas | suivi | de | du | le | est"))


def _says_status(word: str, own_words: OwnWords) -> bool:
    return bool(find_status(word, own_words)) or OUTCOMES.find(word) is not None


@lru_cache(maxsize=10_000)
def _says_incident(word: str) -> bool:
    """Whether a cell names an incident type, alone or among others."""
    return any(
        INCIDENT_TYPES.find(part) or INCIDENT_TYPES.find_by_stem(part)
        for part in (word, *re.split(r"[;,\n|+/&]", word))
    )


def action_parts(word: str) -> list[str]:
    """The parts of a text that tells several actions: « CPMS 12/03, parents 13/03 »."""
    return [part for part in re.split(r"[;,\n+]| - | puis ", word) if part.strip()]


@lru_cache(maxsize=10_000)
def find_action(word: str) -> str | None:
    """The field that a word about an action fills: a step, the report or the closure; None when it is none or several."""
    words = normalise(word).split()
    found: dict[str, int] = {}
    for candidate in REGISTER:
        if candidate.step or (candidate.code in ("reported", "closed") and not found):
            parts = [len(stem.split()) for stem in candidate.stems if holds_stem(words, stem)]
            if parts or header_key(word) in {header_key(name) for name in (candidate.header, *candidate.synonyms)}:
                found[candidate.code] = max(parts, default=2)
    best = [code for code, n in found.items() if n == max(found.values())]
    return best[0] if len(best) == 1 else None


def _least_fit(candidate: Field, score: float, profile: Profile) -> float:
    """The fit that a column must have to be taken for a field under a name of this score."""
    if candidate.kind in ("flag", "action", "steps"):
        return 0.5
    if score < _WEAK:
        return 0.8 if candidate.code in _PLAIN else 2.0
    if score < _SAME_WORDS:
        return 0.3 if candidate.kind == "words" and candidate.code != "incidents" and score >= _STEM else 0.5
    if candidate.required:
        return 0.0
    if candidate.kind == "class":
        return 0.0 if profile.share(_YEAR_SPAN.fullmatch) < 0.5 else 1.0
    if candidate.kind == "words":
        return 0.0 if profile.dates < 0.5 and profile.numbers < 0.5 else 1.0
    if candidate.kind == "step":  # a column « Parents » of names, or of numbers, is no step
        are_names = profile.share(_NAME.search) >= 0.5 and not profile.dates
        are_numbers = profile.numbers > 0 and profile.dates < 0.5
        return 0.3 if are_names or are_numbers else 0.0
    return 0.3 if candidate.code == "facts_on" else 0.0


_PLAIN = ("incidents", "year", "status", "school")  # what their cells alone can tell


# Neighbours


@dataclass(frozen=True)
class _Header:
    """One reading of the rows at the top: the headers, and the names that each may be known by."""

    row: int
    headers: tuple[str, ...]
    names: tuple[tuple[str, ...], ...]
    is_grouped: bool = False

    def score(self, fields: Sequence[Field], own_words: OwnWords) -> int:
        """How many fields, and names never read, these headers name."""
        mapped = {normalise(header) for header in self.headers} & set(own_words.columns)
        named = {
            candidate.code
            for names in self.names
            for candidate in fields
            if max((_name_score(candidate, name) for name in names), default=0) >= _WEAK
        }
        return 2 * len(named) + 2 * len(mapped) + sum(any(_never_score(name) for name in names) for names in self.names)


def _header_readings(sheet: Sheet) -> list[_Header]:
    """The rows that may hold the headers, alone or as two lines of which the first holds groups."""
    readings = []
    for row in range(min(len(sheet.rows), MAX_HEADER_ROW)):
        cells = sheet.rows[row]
        labels = [str(cell).strip() if isinstance(cell, str) else "" for cell in cells]
        has_days = any(isinstance(cell, date) or (isinstance(cell, str) and parse_written(cell)) for cell in cells)
        if any(labels) and not has_days:  # a register without headers begins with a case, and a name is no header
            readings.append(
                _Header(row, tuple(str(cell).strip() for cell in cells), tuple(map(tuple, map(_variants, labels))))
            )
        if row and (grouped := _two_lines(sheet, row, labels)):
            readings.append(grouped)
    return readings


def _two_lines(sheet: Sheet, row: int, labels: list[str]) -> _Header | None:
    """The row as the second line of headers, under groups: « CPMS » over « Date » and « Suite »."""
    above = [str(cell).strip() for cell in sheet.rows[row - 1]]
    has_values = any(
        isinstance(cell, date | float) or (isinstance(cell, str) and parse_written(cell))
        for cell in (*sheet.rows[row - 1], *sheet.rows[row])
    )
    stands_under_nothing = any(label and not group for label, group in zip(labels, above, strict=True))
    if has_values or not stands_under_nothing or sum(map(bool, above)) < 2:
        return None
    headers, names, group = [], [], ""
    for label, over in zip(labels, above, strict=True):
        group = over or (group if label else "")
        whole = f"{group} {label}".strip()
        headers.append(whole)
        alone = () if not label or set(_words(group)) & _OTHER_PERSONS else (label,)
        names.append((whole, *alone))
    return _Header(row, tuple(headers), tuple(names), is_grouped=True)


def sampled_rows(sheet: Sheet, header_row: int) -> list[Sequence[Cell]]:
    """Rows under the header by which its columns are known: the first and the last, whole, for a case may fill several."""
    rows = sheet.rows[header_row + 1 :]
    return list(rows) if len(rows) <= N_SAMPLED else [*rows[: N_SAMPLED // 2], *rows[-N_SAMPLED // 2 :]]


def lay_out(sheets: Sequence[Sheet], fields: Sequence[Field], own_words: OwnWords, what: str) -> Layout:
    """The sheet that holds most of ``fields``, with its header row found under any title lines.

    RefusedFileError when no header is known or a required one is missing.
    """
    layouts = [layout for sheet in sheets if (layout := read_headers(sheet, fields, own_words))]
    if not layouts:
        raise RefusedFileError(f"{what} : la feuille est vide.")
    best = max(layouts, key=lambda layout: len(layout.columns))
    missing = missing_fields(best, fields)
    if missing or not best.columns:
        raise RefusedFileError(
            f"{what} : il manque {'la colonne' if len(missing) == 1 else 'les colonnes'} "
            f"{listing([f'« {candidate.header} »' for candidate in missing])}."
        )
    return best


def missing_fields(layout: Layout, fields: Sequence[Field]) -> list[Field]:
    """The required fields that no column is."""
    flags = any(code.startswith("incident:") for code in layout.columns)
    return [f for f in fields if f.required and f.code not in layout.columns and not (flags and f.code == "incidents")]


def read_headers(
    sheet: Sheet,
    fields: Sequence[Field],
    own_words: OwnWords,
    is_school: Callable[[str], object] = lambda word: False,
) -> Layout | None:
    """The best layout of a sheet: the header row whose columns are most fields by name and by cells; None if it is empty."""
    readings = _header_readings(sheet)
    likely = sorted(readings, key=lambda reading: (-reading.score(fields, own_words), reading.row))[:4]
    required = {candidate.code for candidate in fields if candidate.required}

    def worth(found: tuple[Layout, bool]) -> tuple[int, int, bool, int]:
        layout, is_grouped = found
        return len(required & set(layout.columns)), len(layout.columns), is_grouped, -layout.header_row

    layouts = [(_assign(sheet, reading, fields, own_words, is_school), reading.is_grouped) for reading in likely]
    return max(layouts, key=worth)[0] if layouts else None


def lay_out_register(sheet: Sheet, own_words: OwnWords, is_school: Callable[[str], object]) -> Layout | None:
    """The layout of a sheet as a register, with what it says in more ways than the template does.

    ``is_school`` tells the names and codes of a list of schools, where there is one.
    """
    return read_headers(sheet, (*REGISTER, *ALSO_READ), own_words, is_school)


def _assign(
    sheet: Sheet,
    header: _Header,
    fields: Sequence[Field],
    own_words: OwnWords,
    is_school: Callable[[str], object],
) -> Layout:
    """The column of each field, the best pairs first."""
    rows = sampled_rows(sheet, header.row)
    profiles = [Profile(rows, column) for column in range(len(header.headers))]
    mapped = {column: own_words.columns.get(normalise(name)) for column, name in enumerate(header.headers)}
    pairs = []  # (weight, place of the field, column)
    scores: dict[tuple[str, int], float] = {}
    fits: dict[tuple[str, int], float] = {}
    for column, names in enumerate(header.names):
        never = max(map(_never_score, names), default=0.0)
        for place, candidate in enumerate(fields):
            score = max((_name_score(candidate, name) for name in names), default=0.0)
            if header.headers[column].startswith("_"):  # a survey tool's own
                score -= 0.1
            if mapped[column] is not None:
                score = _MAPPED if mapped[column] == candidate.code else 0.0
            if score <= 0 or not header.headers[column]:
                continue
            fit = _fit(candidate, profiles[column], own_words)
            is_plain = fit >= 0.9 and candidate.code in _PLAIN and profiles[column].n_filled
            is_step = (
                candidate.kind == "step" and fit >= 0.5 and profiles[column].n_filled
            )  # « Référent police », of days
            if never > score and (score < _SAME_WORDS or never >= _EXACT) and not (is_plain or is_step):
                continue
            fits[candidate.code, column] = fit
            scores[candidate.code, column] = score
            if score == _MAPPED or fit >= _least_fit(candidate, score, profiles[column]) - 1e-9:
                pairs.append((score + 0.2 * fit, -place, -column))
    columns: dict[str, int] = {}
    for _, place, column in sorted(pairs, reverse=True):
        if (code := fields[-place].code) not in columns and -column not in columns.values():
            columns[code] = -column
    found = _Found(header, fields, profiles, scores, fits, columns, rows, mapped)
    found.take_by_content(own_words, is_school)
    found.take_steps_in_text(own_words)
    found.settle_rivals()
    found.settle_journal()
    found.ask_unread()
    return Layout(sheet, header.row, header.headers, found.columns, tuple(found.questions))


@dataclass
class _Found:
    """The columns that were found so far, with what is left to settle."""

    header: _Header
    fields: Sequence[Field]
    profiles: list[Profile]
    scores: dict[tuple[str, int], float]
    fits: dict[tuple[str, int], float]
    columns: dict[str, int]
    rows: list[Sequence[Cell]]
    mapped: Mapping[int, str | None]
    questions: list[Question] = field(default_factory=list)
    rivals: set[int] = field(default_factory=set)  # columns that are asked about

    def _is_free(self, column: int) -> bool:
        return self._is_unread(column) and not any(map(_never_score, self.header.names[column]))

    def _is_unread(self, column: int) -> bool:
        return bool(self.header.headers[column]) and column not in self.columns.values()

    def take_by_content(self, own_words: OwnWords, is_school: Callable[[str], object]) -> None:
        """Take the one column whose cells can only be a field's, whatever its header says."""
        for candidate in self.fields:
            if candidate.code in self.columns or candidate.code not in _PLAIN:
                continue
            if candidate.code == "incidents" and any(code.startswith("incident:") for code in self.columns):
                continue

            def fit(profile: Profile, candidate: Field = candidate) -> float:
                if candidate.code != "school":
                    return _fit(candidate, profile, own_words)
                words = sorted(profile.words)[:N_LOOKED_UP]
                return sum(map(bool, map(is_school, words))) / max(len(words), 1)

            alike = [
                column
                for column, profile in enumerate(self.profiles)
                if self._is_free(column) and profile.n_distinct > 1 and profile.yes_no < 0.5 and fit(profile) >= 0.9
            ]
            if len(alike) == 1:
                self.columns[candidate.code] = alike[0]

    def take_steps_in_text(self, own_words: OwnWords) -> None:
        """Where no step has a column, take the text that tells them: no case may lose its steps in silence."""
        candidate = next((candidate for candidate in self.fields if candidate.kind == "steps"), None)
        if candidate is None or any(code in ("steps", "action") or code.startswith("step:") for code in self.columns):
            return
        fits = {
            column: _fit(candidate, profile, own_words)
            for column, profile in enumerate(self.profiles)
            if column not in self.columns.values() and profile.n_filled and self.mapped[column] is None
        }
        best = max(fits, key=lambda column: fits[column], default=None)
        if best is not None and fits[best] >= 0.5:
            self.columns[candidate.code] = best

    def settle_journal(self) -> None:
        """Of the days of a register with one row per action, the one that varies within a case is the action's."""
        number = self.columns.get("case_number")
        if "action" not in self.columns or number is None:
            return
        for code in ("reported", "facts_on"):
            column, dated = self.columns.get(code), self.columns.get("action_on")
            if (
                column is None
                or (dated is not None and self._varies(dated, number))
                or not self._varies(column, number)
            ):
                continue
            del self.columns[code]
            self.columns["action_on"] = column
            if dated is not None:
                self.columns[code] = dated

    def _varies(self, column: int, number: int) -> bool:
        """Whether a column has several values within many cases; a row without a number goes on with the case above."""
        values, case = defaultdict(set), ""
        for row in self.rows:
            case = text(row[number]) or case
            values[case] |= {text(row[column])} - {""}
        return sum(len(of_case) > 1 for of_case in values.values()) > len(values) / 5

    def ask_unread(self) -> None:
        """Ask about columns of days, of yes and no, or of numbers under the name of a step, that are not read.

        They may be a step, the closure or a fact: left aside in silence, every case would be wrong.
        """
        if "case_number" not in self.columns:
            return
        missing = [
            f for f in self.fields if (f.step or f.code in ("closed", "facts_on")) and f.code not in self.columns
        ]
        flags = {column for code, column in self.columns.items() if code.startswith("incident:")}
        tells_closure = bool({"closed", "status"} & set(self.columns))
        for column, profile in enumerate(self.profiles):
            header = self.header.headers[column]
            if not self._is_free(column) or not profile.n_filled or column in self.rivals or self.mapped[column]:
                continue
            is_called = any(holds_stem(normalise(header).split(), verb) for verb in _CALLS)
            sans_objet = profile.share(lambda word: OUTCOMES.find(word) == "not_applicable")
            is_like_steps = sans_objet > 0 and profile.dates + profile.yes_no + sans_objet >= 0.8
            is_named = any(self.scores.get((f.code, column), 0) >= _SAME_WORDS for f in missing if f.step)
            if {column - 1, column + 1} & flags and profile.yes_no >= 0.95:
                facts = [f for f in self.fields if f.kind == "flag" and f.code not in self.columns]
                facts.sort(key=lambda f: f.code != "incident:other")
                self.questions.append(_ask_unread(header, facts, profile))
            elif (
                is_like_steps
                or (profile.dates >= 0.5 and (is_called or not tells_closure))
                or (profile.yes_no >= 0.8 and is_called)
                or (profile.numbers > 0 and is_named)
            ):
                self.questions.append(_ask_unread(header, missing, profile))

    def settle_rivals(self) -> None:
        """Where two columns may be one field: they complete each other, say the same, or are asked about."""
        for candidate in self.fields:
            taken = self.columns.get(candidate.code)
            for column in range(len(self.profiles)):
                score = self.scores.get((candidate.code, column), 0.0)
                if (
                    not score
                    or score == _MAPPED
                    or not self._is_unread(column)
                    or candidate.kind in ("action", "steps")
                ):
                    continue
                fit = self.fits[candidate.code, column]
                if taken is None:
                    self._ask_doubtful(candidate, column, score, fit)
                elif not self._is_free(column):
                    continue
                elif self.scores.get((candidate.code, taken), 0) != _MAPPED and self.profiles[column].n_filled:
                    self._settle(candidate, taken, column, fit)

    def _ask_doubtful(self, candidate: Field, column: int, score: float, fit: float) -> None:
        """Ask about a step whose header says more than its name, and whose cells are dates or yes and no."""
        if candidate.kind == "step" and score >= _DOUBTFUL and fit >= 0.5 and self.profiles[column].n_filled:
            header = self.header.headers[column]
            self.questions.append(_ask_column(header, candidate, self.profiles[column].n_filled))
            self.rivals.add(column)

    def _settle(self, candidate: Field, taken: int, column: int, fit: float) -> None:
        score, best = self.scores[candidate.code, column], self.scores.get((candidate.code, taken), _EXACT)
        one = self.profiles[taken]
        if candidate.kind in ("step", "date"):
            if fit < 0.5 or score < best - 0.35:
                return
            said, dated = sorted((taken, column), key=lambda place: self.profiles[place].dates)
            is_pair = (
                self.profiles[said].yes_no >= 0.5 > self.profiles[said].dates and self.profiles[dated].dates >= 0.5
            )
            if candidate.code != "reported" and is_pair:  # « oui » beside its date
                self.columns |= {candidate.code: dated, f"also:{candidate.code}": said}
                return
        elif candidate.code == "incidents" or candidate.kind == "flag":
            if fit >= 0.5:
                self.columns[f"also:{candidate.code}"] = column
            return
        elif candidate.kind not in ("number", "school", "status") or score < best - 0.1 or fit < 0.5:
            return
        self.rivals.add(column)
        is_same = _say_the_same(self.rows, taken, column)
        if candidate.kind == "number":
            is_same = all(text(row[taken]) == text(row[column]) for row in self.rows)
        if not is_same:
            self.questions.append(
                _ask_column(self.header.headers[taken], candidate, one.n_filled, self.header.headers[column])
            )


def _ask_unread(header: str, missing: Sequence[Field], profile: Profile) -> Question:
    """What a column is that may be one of the ``missing`` fields; the closure first, where nothing says it."""
    ordered = sorted(missing, key=lambda candidate: candidate.code != "closed")
    choices = {candidate.code: f"« {candidate.header} »" for candidate in ordered}
    aside = {IGNORED: "Rien de cela : la laisser de côté"}
    is_first = ("closed" in choices and profile.dates >= 0.5) or "incident:other" in choices
    return Question(
        "column",
        f"Relais ne sait pas de quoi parle la colonne « {header} », qui peut compter. Qu’est-ce ?",
        {**choices, **aside} if is_first else {**aside, **choices},
        ("columns", normalise(header)),
        profile.n_filled,
        blocking=True,
    )


def _say_the_same(rows: list[Sequence[Cell]], one: int, other: int) -> bool:
    """Whether each value of a column stands beside one value of the other, both ways: a code and its name."""
    pairs = {(text(row[one]), text(row[other])) for row in rows if text(row[one]) and text(row[other])}
    return len(pairs) == len({pair[0] for pair in pairs}) == len({pair[1] for pair in pairs})


def _ask_column(header: str, candidate: Field, n_rows: int, rival: str = "") -> Question:
    beside = f" La colonne « {rival} » pourrait l’être aussi." if rival else ""
    return Question(
        "column",
        f"La colonne « {header} » est-elle « {candidate.header} » ?{beside}",
        {
            candidate.code: f"Oui : « {candidate.header} »",
            IGNORED: f"Non : {f'c’est « {rival} »' if rival else 'la laisser de côté'}",
        },
        ("columns", normalise(header)),
        n_rows,
        blocking=candidate.required or candidate.step is not None or candidate.code == "closed",
    )


# Titles


def holds_corrections(sheet: Sheet, header_row: int) -> bool:
    """Whether the title above the headers says that these are the corrected rows of a register, and not the whole of it."""
    return any(cell == CORRECTIONS_TITLE for row in sheet.rows[:header_row] for cell in row)


_DAY = r"(?P<day>\d{1,2}(?:er)?(?:[/.-]\d{1,2}[/.-]|\s+\w+\s+)\d{4}|\d{4}-\d{2}-\d{2})(?!\d)"
_EXTRACTION = re.compile(
    r"\b(?:extrait|extraction|export|exporté|situation|état|arrêtée?s?|mise? à jour)\b.*?\b"
    rf"(?:(?:du|entre le)\s+\S+\s+(?:au|et le)\s+)?{_DAY}",
    re.IGNORECASE,
)


def extraction_day(sheet: Sheet, header_row: int) -> date | None:
    """The day written in a title line above the headers, as « Extrait du 12/06/2026 », or None.

    The day may stand in words (« 12 juin 2026 ») or in a cell of its own; of « du 01/09/2025 au 12/06/2026 » it is the last.
    """
    for row in sheet.rows[:header_row]:
        cells = (f"{cell:%Y-%m-%d}" if isinstance(cell, date) else str(cell).strip() for cell in row)
        found = _EXTRACTION.search(" ".join(cell for cell in cells if cell))
        if found and (moment := parse_moment(found["day"])):
            return moment.date()
    return None
