"""What the store knows of the incident types that a case has together, as counts."""

from __future__ import annotations

import pandas as pd

from analytics.selection import EVERYTHING, Selection
from analytics.store.reading import Reader
from analytics.store.selecting import ChosenCases


class TypeQuestions(Reader):
    """Counts of cases by how many incident types they have, and by which."""

    def type_numbers(self, selection: Selection = EVERYTHING) -> pd.DataFrame:
        """Number of cases by their number of incident types: [n_types, n]."""
        query = ChosenCases(selection, ())
        return self.query(
            f"""
            SELECT n_types, count(*) AS n
            FROM (SELECT count(*) AS n_types FROM {query.cases} JOIN case_incidents USING (case_id) GROUP BY case_id)
            GROUP BY ALL ORDER BY ALL
            """,
            query.parameters,
        )

    def type_pairs(self, selection: Selection = EVERYTHING) -> pd.DataFrame:
        """Number of cases that have two incident types together: [incident_type, other_type, n], each pair both ways."""
        query = ChosenCases(selection, ())
        return self.query(
            f"""
            SELECT incident_type, other_type, count(*) AS n
            FROM {query.cases} JOIN case_incidents USING (case_id)
            JOIN (SELECT case_id, incident_type AS other_type FROM case_incidents) USING (case_id)
            WHERE incident_type <> other_type GROUP BY ALL ORDER BY ALL
            """,
            query.parameters,
        )
