"""A g chart of the school weeks between the reports of a rare type."""

import pandas as pd

from analytics.charts.signals import control_chart
from analytics.domain.french import count, day
from analytics.domain.school_calendar import breaks
from analytics.domain.vocabulary import DANGER_TYPES, INCIDENT_TYPES
from analytics.measures import incidents, signals
from pages._widgets import Context, pick, show_chart, text
from pages._widgets.weekly import school_weeks


def show(context: Context) -> None:
    text.header("Quand c’est rare : le temps entre deux signalements")
    chosen = pick("Type d’incident", "rare", INCIDENT_TYPES.labels, _rarest_danger(context))
    label = INCIDENT_TYPES.label(chosen)
    counts = context.snapshot.incident_counts(context.selection, ["report_week"])
    counts = counts[counts["incident_type"] == chosen]
    weeks = school_weeks(context, counts)
    waits = incidents.weeks_between(counts, weeks)
    if waits.empty:
        text.info(f"« {label} » : il n’y a rien à mesurer entre deux signalements.")
        return
    if not incidents.is_rare(counts, weeks):
        text.info(
            f"« {label} » : signalé dans une semaine d’école sur deux ou plus. Ce n’est pas rare : filtrez ce type et "
            "regardez le graphique précédent."
        )
        return
    points = signals.g_chart(waits, breaks())
    finding = _finding(points)
    text.paragraph(finding)
    show_chart(
        control_chart(
            points,
            lambda week: f"Semaine du {day(week)}",
            lambda n: count(n, "semaine d’école sans aucun", "semaines d’école sans aucun"),
            "semaines sans aucun",
        ),
        key="rare",
        alt=f"{label} : {finding}",
        read="un point par semaine avec un signalement ; sa hauteur est le nombre de semaines d’école passées sans aucun depuis le "
        "précédent. Zéro : deux semaines de suite. Plusieurs signalements d’une même semaine font un seul point, car le jour n’est "
        f"pas conservé ({count((waits['n'] > 1).sum(), 'semaine est dans ce cas', 'semaines sont dans ce cas')}). Une "
        "attente sur deux au plus dépasse le trait plein, presque aucune le pointillé. Le point vide est l’attente en cours.",
        act="des points qui restent bas disent que les signalements se rapprochent : relisez ensemble les dossiers de ces semaines, et "
        "voyez ce qui les relie. Un point au-dessus du pointillé est une longue pause : vérifiez que l’on signale encore. Un seul point bas "
        "ne dit rien du rythme, mais chaque menace pour la vie reste une urgence.",
        table=points.assign(n=waits["n"]),
        columns={
            "period": "Semaine du",
            "value": "Semaines sans aucun",
            "n": "Dossiers",
            "centre": "Médiane",
            "upper": "Limite haute",
            "provisional": "En cours",
            "signal": "Signal",
        },
    )


def _rarest_danger(context: Context) -> str:
    """Of the types that threaten life, the one that the whole register counts least; of all types where none does."""
    types = Context(context.snapshot).type_shares
    counted = types.loc[types["n"] > 0, "incident_type"]
    dangerous = counted[counted.isin(DANGER_TYPES)]
    return (dangerous if len(dangerous) else counted).iloc[-1]


def _finding(points: pd.DataFrame) -> str:
    """What the last waits of a g chart say, as a French sentence."""
    if points["centre"].isna().all():
        return f"Il faut {signals.MIN_POINTS} attentes complètes pour distinguer un changement du hasard."
    recent = incidents.recent_signals(points)
    if recent.empty:
        return "Rien d’autre que le hasard dans les quatre dernières attentes."
    last = recent.iloc[0]
    if last["signal"] == "outside":
        return (
            f"Une longue pause : {count(last['value'], 'semaine')} d’école sans aucun signalement avant celui de la semaine du "
            f"{day(last['period'])}, plus que le hasard n’explique."
        )
    drawn = "s’espacent" if last["rises"] else "se rapprochent"
    return f"Les signalements {drawn} : sept attentes de suite ou plus, jusqu’à la semaine du {day(last['period'])}."
