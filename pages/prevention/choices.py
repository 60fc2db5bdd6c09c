"""The hours of the team and the rules of the plan, in the address: a link shows what its sender saw."""

from datetime import date
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.domain.french import day, number, typeset
from analytics.domain.programme import Rules, programme
from analytics.domain.school_calendar import calendar
from analytics.planning.preparing import Team, open_weeks, urgent_hours
from analytics.store import Snapshot


def choose(snapshot: Snapshot, today: date) -> tuple[Team, Rules]:
    """Ask for both. Raises OutsideCalendarError where the calendar has no week left to plan."""
    weeks = open_weeks(max(today, snapshot.as_of), calendar())
    reserve = round(urgent_hours(snapshot, calendar()))
    rules = programme().rules
    with st.container(border=True):
        st.subheader("Les heures de l’équipe")
        first, second, third = st.columns(3)
        people = _ask(first, "Personnes dans l’équipe", "equipe", 1, 50, 4)
        hours = _ask(
            second,
            "Heures de prévention par personne et par semaine",
            "heures",
            1.0,
            38.0,
            14.0,
            step=0.5,
            format="%g",
            help="Préparation et trajets compris.",
        )
        urgent = f"Le registre en montre {number(reserve)} h par semaine de classe : les séances en classe faites."
        kept = _ask(third, "Heures d’équipe gardées pour les urgences", "urgences", 0, 500, reserve, help=urgent)
        left, right = st.columns(2)
        start = left.selectbox("À partir de la semaine du", weeks, format_func=day, key="semaine", bind="query-params")
        off = right.multiselect(
            "Semaines sans l’équipe",
            [week for week in weeks if week >= start],
            format_func=day,
            key="sans",
            placeholder="Aucune",
            bind="query-params",
        )
        st.subheader("Les règles")
        first, second, third = st.columns(3)
        label, least = "Part minimale des écoles, par zone et par réseau (%)", round(100 * rules.minimum_share)
        share = _ask(first, label, "part", 0, 100, least, step=5)
        label = "Semaines de calme avant une soirée de parents"
        vague = "La procédure dit « bien après que la situation soit apaisée », sans nombre."
        calm = _ask(second, label, "calme", 0, 52, rules.calm_weeks, help=vague)
        years = _ask(third, "Années sans action, au plus", "delaissee", 1, 10, rules.left_out_weeks // 52)
    team = Team(int(people), float(hours), float(kept), start, tuple(sorted(off)))
    return team, rules.replace(minimum_share=share / 100, calm_weeks=int(calm), left_out_weeks=52 * int(years))


def _ask(
    place: DeltaGenerator, label: str, key: str, least: float, most: float, usual: float, help: str = "", **options: Any
) -> float:
    help_text = typeset(help) or None
    return place.number_input(label, least, most, usual, key=key, bind="query-params", help=help_text, **options)
