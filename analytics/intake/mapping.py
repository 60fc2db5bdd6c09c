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
from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from analytics.domain import vocabulary
from analytics.domain.french import listing
from analytics.domain.vocabulary import STEPS, Vocabulary, normalise, word_key
from analytics.spreadsheets.reading import Cell, RefusedFileError, Sheet, address


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
        (
            "numéro de dossier",
            "numéro du dossier",
            "n de dossier",
            "n du dossier",
            "no dossier",
            "no de dossier",
            "nr dossier",
            "num dossier",
            "num de dossier",
            "dossier n",
            "dossier",
            "numéro",
            "réf dossier",
            "référence du dossier",
        ),
        required=True,
    ),
    Field(
        "school",
        "École",
        "gardé : le code de l’école",
        (
            "établissement",
            "établissement scolaire",
            "nom de l’école",
            "nom de l’établissement",
            "code école",
            "code de l’école",
            "école de l’élève",
            "école code ou nom",
        ),
        required=True,
    ),
    Field(
        "year",
        "Année d’études",
        "réduit au niveau",
        ("année", "année d’étude", "classe", "année d’études de l’élève", "classe de l’élève"),
    ),
    Field("level", "Niveau", "gardé", ("degré", "niveau de l’élève"), terms=vocabulary.SCHOOL_LEVELS),
    Field(
        "reported",
        "Signalé le",
        "réduit à la semaine, une fois les délais calculés",
        (
            "date du signalement",
            "date de signalement",
            "date signalement",
            "date et heure du signalement",
            "signalement",
            "signalement le",
            "signalement reçu le",
        ),
        required=True,
    ),
    Field(
        "reporter",
        "Signalé par",
        "gardé",
        ("auteur du signalement", "qui signale", "signalement par", "signalement fait par", "origine du signalement"),
        terms=vocabulary.REPORTERS,
    ),
    Field(
        "incidents",
        "Faits",
        "gardé",
        ("faits signalés", "types d’incident", "nature des faits", "types de faits", "incidents"),
        required=True,
        terms=vocabulary.INCIDENT_TYPES,
    ),
    Field("channel", "Canal", "gardé", ("canaux", "canal utilisé", "moyen", "support"), terms=vocabulary.CHANNELS),
    Field(
        "minor",
        "Mineur",
        "gardé",
        ("élève mineur", "mineur d’âge", "mineur oui non", "mineur o n"),
        terms=vocabulary.MINORS,
    ),
    *(
        Field(
            f"step:{step.code}",
            step.header,
            "réduit à deux délais",
            tuple(
                f"{before}{word}"
                for word in (step.header.removesuffix(" le"), step.label, *step.synonyms)
                for before in ("", "date ")
            ),
            terms=vocabulary.OUTCOMES,
            step=step.code,
        )
        for step in STEPS.values()
    ),
    Field(
        "closed",
        "Clôturé le",
        "réduit à l’état du dossier et à la durée du suivi",
        (
            "clôturé",
            "date de clôture",
            "date de la clôture",
            "date clôture",
            "clôture",
            "clôture le",
            "clos le",
            "dossier clôturé le",
            "fermé le",
        ),
    ),
)

SCHOOLS: tuple[Field, ...] = (
    Field(
        "code",
        "Code",
        "gardé",
        (
            *("code école", "code de l’école", "FASE", "numéro FASE", "n FASE", "code FASE"),
            # The headers of the public list, for people and for machines.
            *("n FASE de l’établissement", "ndeg FASE de l’établissement", "numéro FASE de l’établissement"),
            *("n FASE établissement", "code FASE de l’établissement", "FASE de l’établissement", "FASE établissement"),
        ),
    ),
    Field(
        "name",
        "Nom",
        "gardé",
        ("école", "nom de l’école", "nom école", "établissement", "nom de l’établissement", "nom établissement"),
        required=True,
    ),
    Field("network", "Réseau", "gardé", ("réseau d’enseignement",), terms=vocabulary.SCHOOL_NETWORKS),
    Field(
        "teaching",
        "Niveau",
        "gardé",
        ("enseignement", "niveau d’enseignement", "type d’enseignement"),
        terms=vocabulary.TEACHING_LEVELS,
    ),
    Field("zone", "Zone", "gardé", ("arrondissement administratif", "arrondissement", "secteur")),
    Field("pupils", "Élèves", "gardé", ("nombre d’élèves", "population", "population scolaire", "nb élèves")),
    *(
        Field(
            f"deadline:{step.code}",
            f"Délai {step.label}",
            "gardé",
            tuple(
                f"{delay} {word}"
                for delay in ("délai", "délai max", "délai maximum", "délai maximal")
                for word in (step.label, step.header.removesuffix(" le"), *step.synonyms)
            ),
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
    schools: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)

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
        raise RefusedFileError("Le fichier de correspondance n’est pas un fichier TOML lisible.") from None
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
        (sum(header_key(header) in known for header in headers), -index, sheet)
        for sheet in sheets
        for index in range(min(len(sheet.rows), 30))
        if any(headers := _headers(sheet, index))
    ]
    if not candidates:
        raise RefusedFileError(f"{what} : la feuille est vide.")
    n_known, negative_index, sheet = max(candidates, key=lambda candidate: candidate[:2])
    header_row = -negative_index
    headers = _headers(sheet, header_row)
    columns = _columns(headers, header_row, known, {column.code: column.header for column in fields}, own_words)
    missing = [column.header for column in fields if column.required and column.code not in columns]
    if not n_known or missing:
        raise RefusedFileError(
            f"{what} : il manque {'la colonne' if len(missing) == 1 else 'les colonnes'} "
            f"{listing([f'« {header} »' for header in missing])}."
        )
    read = set(columns.values())
    if headers != [str(cell).strip() for cell in sheet.rows[header_row]]:
        sheet = replace(sheet, rows=[*sheet.rows[:header_row], headers, *sheet.rows[header_row + 1 :]])
    return Layout(sheet, header_row, columns, tuple(h for i, h in enumerate(headers) if h and i not in read))


def _headers(sheet: Sheet, row: int) -> list[str]:
    """The texts of a row. Where headers stand on two lines, one that is merged over both is held by the first."""

    def found(column: int) -> str:
        line = row
        while (
            line and not str(sheet.rows[line][column]).strip() and {(line, column), (line - 1, column)} <= sheet.merged
        ):
            line -= 1
        return str(sheet.rows[line][column]).strip()

    return [found(column) for column in range(len(sheet.rows[row]))]


# What a header may say beside its name: the form of the date, that it must be filled, or its plural.
_ASIDE = re.compile(
    r"\((?:\s|[/:;,.]|date|heure|et|ou|jj|mm|aaaa|hh|obligatoire|facultatif|oui|non|o|n|le|e?s?|séparés? par)*\)",
    re.IGNORECASE,
)


# One word for another, once it is said who is called in: « Police avertie » is « Police contactée ».
_CALLED = re.compile(r"\b(?:prevenu|averti|informe|consulte|alerte)(?=$| le$)")


def header_key(header: str) -> str:
    """What a header is known by: :func:`normalise`, without number, gender, « le » and what it says between brackets.

    >>> header_key("Parent prévenus (date et heure)") == header_key("Date : PARENTS CONTACTÉ LE")
    True
    """
    words = normalise(_ASIDE.sub("", header)).split()
    bare = " ".join(re.sub(r"(?<=\w{2}[eiu])e$", "", re.sub(r"(?<=\w{3})s$", "", word)) for word in words)
    return re.sub(r"^(?:date (?=.* le$))?(.+?)(?: le)?$", r"\1", _CALLED.sub("contacte", bare))


def _codes_by_header(fields: Sequence[Field], own_words: OwnWords) -> dict[str, str]:
    codes: dict[str, str] = {}
    for column in fields:
        for header in (column.header, *column.synonyms):
            codes.setdefault(header_key(header), column.code)
    mine = {column.code for column in fields}
    return codes | {header_key(header): code for header, code in own_words.columns.items() if code in mine}


def _columns(
    headers: list[str], row: int, known: Mapping[str, str], names: Mapping[str, str], own_words: OwnWords
) -> dict[str, int]:
    """The column of each field: the one that the service mapped, else the one of its own name, else of a synonym.

    So a column « CPMS » that names a centre gives way to « CPMS contacté le ». Two columns with equal claims are refused;
    only addresses are said: without a header row, the row that stands for it holds values.
    """
    claims: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for column, header in enumerate(headers):
        code = known.get(header_key(header))
        if code and own_words.columns.get(normalise(header)) == code:
            claims[code].append((0, column))
        elif code:
            claims[code].append((1 if normalise(header) == normalise(names[code]) else 2, column))
        elif header:
            claims[header].append((2, column))
    columns = {}
    for name, listed in claims.items():
        first, *others = sorted(listed)
        if others and others[0][0] == first[0]:
            raise RefusedFileError(
                f"Les cellules {address(row, first[1])} et {address(row, others[0][1])} donnent deux fois le même en-tête. "
                f"Gardez une seule de ces deux colonnes, ou renommez l’autre."
            )
        if name in names:
            columns[name] = first[1]
    return columns


def holds_corrections(sheet: Sheet, header_row: int) -> bool:
    """Whether the title above the headers says that these are the corrected rows of a register, and not the whole of it."""
    return any(cell == CORRECTIONS_TITLE for row in sheet.rows[:header_row] for cell in row)


_MONTHS = [
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
]
_DAY = (
    r"(?:(?P<day>\d{1,2})(?:er)?(?:[/.-](?P<month>\d{1,2})[/.-]|\s+(?P<name>\w+)\s+)(?P<year>\d{4})"
    r"|(?P<iso>\d{4}-\d{2}-\d{2}))(?!\d)"
)
_EXTRACTION = re.compile(
    r"\b(?:extrait|extraction|export|exporté|situation|état|arrêtée?s?|mise? à jour)\b.*?\b"
    rf"(?:(?:du|entre le)\s+\S+\s+(?:au|et le)\s+)?{_DAY}",
    re.IGNORECASE,
)


def extraction_day(sheet: Sheet, header_row: int) -> date | None:
    """The day written in a title line above the headers, as « Extrait du 12/06/2026 », or None.

    The day may stand in words (« 12 juin 2026 ») or in a cell of its own; of « du 01/09/2025 au 12/06/2026 » it is the last.
    """
    for row in sheet.rows[:header_row]:
        cells = (f"{cell:%Y-%m-%d}" if isinstance(cell, date) else str(cell).strip() for cell in row)
        if found := _EXTRACTION.search(" ".join(cell for cell in cells if cell)):
            try:
                if found["iso"]:
                    return date.fromisoformat(found["iso"])
                month = _MONTHS.index(found["name"].lower()) + 1 if found["name"] else int(found["month"])
                return date(int(found["year"]), month, int(found["day"]))
            except ValueError:
                continue
    return None
