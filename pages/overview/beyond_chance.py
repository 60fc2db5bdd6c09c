"""Signals of the weekly control chart in the last complete weeks."""

from analytics.domain.french import count
from analytics.measures import incidents
from pages._widgets import Context, Indicator, Link, address
from pages._widgets.weekly import signal_sentence, weekly_chart, why_unjudged


def indicator(context: Context) -> Indicator:
    points = weekly_chart(context, context.snapshot.case_counts(context.selection, ["school_year", "report_week"]))
    recent = incidents.recent_signals(points)
    n_whole = int((~points["provisional"].astype(bool)).sum())
    if unjudged := why_unjudged(points):
        value, note = "Pas assez de données", unjudged
    elif recent.empty:
        value, note = "Rien", "Dans les quatre dernières semaines d’école, le hasard suffit."
    else:
        value = "En hausse" if recent["rises"].iloc[0] else "En baisse"
        note = signal_sentence(recent.iloc[0]).capitalize()
    return Indicator(
        "Au-delà du hasard",
        value,
        note=note,
        counts="Les signalements de chaque semaine d’école, comparés à ce que leur propre histoire laisse au hasard. La semaine "
        "en cours n’est jamais jugée. Même quand rien ne change, un signal se montre cinq à dix fois sur cent.",
        numerator=f"{count(len(recent), 'semaine')} avec un signal, sur les quatre dernières",
        denominator=f"{count(n_whole, 'semaine entière', 'semaines entières')} d’école",
        left_out="les semaines de congé et la semaine en cours",
        links=(Link("Voir les semaines", "incidents", address(context.selection, sujet="Quand")),),
    )
