"""The closed vocabularies: each word once, with its code, French label, definition and source.

They are data: ``data/vocabulary.toml``, and for the steps ``data/protocol.toml``, whose entries are at once the protocol
page, the columns of the register and what is measured. A code that is not here cannot enter a record.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parents[2] / "data"


@dataclass(frozen=True)
class Term:
    """One word of a vocabulary. ``label`` is what a screen shows; ``synonyms`` are other words a register may use.

    ``stems`` are beginnings of words, without accents: a phrase that holds all those of one of them means the term.
    """

    code: str
    label: str
    definition: str
    source: str
    synonyms: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    danger: bool = False
    stems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Deadline:
    """A maximum delay, in one of the two clocks."""

    hours: int | None = None
    school_days: int | None = None

    def __post_init__(self) -> None:
        if (self.hours is None) == (self.school_days is None):
            raise ValueError("a deadline is in hours or in school days, one of the two")


@dataclass(frozen=True)
class Step(Term):
    """One thing that the protocol asks for. ``header`` is its column in the register.

    A relay is a step that calls in a service or a contact; a postvention step may follow the closure of the case.
    ``deadline`` is the service's own, used for a school that has set none.
    """

    header: str = ""
    relay: bool = False
    postvention: bool = False
    deadline: Deadline | None = None


class Vocabulary(Mapping[str, Term]):
    """Terms by code, in the order in which they are declared and shown."""

    def __init__(self, name: str, terms: Iterable[Term]) -> None:
        self.name = name
        self._terms = {term.code: term for term in terms}
        self._codes: dict[str, str] = {}
        for term in self._terms.values():
            for word in (term.label, term.code, *term.synonyms, *term.years):
                other = self._codes.setdefault(_singular(word_key(word)), term.code)
                if other != term.code:
                    raise ValueError(f"{name}: {word!r} means both {other} and {term.code}")

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


_DENIALS = frozenset(("pas", "sans", "aucun", "aucune", "ni", "non", "jamais", "plus"))


def holds_stem(words: Iterable[str], stem: str) -> bool:
    """Whether normalised ``words`` hold all parts of ``stem``: a part of up to three letters whole, a longer one as a start.

    >>> holds_stem(["photo", "intimes"], "photo intime"), holds_stem(["police"], "po")
    (True, False)
    """
    return all(
        any(word == part or (len(part) > 3 and word.startswith(part)) for word in words) for part in stem.split()
    )


def _singular(key: str) -> str:
    """``key`` without the s or x that ends its longer words: how a plural is told from another word."""
    return re.sub(r"(?<=\w{3})[sx]\b", "", key)


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


@cache
def _toml(name: str) -> dict:
    with (DATA / name).open("rb") as file:
        return tomllib.load(file)


def _vocabulary(name: str) -> Vocabulary:
    return Vocabulary(
        name,
        (
            Term(
                entry["code"],
                entry["label"],
                entry["definition"],
                entry["source"],
                tuple(entry.get("synonyms", ())),
                tuple(entry.get("years", ())),
                entry.get("danger", False),
                tuple(entry.get("stems", ())),
            )
            for entry in _toml("vocabulary.toml")[name]
        ),
    )


def _steps() -> dict[str, Step]:
    return {
        entry["code"]: Step(
            entry["code"],
            entry["label"],
            entry["definition"],
            entry["source"],
            tuple(entry.get("synonyms", ())),
            stems=tuple(entry.get("stems", ())),
            header=entry["header"],
            relay=entry.get("relay", False),
            postvention=entry.get("postvention", False),
            deadline=Deadline(**entry["deadline"]) if "deadline" in entry else None,
        )
        for entry in _toml("protocol.toml")["steps"]
    }


INCIDENT_TYPES = _vocabulary("incident_types")
SCHOOL_LEVELS = _vocabulary("school_levels")
TEACHING_LEVELS = _vocabulary("teaching_levels")
REPORTERS = _vocabulary("reporters")
CHANNELS = _vocabulary("channels")
SCHOOL_NETWORKS = _vocabulary("school_networks")
OUTCOMES = _vocabulary("outcomes")
REASONS = _vocabulary("reasons")
STATUSES = _vocabulary("statuses")
MINORS = _vocabulary("minors")

STEPS: dict[str, Step] = _steps()
RELAYS: tuple[str, ...] = tuple(code for code, step in STEPS.items() if step.relay)
DANGER_TYPES: tuple[str, ...] = tuple(code for code, term in INCIDENT_TYPES.items() if term.danger)
