"""What the store knows of the incident types that a case has together, as counts."""

from __future__ import annotations

import pandas as pd

from analytics.domain.selection import EVERYTHING, Selection
from analytics.domain.vocabulary import INCIDENT_TYPES
from analytics.store.layout import of_type
from analytics.store.reading import Reader
from analytics.store.selecting import CaseQuery


class TypeQuestions(Reader):
    """Counts of cases by how many incident types they have, and by which."""

    def type_numbers(self, selection: Selection = EVERYTHING) -> pd.DataFrame:
        """Number of cases by their number of incident types: [n_types, n]."""
        query = CaseQuery(selection, ())
        n_types = " + ".join(f"{of_type(code)}::INTEGER" for code in INCIDENT_TYPES)
        return self.query(
            f"SELECT n_types, count(*) AS n FROM {query.rows(f'{n_types} AS n_types')} GROUP BY ALL ORDER BY ALL",
            query.parameters,
        )

    def type_pairs(self, selection: Selection = EVERYTHING) -> pd.DataFrame:
        """Number of cases that have two incident types together: [incident_type, other_type, n], each pair both ways."""
        query = CaseQuery(selection, ())
        types = ", ".join(f"CASE WHEN {of_type(code)} THEN '{code}' END" for code in INCIDENT_TYPES)
        counted = f"SELECT *, count(*) AS n FROM {query.rows(*map(of_type, INCIDENT_TYPES))} GROUP BY ALL"
        return self.query(
            f"""
            WITH kinds AS (SELECT [{types}] AS types, n FROM ({counted})),
            firsts AS (SELECT unnest(types) AS incident_type, types, n FROM kinds),
            pairs AS (SELECT incident_type, unnest(types) AS other_type, n FROM firsts)
            SELECT incident_type, other_type, sum(n)::BIGINT AS n FROM pairs
            WHERE incident_type <> other_type GROUP BY ALL ORDER BY ALL
            """,
            query.parameters,
        )
