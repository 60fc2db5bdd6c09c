"""The tables of the store, each column with its type, meaning and constraint.

The SQL that creates them and the checks on what enters derive
from these declarations, so that they cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analytics.domain import vocabulary
from analytics.domain.errors import RelaisError
from analytics.domain.programme import programme
from analytics.domain.vocabulary import Term

_ARROW = {
    "VARCHAR": pa.string(),
    "DATE": pa.date32(),
    "INTEGER": pa.int32(),
    "BOOLEAN": pa.bool_(),
    "TIMESTAMPTZ": pa.timestamp("us", "UTC"),
}


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
        return pa.schema([pa.field(c.name, _ARROW[c.type], nullable=c.nullable) for c in self.columns])

    @property
    def empty(self) -> pd.DataFrame:
        """The table without a row, with the types that a read gives."""
        return to_pandas(self._arrow_schema.empty_table())

    def to_arrow(self, frame: pd.DataFrame) -> pa.Table:
        """``frame`` as an Arrow table of this schema; extra columns are an error, so that nothing slips through."""
        if set(frame.columns) != set(self.names):
            raise SchemaError(f"{self.name} : ses colonnes doivent être {', '.join(self.names)}.")
        try:
            return pa.Table.from_pandas(frame[self.names], schema=self._arrow_schema, preserve_index=False)
        except (pa.ArrowException, ValueError, TypeError):
            raise SchemaError(f"{self.name} : une valeur manque, ou n’a pas le type de sa colonne.") from None

    def conform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """``frame`` with the types that a read gives, so that what comes in and what was kept compare."""
        return to_pandas(self.to_arrow(frame))

    def checked(self, frame: pd.DataFrame) -> pa.Table:
        """As :meth:`to_arrow`; SchemaError when a value is missing, a term is unknown or a row stands twice."""
        for column in self.columns:
            values = frame[column.name]
            if not column.nullable and values.isna().any():
                raise SchemaError(f"{self.name}.{column.name} : une valeur manque.")
            if column.terms is not None and not set(values.drop_duplicates().dropna()) <= set(column.terms):
                raise SchemaError(f"{self.name}.{column.name} : une valeur n’est pas dans le vocabulaire.")
            if column.type == "INTEGER" and (values.dropna() < 0).any():
                raise SchemaError(f"{self.name}.{column.name} : un nombre est négatif.")
        rows = self.to_arrow(frame)
        if not self.is_in_order(rows) and frame.duplicated(list(self.key)).any():
            raise SchemaError(f"{self.name} : deux lignes ont les mêmes {', '.join(self.key)}.")
        return rows

    def is_in_order(self, rows: pa.Table) -> bool:
        """Whether each row comes after the one before by the key: then none stands twice, and none needs sorting.

        Texts are compared by their bytes, as DuckDB does.
        """
        after, same = pa.scalar(False), pa.scalar(True)
        for name in self.key:
            values = rows[name].combine_chunks()
            after = pc.or_(after, pc.and_(same, pc.less(values[:-1], values[1:])))
            same = pc.and_(same, pc.equal(values[:-1], values[1:]))
        return pc.all(after, min_count=0).as_py()


_PANDAS = {pa.int32(): pd.Int64Dtype(), pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """An Arrow table as pandas: nullable integers and booleans, ``str`` text, days as datetime64, instants in UTC."""
    for place, field in enumerate(table.schema):
        plain = _plain(field.type)
        if plain != field.type:
            table = table.set_column(place, field.name, table[place].cast(plain))
    # One thread: texts are not copied, so that starting others costs an answer more than they save.
    return table.to_pandas(types_mapper=_PANDAS.get, date_as_object=False, use_threads=False)


def _plain(kind: pa.DataType) -> pa.DataType:
    """DuckDB gives instants the time zone of the machine, and words of a closed list as places in it."""
    if pa.types.is_timestamp(kind) and kind.tz:
        return _ARROW["TIMESTAMPTZ"]
    return kind.value_type if pa.types.is_dictionary(kind) else kind


_CASE = Column("case_id", "VARCHAR", "keyed pseudonym of the case number: 12 letters and digits of an HMAC-SHA-256")
_SCHOOL = Column("school_id", "VARCHAR", "code of the school in the schools sheet")
_STEP = Column("step", "VARCHAR", "step of the protocol", vocabulary.STEPS)
_FOLLOWED = "from the report to the closure, else to the extraction; empty when closed on a day that is not known"
_DELAY = "from the report to the step, where done on a day that is known"

CASES = Table(
    "cases",
    "a case",
    (
        _CASE,
        _SCHOOL,
        Column("school_year", "VARCHAR", "school year of the report, as 2025-2026"),
        Column("report_week", "DATE", "Monday of the week of the report"),
        Column("school_level", "VARCHAR", "level of the pupil's year", vocabulary.SCHOOL_LEVELS),
        Column("reporter", "VARCHAR", "who reported", vocabulary.REPORTERS),
        Column("channel", "VARCHAR", "where it happened online", vocabulary.CHANNELS),
        Column("minor", "BOOLEAN", "whether the pupil is a minor; empty when not known", nullable=True),
        Column("danger", "BOOLEAN", "whether an incident type threatens life"),
        Column("status", "VARCHAR", "open or closed at the extraction", vocabulary.STATUSES),
        Column("followed_hours", "INTEGER", f"whole hours {_FOLLOWED}", nullable=True),
        Column("followed_school_days", "INTEGER", f"school days {_FOLLOWED}", nullable=True),
        Column("detection_days", "INTEGER", "days from the facts to the report; empty when not known", nullable=True),
        Column("first_seen_on", "DATE", "day of the first extraction that held the case"),
    ),
    ("case_id",),
)
CASE_INCIDENTS = Table(
    "case_incidents",
    "a case and an incident type",
    (_CASE, Column("incident_type", "VARCHAR", "what happened", vocabulary.INCIDENT_TYPES)),
    ("case_id", "incident_type"),
)
CASE_STEPS = Table(
    "case_steps",
    "a case and a step of the protocol",
    (
        _CASE,
        _STEP,
        Column("outcome", "VARCHAR", "what became of the step", vocabulary.OUTCOMES),
        Column("delay_hours", "INTEGER", f"whole hours {_DELAY}", nullable=True),
        Column("delay_school_days", "INTEGER", f"school days {_DELAY}", nullable=True),
        Column("time_completed", "BOOLEAN", "the step or the report had no time of day: counted as late as it can be"),
        Column("reason", "VARCHAR", "why the step is not done or not applicable", vocabulary.REASONS, nullable=True),
    ),
    ("case_id", "step"),
)
SCHOOLS = Table(
    "schools",
    "a school of the schools sheet, with or without a case, or named by the register where there is no sheet",
    (
        _SCHOOL,
        Column("name", "VARCHAR", "name of the school"),
        Column("school_network", "VARCHAR", "network", vocabulary.SCHOOL_NETWORKS, nullable=True),
        Column("school_level", "VARCHAR", "what the school teaches", vocabulary.TEACHING_LEVELS, nullable=True),
        Column("zone", "VARCHAR", "zone of the service", nullable=True),
        Column("n_pupils", "INTEGER", "number of pupils", nullable=True),
        Column("provisional", "BOOLEAN", "the school comes from the register's own names, not from a list of schools"),
    ),
    ("school_id",),
)
SCHOOL_DEADLINES = Table(
    "school_deadlines",
    "a school and a step for which it set a maximum delay",
    (
        _SCHOOL,
        _STEP,
        Column("max_hours", "INTEGER", "maximum delay in hours", nullable=True),
        Column("max_school_days", "INTEGER", "maximum delay in school days", nullable=True),
    ),
    ("school_id", "step"),
)
SCHOOL_ACTIONS = Table(
    "school_actions",
    "a school, a prevention activity and a week in which it was really given",
    (
        _SCHOOL,
        Column("activity", "VARCHAR", "activity of the programme", programme().activities),
        Column("week", "DATE", "Monday of the week"),
        Column("n_groups", "INTEGER", "number of sessions: each reaches one group"),
    ),
    ("school_id", "activity", "week"),
)
IMPORTS = Table(
    "imports",
    "an import that is part of this store",
    (
        Column("imported_at", "TIMESTAMPTZ", "when the import was published"),
        Column("source", "VARCHAR", "register, or demo for fictitious data"),
        Column("file_digest", "VARCHAR", "keyed digest of the file: tells whether the same file comes again"),
        Column("key_id", "VARCHAR", "which key made the pseudonyms"),
        Column("as_of", "DATE", "day of the extraction from the register"),
        Column("n_read", "INTEGER", "rows read"),
        Column("n_accepted", "INTEGER", "rows accepted"),
        Column("n_refused", "INTEGER", "rows refused"),
        Column("n_new", "INTEGER", "cases that were not there before"),
        Column("n_changed", "INTEGER", "cases whose record changed"),
        Column("n_unchanged", "INTEGER", "cases whose record is the same"),
        Column("n_missing", "INTEGER", "cases of the same school years that the file no longer holds; they are kept"),
        Column(
            "tells_closure", "BOOLEAN", "whether the register says which cases are closed; if not, all count as open"
        ),
        Column("fields", "VARCHAR", "codes of the columns that were read, so that one that is gone later is told"),
        Column("by_year", "BOOLEAN", "whether case numbers begin again each school year, which is then a part of them"),
    ),
    ("imported_at",),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (CASES, CASE_INCIDENTS, CASE_STEPS, SCHOOLS, SCHOOL_DEADLINES, SCHOOL_ACTIONS, IMPORTS)
}
