"""The need, school by school, what it is made of, and whether the choice holds if it is a little different."""

import streamlit as st

from analytics.charts import planning as charts
from analytics.domain.french import count
from analytics.domain.vocabulary import SCHOOL_LEVELS
from analytics.planning.allocation import Plan
from analytics.planning.plans import choice_stability, largest_needs
from pages._widgets import columns, remembered, show_chart, text
from pages.prevention.computing import N_DRAWS, SEED, Planned

N_SHOWN = 20


def show(context: Planned) -> None:
    if context.result.plan is not None:
        with st.spinner("Que devient le choix si les taux changent ?"):
            _ = context.shares  # a few seconds: nobody who asks something short waits for it
    _answer(context)


@remembered
def _answer(context: Planned) -> None:
    first = largest_needs(context.preparation.need, context.preparation.problem.schools)
    text.header("Le besoin, école par école")
    show_chart(
        charts.need_bars(first, SCHOOL_LEVELS.labels),
        key="plan-need",
        alt=f"Le besoin le plus grand : {first['name'].iloc[0]}, {SCHOOL_LEVELS.label(first['school_level'].iloc[0])}.",
        read="les dossiers à attendre en un an (le taux de l’école, rapproché de celui de toutes les écoles quand elle a peu "
        "de dossiers), puis ce qu’ajoutent le danger et les dossiers récents, et ce qu’enlève ce qui a déjà été donné. Les élèves "
        "d’un niveau sont estimés à partir de ceux de l’école.",
        act="si un poids ne vous semble pas juste, changez-le en haut de la page et refaites le calcul.",
        table=first,
        columns=columns(
            "name",
            "school_level",
            "n",
            expected="Attendus par an",
            danger_factor="Danger (facteur)",
            recency_factor="Dossiers récents (facteur)",
            given_factor="Déjà donné (facteur)",
            need="Besoin",
        ),
    )
    if context.result.plan is not None:
        _show_chance(context, context.result.plan)


def _show_chance(context: Planned, plan: Plan) -> None:
    """Which schools are chosen whatever their rates are within their limits."""
    shares = context.shares
    if shares.empty:
        return
    sure = choice_stability(shares, context.preparation.problem, plan.sessions)
    close = sure[sure["close"]]
    text.subheader("Et avec d’autres taux ?")
    show_chart(
        charts.chosen_dots((close if len(close) else sure).head(N_SHOWN)),
        key="plan-chance",
        alt=f"{count(len(close), 'école')} sur {len(sure)} ne seraient ni presque toujours ni presque jamais choisies.",
        read=f"le même calcul, refait {N_DRAWS} fois avec des taux tirés autour des taux prudents (tirage numéro {SEED}, "
        "sur l’année entière). À 100 %, une école est choisie chaque fois. Les écoles montrées sont celles qui se valent.",
        act="entre des écoles qui se valent, ce que vous savez d’elles pèse plus que le calcul.",
        table=sure.rename(columns={"chosen_share": "share"}),
        columns=columns("name", share="Choisie", planned="Dans ce programme", close="Se valent"),
    )
