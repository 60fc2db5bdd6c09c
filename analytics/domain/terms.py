"""A closed list of terms, which finds each by the words that a register uses for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from analytics.domain.entries import Term
from analytics.domain.matching import holds_stem, normalise, singular, word_key

_DENIALS = frozenset(("pas", "sans", "aucun", "aucune", "ni", "non", "jamais", "plus"))


class Vocabulary(Mapping[str, Term]):
    """Terms by code, in the order in which they are declared and shown. ValueError when a word means two of them."""

    def __init__(self, name: str, terms: Iterable[Term]) -> None:
        self.name = name
        self._terms = {term.code: term for term in terms}
        self._codes: dict[str, str] = {}
        for term in self._terms.values():
            for word in (term.code, *term.names):
                other = self._codes.setdefault(singular(word_key(word)), term.code)
                if other != term.code:
                    raise ValueError(f"« {word} » désigne « {other} » et « {term.code} »")

    def __getitem__(self, code: str) -> Term:
        return self._terms[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._terms)

    def __len__(self) -> int:
        return len(self._terms)

    def __repr__(self) -> str:
        return f"Vocabulary({self.name!r}, {list(self)})"

    def label(self, code: str) -> str:
        """The French label of ``code``; KeyError for an unknown code."""
        return self._terms[code].label

    @property
    def labels(self) -> dict[str, str]:
        """Code to French label, in order."""
        return {code: term.label for code, term in self._terms.items()}

    def find(self, word: str) -> str | None:
        """The code that a register's ``word`` means (code, label, synonym or school year, in any number), or None."""
        return self._codes.get(singular(word_key(word)))

    def find_by_stem(self, phrase: str) -> str | None:
        """The one code whose stems ``phrase`` holds; None where there are none or several, or where it denies."""
        words = normalise(phrase).split()
        if not _DENIALS.isdisjoint(words):
            return None
        codes = {code for code, term in self._terms.items() if any(holds_stem(words, stem) for stem in term.stems)}
        return codes.pop() if len(codes) == 1 else None
