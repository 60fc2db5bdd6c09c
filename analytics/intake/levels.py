"""The level of a pupil from a class as schools write it: ``S3``, ``3e secondaire``, ``6 TQ Agro``, ``S3/S4``, ``Rhéto``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from analytics.domain.vocabulary import SCHOOL_LEVELS, TEACHING_LEVELS, normalise

_ORDINALS = ("premi", "deuxi|second", "troisi", "quatri", "cinqui", "sixi", "septi")
_CYCLES = {
    "m": r"m|mat|maternelles?",
    "p": r"p|prim|primaires?",
    "s": r"s|sec|secondaires?|general|generale|prof|professionnel|professionnelle|technique|qualification|transition|commune"
    r"|tq|tt|ttr|gt|differencie|differenciee|complementaire",
}
_CYCLE = "|".join(f"(?P<{cycle}>{words})" for cycle, words in _CYCLES.items())
_NTH = r"(?:re|ere|er|e|eme|nde?)"
_YEAR_FIRST = re.compile(
    rf"(?P<year>\d) ?(?:{_NTH}\b)? ?(?:annees? ?)?(?:(?:d|de|du|en) )?(?:{_CYCLE})(?:\b.{{0,20}}| ?[a-z])?"
)
_CYCLE_FIRST = re.compile(
    rf"(?P<cycle>[mps]|prim|primaire|sec|secondaire) ?(?P<year>\d)(?: ?{_NTH})?(?: ?[a-z]{{1,4}})*"
)
_YEAR_ALONE = re.compile(rf"(\d) ?(?:{_NTH}\b)?(?: ?annee)?(?: ?[a-z]{{1,12}}){{0,3}}")
_WORD_FIRST = re.compile(r"(?:rheto|poesie)\b.*")


def find_level(word: str, teaching: str | None = None) -> str | None:
    """The level of a pupil's year, or of a level by its name; None where the word tells none, or several.

    ``teaching`` is what the school teaches, a code of TEACHING_LEVELS, None where it is not known. It tells of what a year
    alone is (``3e``, ``3A``, ``6 TQ Agro``), and that the ``5P`` of a secondary school is professional, not primary.
    """
    if code := SCHOOL_LEVELS.find(word):
        return code
    levels = {_find_one(piece, teaching) for piece in _pieces(word)}
    return levels.pop() if len(levels) == 1 else None


_P_ALONE = re.compile(
    rf"[3-6] ?(?:{_NTH})? ?p(?:\b.{{0,20}}| ?[a-z])?"
)  # « 4P »: fourth primary, or fourth professional
_SECTION = re.compile(rf"[1-7] ?(?:{_NTH})? ?(?:t[qt]r?|gt?|q|cefa)\b.*|7 ?p\b.*")
_PRIMARY = re.compile(rf"[12] ?p\b.*|\d ?(?:{_NTH})? ?(?:annee )?(?:prim|m\b|mat).*")
_WITH_SECTION = re.compile(r"[1-7] ?[a-z]{1,3}")


@dataclass(frozen=True)
class Classes:
    """How a register writes its classes, which tells what a « P » after a year is: primary or professional.

    ``has_sections``: other classes name sections of secondary school (« 3TQ »); ``has_primary``: others are primary beyond
    doubt (« 2P »). ``answer`` is what the service says of it, a code of TEACHING_LEVELS or "".
    """

    has_sections: bool = False
    has_primary: bool = False
    answer: str = ""

    @staticmethod
    def of(words: Iterable[str], answer: str = "") -> Classes:
        pieces = {piece for word in words for piece in _pieces(word)}
        return Classes(any(map(_SECTION.fullmatch, pieces)), any(map(_PRIMARY.fullmatch, pieces)), answer)

    def find(self, word: str, teaching: str | None = None, school: str = "") -> str | None:
        """:func:`find_level`; where it is not known what the ``school`` of this name teaches, the other classes tell."""
        if not teaching and self.is_open(word):
            teaching = self._of_p(school)
            return find_level(word, teaching) if teaching else None
        if not teaching and self.has_sections and not self.has_primary and _WITH_SECTION.fullmatch(normalise(word)):
            teaching = "secondary"
        return find_level(word, teaching)

    @staticmethod
    def is_open(word: str) -> bool:
        """Whether a class may be primary or professional."""
        return any(map(_P_ALONE.fullmatch, _pieces(word)))

    def _of_p(self, school: str) -> str | None:
        """What a school teaches, judging by its name and by the other classes; None where they do not tell."""
        named = TEACHING_LEVELS.find_by_stem(school)
        if named == "fundamental" or self.answer:
            return named if named == "fundamental" else self.answer
        if self.has_sections != self.has_primary:
            teaching = "secondary" if self.has_sections else "fundamental"
            return teaching if teaching == (named or "fundamental") else None
        return None


def _pieces(word: str) -> list[str]:
    """The years of a cell that may hold several (« S3/S4 », « P5 et P6 »); the first gives the cycle (« S3-4 »)."""
    pieces = [
        bare
        for piece in re.split(r"[/+&,;–-]|\b(?:et|ou|à)\b", word, flags=re.IGNORECASE)
        if (bare := normalise(piece))
    ]
    if len(pieces) < 2 or not all(any(map(str.isdigit, piece)) for piece in pieces):
        return [normalise(word)]
    cycle = pieces[0][0] if pieces[0][0].isalpha() else ""
    return [f"{cycle}{piece}" if piece.isdigit() else piece for piece in pieces]


def _find_one(bare: str, teaching: str | None) -> str | None:
    for year, ordinal in enumerate(_ORDINALS, 1):
        bare = re.sub(rf"^(?:{ordinal})e(?:me|re?)?\b", f"{year}e", bare)
    bare = re.sub(r"^classe (?:de )?", "", bare)
    if code := SCHOOL_LEVELS.find(bare):
        return code
    if _WORD_FIRST.fullmatch(bare):
        return SCHOOL_LEVELS.find(bare.split()[0])
    if found := _CYCLE_FIRST.fullmatch(bare):
        return SCHOOL_LEVELS.find(f"{found['cycle'][0]}{found['year']}")
    if found := _YEAR_FIRST.fullmatch(bare):
        cycle = next(cycle for cycle in _CYCLES if found[cycle])
        is_letter_of_secondary = found[cycle] == cycle and teaching == "secondary"
        return SCHOOL_LEVELS.find(f"{'s' if is_letter_of_secondary else cycle}{found['year']}")
    if found := _YEAR_ALONE.fullmatch(bare):
        cycle = {"fundamental": "p", "secondary": "s"}.get(teaching or "")
        return SCHOOL_LEVELS.find(f"{cycle}{found[1]}") if cycle else None
    return None
