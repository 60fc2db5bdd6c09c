"""Programme de prévention: what to give where and when, why there, and whether one could see that it helped."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from analytics.charts import planning as charts
from analytics.domain.french import count, number, percent, typeset
from analytics.domain.programme import programme
from analytics.domain.school_calendar import OutsideCalendarError
from analytics.domain.selection import EVERYTHING
from analytics.domain.vocabulary import SCHOOL_LEVELS, SCHOOL_NETWORKS
from analytics.planning.allocation import Plan
from analytics.planning.plans import (
    PLAN_LABELS,
    by_school,
    by_week,
    coverage,
    first_needs,
    programme_rows,
    side_by_side,
    sure_and_close,
)
from analytics.planning.preparing import Preparation
from pages import _data, _widgets
from pages.prevention import evaluation, parts

N_SHOWN = 20
LABELS = programme().labels


def main() -> None:
    _widgets.title("Programme de prévention", "Que donner, dans quelles écoles, quelles semaines, et pourquoi là ?")
    snapshot = _data.snapshot()
    _widgets.context(snapshot, EVERYTHING, int(snapshot.case_counts()["n"].iloc[0]))
    now = datetime.now(ZoneInfo("Europe/Brussels"))
    try:
        team, rules = parts.choose(snapshot, now.date())
    except OutsideCalendarError:
        st.info(
            "Le calendrier de la prochaine année scolaire n’est pas encore connu de Relais. Ajoutez-le au fichier calendar.toml de votre service.",
            icon=":material/calendar_month:",
        )
        return
    preparation = parts.prepared(snapshot.version, team, rules, snapshot)
    show_missing(preparation)
    if preparation.need.empty:
        st.info("Aucune école ne peut être planifiée. Complétez la feuille Écoles.", icon=":material/school:")
        return
    result = parts.computed(snapshot, team, rules, preparation)
    if result is None:
        st.caption(
            typeset("Le calcul prend de quelques secondes à une minute. Changez les heures et les règles d’abord.")
        )
    elif result.plan is None:
        parts.show_what_to_loosen(result, preparation)
    else:
        show_plan(preparation, result.plan)
        parts.downloads(snapshot, team, rules, preparation, result.plan, now)
        show_comparison(preparation, result.plan, result.shares)
    show_need(preparation)
    evaluation.show_evaluation(snapshot)
    evaluation.show_activities()


def show_missing(preparation: Preparation) -> None:
    """What the plan cannot know."""
    if n := len(preparation.unplannable):
        st.warning(
            typeset(
                f"{count(n, 'école')} sans niveau ou sans nombre d’élèves : impossible d’y planifier. Complétez la feuille Écoles."
            ),
            icon=":material/school:",
        )
    if preparation.given.empty:
        st.info(
            "Le registre n’a pas de feuille Actions (École, Activité, Date, Groupes). Sans elle, toutes les écoles sont "
            "comptées comme n’ayant rien reçu.",
            icon=":material/event_busy:",
        )


def show_plan(preparation: Preparation, plan: Plan) -> None:
    problem, sessions = preparation.problem, plan.sessions
    st.header("Le programme")
    ours = side_by_side(problem, sessions).iloc[0]
    st.markdown(
        typeset(
            f"**{count(ours['n_sessions'], 'séance')} dans {count(ours['n_schools'], 'école')}, "
            f"{number(ours['hours'])} h d’équipe ({percent(ours['hours_share'])} des heures).** Ce programme couvre "
            f"{percent(ours['share'])} du besoin. Aucun autre qui respecte les règles ne ferait mieux de plus de "
            f"{percent(max(plan.gap, 0.001), 1)} : c’est prouvé."
        )
    )
    weeks = by_week(problem, sessions)
    rows = programme_rows(problem, sessions)
    _widgets.chart(
        charts.hours_by_week(weeks, LABELS),
        key="plan-weeks",
        alt=f"Heures prévues par semaine : {number(ours['hours'])} h au total, jamais plus que celles de l’équipe.",
        read="chaque barre est une semaine de classe, chaque couleur une activité. La ligne grise est ce que l’équipe peut "
        "donner, urgences déduites. Une école reçoit une activité pour tous ses groupes, ou pas du tout.",
        act="appelez les écoles dans l’ordre des semaines. Une semaine pleine n’a plus de place pour un imprévu.",
        table=rows.assign(activity=rows["activity"].map(LABELS)),
        columns={
            "week": "Semaine du",
            "name": "École",
            "zone": "Zone",
            "activity": "Activité",
            "n_groups": "Séances",
            "hours": "Heures",
        },
    )
    with st.expander("Par école"):
        schools = by_school(problem, sessions, preparation.need, preparation.given)
        _widgets.show_table(
            schools.assign(network=schools["school_network"].map(SCHOOL_NETWORKS.labels)),
            {
                "name": "École",
                "network": "Réseau",
                "zone": "Zone",
                "n": "Dossiers",
                "need": "Besoin",
                "n_activities": "Activités",
                "n_groups": "Séances",
                "first_week": "Dès la semaine du",
                "last_given": "Dernière action donnée",
            },
        )
    with st.expander("Par zone et par réseau"):
        reached = coverage(problem, sessions).replace({"name": SCHOOL_NETWORKS.labels})
        _widgets.show_table(
            reached,
            {
                "name": "Zone ou réseau",
                "n_schools": "Écoles",
                "n_required": "Au moins",
                "n_planned": "Touchées",
                "share": "Part",
            },
        )


def show_comparison(preparation: Preparation, plan: Plan, shares: pd.DataFrame) -> None:
    problem, sessions = preparation.problem, plan.sessions
    beside = side_by_side(problem, sessions)
    st.header("À côté d’autres façons de faire")
    covered = beside.set_index("plan")["share"]
    _widgets.chart(
        charts.plans_side_by_side(beside, PLAN_LABELS),
        key="plan-compare",
        alt=f"Ce programme couvre {percent(covered['optimum'])} du besoin, la même chose pour toutes "
        f"{percent(covered['same_for_all'])}, d’abord le plus de dossiers {percent(covered['most_cases_first'])}.",
        read="la part du besoin que chaque façon de faire couvre avec les mêmes heures. « La même chose pour toutes » donne "
        "une action à chaque école à son tour ; « d’abord le plus de dossiers » sert une école entière avant la suivante. "
        "Ces deux-là ne tiennent pas compte des zones ni des écoles délaissées.",
        act="si l’écart est petit, la façon la plus simple à expliquer est la bonne.",
        table=beside.assign(plan=beside["plan"].map(PLAN_LABELS)),
        columns={
            "plan": "Façon de faire",
            "share": "Besoin couvert",
            "n_schools": "Écoles",
            "n_sessions": "Séances",
            "hours": "Heures",
            "n_left_out": "Délaissées trop longtemps",
            "n_short": "Zones et réseaux sous le minimum",
        },
    )
    if shares.empty:
        return
    st.subheader(typeset("Le choix tient-il au hasard ?"))
    sure = sure_and_close(shares, problem, sessions)
    n_close = int(sure["close"].sum())
    _widgets.chart(
        charts.chosen_dots(sure.head(N_SHOWN) if not n_close else sure[sure["close"]].head(N_SHOWN)),
        key="plan-chance",
        alt=f"{count(n_close, 'école')} sur {len(sure)} ne seraient ni presque toujours ni presque jamais choisies.",
        read=f"le même calcul, refait {parts.N_DRAWS} fois avec d’autres taux aussi plausibles (tirage numéro {parts.SEED}, "
        "sur l’année entière). À 100 %, une école est choisie chaque fois. Les écoles montrées sont celles qui se valent.",
        act="entre des écoles qui se valent, ce que vous savez d’elles pèse plus que le calcul.",
        table=sure.rename(columns={"chosen_share": "share"}),
        columns={"name": "École", "share": "Choisie", "planned": "Dans ce programme", "close": "Se valent"},
    )


def show_need(preparation: Preparation) -> None:
    st.header("Le besoin, école par école")
    first = first_needs(preparation.need, preparation.problem.schools)
    _widgets.chart(
        charts.need_bars(first, SCHOOL_LEVELS.labels),
        key="plan-need",
        alt=f"Le besoin le plus grand : {first['name'].iloc[0]}, {SCHOOL_LEVELS.label(first['school_level'].iloc[0])}.",
        read="les dossiers à attendre en un an (le taux de l’école, rapproché de celui de toutes les écoles quand elle a peu "
        "de dossiers), puis ce qu’ajoutent le danger et la récence, et ce qu’enlève ce qui a déjà été donné. Les élèves "
        "d’un niveau sont estimés à partir de ceux de l’école.",
        act="si un poids ne vous semble pas juste, changez-le dans data/activities.toml et refaites le calcul.",
        table=first.assign(level=first["school_level"].map(SCHOOL_LEVELS.labels)),
        columns={
            "name": "École",
            "level": "Niveau",
            "n": "Dossiers",
            "expected": "Attendus par an",
            "danger_factor": "Danger (facteur)",
            "recency_factor": "Récence (facteur)",
            "given_factor": "Déjà donné (facteur)",
            "need": "Besoin",
        },
    )


main()
