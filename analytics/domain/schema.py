"""The tables of the store, each column with its type, meaning (in French, for the data dictionary) and constraint.

The SQL that creates them and the checks on what enters derive from these declarations, so that they cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.domain import vocabulary
from analytics.domain.errors import RelaisError
from analytics.domain.programme import programme
from analytics.domain.vocabulary import Term

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


class SchemaError(RelaisError):
    """A table does not keep its schema. The message names table, column and constraint, never a value."""


@dataclass(frozen=True)
class Column:
    """A column: its DuckDB type, what it means, and what its values must be."""

    name: str
    type: str
    meaning: str
    terms: Mapping[str, Term] | None = None
    nullable: bool = False


@dataclass(frozen=True)
class Table:
    """A table: what one row is, its columns, and the columns that identify a row."""

    name: str
    row: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def ddl(self) -> str:
        """The statement that creates the table, with its NOT NULL constraints."""
        columns = ", ".join(f"{c.name} {c.type}{'' if c.nullable else ' NOT NULL'}" for c in self.columns)
        return f"CREATE TABLE {self.name} ({columns})"

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def _arrow_schema(self) -> pa.Schema:
        import pyarrow as pa

        from analytics.domain.arrow import TYPES

        return pa.schema([pa.field(c.name, TYPES[c.type], nullable=c.nullable) for c in self.columns])

    @property
    def empty(self) -> pd.DataFrame:
        """The table without a row, with the types that a read gives."""
        from analytics.domain.arrow import to_pandas

        return to_pandas(self._arrow_schema.empty_table())

    def to_arrow(self, frame: pd.DataFrame) -> pa.Table:
        """``frame`` as an Arrow table of this schema; extra columns are an error, so that nothing slips through."""
        import pyarrow as pa

        if set(frame.columns) != set(self.names):
            raise SchemaError(f"{self.name} : ses colonnes doivent être {', '.join(self.names)}.")
        try:
            return pa.Table.from_pandas(frame[self.names], schema=self._arrow_schema, preserve_index=False)
        except (pa.ArrowException, ValueError, TypeError):
            raise SchemaError(f"{self.name} : une valeur manque, ou n’a pas le type de sa colonne.") from None

    def conform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """``frame`` with the types that a read gives, so that what comes in and what was kept compare."""
        from analytics.domain.arrow import to_pandas

        return to_pandas(self.to_arrow(frame))

    def checked(self, frame: pd.DataFrame) -> pa.Table:
        """As :meth:`to_arrow`; SchemaError when a value is missing, a term is unknown or a row stands twice."""
        import pyarrow.compute as pc

        for column in self.columns:
            if not column.nullable and frame[column.name].isna().any():
                raise SchemaError(f"{self.name}.{column.name} : une valeur manque.")
        rows = self.to_arrow(frame)
        for column in self.columns:
            values = rows[column.name]
            if column.terms is not None and not set(pc.unique(values).drop_null().to_pylist()) <= set(column.terms):
                raise SchemaError(f"{self.name}.{column.name} : une valeur n’est pas dans le vocabulaire.")
            if column.type == "INTEGER" and pc.any(pc.less(values, 0)).as_py():
                raise SchemaError(f"{self.name}.{column.name} : un nombre est négatif.")
        if not self.is_in_order(rows) and frame.duplicated(list(self.key)).any():
            raise SchemaError(f"{self.name} : deux lignes ont les mêmes {', '.join(self.key)}.")
        return rows

    def is_in_order(self, rows: pa.Table) -> bool:
        """Whether each row comes after the one before by the key: then none stands twice, and none needs sorting.

        Texts are compared by their bytes, as DuckDB does.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        after, same = pa.scalar(False), pa.scalar(True)
        for name in self.key:
            values = rows[name].combine_chunks()
            after = pc.or_(after, pc.and_(same, pc.less(values[:-1], values[1:])))
            same = pc.and_(same, pc.equal(values[:-1], values[1:]))
        return pc.all(after, min_count=0).as_py()


_CASE = Column(
    "case_id", "VARCHAR", "pseudonyme du numéro de dossier : 12 signes d’un HMAC-SHA-256 sous la clé du service"
)
_SCHOOL = Column("school_id", "VARCHAR", "code de l’école dans la liste des écoles")
_STEP = Column("step", "VARCHAR", "étape du protocole", vocabulary.STEPS)
_OFFICE = Column("office", "VARCHAR", "le bureau qui l’a importé", vocabulary.OFFICES)
_FOLLOWED = "du signalement à la clôture, sinon à l’extrait ; vide si le jour de la clôture n’est pas connu"
_WAITED = "du signalement à l’extrait, arrondis, pour la postvention d’un dossier clôturé"
_DELAY = "du signalement à l’étape, si elle est faite un jour connu"

CASES = Table(
    "cases",
    "un dossier",
    (
        _CASE,
        _SCHOOL,
        Column("school_year", "VARCHAR", "année scolaire du signalement, comme 2025-2026"),
        Column("report_week", "DATE", "lundi de la semaine du signalement"),
        Column("school_level", "VARCHAR", "niveau de l’année d’études de l’élève", vocabulary.SCHOOL_LEVELS),
        Column("reporter", "VARCHAR", "qui a signalé", vocabulary.REPORTERS),
        Column("channel", "VARCHAR", "où cela s’est passé en ligne", vocabulary.CHANNELS),
        Column("minor", "BOOLEAN", "si l’élève est mineur ; vide si on ne le sait pas", nullable=True),
        Column("danger", "BOOLEAN", "si un type d’incident menace la vie"),
        Column("status", "VARCHAR", "ouvert ou clôturé au jour de l’extrait", vocabulary.STATUSES),
        Column("followed_hours", "INTEGER", f"heures entières {_FOLLOWED}", nullable=True),
        Column("followed_school_days", "INTEGER", f"jours d’école {_FOLLOWED}", nullable=True),
        Column(
            "waited_hours",
            "INTEGER",
            f"heures entières {_WAITED} : {vocabulary.POSTVENTION_FOLLOWED['hours']} au plus ; vide s’il est ouvert",
            nullable=True,
        ),
        Column(
            "waited_school_days",
            "INTEGER",
            f"jours d’école {_WAITED} : {vocabulary.POSTVENTION_FOLLOWED['school_days']} au plus ; vide s’il est ouvert",
            nullable=True,
        ),
        Column(
            "detection_days", "INTEGER", "jours des faits au signalement ; vide si on ne le sait pas", nullable=True
        ),
        Column("first_seen_on", "DATE", "jour du premier extrait qui contenait le dossier"),
        Column(
            "changed_on",
            "DATE",
            "jour du dernier extrait qui a ajouté ou modifié le dossier ; vide s’il est comme au premier import",
            nullable=True,
        ),
        _OFFICE,
    ),
    ("case_id",),
)
CASE_INCIDENTS = Table(
    "case_incidents",
    "un dossier et un type d’incident",
    (_CASE, Column("incident_type", "VARCHAR", "ce qui s’est passé", vocabulary.INCIDENT_TYPES)),
    ("case_id", "incident_type"),
)
CASE_STEPS = Table(
    "case_steps",
    "un dossier et une étape du protocole",
    (
        _CASE,
        _STEP,
        Column("outcome", "VARCHAR", "ce que l’étape est devenue", vocabulary.OUTCOMES),
        Column("delay_hours", "INTEGER", f"heures entières {_DELAY}", nullable=True),
        Column("delay_school_days", "INTEGER", f"jours d’école {_DELAY}", nullable=True),
        Column(
            "time_completed", "BOOLEAN", "l’étape ou le signalement n’avait pas d’heure : compté au plus tard possible"
        ),
        Column(
            "completed_hours",
            "INTEGER",
            "heures que le délai compte faute d’heure : 8 pour le signalement, 8 pour l’étape, ou 16",
        ),
        Column(
            "reason", "VARCHAR", "pourquoi l’étape n’est pas faite ou est sans objet", vocabulary.REASONS, nullable=True
        ),
    ),
    ("case_id", "step"),
)
SCHOOLS = Table(
    "schools",
    "une école de la liste, avec ou sans dossier, ou nommée par le registre quand il n’y a pas de liste",
    (
        _SCHOOL,
        Column("name", "VARCHAR", "nom de l’école"),
        Column("school_network", "VARCHAR", "réseau", vocabulary.SCHOOL_NETWORKS, nullable=True),
        Column("school_level", "VARCHAR", "ce que l’école enseigne", vocabulary.TEACHING_LEVELS, nullable=True),
        Column("zone", "VARCHAR", "zone du service", nullable=True),
        Column("n_pupils", "INTEGER", "nombre d’élèves", nullable=True),
        Column("provisional", "BOOLEAN", "l’école vient des noms du registre, et non d’une liste d’écoles"),
    ),
    ("school_id",),
)
SCHOOL_DEADLINES = Table(
    "school_deadlines",
    "une école et une étape pour laquelle elle s’est donné un délai maximal",
    (
        _SCHOOL,
        _STEP,
        Column("max_hours", "INTEGER", "délai maximal en heures", nullable=True),
        Column("max_school_days", "INTEGER", "délai maximal en jours d’école", nullable=True),
    ),
    ("school_id", "step"),
)
SCHOOL_ACTIONS = Table(
    "school_actions",
    "une école, une activité de prévention et une semaine où elle a vraiment été donnée, dite par un bureau",
    (
        _SCHOOL,
        Column("activity", "VARCHAR", "activité du programme", programme().activities),
        Column("week", "DATE", "lundi de la semaine"),
        Column("n_groups", "INTEGER", "nombre de séances : chacune touche un groupe"),
        _OFFICE,
    ),
    ("school_id", "activity", "week", "office"),
)
IMPORTS = Table(
    "imports",
    "une importation dont ces données sont faites",
    (
        Column("imported_at", "TIMESTAMPTZ", "quand l’importation a été publiée"),
        Column("source", "VARCHAR", "register, ou demo pour des données fictives"),
        Column("file_digest", "VARCHAR", "empreinte du fichier, faite avec la clé : dit si le même fichier revient"),
        Column("key_id", "VARCHAR", "quelle clé a fait les pseudonymes"),
        Column("as_of", "DATE", "jour de l’extrait du registre"),
        Column("n_read", "INTEGER", "lignes lues"),
        Column("n_accepted", "INTEGER", "lignes acceptées"),
        Column("n_refused", "INTEGER", "lignes refusées"),
        Column(
            "refused_digest",
            "VARCHAR",
            "empreinte des lignes refusées et des raisons, faite avec la clé : dit si ce sont toujours les mêmes",
        ),
        Column("n_new", "INTEGER", "dossiers nouveaux"),
        Column("n_changed", "INTEGER", "dossiers modifiés"),
        Column("n_unchanged", "INTEGER", "dossiers inchangés"),
        Column(
            "n_missing",
            "INTEGER",
            "dossiers des mêmes années scolaires que le fichier ne contient plus ; ils sont gardés",
        ),
        Column(
            "tells_closure",
            "BOOLEAN",
            "si le registre dit quels dossiers sont clôturés ; sinon, tous comptent comme ouverts",
        ),
        Column("fields", "VARCHAR", "codes des colonnes qui ont été lues : dit laquelle manque à un extrait suivant"),
        Column("imported_by", "VARCHAR", "le compte qui a importé ; vide où il n’y a pas de comptes", nullable=True),
        Column(
            "by_year",
            "BOOLEAN",
            "si les numéros de dossier recommencent chaque année scolaire, qui en fait alors partie",
        ),
        _OFFICE,
        Column("own_numbers", "BOOLEAN", "si le bureau a ses propres numéros de dossier, dont il fait alors partie"),
    ),
    ("imported_at",),
)

Tables = dict[str, "pd.DataFrame"]
"""Tables of a store, or of an extract of a register, by name."""

TABLES: dict[str, Table] = {
    table.name: table
    for table in (CASES, CASE_INCIDENTS, CASE_STEPS, SCHOOLS, SCHOOL_DEADLINES, SCHOOL_ACTIONS, IMPORTS)
}
