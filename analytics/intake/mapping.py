"""Which column is which, and which word is which term.

Headers are compared without case, accents, spaces and punctuation, by name and by synonym. A mapping file adds a
service's own headers and words once and for all::

    [columns]
    "Réf." = "case_number"
    "Type de faits" = "incidents"

    [words.incident_types]
    "chahut" = "other"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from analytics import vocabulary
from analytics.french import listing
from analytics.intake.reading import Cell, RefusedFileError, Sheet, address
from analytics.vocabulary import STEPS, Vocabulary, normalise, word_key


@dataclass(frozen=True)
class Field:
    """A column that Relais reads. ``becomes`` says in French what is kept of it; ``terms`` is its vocabulary."""

    code: str
    header: str
    becomes: str
    synonyms: tuple[str, ...] = ()
    required: bool = False
    terms: Vocabulary | None = None
    step: str | None = None


# Above the headers of a file of corrected rows: it holds a part of the register, so what it lacks is not missing.
CORRECTIONS_TITLE = "Lignes à corriger (ce fichier contient des noms : supprimez-le une fois importé)"

REGISTER: tuple[Field, ...] = (
    Field(
        "case_number",
        "N° dossier",
        "remplacé par un pseudonyme",
        ("numéro de dossier", "no dossier", "n dossier", "num dossier", "dossier", "numéro"),
        required=True,
    ),
    Field(
        "school",
        "École",
        "gardé : le code de l'école",
        ("établissement", "nom de l'école", "code école"),
        required=True,
    ),
    Field("year", "Année d'études", "réduit au niveau", ("année", "année d'étude", "classe")),
    Field("level", "Niveau", "gardé", ("degré",), terms=vocabulary.SCHOOL_LEVELS),
    Field(
        "reported",
        "Signalé le",
        "réduit à la semaine, une fois les délais calculés",
        ("date du signalement", "date de signalement", "signalement", "signalement le"),
        required=True,
    ),
    Field("reporter", "Signalé par", "gardé", ("auteur du signalement", "qui signale"), terms=vocabulary.REPORTERS),
    Field(
        "incidents",
        "Faits",
        "gardé",
        ("fait", "types d'incident", "type d'incident", "types d'incidents", "nature des faits", "incidents"),
        required=True,
        terms=vocabulary.INCIDENT_TYPES,
    ),
    Field("channel", "Canal", "gardé", ("canaux", "moyen", "support"), terms=vocabulary.CHANNELS),
    Field("minor", "Mineur", "gardé", ("élève mineur", "mineur d'âge"), terms=vocabulary.MINORS),
    *(
        Field(
            f"step:{step.code}",
            step.header,
            "réduit à deux délais",
            (
                step.header.removesuffix(" le"),
                step.label,
                *step.synonyms,
                *(f"{word} le" for word in (step.label, *step.synonyms)),
            ),
            terms=vocabulary.OUTCOMES,
            step=step.code,
        )
        for step in STEPS.values()
    ),
    Field(
        "closed",
        "Clôturé le",
        "réduit à l'état du dossier et à la durée du suivi",
        ("clôturé", "date de clôture", "clôture", "clos le", "fermé le"),
    ),
)

SCHOOLS: tuple[Field, ...] = (
    Field("code", "Code", "gardé", ("code école", "FASE", "numéro FASE", "n FASE", "code FASE"), required=True),
    Field("name", "Nom", "gardé", ("école", "nom de l'école", "établissement"), required=True),
    Field("network", "Réseau", "gardé", terms=vocabulary.SCHOOL_NETWORKS),
    Field("teaching", "Niveau", "gardé", ("enseignement",), terms=vocabulary.TEACHING_LEVELS),
    Field("zone", "Zone", "gardé", ("arrondissement", "secteur")),
    Field("pupils", "Élèves", "gardé", ("nombre d'élèves", "population", "nb élèves")),
    *(
        Field(
            f"deadline:{step.code}",
            f"Délai {step.label}",
            "gardé",
            tuple(f"délai {word}" for word in (step.header.removesuffix(" le"), *step.synonyms)),
            step=step.code,
        )
        for step in STEPS.values()
    ),
)


@dataclass(frozen=True)
class OwnWords:
    """A service's own headers (header to field code) and words (vocabulary to word to term), all normalised."""

    columns: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def find(self, terms: Vocabulary, word: str) -> str | None:
        """The code that ``word`` means for this service, or None."""
        return self.words.get(terms.name, {}).get(word_key(word)) or terms.find(word)


def load_own_words(content: bytes) -> OwnWords:
    """A mapping file; RefusedFileError when it names a column or a term that does not exist.

    What is wrong is told by its place: a service's own words may be names.
    """
    try:
        entries = tomllib.loads(content.decode("utf-8-sig"))
        columns = {normalise(header): str(code) for header, code in entries.get("columns", {}).items()}
        words = {
            name: {word_key(word): str(code) for word, code in listed.items()}
            for name, listed in entries.get("words", {}).items()
        }
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, AttributeError):
        raise RefusedFileError("Le fichier de correspondance n'est pas un fichier TOML lisible.") from None
    vocabularies = {column.terms.name: column.terms for column in (*REGISTER, *SCHOOLS) if column.terms}
    codes = {column.code for column in (*REGISTER, *SCHOOLS)}
    if place := _unknown_place(columns, codes):
        raise RefusedFileError(f"Le fichier de correspondance cite une colonne inconnue ([columns], ligne {place}).")
    for rank, (name, listed) in enumerate(words.items(), 1):
        if name not in vocabularies:
            raise RefusedFileError(f"Le fichier de correspondance cite un vocabulaire inconnu (le {rank}e de [words]).")
        if place := _unknown_place(listed, vocabularies[name]):
            raise RefusedFileError(
                f"Le fichier de correspondance cite un terme inconnu ([words.{name}], ligne {place})."
            )
    return OwnWords(columns, words)


def _unknown_place(listed: Mapping[str, str], known: Container[str]) -> int:
    """The place, from 1, of the first entry whose code is not ``known``; 0 when there is none."""
    return next((place for place, code in enumerate(listed.values(), 1) if code not in known), 0)


@dataclass(frozen=True)
class Layout:
    """Where a sheet's data stand: the header row and the column of each field, counted from 0."""

    sheet: Sheet
    header_row: int
    columns: Mapping[str, int]
    ignored: tuple[str, ...]

    def cells(self, code: str) -> list[Cell] | None:
        """The cells of a field under the header, or None when the sheet has no such column."""
        column = self.columns.get(code)
        return None if column is None else [row[column] for row in self.sheet.rows[self.header_row + 1 :]]

    def header(self, code: str) -> str:
        """The header as the coordinator typed it."""
        return str(self.sheet.rows[self.header_row][self.columns[code]]).strip()


def lay_out(sheets: Sequence[Sheet], fields: Sequence[Field], own_words: OwnWords, what: str) -> Layout:
    """The sheet that holds most of ``fields``, with its header row found under any title lines.

    RefusedFileError when no header is known, one stands twice, or a required one is missing.
    """
    known = _codes_by_header(fields, own_words)
    candidates = [
        (sum(normalise(str(cell)) in known for cell in row), -index, sheet)
        for sheet in sheets
        for index, row in enumerate(sheet.rows[:30])
        if any(str(cell).strip() for cell in row)
    ]
    if not candidates:
        raise RefusedFileError(f"{what} : la feuille est vide.")
    n_known, negative_index, sheet = max(candidates, key=lambda candidate: candidate[:2])
    header_row = -negative_index
    headers = [str(cell).strip() for cell in sheet.rows[header_row]]
    _refuse_duplicates(headers, known, header_row)
    columns = {known[normalise(header)]: i for i, header in enumerate(headers) if normalise(header) in known}
    missing = [column.header for column in fields if column.required and column.code not in columns]
    if not n_known or missing:
        raise RefusedFileError(
            f"{what} : il manque {'la colonne' if len(missing) == 1 else 'les colonnes'} "
            f"{listing([f'« {header} »' for header in missing])}."
        )
    ignored = tuple(header for header in headers if header and normalise(header) not in known)
    return Layout(sheet, header_row, columns, ignored)


def _codes_by_header(fields: Sequence[Field], own_words: OwnWords) -> dict[str, str]:
    codes: dict[str, str] = {}
    for column in fields:
        for header in (column.header, *column.synonyms):
            codes.setdefault(normalise(header), column.code)
    mine = {column.code for column in fields}
    return codes | {header: code for header, code in own_words.columns.items() if code in mine}


def _refuse_duplicates(headers: list[str], known: Mapping[str, str], row: int) -> None:
    """Only addresses are said: without a header row, the row that stands for it holds values."""
    seen: dict[str, int] = {}
    for column, header in enumerate(headers):
        if not header:
            continue
        name = known.get(normalise(header), header)
        if name in seen:
            raise RefusedFileError(
                f"Les cellules {address(row, seen[name])} et {address(row, column)} donnent deux fois le même en-tête. "
                f"Gardez une seule de ces deux colonnes, ou renommez l'autre."
            )
        seen[name] = column


def holds_corrections(sheet: Sheet, header_row: int) -> bool:
    """Whether the title above the headers says that these are the corrected rows of a register, and not the whole of it."""
    return any(cell == CORRECTIONS_TITLE for row in sheet.rows[:header_row] for cell in row)


def extraction_day(sheet: Sheet, header_row: int) -> date | None:
    """The day written in a title line above the headers, as « Extrait du 12/06/2026 », or None."""
    for row in sheet.rows[:header_row]:
        for cell in row:
            if isinstance(cell, str) and (
                found := re.search(
                    r"\b(?:extrait|extraction|situation|état)\b.*?\b"
                    r"(?:(\d{1,2})/(\d{1,2})/(\d{4})|(\d{4})-(\d{2})-(\d{2}))\b",
                    cell,
                    re.IGNORECASE,
                )
            ):
                day, month, year = found.group(1, 2, 3) if found.group(1) else found.group(6, 5, 4)
                try:
                    return date(int(year), int(month), int(day))
                except ValueError:
                    continue
    return None
