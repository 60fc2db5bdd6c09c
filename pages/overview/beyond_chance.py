"""Signals of the weekly reports, all and by type, in the last complete weeks of school."""

from analytics.domain.french import count
from pages._widgets import Context, Indicator, Link, address
from pages._widgets.weekly import ALL, NOTHING, SHORT, Weekly, signal_sentence


def indicator(context: Context) -> Indicator:
    snapshot, selection = context.snapshot, context.selection
    by = ["school_year", "report_week"]
    weekly = Weekly(context, snapshot.case_counts(selection, by), snapshot.incident_counts(selection, by))
    signals = weekly.signals
    if weekly.known == "short":
        value, note = "Pas assez de données", SHORT
    elif signals.empty:
        value, note = "Rien", NOTHING
    else:
        first = signals.iloc[0]
        up = "En hausse" if first["signal"] == "above" else "En baisse"
        value = up if first["series"] == ALL else f"{up} : un type"
        note = f"{signal_sentence(first)}.".capitalize()
    return Indicator(
        "Au-delà de la saison",
        value,
        note=f"{note} {weekly.caution}".rstrip(),
        counts="Les signalements de chaque semaine d’école, tous et par type, comparés à ce que la saison et les jours d’école "
        "expliquent. Les dernières semaines, encore incomplètes, ne sont jamais jugées. Même quand rien ne change, un signal se "
        "montre de cinq à douze fois sur cent.",
        numerator=f"{count(len(signals), 'signal', 'signaux')} dans les quatre dernières semaines",
        denominator=f"{count(weekly.n_weeks, 'semaine entière', 'semaines entières')} d’école",
        left_out="les semaines de congé et les dernières, encore incomplètes",
        links=(Link("Voir les semaines", "incidents", address(selection, sujet="Quand")),),
    )
