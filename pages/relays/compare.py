"""Cumulative incidence of one step, overall or by group, with the numbers at risk under the axis."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from analytics.charts import relays as charts
from analytics.domain.french import RARE, chance, listing, number
from analytics.domain.vocabulary import INCIDENT_TYPES, OFFICES, RELAYS, SCHOOL_LEVELS, SCHOOL_NETWORKS, STEPS
from analytics.measures import group_tests, relays
from analytics.store import COMPARED
from pages._widgets import columns, pick, remembered, show_chart, text
from pages.relays.clock import CLOCKS, STEP_LABELS, RelayContext, undated_note

_GROUPS: dict[str, tuple[str, Mapping[Any, str] | None]] = {
    "school_level": ("Niveau", SCHOOL_LEVELS.labels),
    "school_network": ("Réseau", SCHOOL_NETWORKS.labels),
    "zone": ("Zone", None),
    "incident_type": ("Type d’incident", INCIDENT_TYPES.labels),
    "danger": ("Menace pour la vie", {True: "menace pour la vie", False: "autres dossiers"}),
    "school_year": ("Année scolaire", None),
    **({"office": ("Bureau", OFFICES.labels)} if len(OFFICES) > 1 else {}),
}
_CHANCE = (
    "Chaque école a son allure : « rare » veut dire que le hasard des écoles ne donne un tel écart que moins de 5 fois sur 100 "
    f"({group_tests.N_DRAWS} tirages d’écoles entières). Ce qui n’est pas précisé n’y est pas."
)
_FEW_SCHOOLS = "Un groupe de moins de huit écoles peut être bien plus lent sans que ce calcul le voie."
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
    _answer(context, step, group)


@remembered
def _answer(context: RelayContext, step: str, group: str) -> None:
    clock, by = context.clock, [group] if group else []
    context.danger_note()
    counts, effects = context.counts(by, step), context.effects(by, step)
    if group in relays.OF_SCHOOL:
        counts, effects = (table.fillna({group: _UNKNOWN}) for table in (counts, effects))
    curves = relays.curves(counts, by, effects)
    table = curves.table()
    text.header(STEP_LABELS[step])
    if table.empty:
        text.info("Aucun dossier à suivre pour cette étape avec ces filtres.")
        return
    if group:
        _show_group_comparison(context, step, group)
    if group != "incident_type":
        undated_note(relays.outcomes(counts))
    heading, labels = _GROUPS[group] if group else ("", {})
    labels = dict(labels if labels is not None else {value: str(value) for value in table[group].unique()})
    if group in relays.OF_SCHOOL and (table[group] == _UNKNOWN).any():
        labels[_UNKNOWN] = "non précisé"
    in_panels = len(labels) > charts.MOST_TOGETHER
    followed = curves.at(clock.few_ticks if in_panels else clock.ticks)
    if in_panels:
        everyone = relays.curves(context.counts(step=step)).table()
        figure = charts.incidence_panels(table, everyone, followed, clock.code, group, labels)
    else:
        deadline = STEPS[step].deadline
        of_service = None if deadline is None else getattr(deadline, clock.code)
        figure = charts.incidence_curves(table, followed, clock.code, group or None, labels, of_service)
    show_chart(
        figure,
        key="curve",
        alt=f"{STEP_LABELS[step]} : part des dossiers où l’étape est faite, selon le délai depuis le signalement.",
        read="la courbe monte chaque fois que l’étape est faite. Plus elle monte tôt, plus on va vite ; là où elle s’arrête, "
        "l’étape n’a pas lieu. Sous l’axe, les dossiers que l’on suit encore à ce moment. "
        + ("En gris, la courbe de tous les dossiers." if in_panels else "En pointillé, le délai du service."),
        act="quand deux courbes s’écartent dès le début, demandez au groupe le plus rapide ce qu’il fait dans les premières heures.",
        table=table.assign(group=table[group].map(labels)) if group else table,
        columns=({"group": heading} if group else {})
        | columns(delay="Délai", n_at_risk="Suivis")
        | columns("n_done", incidence="Part")
        | columns("lower", "upper"),
    )


def _show_group_comparison(context: RelayContext, step: str, group: str) -> None:
    """Whether the groups differ more than schools do by chance, and which comparisons of the step are the clearest."""
    is_type = group == "incident_type"
    counts = context.snapshot.school_step_counts(context.clock.code, context.selection, step, by_type=is_type)
    if context.clock.code != "hours":
        counts = relays.without_danger(counts)
    if is_type:
        text.paragraph(chance(relays.type_comparison(counts)))
        text.caption(f"{_CHANCE} Un dossier qui a plusieurs types y compte une seule fois.")
        return
    schools = context.snapshot.table("schools")
    if "office" in _GROUPS:
        schools = relays.with_office(schools, context.snapshot.case_counts(context.selection, ["school_id", "office"]))
    found = relays.comparisons(counts, schools)
    rates = dict(zip(found["group"], found["false_discovery_rate"], strict=True))
    text.paragraph(chance(rates[group]))
    rare = [_GROUPS[code][0] for code, rate in rates.items() if rate < RARE]
    rarest = f"Rares, du plus net au moins net : {listing(rare)}." if rare else "Aucune n’est rare."
    few = f" {_FEW_SCHOOLS}" if group in relays.OF_SCHOOL else ""
    lot = f" {number(COMPARED)} dossiers, au hasard, suffisent au calcul." if context.n_cases > COMPARED else ""
    text.caption(
        f"{_CHANCE} Le calcul tient compte des {len(found.dropna())} comparaisons de cette étape. {rarest}{few}{lot}"
    )
