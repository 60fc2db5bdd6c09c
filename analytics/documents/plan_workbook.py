"""The programme as a workbook: by week, by school, the need in its parts, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics.domain.french import count, day, number, percent, typeset
from analytics.domain.numbers import Activity, NeedWeights
from analytics.domain.vocabulary import SCHOOL_LEVELS, SCHOOL_NETWORKS
from analytics.planning.allocation import Plan
from analytics.planning.comparison import coverage
from analytics.planning.plans import PLAN_LABELS, by_school, compare_plans, programme_rows
from analytics.planning.preparing import Preparation
from analytics.spreadsheets.reading import Cell
from analytics.spreadsheets.writing import Book


@dataclass(frozen=True)
class Edition:
    """A plan with what it was made from: what each document of it is written from."""

    plan: Plan
    preparation: Preparation
    as_of: date
    made_on: date
    is_demo: bool


def plan_workbook(edition: Edition) -> bytes:
    """Four sheets (XLSX): Par semaine, Par école, Besoin, Hypothèses. A text stays a text, never a formula."""
    book = Book()
    problem, sessions = edition.preparation.problem, edition.plan.sessions
    labels = edition.preparation.programme.labels
    rows = programme_rows(problem, sessions)
    _sheet(
        book,
        "Par semaine",
        rows.assign(activity=rows["activity"].map(labels)),
        {
            "week": "Semaine du",
            "school_id": "Code",
            "name": "École",
            "zone": "Zone",
            "activity": "Activité",
            "n_groups": "Séances",
            "hours": "Heures de l’équipe",
        },
    )
    schools = by_school(problem, sessions, edition.preparation.need, edition.preparation.given)
    _sheet(
        book,
        "Par école",
        schools.assign(school_network=schools["school_network"].map(SCHOOL_NETWORKS.labels)),
        {
            "school_id": "Code",
            "name": "École",
            "school_network": "Réseau",
            "zone": "Zone",
            "n": "Dossiers",
            "need": "Besoin",
            "n_activities": "Activités prévues",
            "n_groups": "Séances prévues",
            "hours": "Heures de l’équipe",
            "first_week": "Première semaine",
            "last_given": "Dernière action donnée",
            "due": "Action nécessaire avant la fin de la semaine du",
        },
    )
    need = edition.preparation.need.merge(problem.schools[["school_id", "name"]], on="school_id")
    _sheet(
        book,
        "Besoin",
        need.assign(school_level=need["school_level"].map(SCHOOL_LEVELS.labels)),
        {
            "school_id": "Code",
            "name": "École",
            "school_level": "Niveau",
            "n_pupils": "Élèves (estimés)",
            "n": "Dossiers",
            "expected": "Dossiers attendus par an",
            "danger_factor": "Facteur danger",
            "recency_factor": "Facteur dossiers récents",
            "given_factor": "Facteur déjà donné",
            "need": "Besoin",
        },
    )
    sheet = book.workbook.add_worksheet("Hypothèses")
    book.write_header(sheet, 0, ["Ce programme", "Valeur"])
    lines = [*assumptions(edition), *map(_activity, edition.preparation.programme.planned)]
    book.write_rows(sheet, 1, [[typeset(line), typeset(value)] for line, value in lines])
    _compare(book, sheet, edition, len(lines) + 3)
    sheet.set_column(0, 0, 60)
    sheet.set_column(1, 5, 22)
    return book.close()


def assumptions(edition: Edition) -> list[tuple[str, str]]:
    """What the plan rests on, line by line, in French: what the workbook and the summary both say."""
    plan, problem, team = edition.plan, edition.preparation.problem, edition.preparation.team
    content = edition.preparation.programme
    rules, need = content.rules, content.need
    kept = coverage(problem, plan.sessions)
    short = kept[kept["n_planned"] < kept["n_required"]]
    lines = [
        ("Extrait du registre", day(edition.as_of)),
        ("Année scolaire", edition.preparation.year.name),
        ("Première semaine", day(team.first_week)),
        ("Personnes dans l’équipe", number(team.people)),
        ("Heures de prévention par personne et par semaine", number(team.hours_each, 1)),
        ("Heures d’équipe gardées chaque semaine pour les urgences", number(team.reserve, 1)),
        ("Semaines sans l’équipe", ", ".join(map(day, team.weeks_off)) or "aucune"),
        ("Part minimale des écoles dans chaque zone et chaque réseau", percent(rules.minimum_share)),
        ("Zones et réseaux sous cette part", number(len(short))),
        ("Pas d’école sans action pendant plus de", f"{number(rules.left_out_weeks)} semaines"),
        ("Calme avant une soirée de parents", f"{number(rules.calm_weeks)} semaines après le dernier dossier"),
        ("Groupes par activité, école et semaine, au plus", number(rules.groups_per_week)),
        ("Poids du danger, des dossiers récents, du déjà donné", _weights(need)),
        ("Écart prouvé au meilleur programme possible, au plus", percent(plan.gap, 1)),
        ("Écoles sans niveau ou sans nombre d’élèves, non planifiées", number(len(edition.preparation.unplannable))),
        ("Dossiers de ces écoles, ou de niveau inconnu, non comptés", number(edition.preparation.n_cases_left_out)),
    ]
    if (draw := edition.preparation.draw) is not None:
        drawn = (
            f"{number(len(draw.drawn))} sur {number(len(draw.schools))}, le {day(draw.drawn_on)}, numéro {draw.seed}"
        )
        lines.append(("Écoles tirées au sort parmi celles dont le besoin se vaut", drawn))
    return [("Données fictives", "oui"), *lines] if edition.is_demo else lines


def _weights(need: NeedWeights) -> str:
    return " ; ".join(number(weight, 2) for weight in (need.danger_weight, need.recency_weight, need.given_weight))


def _activity(activity: Activity) -> tuple[str, str]:
    return (
        f"{activity.label} : séance, préparation, équipe, élèves au plus, poids",
        f"{activity.minutes} min ; {activity.preparation_minutes} min ; {count(activity.staff, 'personne')} ; "
        f"{activity.group_size} ; {number(activity.weight, 2)}",
    )


def _sheet(book: Book, name: str, table: pd.DataFrame, columns: Mapping[str, str]) -> None:
    sheet = book.workbook.add_worksheet(name)
    book.write_header(sheet, 0, list(columns.values()))
    book.write_rows(sheet, 1, [[_cell(value) for value in row] for row in table[list(columns)].itertuples(index=False)])
    sheet.set_column(0, len(columns) - 1, 18)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(table), 1), len(columns) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _cell(value: object) -> Cell:
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return value.date()
    return round(float(value), 3) if isinstance(value, int | float) else str(value)


def _compare(book: Book, sheet, edition: Edition, top: int) -> None:
    beside = compare_plans(edition.preparation.problem, edition.plan.sessions)
    book.write_header(
        sheet, top, ["Autres façons de faire", "Besoin couvert", "Écoles", "Séances", "Heures", "Délaissées"]
    )
    rows: Sequence[Sequence[Cell]] = [
        [PLAN_LABELS[plan], percent(share), int(schools), int(n), float(hours), int(left_out)]
        for plan, share, schools, n, hours, left_out in zip(
            *(beside[c] for c in ("plan", "share", "n_schools", "n_sessions", "hours", "n_left_out")), strict=True
        )
    ]
    book.write_rows(sheet, top + 1, rows)
