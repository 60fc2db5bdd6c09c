"""Time to the first relay and between steps; steps skipped or out of order."""

import pandas as pd

from analytics.charts import relays as charts
from analytics.domain.french import count, hours, number, percent, percents
from analytics.measures import relays
from pages._widgets import Indicator, columns, remembered, show_chart, show_indicators, text
from pages.relays.clock import STEP_LABELS, Clock, RelayContext, n_done, undated_note


@remembered
def show(context: RelayContext) -> None:
    snapshot, selection, clock = context.snapshot, context.selection, context.clock
    context.danger_note()
    counts, reached = (
        context.without_danger(lambda by, ask=ask: ask(clock.code, selection, by))
        for ask in (snapshot.first_relay_counts, snapshot.first_relay_reached)
    )
    effects = relays.design_effects(reached, bunching=context.bunching)
    first = relays.summary(counts, clock.delays[:1], effects=effects)
    answer = relays.order(snapshot.order_counts(selection), snapshot.transition_counts(selection))
    skipped = answer.loc[answer["n_skipped"].idxmax()]
    text.header("Les premiers pas")
    cards = [_first_relay(row, clock) for _, row in first.iterrows()] + [_most_skipped(skipped)]
    if answer["median_hours"].notna().any():
        cards.append(_longest_wait(answer.loc[answer["median_hours"].idxmax()]))
    show_indicators(cards, snapshot.as_of)
    undated_note(first)

    text.header("Étapes sautées, étapes à contretemps")
    show_chart(
        charts.order_bars(answer),
        key="order",
        alt=f"L’étape la plus sautée est {STEP_LABELS[skipped['step']]} : {percent(skipped['share_skipped'])} des dossiers clôturés.",
        read="une étape est sautée quand un dossier est clôturé sans elle alors qu’une suivante est faite ; elle est à contretemps quand une suivante a "
        "été faite avant elle. Deux étapes du même jour, sans heure, ne sont jamais dites à contretemps.",
        act="l’ordre du protocole est un conseil, pas une faute. Si une étape est souvent sautée, demandez pourquoi avant de rappeler.",
        table=answer,
        columns=columns(
            "step",
            "n_done",
            "n_undated",
            n_skipped="Sautées",
            share_skipped="Part sautée",
            n_overtaken="À contretemps",
            share_overtaken="Part à contretemps",
            next_step="Étape suivante",
            median_hours="Heures jusqu’à elle",
        ),
    )


def _first_relay(row: pd.Series, clock: Clock) -> Indicator:
    delay = clock.delays[0]
    share = f"within_{delay}"
    return Indicator(
        "Jusqu’au premier relais",
        clock.written(row["median"]),
        note=f"{percents(row[share], row[f'most_{share}'])} des dossiers {clock.within(delay)}",
        counts="Le délai au bout duquel la moitié des dossiers ont au moins un relais activé, quel qu’il soit. Un tiret : moins "
        "de la moitié en ont un.",
        numerator=f"les dossiers où un relais est activé : {n_done(row)}",
        denominator=f"{count(row['n_cases'], 'dossier')} où un relais est demandé",
        left_out=f"{number(row['n_not_applicable'])} où aucun n’est demandé, "
        f"{count(row['n_not_recorded'], 'non noté', 'non notés')}",
        uncertainty=f"de {percent(row[f'{share}_lower'])} à {percent(row[f'{share}_upper'])}{clock.median_interval(row)}",
    )


def _most_skipped(row: pd.Series) -> Indicator:
    return Indicator(
        "L’étape la plus sautée",
        percent(row["share_skipped"]) if row["n_skipped"] else "Aucune",
        note=f"« {STEP_LABELS[row['step']]} », dans {count(row['n_skipped'], 'dossier')}" if row["n_skipped"] else "",
        counts="L’étape qui manque dans le plus de dossiers clôturés où une étape suivante du protocole est faite.",
        numerator=f"{count(row['n_skipped'], 'dossier clôturé', 'dossiers clôturés')} où elle manque",
        denominator=f"{count(row['n_skipped'] + row['n_done_closed'], 'dossier clôturé', 'dossiers clôturés')} où elle est faite ou "
        "sautée",
        left_out="les dossiers ouverts, où elle peut encore venir, et ceux où elle est sans objet ou non notée, ou sans étape suivante faite",
    )


def _longest_wait(row: pd.Series) -> Indicator:
    return Indicator(
        "L’attente la plus longue",
        hours(row["median_hours"]),
        note=f"de « {STEP_LABELS[row['step']]} » à « {STEP_LABELS[row['next_step']]} »",
        counts="La plus longue des attentes médianes entre une étape faite et la suivante du protocole.",
        denominator=count(row["n_followed"], "dossier"),
        left_out="les dossiers où l’étape suivante est sans objet ou non notée",
        since="l’étape précédente",
    )
