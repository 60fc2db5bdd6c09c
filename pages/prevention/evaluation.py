"""Whether one could see that a session helps: what was seen, the chance to see it, what would fall by itself."""

import streamlit as st

from analytics.charts import planning as charts
from analytics.domain.french import count, day, number, percent
from analytics.domain.school_calendar import calendar
from analytics.planning.evaluation import VERDICT_WORDS, Effect, baseline, effect, expected_without_action
from analytics.planning.lots import Draw, DrawnEffect, drawn_effect
from analytics.planning.power import power_table, schools_needed
from analytics.planning.preparing import observed_panel, observed_rates
from analytics.store import Snapshot
from pages._widgets import columns, remembered, show_chart, text
from pages.prevention.computing import SEED, Planned


@remembered
def show(context: Planned) -> None:
    text.header("Voit-on que cela aide ?")
    text.paragraph(
        "Après une séance, les signalements peuvent **augmenter** : plus de confiance, et non plus de faits. Ils peuvent "
        "**baisser** sans la séance : on choisit des écoles au plus haut."
    )
    with st.spinner("Deux cents essais à blanc…"):
        panel, found, drawn = _estimates(context.snapshot, context.kept.draws[-1:])
    text.subheader("1. Qu’a-t-on vu ?")
    show_effect(found)
    if drawn is not None:
        text.subheader("Les écoles tirées au sort")
        show_drawn(drawn, context.kept.draws[-1])
    text.subheader("2. Peut-on le voir ?")
    _power(*baseline(panel))
    text.subheader("3. Qu’est-ce qui baisserait tout seul ?")
    _falls(context)


def _estimates(snapshot: Snapshot, draws: tuple[Draw, ...]):
    """The schools by term, the estimate on all of them, and that of the last draw where there is one."""
    panel = observed_panel(snapshot, calendar())
    given = snapshot.table("school_actions")
    return panel, effect(panel, SEED), drawn_effect(panel, given, draws[-1]) if draws else None


def show_effect(found: Effect) -> None:
    """The verdict, the estimate and its placebo, or why there is none."""
    text.paragraph(f"**{VERDICT_WORDS[found.verdict]}**")
    if found.verdict == "unknown":
        text.paragraph(
            "Il faut au moins dix écoles suivies avant et après une première action, dix sans action à côté d’elles, et des "
            f"dossiers avant et après ; il y en a {number(found.n_visited)} et {number(found.n_compared)}."
        )
        return
    text.paragraph(
        f"Après la première action : {percent(found.ratio)} des signalements attendus sans elle, entre {percent(found.lower)} et "
        f"{percent(found.upper)}. {count(found.n_visited, 'école')} comparées à {number(found.n_compared)} autres, sur "
        f"{count(found.n_terms, 'trimestre')} ; de celui de la séance, seules comptent les semaines d’avant.\n\nEssai à blanc : le même choix d’écoles, deux "
        f"cents fois, là où rien n’a été fait, donne entre {percent(found.placebo_lower)} et {percent(found.placebo_upper)}."
    )
    text.caption(
        "Ce qui était attendu vient du passé de chaque école, rapproché de celui des écoles de son niveau : une école choisie au "
        "plus haut redescend, et ce n’est pas compté comme un effet. Ce que le registre ne sait pas du choix peut encore jouer : "
        "seul un tirage au sort l’écarte."
    )


def show_drawn(found: DrawnEffect, draw: Draw) -> None:
    """What became of the schools drawn by lot beside the others of the draw, or since when it can be told."""
    text.paragraph(
        f"Tirage du {day(draw.drawn_on)}, numéro {draw.seed} : {count(len(draw.drawn), 'école')} sur {len(draw.schools)}. "
        f"{count(found.n_given, 'école tirée a', 'écoles tirées ont')} eu une séance depuis."
    )
    text.paragraph(f"**{VERDICT_WORDS[found.verdict]}**")
    if found.verdict == "unknown":
        text.paragraph(
            "Il faut dix écoles de chaque côté, au moins un trimestre entier après celui où le programme commence, et des "
            "dossiers avant et après."
        )
        return
    text.paragraph(
        f"{percent(found.ratio)} des signalements attendus d’après les autres écoles du tirage, entre {percent(found.lower)} et "
        f"{percent(found.upper)}, sur {count(found.n_terms, 'trimestre')}, sans compter celui où le programme commence. Une école "
        "tirée compte comme telle même si sa séance n’a pas encore eu lieu."
    )


def _power(cases: float, dispersion: float) -> None:
    table = power_table(cases, dispersion)
    needed = {n_terms: schools_needed(cases, dispersion, n_terms) for n_terms in (3, 6)}
    words = {
        n: "plus d’écoles qu’il n’y en a" if found is None else f"au moins {count(found, 'école')}"
        for n, found in needed.items()
    }
    show_chart(
        charts.power_curves(table),
        key="plan-power",
        alt=f"Pour voir une baisse de 20 %, il faut {words[3]} avec trois trimestres avant et après.",
        read=f"la chance, au mieux, de voir une vraie baisse de 20 % pour une moyenne de {number(cases, 1)} par école et par trimestre, sans "
        f"compter le trimestre de la séance. Quatre chances sur cinq demandent {words[3]} avec une année avant et une après, "
        f"{words[6]} avec deux. Où les écoles sont très inégales, comptez un quart de chances de moins.",
        act="si votre service a moins d’écoles, n’attendez pas des chiffres qu’ils tranchent. Notez ce qui est vraiment donné, "
        "et demandez aux classes ce qu’elles en gardent.",
        table=table.rename(columns={"power": "share"}),
        columns=columns("n_schools", n_terms="Trimestres avant et après", share="Chances de le voir"),
    )


def _falls(context: Planned) -> None:
    snapshot = context.snapshot
    falls = expected_without_action(observed_rates(snapshot, calendar()), 10, context.bunching)
    rates = falls.merge(snapshot.school_counts()[["school_id", "name"]], on="school_id")
    show_chart(
        charts.falls_by_themselves(rates),
        key="plan-mean",
        alt=f"Les dix taux les plus hauts baisseraient d’eux-mêmes de {percent(-rates['change'].mean())} en moyenne.",
        read="les taux les plus hauts doivent une part au hasard. Le second point est ce qu’on attend ensuite, sans rien faire.",
        act="ne comptez comme effet d’une séance que ce qui dépasse cette baisse-là.",
        table=rates.rename(columns={"change": "share"}),
        columns=columns("name", "n", share="Changement attendu"),
    )
