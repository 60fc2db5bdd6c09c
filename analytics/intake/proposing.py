"""What a register calls by other names: proposals for its unknown headers and words, and the answers as a file.

A proposal shows shapes (``99/99/9999``, ``Aaaa aaa``) and row numbers, not values: an unknown column is most often one of
names, and the coordinator has the file before her. A word itself is shown only where it cannot well be about a person: in a
column of facts, channel or minority, without digits, in at least two rows, and when no cell of an unread column holds it.
Everything else can be mapped by its shape and its rows.
"""

from __future__ import annotations

import difflib
import json
import re
import string
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice

from analytics.domain.vocabulary import OUTCOMES, Vocabulary, normalise, word_key
from analytics.intake.checking import code_word_lists, code_words, parse_moment, text
from analytics.intake.mapping import REGISTER, Field, Layout, OwnWords, header_key, lay_out
from analytics.spreadsheets.reading import Cell, RefusedFileError, Sheet

N_SHAPES = 3
N_CELLS = 1_000  # enough to know the common shapes of a column
N_CLOSEST = 3
MIN_ROWS_TO_SHOW = 2
_OF_NO_PERSON = ("incidents", "channel", "minor")
_LONGEST_SHAPE = 20
_LEAST_LIKENESS = 0.6  # of at most 1.5: below, a name is not like another

UNDATED = ("not_applicable", "not_recorded")  # the outcomes that a step's column can say in a word


@dataclass(frozen=True)
class UnknownColumn:
    """A header that is no field's: the commonest shapes of its cells, and the fields with the closest names."""

    header: str
    shapes: tuple[str, ...]
    closest: tuple[str, ...]


@dataclass(frozen=True)
class UnknownWord:
    """A word that its vocabulary does not hold. ``word`` is normalised and never printed; ``label`` may be shown.

    ``rows`` are the numbers that the spreadsheet shows; ``closest`` holds codes of ``terms``.
    """

    terms: Vocabulary
    header: str
    word: str = field(repr=False)
    label: str
    rows: tuple[int, ...]
    closest: tuple[str, ...]

    @property
    def choices(self) -> dict[str, str]:
        """The terms that it may mean, code to French label, the closest first."""
        codes = [code for code in self.terms if self.terms is not OUTCOMES or code in UNDATED]
        near = [code for code in self.closest if code in codes]
        return {code: self.terms.label(code) for code in dict.fromkeys((*near, *codes))}


def shape(cell: Cell) -> str:
    """The outline of a cell: ``9`` for a digit, ``A`` and ``a`` for letters.

    A run of letters or digits is cut after four and the whole after twenty, so that the length of a name tells nothing.

    >>> shape("12/06/2026"), shape("Marie-Rose Dupont")
    ('99/99/9999', 'Aaaa-Aaaa Aaaa')
    """
    if isinstance(cell, datetime):
        return "99/99/9999 99:99"
    if isinstance(cell, date):
        return "99/99/9999"
    outline = re.sub(r"([Aa]{4})[Aa]+|(9{4})9+|( ) +", r"\1\2\3", "".join(map(_mark, text(cell))))
    return outline if len(outline) <= _LONGEST_SHAPE else f"{outline[:_LONGEST_SHAPE]}…"


def _mark(character: str) -> str:
    if character.isdigit():
        return "9"
    if character.isalpha():
        return "A" if character.isupper() else "a"
    if character.isspace():
        return " "
    return character if character in string.punctuation else "·"


def draft_layout(sheets: Sequence[Sheet], own_words: OwnWords | None = None) -> Layout:
    """Where the register's data stand, even if required columns are still missing; RefusedFileError as ``lay_out``.

    Where no header is known at all, the fullest row of words at the top of the first sheet is taken for the headers,
    unless it holds a date: a register without headers begins with a case, and a name is no header.
    """
    own_words = own_words or OwnWords()
    try:
        return lay_out(sheets, [replace(column, required=False) for column in REGISTER], own_words, "Registre")
    except RefusedFileError:
        rows = [(sum(isinstance(c, str) and c.strip() != "" for c in row), -i) for i, row in enumerate(sheets[0].rows)]
        n_words, negative_row = max(rows[:30], default=(0, 0))
        headers = [str(cell).strip() for cell in sheets[0].rows[-negative_row]] if n_words > 1 else []
        known = {header_key(name) for column in REGISTER for name in (column.header, *column.synonyms)}
        is_case = any(isinstance(cell, date) or parse_moment(text(cell)) for cell in sheets[0].rows[-negative_row])
        if not headers or is_case or known & set(map(header_key, headers)) or len(set(headers)) < len(headers):
            raise
        return Layout(sheets[0], -negative_row, {}, tuple(filter(None, headers)))


def missing_columns(layout: Layout) -> list[Field]:
    """The fields that no column of the register is, the required ones first; a year of study stands for a level."""
    found = {*layout.columns, *(("year", "level") if {"year", "level"} & set(layout.columns) else ())}
    missing = [column for column in REGISTER if column.code not in found]
    return sorted(missing, key=lambda column: not column.required)


def unknown_columns(layout: Layout) -> list[UnknownColumn]:
    """The columns that are not read, in the order of the file; an empty one is left out."""
    headers = [str(cell).strip() for cell in layout.sheet.rows[layout.header_row]]
    names = {normalise(name): f.code for f in missing_columns(layout) for name in (f.header, *f.synonyms)}
    found = []
    for header in layout.ignored:
        column = headers.index(header)
        filled = (row[column] for row in layout.sheet.rows[layout.header_row + 1 :] if text(row[column]))
        if cells := list(islice(filled, N_CELLS)):
            shapes = tuple(outline for outline, _ in Counter(map(shape, cells)).most_common(N_SHAPES))
            found.append(UnknownColumn(header, shapes, _closest(header, names)))
    return found


def unknown_words(layout: Layout, own_words: OwnWords | None = None) -> list[UnknownWord]:
    """The words that stand in columns with a closed vocabulary and are not in it, the most frequent first.

    In a column of steps, what is not a date is a word about an outcome.
    """
    own_words = own_words or OwnWords()
    elsewhere = _words_of_unread_columns(layout)
    found = []
    for column in REGISTER:
        if column.terms is None or column.code == "level" or column.code not in layout.columns:
            continue
        names = {normalise(name): t.code for t in column.terms.values() for name in (t.label, *t.synonyms)}
        for word, rows in _rows_by_word(layout, column, own_words).items():
            shown = (
                column.code in _OF_NO_PERSON
                and len(rows) >= MIN_ROWS_TO_SHOW
                and not re.search(r"\d", word)
                and not set(word.split()) <= elsewhere
            )
            label = word if shown else shape(word)
            found.append(
                UnknownWord(column.terms, layout.header(column.code), word, label, tuple(rows), _closest(word, names))
            )
    return sorted(found, key=lambda unknown: -len(unknown.rows))


def _rows_by_word(layout: Layout, column: Field, own_words: OwnWords) -> dict[str, list[int]]:
    unknown: list[str] = []
    terms = column.terms or OUTCOMES

    def find(word: str) -> str | None:
        code = own_words.find(terms, word)
        if code is None and not (column.step and parse_moment(word)) and word_key(word):
            unknown.append(word_key(word))
        return code

    split: Callable[[Sequence[Cell], Callable[[str], str | None]], Iterable] = (
        code_word_lists if column.code == "incidents" else code_words
    )
    by_cell: dict[Cell, list[str]] = {}
    rows: dict[str, list[int]] = defaultdict(list)
    for number, cell in enumerate(layout.cells(column.code) or [], start=layout.header_row + 2):
        if isinstance(cell, date):
            continue
        if cell not in by_cell:
            unknown.clear()
            split([cell], find)
            by_cell[cell] = list(unknown)
        for word in by_cell[cell]:
            rows[word].append(number)
    return rows


def _words_of_unread_columns(layout: Layout) -> set[str]:
    """The words of short cells in the columns that are not read: most often names."""
    headers = [str(cell).strip() for cell in layout.sheet.rows[layout.header_row]]
    columns = [headers.index(header) for header in layout.ignored]
    cells = {text(row[column]) for row in layout.sheet.rows[layout.header_row + 1 :] for column in columns}
    return {word for cell in cells if len(words := normalise(cell).split()) <= 4 for word in words}


def _closest(word: str, names: dict[str, str]) -> tuple[str, ...]:
    """The codes of the names most like ``word``, each once, the closest first: by letters, and by words in common."""
    word = normalise(word)
    words = set(word.split())

    def likeness(name: str) -> float:
        shared = len(words & set(name.split())) / len(name.split())
        return difflib.SequenceMatcher(None, word, name).ratio() + shared / 2

    close = sorted(((likeness(name), name) for name in names if name), reverse=True)
    return tuple(dict.fromkeys(names[name] for score, name in close if score >= _LEAST_LIKENESS))[:N_CLOSEST]


def together(first: OwnWords, second: OwnWords) -> OwnWords:
    """The words of both; ``second`` has the last word."""
    vocabularies = dict.fromkeys((*first.words, *second.words))
    words = {name: {**first.words.get(name, {}), **second.words.get(name, {})} for name in vocabularies}
    return OwnWords({**first.columns, **second.columns}, words)


def own_words_toml(own_words: OwnWords) -> str:
    """The answers as the file that ``relais import --mapping`` and the page Registre read again."""
    lines = ["# Correspondances de votre registre, pour Relais.", "", "[columns]"]
    lines += [f"{_quoted(header)} = {_quoted(code)}" for header, code in own_words.columns.items()]
    for vocabulary, words in own_words.words.items():
        lines += ["", f"[words.{vocabulary}]"]
        lines += [f"{_quoted(word)} = {_quoted(code)}" for word, code in words.items()]
    return "\n".join(lines) + "\n"


def _quoted(word: str) -> str:
    return json.dumps(word, ensure_ascii=False)
