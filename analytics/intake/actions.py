"""The sheet Actions: what was really given in the schools. Planned and given are two things, and only this one counts."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analytics.domain.programme import programme
from analytics.domain.schema import SCHOOL_ACTIONS
from analytics.domain.school_calendar import SchoolCalendar
from analytics.domain.vocabulary import PRINCIPAL
from analytics.intake.cells import code_words, text
from analytics.intake.checking import Fault, Faults, check_moments, data_rows
from analytics.intake.dates import read_moments
from analytics.intake.layout import Layout
from analytics.intake.mapping import Field
from analytics.intake.schools import SchoolNames
from analytics.spreadsheets.reading import Cell, Column

ACTIONS: tuple[Field, ...] = (
    Field(
        "school",
        "École",
        "gardé : le code de l’école",
        ("établissement", "code école"),
        required=True,
        help="Le nom ou le code de l’école, comme dans la feuille Écoles.",
    ),
    Field(
        "activity",
        "Activité",
        "gardé",
        ("action", "type d’action"),
        required=True,
        terms=programme().vocabulary,
        help="L’activité donnée.",
    ),
    Field(
        "given_on",
        "Date",
        "réduit à la semaine",
        ("donné le", "donnée le", "date de l’action"),
        required=True,
        help="Le jour où elle a été donnée.",
    ),
    Field(
        "groups",
        "Groupes",
        "gardé",
        ("séances", "nombre de groupes", "nombre de séances", "classes"),
        help="Le nombre de séances, une par groupe. Vide : une.",
    ),
)

_HOUR = 12  # the time of day of a session says nothing: any hour of its day will do


def read_actions(
    layout: Layout, schools: pd.DataFrame, as_of: date, calendar: SchoolCalendar, office: str = PRINCIPAL
) -> tuple[pd.DataFrame, list[Fault]]:
    """The sheet as ``school_actions`` (school_id, activity, week, n_groups, office) and its faults: such rows are left out.

    A row is one date; the groups of a school, an activity and a week are added up. An empty cell of groups is one group.
    """
    rows = data_rows(layout, "school")
    faults = Faults(layout, rows)

    def cells(code: str) -> Column[Cell]:
        return layout.cells(code, rows)

    words = cells("school").map(text).array()
    names = SchoolNames(schools)
    school = code_words(cells("school"), names.find)
    faults.add("school", "missing", school == "")
    faults.add("school", "unknown_school", pd.isna(school), lambda i: names.hint(words[i]))
    activity = code_words(cells("activity"), programme().vocabulary.find)
    faults.add("activity", "missing", activity == "")
    faults.add("activity", "unknown_term", pd.isna(activity))
    given_on = read_moments(cells("given_on"), lambda word: None)
    faults.add("given_on", "missing", given_on.missing)
    check_moments(faults, "given_on", given_on, _HOUR, calendar, as_of)
    n_groups = pd.Series([text(cell) or "1" for cell in cells("groups")], dtype="str")
    whole = n_groups.str.fullmatch(r"[1-9]\d{0,3}")
    faults.add("groups", "not_a_number", ~whole.to_numpy(bool))
    kept = faults.clean
    days = given_on.days[kept]
    sessions = pd.DataFrame(
        {
            "school_id": school[kept],
            "activity": activity[kept],
            "week": days - pd.to_timedelta(days.dt.day_of_week, unit="D"),
            "n_groups": n_groups[kept].astype("int64"),
            "office": office,
        }
    )
    table = sessions.groupby(list(SCHOOL_ACTIONS.key), as_index=False)["n_groups"].sum()
    return SCHOOL_ACTIONS.conform(table), faults.sorted()
