"""What the cells of a column look like, and how far they are what a field holds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property, lru_cache

from analytics.domain.matching import holds_stem, normalise, word_list
from analytics.domain.vocabulary import INCIDENT_TYPES, OUTCOMES, STATUSES
from analytics.intake.cells import text
from analytics.intake.dates import Order, cell_moment, parse_written, with_year
from analytics.intake.headers import EXACT, SAME_WORDS, STEM, WEAK, header_key
from analytics.intake.levels import find_level
from analytics.intake.mapping import REGISTER, Field, OwnWords
from analytics.spreadsheets.reading import Cell

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
    def days(self) -> float:
        """The share of dates, and of days without their year."""
        return self.dates + self.share(lambda word: not parse_written(word) and with_year(word, 2024))

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
    def wordless(self) -> float:
        """The share of cells without a letter: numbers, hours, days."""
        return self.share(lambda word: not any(map(str.isalpha, word)))

    @cached_property
    def digits(self) -> float:
        return self.share(lambda word: any(map(str.isdigit, word)))

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(text(cell) for cell, _ in self._cells)


def fit_of(candidate: Field, profile: Profile, own_words: OwnWords) -> float:
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
            profile.days + profile.share(lambda word: _says_status(word, own_words)) * (candidate.code == "closed"),
        )
    if kind == "step":
        known = profile.share(lambda word: own_words.find(OUTCOMES, re.split(r"\s*[-–:,;(/]\s*", word)[0] or word))
        return 0.0 if profile.numbers > 0 and profile.dates < 0.5 else min(1.0, profile.days + known)
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


_OF_A_CASE = frozenset(word_list("dossier | situation | cas | suivi | de | du | le | est"))


def _says_status(word: str, own_words: OwnWords) -> bool:
    return bool(find_status(word, own_words)) or OUTCOMES.find(word) is not None


@lru_cache(maxsize=10_000)
def _says_incident(word: str) -> bool:
    """Whether a cell names an incident type, alone or among others."""
    return any(
        INCIDENT_TYPES.find(part) or INCIDENT_TYPES.find_by_stem(part)
        for part in (word, *re.split(r"[;,\n|+/&]|\bet\b", word))
    )


def action_parts(word: str) -> list[str]:
    """The parts of a text that tells several actions: « CPMS 12/03, parents 13/03 »."""
    return [part for part in re.split(r"[;,\n+&]| - | puis | et ", word) if part.strip()]


@lru_cache(maxsize=10_000)
def find_action(word: str) -> str | None:
    """The field that a word about an action fills: a step, the report or the closure; None when it is none or several."""
    words, key = normalise(word).split(), header_key(word)
    for group in (
        [candidate for candidate in REGISTER if candidate.step],
        [candidate for candidate in REGISTER if candidate.code in ("reported", "closed")],
    ):
        found: dict[str, int] = {}
        for candidate in group:
            parts = [len(stem.split()) for stem in candidate.stems if holds_stem(words, stem)]
            if parts or key in {header_key(name) for name in (candidate.header, *candidate.synonyms)}:
                found[candidate.code] = max(parts, default=2)
        if found:
            best = [code for code, n in found.items() if n == max(found.values())]
            return best[0] if len(best) == 1 else None
    return None


def least_fit(candidate: Field, score: float, profile: Profile) -> float:
    """The fit that a column must have to be taken for a field under a name of this score."""
    if candidate.kind in ("flag", "action", "steps"):
        return 0.5
    if score < WEAK:
        return 0.8 if candidate.code in PLAIN else 2.0
    if score < SAME_WORDS:
        return 0.3 if candidate.kind == "words" and candidate.code != "incidents" and score >= STEM else 0.5
    kind = candidate.kind
    if not profile.n_filled:
        return 0.0
    if profile.dates >= 0.5 and kind in ("number", "school", "class", "words"):  # « Date du dossier » is no number
        return 1.0
    if kind in ("number", "date") and score < EXACT:  # « Suivi » is not « N° de suivi », « Clôturé par » no day
        return 0.3
    if kind == "words":
        return 0.0 if profile.wordless < 0.5 else 1.0
    if kind == "date":
        return float(profile.digits < 0.1) if candidate.required else 0.3
    if kind == "class":
        return 0.0 if profile.share(_YEAR_SPAN.fullmatch) < 0.5 else 1.0
    if kind == "step":  # a column « Parents » of names, or of numbers, is no step
        are_names = profile.share(_NAME.search) >= 0.5 and not profile.dates
        are_numbers = profile.numbers > 0 and profile.dates < 0.5
        return 0.3 if are_names or are_numbers else 0.0
    return 0.0


PLAIN = ("incidents", "year", "status", "school")  # what their cells alone can tell
