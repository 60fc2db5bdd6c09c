"""How words are compared: without case, accents, punctuation or number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

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


def singular(key: str) -> str:
    """``key`` without the s or x that ends its longer words: a plural and its singular have the same."""
    return re.sub(r"(?<=\w{3})[sx]\b", "", key)


def word_list(words: str) -> tuple[str, ...]:
    """Words that are written « one | another »."""
    return tuple(words.split(" | "))


def holds_stem(words: Iterable[str], stem: str) -> bool:
    """Whether normalised ``words`` hold all parts of ``stem``: one of up to three letters whole, a longer one as a start.

    >>> holds_stem(["photo", "intimes"], "photo intime"), holds_stem(["police"], "po")
    (True, False)
    """
    text = f" {' '.join(words)} "
    return all((f" {part}" if len(part) > 3 else f" {part} ") in text for part in stem.split())
