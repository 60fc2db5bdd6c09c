"""What a selection says in SQL. Names come from a closed list, values are always parameters."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.domain.selection import Selection
from analytics.domain.vocabulary import INCIDENT_TYPES
from analytics.store.layout import OF_SCHOOL, of_type

_OF_CASE = (
    "school_id",
    "school_year",
    "report_week",
    "first_seen_on",
    "school_level",
    "reporter",
    "channel",
    "minor",
    "danger",
    "status",
    "office",
)
_DERIVED = {
    # Schools dealt into 20 groups, the same ones each time: enough to tell how schools differ, at any number of them.
    "school_group": "hash(school_id::VARCHAR) % 20 AS school_group",
    "status": "status::status AS status",  # a word in a shared store: in the order of the vocabulary there too
}
_FEW = 10
"""Values that are told one by one; more, as the schools of a network, are looked up as a set."""
_DIMENSIONS = {*_OF_CASE, *OF_SCHOOL, *_DERIVED, "incident_type", "step"}


class CaseQuery:
    """The rows of ``records`` that a selection keeps, as statements read them. Values are parameters, by name.

    ``columns`` are the dimensions as the start of a list of columns, ``grouped`` what groups and sorts by them. ``lots``:
    how many of all cases, the first by pseudonym, which are drawn by chance, are those to choose from.
    """

    def __init__(self, selection: Selection, by: Sequence[str], lots: int | None = None) -> None:
        if unknown := set(by) - _DIMENSIONS:
            raise ValueError(f"unknown dimension: {unknown}")
        self._by = [name for name in by if name not in ("incident_type", "step")]
        self._types = INCIDENT_TYPES if "incident_type" in by else ()
        self.columns = "".join(f"{name}, " for name in by)
        self.grouped = "GROUP BY ALL ORDER BY ALL" if by else ""
        self.parameters: dict[str, object] = {}
        self._conditions = [] if lots is None else [f"lot < {lots}"]
        for column, values in (
            ("school_year", selection.school_years),
            ("school_level", selection.school_levels),
            ("school_id", selection.school_ids),
            ("office", selection.offices),
            ("school_network", selection.school_networks),
            ("zone", selection.zones),
        ):
            if len(values) > _FEW:
                self._conditions.append(f"{column} IN (SELECT unnest(${column}))")
                self.parameters[column] = list(values)
            elif values:
                named = {f"{column}_{place}": value for place, value in enumerate(values)}
                # As constants: a block of rows that holds none of them is not read.
                self._conditions.append(f"{column} IN ({', '.join(f'${name}' for name in named)})")
                self.parameters |= named
        for name, operator in (("first_week", ">="), ("last_week", "<=")):
            if week := getattr(selection, name):
                self._conditions.append(f"report_week {operator} ${name}")
                self.parameters[name] = week
        if selection.incident_types:
            known = [of_type(code) for code in selection.incident_types if code in INCIDENT_TYPES]
            self._conditions.append(f"({' OR '.join(known) or 'false'})")
        if selection.danger:
            self._conditions.append("danger")

    def rows(self, *named: str, where: str = "") -> str:
        """The chosen cases as a subquery: their dimensions, and what is ``named`` of ``records`` (columns, or "x AS y").

        With incident_type among the dimensions one row per case and type. Only what is named is read, and nothing is kept in
        between: ten million cases would fill the memory.
        """
        columns = [_DERIVED.get(name, name) for name in self._by]
        columns += [name for name in named if name not in self._by]
        conditions = [*self._conditions, *([where] if where else [])]
        if not self._types:
            return self._select(columns or ["case_id"], conditions)
        of_types = (
            self._select([*columns, f"'{code}'::incident_type AS incident_type"], [*conditions, of_type(code)])
            for code in self._types
        )
        return f"({' UNION ALL '.join(of_types)})"

    def _select(self, columns: Sequence[str], conditions: Sequence[str]) -> str:
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return f"(SELECT {', '.join(columns)} FROM records{where})"


def school_conditions(selection: Selection) -> tuple[str, dict[str, object]]:
    """The WHERE clause, or nothing, that keeps the chosen schools, networks and zones, and its parameters."""
    conditions = {
        "school_id": selection.school_ids,
        "school_network": selection.school_networks,
        "zone": selection.zones,
    }
    chosen: dict[str, object] = {column: list(values) for column, values in conditions.items() if values}
    where = " AND ".join(f"list_contains(${column}, schools.{column})" for column in chosen)
    return (f"WHERE {where}" if where else ""), chosen
