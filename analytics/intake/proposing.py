"""Questions about the words of a register, with the terms that a word may mean, the closest first.

The text of a question shows shapes (``99/99/9999``, ``Aaaa aaa``) and row numbers, not values. The terminal and the page
show the word itself where it cannot well be about a person: in a column of facts, channel, minority, status or action,
without digits, and when no cell of an unread column holds it.
"""

from __future__ import annotations

import difflib
import re
import string
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime

from analytics.domain.french import listing
from analytics.domain.vocabulary import OUTCOMES, Vocabulary, normalise, word_key
from analytics.intake.cells import text
from analytics.intake.checking import data_rows
from analytics.intake.dates import Order, cell_moment
from analytics.intake.layout import Layout
from analytics.intake.mapping import ALSO_READ, REGISTER, OwnWords
from analytics.intake.questions import Question
from analytics.spreadsheets.reading import Cell, is_error

N_ROWS_NAMED = 5
_OF_NO_PERSON = ("incidents", "channel", "minor", "status", "action")
_LONGEST_SHAPE = 20
_LEAST_LIKENESS = 0.6  # of at most 1.5: below, a name is not like another


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


def word_questions(layout: Layout, own_words: OwnWords, codes: Collection[str]) -> list[Question]:
    """A question for each word of these columns that is not in their closed vocabulary, the most frequent first."""
    from analytics.intake.columns import find_outcome, lookup

    elsewhere = _words_of_unread_columns(layout) if codes else set()
    questions = []
    for field in (*REGISTER, *ALSO_READ):
        if field.terms is None or field.code not in codes or field.kind in ("flag", "class"):
            continue
        look_up = lookup(field.terms, own_words)

        def unknown(cell: Cell, field=field, look_up=look_up) -> list[str]:
            if is_error(cell):
                return []
            if field.step:
                is_known = cell_moment(cell, Order.DAY_FIRST) or find_outcome(text(cell), own_words)
                return [] if is_known or re.search(r"\d", text(cell)) else [text(cell)]
            return [piece for piece, code in look_up.split(text(cell)) if code is None and word_key(piece)]

        for word, found in _rows_by_word(layout, field.code, unknown).items():
            shown = field.code in _OF_NO_PERSON and _may_be_shown(word, elsewhere)
            choices = _choices(field.terms, word)
            questions.append(
                word_question(field.terms.name, word, layout.header(field.code), found, choices, shown=shown)
            )
    return sorted(questions, key=lambda question: -question.n_rows)


def word_question(
    vocabulary: str, word: str, header: str, rows: Sequence[int], choices: Mapping[str, str], *, shown: bool = True
) -> Question:
    """What ``word`` means, in a column of this header, in the rows of these numbers."""
    first = listing([str(row) for row in rows[:3]])
    named = f"{'ligne' if len(rows) == 1 else 'lignes'} {first}{'…' if len(rows) > 3 else ''}"
    return Question(
        "word",
        f"Que veut dire « {shape(word)} » dans la colonne « {header} » ({named}) ?",
        choices,
        ("words", vocabulary, word_key(word)),
        len(rows),
        tuple(rows[:N_ROWS_NAMED]),
        word=word if shown else "",
    )


def _may_be_shown(word: str, elsewhere: set[str]) -> bool:
    return not re.search(r"\d", word) and not set(normalise(word).split()) & elsewhere


def _rows_by_word(layout: Layout, code: str, unknown: Callable[[Cell], list[str]]) -> dict[str, list[int]]:
    def words_of(cell: Cell) -> list[str]:
        return [] if isinstance(cell, date) or not text(cell) else [word_key(word) for word in unknown(cell)]

    found: dict[str, list[int]] = defaultdict(list)
    rows = data_rows(layout)
    for row, words in zip(rows.tolist(), layout.cells(code, rows).map(words_of), strict=True):
        for word in words:
            found[word].append(row + 1)
    return found


def _choices(terms: Vocabulary, word: str) -> dict[str, str]:
    """The terms that a word may mean, code to French label, the closest first; what is not known is the last."""
    names = {normalise(name): t.code for t in terms.values() for name in (t.label, *t.synonyms)}
    closest = _closest(word, names) or tuple(code for code in ("other",) if code in terms)
    codes = (*closest, *(c for c in terms if c not in ("other", "unknown")), *terms)
    first = ("not_recorded", "not_applicable") if terms is OUTCOMES else ()
    return {code: terms.label(code) for code in dict.fromkeys((*first, *codes))}


def _words_of_unread_columns(layout: Layout) -> set[str]:
    """The words of short cells in the columns that are not read: most often names."""
    read = set(layout.columns.values())
    under = layout.sheet.rows[layout.header_row + 1 :].columns
    unread = [under[column] for column, header in enumerate(layout.headers) if header and column not in read]
    cells = {text(cell) for column in unread for cell, _ in column.counted()}
    return {word for cell in cells if len(words := normalise(cell).split()) <= 4 for word in words}


def _closest(word: str, names: dict[str, str]) -> tuple[str, ...]:
    """The codes of the names most like ``word``, each once, the closest first: by letters, and by words in common."""
    word = normalise(word)
    words = set(word.split())

    def likeness(name: str) -> float:
        shared = len(words & set(name.split())) / len(name.split())
        return difflib.SequenceMatcher(None, word, name).ratio() + shared / 2

    close = sorted(((likeness(name), name) for name in names if name), reverse=True)
    return tuple(dict.fromkeys(names[name] for score, name in close if score >= _LEAST_LIKENESS))
