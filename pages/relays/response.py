"""Detect, report, respond: from the facts to the report, and from the report to what answers it."""

import pandas as pd

from analytics.charts import relays as charts
from analytics.domain.french import count, number
from analytics.domain.vocabulary import CHANNELS, DETECTION_TARGET_DAYS, REPORTERS, SCHOOL_LEVELS
from analytics.measures import timeliness
from analytics.workflows.comparing import shares_compared
from pages._widgets import columns, pick, remembered, show_changes, show_chart, text
from pages.relays.clock import CLOCKS, RelayContext, times_note

_GROUPS = {
    "school_level": ("Niveau", SCHOOL_LEVELS.labels),
    "channel": ("Canal", CHANNELS.labels),
    "reporter": ("Signalé par", REPORTERS.labels),
}


def show(context: RelayContext) -> None:
    choices = {"": "Tous ensemble"} | {code: heading for code, (heading, _) in _GROUPS.items()}
    group = pick("Selon", "selon", choices, "")
    _answer(context, group)


@remembered
def _answer(context: RelayContext, group: str) -> None:
    by = [group] if group else []
    heading, labels = _GROUPS.get(group, ("", {}))
    counts = context.snapshot.response_counts(context.selection, by)
    reached = context.snapshot.responses_reached(context.selection, by)
    answer = timeliness.summary(counts, by, timeliness.design_effects(reached, by, context.bunching))
    text.header("Détecter, signaler, réagir")
    _show_detection(timeliness.summary(counts).iloc[0])
    changed = shares_compared(
        context.snapshot,
        lambda chosen: timeliness.judged(context.snapshot.response_counts(chosen, ["school_group"])),
        1,
        context.selection,
    )
    show_changes(changed, "step", {code: f"{words}, à temps" for code, words in charts.INTERVALS.items()})
    written = answer.assign(
        words=answer["interval"].map(charts.INTERVALS),
        half=[_half(row) for _, row in answer.iterrows()],
        group=answer[group].map(labels) if group else "",
    )
    show_chart(
        charts.timeliness_dots(answer, group or None, labels),
        key="response",
        alt=" ; ".join(f"{row['words']} : {row['half']}" for _, row in written.head(len(charts.INTERVALS)).iterrows()),
        read="le point est le délai au bout duquel la moitié des dossiers y sont, le trait ce que le hasard laisse d’incertain. Un "
        "dossier ouvert compte pour le temps déjà attendu ; clôturé sans suite, il n’y arrive pas. « À temps » : l’une au moins "
        "des étapes dans son délai, celui de l’école, sinon celui du service. Ici, on compte toujours en heures depuis le signalement.",
        act="un long premier intervalle se raccourcit en classe et avec les parents : à qui en parler, et comment. Les trois suivants, "
        "avec l’équipe : qui appelle qui, dès le premier jour.",
        table=written,
        columns={"words": "Intervalle"}
        | ({"group": heading} if group else {})
        | columns("n_cases", "n_done", "n_undated", half="La moitié en")
        | {"share": "Part à temps", "share_lower": "Bas (95 %)", "share_upper": "Haut (95 %)"}
        | columns(n_pending="En attente")
        | columns("n_closed", "n_not_applicable", n_not_recorded="Inconnus"),
    )
    times_note(CLOCKS["hours"], answer)
    text.caption(
        "D’après la mesure 7-1-7 des épidémies : détecter, notifier, répondre (Frieden et autres, Lancet 2021, 398, 638-640). Ses cibles "
        "ne sont pas les nôtres : chaque service fixe les siennes."
    )


def _show_detection(row: pd.Series) -> None:
    n_unknown = count(row["n_not_recorded"], "dossier")
    target = (
        "Le service n’a pas fixé de cible pour la détection."
        if DETECTION_TARGET_DAYS is None
        else f"La cible du service pour la détection : {count(DETECTION_TARGET_DAYS, 'jour')}."
    )
    text.paragraph(f"Le jour des faits n’est pas connu dans **{n_unknown}** sur {number(row['n_total'])}. {target}")


def _half(row: pd.Series) -> str:
    """« 7 jours (de 6 jours à 9 jours) »."""
    if pd.isna(row["median"]):
        return "moins de la moitié" if row["n_cases"] else "–"
    middle, lower, upper = (charts.interval_words(row["interval"], row[c]) for c in ("median", "lower", "upper"))
    return f"{middle} (de {lower} à {upper})"
