"""What a header says: compared by name, by synonym, by the beginnings of its words, and by its abbreviations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from analytics.domain.matching import holds_stem, normalise, word_list
from analytics.intake.dates import parse_written
from analytics.intake.mapping import NEVER_READ, Field, OwnWords
from analytics.spreadsheets.reading import Sheet

MAX_HEADER_ROW = 30  # headers stand under at most so many title lines
MAPPED, EXACT, SAME_WORDS, STEM, WEAK, DOUBTFUL = 3.0, 1.0, 0.95, 0.6, 0.5, 0.45
_NEVER = 0.55  # a name that is never read, above what is weak or doubtful
_PER_WORD = 0.05  # a stem of two words says more than a stem of one

# What a header may say beside its name: the form of the date, that it must be filled, or its plural.
_ASIDE = re.compile(
    r"\((?:\s|[/:;,.]|date|heure|et|ou|jj|mm|aaaa|hh|obligatoire|facultatif|oui|non|o|n|le|e?s?|séparés? par)*\)",
    re.IGNORECASE,
)
# One word for another, once it is said who is called in: « Police avertie » is « Police contactée ».
_CALLED = re.compile(r"\b(?:prevenu|averti|informe|consulte|alerte)(?=$| le$)")
# Words that change nothing in a header, as in the whole sentence of a form.
_FILLERS = frozenset(
    word_list(
        "le | la | les | l | un | une | de | du | des | d | a | au | aux | en | et | ou | par | pour | sur | avec | "
        "dans | que | qu | est | il | elle | elles | ils | t | s | c | vous | on | nous | ete | ont | sont | date | "
        "heure | jour | quand | quel | quelle | moment | svp | jj | mm | aaaa | hh | oui | non | o | n | si | y | cela | "
        "ce | cet | cette | agit | avez | avoir | votre | vos | son | sa | leur | etre"
    )
)
CALLS = word_list("contact | avert | prevenu | inform | appel | alert | sollicit | saisi | transmis | consult")
_OTHER_PERSONS = frozenset(
    word_list("auteur | agresseur | harceleur | temoin | suspect | parent | responsable | titulaire")
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
def name_score(candidate: Field, header: str) -> float:
    """How far a header says that its column is a field: :data:`EXACT` to 0."""
    key, words = header_key(header), _words(header)
    names = (candidate.header, *candidate.synonyms)
    if key in {header_key(name) for name in names}:
        return EXACT
    if key in {header_key(name) for name in candidate.weak}:
        return WEAK
    if words and frozenset(words) in {frozenset(_words(name)) for name in names}:
        return SAME_WORDS
    best = 0.0
    words = tuple(word for word in _written_out(header, candidate.stems) if word not in _FILLERS)
    for stem in candidate.stems:
        if holds_stem(words, stem):
            parts = stem.split()
            beside = (*parts, *candidate.beside, *("date" if candidate.kind == "date" else ()))
            is_sure = all(any(holds_stem([word], part) for part in beside) for word in words)
            best = max(best, (STEM if is_sure else DOUBTFUL) + _PER_WORD * len(parts) * is_sure)
    return best


def _written_out(header: str, stems: Sequence[str]) -> list[str]:
    """The words of a header, each that a point cuts short (« pol. », « clôt. ») as the part of a stem that it begins."""
    cut = set(map(normalise, re.findall(r"(\w{3,})\.", header)))
    parts = [part for stem in stems for part in stem.split()]
    return [
        next((part for part in parts if word in cut and part.startswith(word)), word) for word in _bare(header).split()
    ]


@lru_cache(maxsize=10_000)
def never_score(header: str) -> float:
    """How far a header says that its column is never read: :data:`EXACT` where it says nothing else."""
    words = normalise(header).split()
    telling = [word for word in words if word not in _FILLERS - {"heure"}]
    return max(
        (
            EXACT
            if telling and all(any(holds_stem([word], part) for part in stem.split()) for word in telling)
            else _NEVER + 3 * _PER_WORD * (len(stem.split()) - 1)
            for stem in NEVER_READ
            if holds_stem(words, stem)
        ),
        default=0.0,
    )


# The rows that hold the headers


@dataclass(frozen=True)
class Header:
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
            if max((name_score(candidate, name) for name in names), default=0) >= WEAK
        }
        return 2 * len(named) + 2 * len(mapped) + sum(any(never_score(name) for name in names) for names in self.names)


def header_readings(sheet: Sheet) -> list[Header]:
    """The rows that may hold the headers, alone or as two lines of which the first holds groups."""
    readings = []
    for row in range(min(len(sheet.rows), MAX_HEADER_ROW)):
        cells = sheet.rows[row]
        labels = [str(cell).strip() if isinstance(cell, str) else "" for cell in cells]
        has_days = any(isinstance(cell, date) or (isinstance(cell, str) and parse_written(cell)) for cell in cells)
        if any(labels) and not has_days:  # a register without headers begins with a case, and a name is no header
            readings.append(
                Header(row, tuple(str(cell).strip() for cell in cells), tuple(map(tuple, map(_variants, labels))))
            )
        if row and (grouped := _two_lines(sheet, row, labels)):
            readings.append(grouped)
    return readings


def _two_lines(sheet: Sheet, row: int, labels: list[str]) -> Header | None:
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
    return Header(row, tuple(headers), tuple(names), is_grouped=True)
