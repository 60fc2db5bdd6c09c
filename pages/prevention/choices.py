"""What a plan is asked with: hours and rules (in the address too), weights and activities; offered as they were kept."""

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.domain.french import count, day, is_missing, number, typeset
from analytics.domain.numbers import NeedWeights
from analytics.domain.programme import Programme, Rules
from analytics.domain.school_calendar import calendar
from analytics.planning.kept import Choice, Kept
from analytics.planning.preparing import open_weeks, urgent_hours
from analytics.planning.problem import Team
from analytics.store import Snapshot
from pages._widgets import text

EDITED = {
    "minutes": ("Séance (min)", 1, 600),
    "preparation_minutes": ("Trajet et préparation (min)", 0, 600),
    "staff": ("Équipe", 1, 20),
    "group_size": ("Groupe", 1, 1000),
    "repeat_weeks": ("Pas avant (semaines)", 0, 520),
    "weight": ("Poids", 0.0, 10.0),
}
"""The numbers of an activity that the page lets change: heading, least, most."""


def choose(snapshot: Snapshot, today: date, kept: Kept) -> tuple[Choice, bool]:
    """What to compute, and whether the button was pressed for it. OutsideCalendarError where no week is left to plan."""
    first = max(today, snapshot.as_of)
    weeks = snapshot.remember(("open weeks", first), lambda: open_weeks(first, calendar()))
    content = kept.programme
    with (
        st.expander("Changer les heures, les règles ou les poids", icon=":material/tune:"),
        st.form("choix", border=False, enter_to_submit=False),
    ):
        team = _team(snapshot, weeks, kept.choice.team if kept.choice else None)
        rules, need = _rules(content.rules), _weights(content.need)
        content = replace(_activities(content), rules=rules, need=need)
        asked = st.form_submit_button(
            "Calculer le programme", type="primary", icon=":material/calculate:", key="calculer"
        )
    text.caption(
        f"{count(team.people, 'personne')} à {number(team.hours_each, 1).removesuffix(',0')} h de prévention par semaine ; "
        f"{number(team.reserve)} h d’équipe gardées pour les urgences ; à partir du {day(team.first_week)}."
    )
    return Choice(team, content), asked


def _team(snapshot: Snapshot, weeks: list[date], known: Team | None) -> Team:
    reserve = round(snapshot.remember("urgent hours", lambda: urgent_hours(snapshot, calendar())))
    known = known or Team(4, 14.0, reserve, weeks[0])
    text.paragraph("**Les heures de l’équipe**")
    first, second, third = st.columns(3)
    people = _ask(first, "Personnes dans l’équipe", "equipe", 1, 50, known.people)
    label, included = "Heures de prévention par personne et par semaine", "Préparation et trajets compris."
    hours = _ask(second, label, "heures", 1.0, 38.0, known.hours_each, step=0.5, format="%g", help=included)
    urgent = f"Le registre en montre {number(reserve)} h par semaine de classe : les séances en classe faites."
    label = "Heures d’équipe gardées pour les urgences"
    kept = _ask(third, label, "urgences", 0, 500, int(known.reserve), help=urgent)
    left, right = st.columns(2)
    place = weeks.index(known.first_week) if known.first_week in weeks else 0
    label = "À partir de la semaine du"
    start = left.selectbox(label, weeks, place, format_func=day, key="semaine", bind="query-params")
    off = right.multiselect(
        "Semaines sans l’équipe",
        weeks,
        [week for week in known.weeks_off if week in weeks],
        format_func=day,
        key="sans",
        placeholder="Aucune",
        bind="query-params",
    )
    return Team(int(people), float(hours), float(kept), start, tuple(sorted(off)))


def _rules(rules: Rules) -> Rules:
    text.paragraph("**Les règles**")
    first, second, third = st.columns(3)
    label = "Part minimale des écoles, par zone et par réseau (%)"
    share = _ask(first, label, "part", 0, 100, round(100 * rules.minimum_share), step=5)
    vague = "La procédure dit « bien après que la situation soit apaisée », sans nombre."
    calm = _ask(second, "Semaines de calme avant une soirée de parents", "calme", 0, 52, rules.calm_weeks, help=vague)
    years = _ask(third, "Années sans action, au plus", "delaissee", 1, 10, rules.left_out_weeks // 52)
    first, second, _ = st.columns(3)
    groups = _ask(first, "Séances d’une activité par école et par semaine", "seances", 1, 20, rules.groups_per_week)
    late = "Une séance en fin de programme vaut d’autant moins qu’une séance au début."
    lateness = _ask(second, "Perte par retard (%)", "retard", 0, 100, round(100 * rules.lateness), help=late)
    return rules.replace(
        minimum_share=share / 100,
        calm_weeks=int(calm),
        left_out_weeks=52 * int(years),
        groups_per_week=int(groups),
        lateness=lateness / 100,
    )


def _weights(need: NeedWeights) -> NeedWeights:
    text.paragraph("**Les poids du besoin**")
    text.caption("Ce sont des choix du service, pas des effets mesurés. Un poids de 0 retire la part.")
    asked: list[tuple[str, str, float, float]] = [
        ("danger_weight", "Danger", 0.0, 10.0),
        ("recency_weight", "Dossiers récents", 0.0, 10.0),
        ("given_weight", "Déjà donné, en moins", 0.0, 1.0),
        ("danger_cases", "Dossiers moyens ajoutés à chaque part de danger", 0.0, 100.0),
        ("recency_half_life_weeks", "Dossiers récents : moitié moins après (semaines)", 1.0, 520.0),
        ("given_half_life_weeks", "Déjà donné : moitié moins après (semaines)", 1.0, 520.0),
    ]
    places = [*st.columns(3), *st.columns(3)]
    return need.replace(
        **{
            name: float(_ask(place, label, name, least, most, float(getattr(need, name)), step=0.1, format="%g"))
            for place, (name, label, least, most) in zip(places, asked, strict=True)
        }
    )


def _activities(content: Programme) -> Programme:
    """The programme with the numbers of the activities as the reader leaves them."""
    text.paragraph("**Les activités**")
    table = pd.DataFrame(
        [
            {"label": activity.label} | {name: getattr(activity, name) for name in EDITED}
            for activity in content.planned
        ],
        index=[activity.code for activity in content.planned],
    )
    settings = {
        name: st.column_config.NumberColumn(typeset(label), min_value=least, max_value=most, required=True, width=105)
        for name, (label, least, most) in EDITED.items()
    }
    edited = st.data_editor(
        table,
        hide_index=True,
        disabled=["label"],
        key="activites",
        column_config={"label": st.column_config.TextColumn("Activité", pinned=True), **settings},
    )
    changed = {
        code: content.activities[str(code)].replace(
            **{name: type(least)(row[name]) for name, (_, least, _) in EDITED.items() if not is_missing(row[name])}
        )
        for code, row in edited.to_dict("index").items()
    }
    return replace(content, activities={**content.activities, **changed})


def _ask(
    place: DeltaGenerator, label: str, key: str, least: float, most: float, usual: float, help: str = "", **options: Any
) -> float:
    help_text = typeset(help) or None
    return place.number_input(label, least, most, usual, key=key, bind="query-params", help=help_text, **options)
