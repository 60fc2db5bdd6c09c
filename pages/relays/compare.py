"""Cumulative incidence of one step, overall or by group, with the numbers at risk under the axis."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from analytics.charts import relays as charts
from analytics.domain.french import chance
from analytics.domain.vocabulary import INCIDENT_TYPES, RELAYS, SCHOOL_LEVELS, SCHOOL_NETWORKS, STEPS
from analytics.measures import relays
from pages._widgets import columns, pick, show_chart, text
from pages.relays.clock import CLOCKS, STEP_LABELS, RelayContext

_GROUPS: dict[str, tuple[str, Mapping[Any, str] | None]] = {
    "school_level": ("Niveau", SCHOOL_LEVELS.labels),
    "school_network": ("Réseau", SCHOOL_NETWORKS.labels),
    "zone": ("Zone", None),
    "incident_type": ("Type d’incident", INCIDENT_TYPES.labels),
    "danger": ("Menace pour la vie", {True: "menace pour la vie", False: "autres dossiers"}),
    "school_year": ("Année scolaire", None),
}
_OF_SCHOOL = ("school_network", "zone")
_UNKNOWN = ""  # the group of schools where it is missing


def show(context: RelayContext) -> None:
    left, right = st.columns(2)
    with left:
        step = pick("Étape", "etape", STEP_LABELS, RELAYS[0])
    with right:
        choices = {"": "Tous ensemble"} | {code: heading for code, (heading, _) in _GROUPS.items()}
        group = pick("Comparer par", "par", choices, "")
    if group == "danger":
        context = replace(context, clock=CLOCKS["hours"])
    clock, by = context.clock, [group] if group else []
    counts = tested = context.step_counts(by, step)
    if group in _OF_SCHOOL:
        counts = counts.fillna({group: _UNKNOWN})
    curves = relays.curves(counts, by)
    text.header(STEP_LABELS[step])
    if curves.empty:
        text.info("Aucun dossier à suivre pour cette étape avec ces filtres.")
        return
    if group == "incident_type":
        text.paragraph(
            "Un dossier qui a plusieurs types compte dans plusieurs courbes : on ne les compare pas par un test."
        )
    elif group:
        text.paragraph(chance(relays.comparison(tested, group).p_value))
        text.caption(
            f"Les groupes de moins de {relays.FEWEST_COMPARED} dossiers, ou non précisés, ne sont pas dans ce test. Plus on fait "
            "de comparaisons, plus il s’en trouve une que le hasard seul a faite."
        )
    heading, labels = _GROUPS[group] if group else ("", {})
    labels = dict(labels if labels is not None else {value: str(value) for value in curves[group].unique()})
    if group in _OF_SCHOOL and (curves[group] == _UNKNOWN).any():
        labels[_UNKNOWN] = "non précisé"
    in_panels = len(labels) > charts.MOST_TOGETHER
    followed = relays.still_followed(curves, clock.few_ticks if in_panels else clock.ticks, by)
    if in_panels:
        everyone = relays.curves(context.step_counts(step=step))
        figure = charts.incidence_panels(curves, everyone, followed, clock.code, group, labels)
    else:
        deadline = STEPS[step].deadline
        of_service = None if deadline is None else getattr(deadline, clock.code)
        figure = charts.incidence_curves(curves, followed, clock.code, group or None, labels, of_service)
    show_chart(
        figure,
        key="curve",
        alt=f"{STEP_LABELS[step]} : part des dossiers où l’étape est faite, selon le délai depuis le signalement.",
        read="la courbe monte chaque fois que l’étape est faite. Plus elle monte tôt, plus on va vite ; là où elle s’arrête, "
        "l’étape n’a pas lieu. Sous l’axe, les dossiers que l’on suit encore à ce moment. "
        + ("En gris, la courbe de tous les dossiers." if in_panels else "En pointillé, le délai du service."),
        act="quand deux courbes s’écartent dès le début, demandez au groupe le plus rapide ce qu’il fait dans les premières heures.",
        table=curves.assign(group=curves[group].map(labels)) if group else curves,
        columns=({"group": heading} if group else {})
        | columns(delay="Délai", n_at_risk="Suivis")
        | columns("n_done", incidence="Part")
        | columns("lower", "upper"),
    )
