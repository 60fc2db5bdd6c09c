"""The columns that Relais reads, and a service's own names for them.

A field is known by its name and synonyms, by beginnings of words (``stems``), and by what its cells hold (``kind``);
:mod:`analytics.intake.layout` weighs them. A mapping file adds a service's own headers, words, schools and answers once and
for all::

    [columns]
    "Réf." = "case_number"
    "Parents" = "ignored"

    [words.incident_types]
    "chahut" = "other"

    [schools]
    "ITN Mons" = "3004"

    [answers]
    date_order = "day_first"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import tomli_w
from msgspec import Struct, ValidationError, convert

from analytics.domain import vocabulary
from analytics.domain.data import CONTENT
from analytics.domain.entries import Column
from analytics.domain.french import listing
from analytics.domain.vocabulary import INCIDENT_TYPES, STEPS, Step, Vocabulary, normalise, word_key
from analytics.spreadsheets.reading import RefusedFileError

IGNORED = "ignored"  # what a mapping file says of a column that is not to be read
MAX_MAPPING_BYTES = 64_000
MAX_NESTING = 4


@dataclass(frozen=True, eq=False)
class Field:
    """A column that Relais reads.

    ``becomes`` says in French what is kept of it, ``help`` how to fill it; ``terms`` is its vocabulary; ``kind`` is what its
    cells hold: ``number``, ``school``, ``class``, ``words`` (of its terms), ``date``, ``step`` (a date or a word), ``flag``
    (yes or no), ``status``, ``action``, ``steps`` (several in one text).
    ``weak`` are headers that may mean other things too; ``beside`` are words that change nothing beside a stem.
    """

    code: str
    header: str
    becomes: str
    synonyms: tuple[str, ...] = ()
    required: bool = False
    terms: Vocabulary | None = None
    step: str | None = None
    kind: str = "any"
    weak: tuple[str, ...] = ()
    stems: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    help: str = ""


def named(headers: Sequence[str]) -> str:
    """Columns as a French sentence names them.

    >>> named(["École"]), named(["École", "Faits"])
    ('la colonne « École »', 'les colonnes « École » et « Faits »')
    """
    return f"{'la colonne' if len(headers) == 1 else 'les colonnes'} {listing([f'« {header} »' for header in headers])}"


# Above the headers of a file of corrected rows: it holds a part of the register, so what it lacks is not missing.
CORRECTIONS_TITLE = "Lignes à corriger (ce fichier contient des noms : supprimez-le une fois importé)"
NEVER_READ = CONTENT.register.never_read


def _fields(columns: Sequence[Column]) -> list[Field]:
    """The fields that ``register.toml`` tells; ``terms`` names the vocabulary."""
    return [
        Field(
            **{name: getattr(column, name) for name in Column.__struct_fields__ if name != "terms"},
            terms=getattr(vocabulary, column.terms.upper()) if column.terms else None,
        )
        for column in columns
    ]


def _step_field(step: Step) -> Field:
    words = (step.header.removesuffix(" le"), step.label, *step.synonyms)
    return Field(
        f"step:{step.code}",
        step.header,
        "réduit à deux délais",
        tuple(f"{before}{word}" for word in words for before in ("", "date ")),
        terms=vocabulary.OUTCOMES,
        step=step.code,
        kind="step",
        stems=step.stems,
        beside=CONTENT.register.beside_steps,
        help=f"{step.definition} Une date, si possible avec l’heure ; ou « sans objet », ou « inconnu ».",
    )


def _deadline_field(step: Step) -> Field:
    words = (step.label, step.header.removesuffix(" le"), *step.synonyms)
    delays = ("délai", "délai max", "délai maximum", "délai maximal")
    names = tuple(f"{delay} {word}" for delay in delays for word in words)
    help_ = "Le délai maximum que l’école s’est fixé, s’il existe : 48 h (heures) ou 5 j (jours d’école)."
    return Field(f"deadline:{step.code}", f"Délai {step.label}", "gardé", names, step=step.code, help=help_)


_FLAGS = [
    Field(
        f"incident:{term.code}",
        term.label,
        "gardé",
        (term.label, term.code, *term.synonyms),
        terms=vocabulary.MINORS,
        kind="flag",
        stems=term.stems,
    )
    for term in INCIDENT_TYPES.values()
]
*_BEFORE_STEPS, _CLOSED = sorted(_fields(CONTENT.register.columns), key=lambda field: field.code == "closed")
REGISTER: tuple[Field, ...] = (*_BEFORE_STEPS, *map(_step_field, STEPS.values()), _CLOSED)
# What is read too where a register has it, and the template does not ask for.
ALSO_READ: tuple[Field, ...] = (*_FLAGS, *_fields(CONTENT.register.also_read))
SCHOOLS: tuple[Field, ...] = (*_fields(CONTENT.register.schools), *map(_deadline_field, STEPS.values()))


@dataclass(frozen=True)
class OwnWords:
    """A service's own headers (to field code), words (vocabulary to word to term), schools (name to code) and answers.

    Headers, words and names are normalised. ``answers`` holds what was asked about the file as a whole (date order, ...).
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    schools: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)

    def find(self, terms: Vocabulary, word: str) -> str | None:
        """The code that ``word`` means for this service, or None."""
        return self.words.get(terms.name, {}).get(word_key(word)) or terms.find(word)

    def with_answer(self, place: tuple[str, ...], answer: str) -> OwnWords:
        """These words with the ``answer`` to the question that stands at ``place`` (see :class:`Question`)."""
        kind, *keys = place
        entries: dict[str, Any] = {"columns": {}, "words": {}, "schools": {}, "answers": {}}
        entries[kind] = {keys[0]: {keys[1]: answer} if kind == "words" else answer}
        return together(self, OwnWords(**entries))


def together(first: OwnWords, second: OwnWords) -> OwnWords:
    """The words of both; ``second`` has the last word."""
    vocabularies = dict.fromkeys((*first.words, *second.words))
    words = {name: {**first.words.get(name, {}), **second.words.get(name, {})} for name in vocabularies}
    return OwnWords(
        {**first.columns, **second.columns},
        words,
        {**first.schools, **second.schools},
        {**first.answers, **second.answers},
    )


def load_own_words(content: bytes) -> OwnWords:
    """A mapping file; RefusedFileError when it is too large or names a section, column or term that does not exist.

    What is wrong is told by its place: a service's own words may be names.
    """
    file = _parse(content)
    fields = (*REGISTER, *ALSO_READ, *SCHOOLS)
    codes = {IGNORED, *(column.code for column in fields)}
    vocabularies: dict[str, Container[str]] = {column.terms.name: column.terms for column in fields if column.terms}
    vocabularies |= {"actions": codes, "reasons": vocabulary.REASONS}
    if place := _unknown_place(file.columns, codes):
        raise RefusedFileError(f"Le fichier de correspondance cite une colonne inconnue ([columns], ligne {place}).")
    for name, words in file.words.items():
        if name not in vocabularies:
            raise RefusedFileError(
                f"Le fichier de correspondance cite une liste de mots inconnue. Les listes : {', '.join(vocabularies)}."
            )
        if place := _unknown_place(words, vocabularies[name]):
            raise RefusedFileError(
                f"Le fichier de correspondance cite un terme inconnu de la liste {name} (ligne {place} de cette liste)."
            )
    return OwnWords(
        {normalise(header): code for header, code in file.columns.items()},
        {name: {word_key(word): code for word, code in words.items()} for name, words in file.words.items()},
        {normalise(name): code for name, code in file.schools.items()},
        file.answers,
    )


class _MappingFile(Struct, forbid_unknown_fields=True):
    columns: dict[str, str] = {}
    words: dict[str, dict[str, str]] = {}
    schools: dict[str, str] = {}
    answers: dict[str, str] = {}


def _parse(content: bytes) -> _MappingFile:
    """A mapping file as it is written. Its nesting is judged before it is parsed, which costs the square of it."""
    if len(content) > MAX_MAPPING_BYTES:
        raise RefusedFileError(f"Le fichier de correspondance dépasse {MAX_MAPPING_BYTES // 1000} ko.")
    try:
        toml = content.decode("utf-8-sig")
        if _nesting(toml) > MAX_NESTING:
            raise RefusedFileError("Le fichier de correspondance emboîte trop de listes les unes dans les autres.")
        return convert(tomllib.loads(toml), _MappingFile)
    except ValidationError:  # whose message may quote a name
        raise RefusedFileError(
            "Le fichier de correspondance a une section inconnue, ou ne dit pas pour chaque mot ce qu’il veut dire, entre "
            "guillemets. Les sections : [columns], [words.…], [schools], [answers]."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise RefusedFileError("Le fichier de correspondance n’est pas un fichier TOML lisible.") from None


_QUOTED = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*')


def _nesting(toml: str) -> int:
    """How deep brackets and dotted keys go, outside of quotes and comments."""
    deepest = depth = 0
    for line in _QUOTED.sub("q", toml).splitlines():
        for character in line:
            depth += (character in "[{") - (character in "]}")
            deepest = max(deepest, depth)
        deepest = max(deepest, line.split("=")[0].count("."))
    return deepest


def own_words_toml(own_words: OwnWords) -> str:
    """The answers as the file that ``relais import --mapping`` and the page Registre read again."""
    sections = {name: dict(getattr(own_words, name)) for name in ("columns", "schools", "answers")}
    entries = sections | {"words": {name: dict(words) for name, words in own_words.words.items()}}
    return "# Correspondances de votre registre, pour Relais.\n\n" + tomli_w.dumps(
        {k: v for k, v in entries.items() if v}
    )


def _unknown_place(listed: Mapping[str, str], known: Container[str]) -> int:
    """The place, from 1, of the first entry whose code is not ``known``; 0 when there is none."""
    return next((place for place, code in enumerate(listed.values(), 1) if code not in known), 0)
