"""One version of the store, and what it answers: counts, filtered in DuckDB."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from analytics.domain.schema import TABLES
from analytics.domain.selection import EVERYTHING, Selection
from analytics.domain.vocabulary import INCIDENT_TYPES
from analytics.store import layout
from analytics.store.incident_types import TypeQuestions
from analytics.store.layout import of_type
from analytics.store.selecting import CaseQuery, school_conditions
from analytics.store.steps import StepQuestions


class Snapshot(StepQuestions, TypeQuestions):
    """One version of the store: who it is, what may be chosen, and its counts."""

    def table(self, name: str) -> pd.DataFrame:
        """A whole table of the schema, in the order of its key. What a file of an older layout lacks is filled in."""
        table = TABLES[name]
        found = self.columns(name)
        columns = (
            c.name if c.name in found else f"{layout.WHERE_LACKING.get(c.name, 'NULL')}::{c.type} AS {c.name}"
            for c in table.columns
        )
        return self.query(f"SELECT {', '.join(columns)} FROM {name} ORDER BY {', '.join(table.key)}")

    @property
    def is_demo(self) -> bool:
        """Whether the records are fictitious."""
        return bool(self.query("SELECT bool_or(source = 'demo') AS demo FROM imports")["demo"].fillna(False).iloc[0])

    @property
    def as_of(self) -> date:
        """The day of the last imported extraction."""
        return self.query("SELECT arg_max(as_of, imported_at) AS as_of FROM imports")["as_of"].iloc[0].date()

    @property
    def tells_closure(self) -> bool:
        """Whether a register that was imported says which cases are closed; if not, every case counts as open."""
        return bool(self.query("SELECT bool_or(tells_closure) AS told FROM imports")["told"].fillna(True).iloc[0])

    def holds(self, case_id: str) -> bool:
        """Whether a case is among the records."""
        return len(self.query("SELECT 1 AS found FROM records WHERE case_id = $case_id", {"case_id": case_id})) > 0

    def choices(self) -> pd.DataFrame:
        """One row: first_week, last_week, and the lists school_years and zones, for a filter panel."""
        return self.query(
            """
            SELECT min(report_week) AS first_week, max(report_week) AS last_week,
                   coalesce(list_sort(list(DISTINCT school_year)), []) AS school_years,
                   (SELECT coalesce(list_sort(list(DISTINCT zone)), []) FROM schools WHERE zone IS NOT NULL) AS zones
            FROM records
            """
        )

    def case_counts(self, selection: Selection = EVERYTHING, by: Sequence[str] = ()) -> pd.DataFrame:
        """Number of cases, a row a combination of ``by``: [*by, n]. Without ``by`` one row, also when n is 0."""
        query = CaseQuery(selection, by)
        return self.query(f"SELECT {query.columns} count(*) AS n FROM {query.rows()} {query.grouped}", query.parameters)

    def incident_counts(self, selection: Selection = EVERYTHING, by: Sequence[str] = ()) -> pd.DataFrame:
        """Number of cases with each incident type: [incident_type, *by, n]. A case counts once for each of its types."""
        query = CaseQuery(selection, ("incident_type", *by))
        return self.query(f"SELECT {query.columns} count(*) AS n FROM {query.rows()} {query.grouped}", query.parameters)

    def school_counts(self, selection: Selection = EVERYTHING) -> pd.DataFrame:
        """Every chosen school (by code, network, zone), with the number of its chosen cases, 0 included:
        [school_id, name, school_network, school_level, zone, n_pupils, n, n_open, last_week].
        """
        query = CaseQuery(selection, ("school_id",))
        where, parameters = school_conditions(selection)
        return self.query(
            f"""
            WITH counted AS (
                SELECT school_id, count(*) AS n, count(*) FILTER (status = 'open') AS n_open, max(report_week) AS last_week
                FROM {query.rows("status", "report_week")} GROUP BY school_id
            )
            SELECT schools.*, coalesce(n, 0) AS n, coalesce(n_open, 0) AS n_open, last_week
            FROM schools LEFT JOIN counted USING (school_id) {where} ORDER BY school_id
            """,
            query.parameters | parameters,
        )

    def residual_risk(self) -> pd.DataFrame:
        """How far the records can still be told apart: one row [n_cases, n_alone, smallest_group].

        A case is alone when no other has its school, month of report, level and incident types.
        """
        kinds = ", ".join(map(of_type, INCIDENT_TYPES))
        return self.query(
            f"""
            WITH groups AS (
                SELECT count(*) AS n FROM records
                GROUP BY school_id, date_trunc('month', report_week + INTERVAL 3 DAY), school_level, {kinds}
            )
            SELECT coalesce(sum(n), 0)::BIGINT AS n_cases, count(*) FILTER (n = 1) AS n_alone, min(n) AS smallest_group
            FROM groups
            """
        )
