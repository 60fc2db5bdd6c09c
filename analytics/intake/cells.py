"""Cells as words: what a cell says, and which terms of a closed vocabulary it means. Each distinct cell is read once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from analytics.domain.vocabulary import normalise
from analytics.spreadsheets.reading import Cell, Column

_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
_WEAK_SEPARATORS = r"[+&/]|\s[-–]\s|\s+(?:et|puis|avec|ainsi que)(?:\s+|$)"
_TOTAL = re.compile(r"(?:sous )?tota(?:l|ux)\b|somme\b|moyenne\b")
_ASIDE = re.compile(r"\(([^()]*)\)?")


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


def first_word(cells: Sequence[Cell]) -> str:
    """The text of the first filled cell of a row."""
    return next(filter(None, map(text, cells)), "")


def downwards(words: Iterable[str]) -> list[str]:
    """Each word, or where there is none the last one above it."""
    return list(accumulate(words, lambda above, word: word or above))


def is_total(word: str) -> bool:
    """Whether a row that begins with ``word`` sums up others."""
    return bool(_TOTAL.match(normalise(word)))


def code_words(cells: Column[Cell], find: Callable[[str], str | None]) -> np.ndarray:
    """The code of each cell, "" where it is empty, None where its word is unknown."""
    return cells.map(lambda cell: find(word) if (word := text(cell)) else "").array()


@dataclass(frozen=True)
class Words:
    """How the words of a column are looked up.

    ``find`` knows the words of a vocabulary, ``guess`` what a phrase means by its stems, and ``is_aside`` what says nothing
    about the term that it stands beside (an application beside a fact).
    """

    find: Callable[[str], str | None]
    guess: Callable[[str], str | None] = lambda phrase: None
    is_aside: Callable[[str], bool] = lambda word: True

    def split(self, cell: str) -> list[tuple[str, str | None]]:
        """The words of a cell that may hold several, in whatever way they are joined, each with its code; None: unknown.

        Between strong separators each part is tried whole, then without what stands in brackets, then between weak
        separators (« Insultes et menaces ») and by its stems. A list of words alone is what survey tools write.
        """
        parts = [part for part in re.split(r"[;,\n|]", cell) if part.strip()]
        return [pair for part in parts for pair in self._split_part(part)]

    def codes(self, cell: str) -> tuple[str | None, ...]:
        """The codes of :meth:`split`, each once."""
        return tuple(dict.fromkeys(code for _, code in self.split(cell)))

    def _split_part(self, part: str) -> list[tuple[str, str | None]]:
        if code := self.find(part):
            return [(part, code)]
        asides = [(aside, self.find(aside)) for aside in _ASIDE.findall(part)]
        beside = [(aside, code) for aside, code in asides if code or not self.is_aside(aside)]
        bare = _ASIDE.sub(" ", part)
        if code := self.find(bare):
            return [(bare, code), *beside]
        listed = [(word, self.find(word)) for word in bare.split()]
        if listed and all(code for _, code in listed):
            return [*listed, *beside]
        pieces = re.split(_WEAK_SEPARATORS, bare, flags=re.IGNORECASE)
        pairs = [(piece, self.find(piece) or self.guess(piece)) for piece in pieces]
        return [*pairs, *beside] if any(code for _, code in pairs) else [(part, None)]
