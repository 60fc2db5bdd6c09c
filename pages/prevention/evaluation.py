"""The second half of the page Programme de prévention: whether one could see that it helps, and the activities."""

from __future__ import annotations

import streamlit as st

from analytics.charts import planning as charts
from analytics.domain.french import count, number, percent, typeset
from analytics.domain.programme import programme
from analytics.domain.school_calendar import calendar
from analytics.planning.evaluation import Effect, baseline, effect, expected_without_action
from analytics.planning.power import power_table, schools_needed
from analytics.planning.preparing import observed_panel, observed_rates
from analytics.store import Snapshot
from pages import _widgets


def show_evaluation(snapshot: Snapshot) -> None:
    st.header(typeset("Verra-t-on si cela aide ?"))
    st.markdown(
        typeset(
            "Après une séance, les signalements peuvent **augmenter** : plus de confiance, et non plus de faits. Ils peuvent "
            "**baisser** sans la séance : on choisit des écoles au plus haut. D’où trois questions, dans cet ordre."
        )
    )
    observed = observed_panel(snapshot, calendar())
    cases, dispersion = baseline(observed)
    table = power_table(cases, dispersion)
    needed = {n_terms: schools_needed(cases, dispersion, n_terms) for n_terms in (3, 6)}
    words = {
        n: "plus d’écoles qu’il n’y en a" if found is None else count(found, "école") for n, found in needed.items()
    }
    st.subheader(typeset("1. Peut-on le voir ?"))
    _widgets.chart(
        charts.power_curves(table),
        key="plan-power",
        alt=f"Pour voir une baisse de 20 %, il faut {words[3]} avec trois trimestres avant et après.",
        read=f"la chance de voir une vraie baisse de 20 % pour une moyenne de {number(cases, 1)} par école et par trimestre. Quatre "
        f"chances sur cinq demandent {words[3]} avec une année avant et une après, {words[6]} avec deux.",
        act="si votre service a moins d’écoles, n’attendez pas des chiffres qu’ils tranchent. Notez ce qui est vraiment donné, "
        "et demandez aux classes ce qu’elles en gardent.",
        table=table.rename(columns={"power": "share"}),
        columns={"n_schools": "Écoles", "n_terms": "Trimestres avant et après", "share": "Chances de le voir"},
    )
    st.subheader(typeset("2. Qu’est-ce qui baisserait tout seul ?"))
    falls = expected_without_action(observed_rates(snapshot, calendar()), 10)
    rates = falls.merge(snapshot.school_counts()[["school_id", "name"]], on="school_id")
    _widgets.chart(
        charts.falls_by_themselves(rates),
        key="plan-mean",
        alt=f"Les dix taux les plus hauts baisseraient d’eux-mêmes de {percent(-rates['change'].mean())} en moyenne.",
        read="les taux les plus hauts doivent une part au hasard. Le second point est ce qu’on attend ensuite, sans rien faire.",
        act="ne comptez comme effet d’une séance que ce qui dépasse cette baisse-là.",
        table=rates.rename(columns={"change": "share"}),
        columns={"name": "École", "n": "Dossiers", "share": "Changement attendu"},
    )
    st.subheader(typeset("3. Qu’a-t-on vu ?"))
    show_effect(effect(observed), effect(observed[~observed["just_before"]]))


def show_effect(found: Effect, cautious: Effect) -> None:
    """The estimate, or why there is none."""
    if not found.is_known:
        st.markdown(
            typeset(
                f"**On ne peut pas le dire.** Il faut au moins dix écoles suivies avant et après une première action, et dix sans "
                f"action à côté d’elles, toutes avec au moins un dossier ; il y en a {number(found.n_visited)} et "
                f"{number(found.n_compared)}. Il faut aussi des dossiers avant et après."
            )
        )
        return
    lines = [
        f"Après la première action, **{percent(found.ratio)}** des signalements attendus sans elle, entre {percent(found.lower)} "
        f"et {percent(found.upper)} : {count(found.n_visited, 'école')} comparées à {number(found.n_compared)} autres, "
        f"sur {count(found.n_terms, 'trimestre')}."
    ]
    if cautious.is_known:
        lines.append(
            f"Sans le trimestre qui précède l’action, où l’école était peut-être au plus haut : {percent(cautious.ratio)}, entre "
            f"{percent(cautious.lower)} et {percent(cautious.upper)}."
        )
    lines.append(
        "Au-dessus de 100 %, cela peut être de la confiance. Si l’intervalle contient 100 %, on ne sait pas. Les écoles n’ont "
        "pas été tirées au sort : d’autres différences peuvent jouer."
    )
    st.markdown(typeset("\n\n".join(lines)))


def show_activities() -> None:
    with st.expander("Les activités et leurs sources"):
        content = programme()
        for activity in content.activities.values():
            origin = "procédure du service" if activity.source == "procedure" else "proposé par Relais"
            st.markdown(
                typeset(
                    f"**{activity.label}** · {activity.definition} {activity.minutes} min, {activity.staff} personnes, groupes "
                    f"de {activity.group_size} au plus, {number(activity.team_hours, 1)} h d’équipe. Source : {origin}."
                )
            )
        st.caption(
            typeset(
                "Durées, groupes et poids sont des hypothèses à adapter dans data/activities.toml. Repère : des programmes entiers "
                "ont réduit les faits commis de 19 à 20 % et les faits subis de 15 à 16 % (Gaffney et al., 2021) ; KiVa au pays "
                "de Galles n’a pas montré d’effet net. L’effet d’une séance seule n’est pas connu."
            )
        )
