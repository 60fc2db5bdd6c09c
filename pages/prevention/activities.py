"""The activities that a programme is made of, and their sources."""

import streamlit as st

from analytics.domain.french import number
from analytics.domain.programme import Programme
from pages._widgets import text


def show(programme: Programme) -> None:
    with st.expander("Les activités et leurs sources"):
        for activity in programme.activities.values():
            origin = "procédure du service" if activity.source == "procedure" else "proposé par Relais"
            text.paragraph(
                f"**{activity.label}** · {activity.definition} {activity.minutes} min, {activity.staff} personnes, groupes "
                f"de {activity.group_size} au plus, {number(activity.team_hours, 1)} h d’équipe. Source : {origin}."
            )
        text.caption(
            "Durées, groupes et poids sont des hypothèses, à adapter en haut de la page. Repère : des programmes entiers "
            "ont réduit les faits commis de 19 à 20 % et les faits subis de 15 à 16 % (Gaffney et al., 2021) ; KiVa au pays "
            "de Galles n’a pas montré d’effet net. L’effet d’une séance seule n’est pas connu."
        )
