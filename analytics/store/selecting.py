"""What a selection says in SQL. Names come from a closed list, values are always parameters."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.selection import Selection

_OF_SCHOOL = ("school_network", "zone")
_OF_CASE = (
    "school_id",
    "school_year",
    "report_week",
    "school_level",
    "reporter",
    "channel",
    "minor",
    "danger",
    "status",
)
_DIMENSIONS = {*_OF_CASE, *_OF_SCHOOL, "incident_type", "step"}


class ChosenCases:
    """The parts of a statement that a selection and its dimensions decide. Values are always parameters.

    ``cases`` is the chosen cases as a subquery, which also carries the columns of their school that ``by`` asks for.
    ``joined_types`` brings in the incident types where ``by`` asks for them: a row a case and type.
    """

    def __init__(self, selection: Selection, by: Sequence[str]) -> None:
        if unknown := set(by) - _DIMENSIONS:
            raise ValueError(f"unknown dimension: {unknown}")
        self.columns = "".join(f"{name}, " for name in by)
        self.joined_types = "JOIN case_incidents USING (case_id)" if "incident_type" in by else ""
        self.grouped = "GROUP BY ALL ORDER BY ALL" if by else ""
        self.parameters: list[object] = []
        conditions = []
        for column, values in (
            ("cases.school_year", selection.school_years),
            ("cases.school_level", selection.school_levels),
            ("cases.school_id", selection.school_ids),
            ("schools.school_network", selection.school_networks),
            ("schools.zone", selection.zones),
        ):
            if values:
                conditions.append(f"list_contains(?, {column})")
                self.parameters.append(list(values))
        for week, operator in ((selection.first_week, ">="), (selection.last_week, "<=")):
            if week:
                conditions.append(f"cases.report_week {operator} ?")
                self.parameters.append(week)
        if selection.incident_types:
            conditions.append("case_id IN (SELECT case_id FROM case_incidents WHERE list_contains(?, incident_type))")
            self.parameters.append(list(selection.incident_types))
        of_school = "".join(f", schools.{name}" for name in _OF_SCHOOL if name in by)
        needs_schools = of_school or selection.school_networks or selection.zones
        source = "cases LEFT JOIN schools USING (school_id)" if needs_schools else "cases"
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        self.cases = f"(SELECT cases.*{of_school} FROM {source}{where})"


def school_conditions(selection: Selection) -> tuple[str, list[object]]:
    """The WHERE clause, or nothing, that keeps the chosen schools, networks and zones, and its parameters."""
    conditions = {
        "schools.school_id": selection.school_ids,
        "schools.school_network": selection.school_networks,
        "schools.zone": selection.zones,
    }
    chosen = {column: list(values) for column, values in conditions.items() if values}
    where = " AND ".join(f"list_contains(?, {column})" for column in chosen)
    return (f"WHERE {where}" if where else ""), list(chosen.values())
