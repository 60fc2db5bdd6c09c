"""How words are compared (without case, accents, punctuation or number), and a closed list that finds its terms by them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analytics.domain.entries import Term

_BETWEEN_WORDS = re.compile(r"[\W_]+")


def normalise(text: str) -> str:
    """``text`` without case, accents, punctuation or repeated spaces: how headers and words are compared.

    >>> normalise("  N° DOSSIER : ")
    'n dossier'
    """
    bare = text.casefold()
    if not bare.isascii():  # else there is nothing to take apart, and a register has 100,000 case numbers to compare
        letters = unicodedata.normalize("NFKD", text.replace("°", " ").replace("œ", "oe").replace("Œ", "oe")).casefold()
        bare = "".join(character for character in letters if not unicodedata.combining(character))
    return _BETWEEN_WORDS.sub(" ", bare).strip()


def word_key(word: str) -> str:
    """What a word is known by: :func:`normalise`, and its signs where it has nothing else, so that ``?`` is no ``-``.

    >>> word_key("Sans objet."), word_key(" ?? "), word_key("-")
    ('sans objet', '?', '-')
    """
    return normalise(word) or re.sub(r"(.)\1+", r"\1", word.strip())


def _singular(key: str) -> str:
    """``key`` without the s or x that ends its longer words: a plural and its singular have the same."""
    return re.sub(r"(?<=\w{3})[sx]\b", "", key)


_DENIALS = frozenset(("pas", "sans", "aucun", "aucune", "ni", "non", "jamais", "plus"))


def holds_stem(words: Iterable[str], stem: str) -> bool:
    """Whether normalised ``words`` hold all parts of ``stem``: one of up to three letters whole, a longer one as a start.

    >>> holds_stem(["photo", "intimes"], "photo intime"), holds_stem(["police"], "po")
    (True, False)
    """
    return all(
        any(word == part or (len(part) > 3 and word.startswith(part)) for word in words) for part in stem.split()
    )


class Vocabulary(Mapping[str, "Term"]):
    """Terms by code, in the order in which they are declared and shown. ValueError when a word means two of them."""

    def __init__(self, name: str, terms: Iterable[Term]) -> None:
        self.name = name
        self._terms = {term.code: term for term in terms}
        self._codes: dict[str, str] = {}
        for term in self._terms.values():
            for word in (term.code, *term.names):
                other = self._codes.setdefault(_singular(word_key(word)), term.code)
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
        return self._codes.get(_singular(word_key(word)))

    def find_by_stem(self, phrase: str) -> str | None:
        """The one code whose stems ``phrase`` holds; None where there are none or several, or where it denies."""
        words = normalise(phrase).split()
        if not _DENIALS.isdisjoint(words):
            return None
        codes = {code for code, term in self._terms.items() if any(holds_stem(words, stem) for stem in term.stems)}
        return codes.pop() if len(codes) == 1 else None
