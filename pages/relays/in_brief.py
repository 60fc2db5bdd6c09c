"""Each relay as a figure, each step as two marks, and what became of them all."""

from dataclasses import replace

import pandas as pd

from analytics.charts import relays as charts
from analytics.domain.french import count, hours, number, percent, percents
from analytics.domain.vocabulary import RELAYS
from analytics.measures import relays
from pages._widgets import Indicator, columns, remembered, show_chart, show_indicators, show_table, text
from pages.relays.clock import CLOCKS, STEP_LABELS, Clock, RelayContext, n_done, times_note, undated_note


@remembered
def show(context: RelayContext) -> None:
    context.danger_note()
    counts = context.counts()
    effects = context.effects()
    curves = relays.curves(counts, effects=effects)
    summary = relays.summary(counts, context.clock.delays, curves, effects)
    of_relays = summary[summary["step"].isin(RELAYS)].set_index("step")
    text.header("Les relais")
    if of_relays[f"within_{context.clock.short}"].isna().all():
        text.info("Aucun relais à suivre dans ces dossiers, avec ces filtres.")
        _in_danger(context)
        return
    in_time = relays.done_within(counts, context.clock.short)
    times_note(context.clock, of_relays)
    show_indicators(
        [_indicator(step, row, in_time[step], context.clock) for step, row in of_relays.iterrows()],
        context.snapshot.as_of,
    )
    both = (context.clock.short, context.clock.delays[-1])
    _shares(context.clock, summary, relays.shares_within(counts, both, known=curves, effects=effects))
    _outcomes(summary)
    _in_danger(context)


def _in_danger(context: RelayContext) -> None:
    """By school days, the relays of the cases that threaten life, which they set aside: in hours."""
    if context.clock.code == "hours":
        return
    counts = context.snapshot.step_counts("hours", replace(context.selection, danger=True))
    summary = relays.summary(counts, CLOCKS["hours"].delays)
    if summary.empty:
        return
    text.subheader("Où la vie est menacée : en heures")
    show_table(
        summary[summary["step"].isin(RELAYS)],
        columns("step", "n_cases", "n_done", "n_undated", median="Médiane (h)")
        | {f"within_{delay}": hours(delay) for delay in CLOCKS["hours"].delays},
    )
    times_note(CLOCKS["hours"], summary)


def _shares(clock: Clock, summary: pd.DataFrame, within: pd.DataFrame) -> None:
    share = f"within_{clock.short}"
    of_relays = summary[summary["step"].isin(RELAYS)].set_index("step")
    slowest, fastest = of_relays[share].idxmin(), of_relays[share].idxmax()
    written = {step: percents(row[share], row[f"most_{share}"]) for step, row in of_relays.iterrows()}
    text.header("Dans quel délai, étape par étape")
    show_chart(
        charts.share_dots(within, {delay: clock.written(delay) for delay in (clock.short, clock.delays[-1])}),
        key="shares",
        alt=f"{clock.written(clock.short).capitalize()} : le relais le plus souvent activé est {STEP_LABELS[fastest]} "
        f"({written[fastest]}), le moins souvent {STEP_LABELS[slowest]} ({written[slowest]}).",
        read="le point plein est la part des dossiers où l’étape est faite dans le premier délai, le losange dans le second. Le "
        "trait gris dit ce que le hasard laisse d’incertain, les dossiers d’une école se ressemblant. Un dossier ouvert compte pour le temps déjà attendu.",
        act="regardez les étapes où les deux marques restent à gauche : elles manquent souvent, ce n’est pas qu’un retard.",
        table=summary,
        columns=columns(
            "step",
            "n_cases",
            "n_done",
            "n_undated",
            median=f"Médiane ({clock.unit})",
            lower="Médiane, bas (95 %)",
            upper="Médiane, haut (95 %)",
            **{
                f"within_{delay}{ending}": f"{clock.written(delay).capitalize()}{heading}"
                for delay in clock.delays
                for ending, heading in (("", ""), ("_lower", ", bas (95 %)"), ("_upper", ", haut (95 %)"))
            },
        ),
    )


def _outcomes(summary: pd.DataFrame) -> None:
    text.header("Ce que deviennent les étapes")
    show_chart(
        charts.outcome_bars(summary),
        key="outcomes",
        alt="Pour chaque étape : combien de dossiers l’ont faite, l’attendent, ont été clôturés sans elle ou ne la demandent pas.",
        read="chaque barre contient tous les dossiers choisis. Seules les trois premières parts comptent dans les délais ; "
        "« sans objet » et « non notée » sont laissées de côté et montrées à part.",
        act="beaucoup d’orange : relancez, mais la postvention, qui peut suivre la clôture, attend dans chaque dossier. Beaucoup de "
        "violet : l’étape est oubliée, rappelez à quoi elle sert. Beaucoup de gris foncé : complétez le registre.",
        table=summary,
        columns=columns("step", n_total="Dossiers")
        | columns("n_done", "n_undated", n_pending="En attente")
        | columns("n_closed", "n_not_applicable", "n_not_recorded", n_time_completed="Heure complétée"),
    )
    text.caption("« Heure complétée » : le registre ne donne que le jour. L’étape compte alors au plus tard, à 16 h.")
    undated_note(summary)


def _indicator(step: str, row: pd.Series, n_in_time: int, clock: Clock) -> Indicator:
    share = f"within_{clock.short}"
    half = f"la moitié {clock.within(row['median'])}" if pd.notna(row["median"]) else "moins de la moitié en tout"
    return Indicator(
        label=STEP_LABELS[step],
        value=percents(row[share], row[f"most_{share}"]),
        note=f"{clock.within(clock.short)} · {half}",
        counts=f"La part des dossiers où ce relais est activé {clock.within(clock.short)}. Un dossier ouvert compte pour le temps déjà "
        "attendu : la part peut dépasser un peu ce que donnent ces deux nombres. Un dossier clôturé sans ce relais compte "
        "comme non activé.",
        numerator=f"{count(n_in_time, 'dossier')} où il est activé dans ce délai, en tout {n_done(row)}",
        denominator=f"{count(row['n_cases'], 'dossier')}, dont {number(row['n_pending'])} en attente et "
        f"{count(row['n_closed'], 'clôturé')} sans lui",
        left_out=f"{number(row['n_not_applicable'])} sans objet, {count(row['n_not_recorded'], 'non noté', 'non notés')}",
        uncertainty=f"de {percent(row[f'{share}_lower'])} à {percent(row[f'{share}_upper'])}{clock.median_interval(row)}",
    )
