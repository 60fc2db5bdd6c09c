"""This school year against the same weeks of the year before, by type, level, channel, reporter or school."""

from collections.abc import Mapping

from analytics.domain.vocabulary import CHANNELS, INCIDENT_TYPES, OFFICES, REPORTERS, SCHOOL_LEVELS, SCHOOL_NETWORKS
from analytics.measures import years
from analytics.workflows.comparing import NO_YEAR_BEFORE, compared, which_weeks
from pages._widgets import Context, columns, one_of, remembered, school_labels, show_changes, show_table, text

_BY: dict[str, tuple[str, Mapping[str, str]]] = {
    "Type": ("incident_type", INCIDENT_TYPES.labels),
    "Niveau": ("school_level", SCHOOL_LEVELS.labels),
    "Canal": ("channel", CHANNELS.labels),
    "Qui signale": ("reporter", REPORTERS.labels),
    "Réseau": ("school_network", SCHOOL_NETWORKS.labels),
    "École": ("school_id", {}),
    **({"Bureau": ("office", OFFICES.labels)} if len(OFFICES) > 1 else {}),
}


def show(context: Context) -> None:
    text.header("Cette année et la précédente")
    chosen = one_of("Comparer", "comparer", {name: name for name in _BY})
    _compare(context, chosen)


@remembered
def _compare(context: Context, chosen: str) -> None:
    column, labels = _BY[chosen]
    if column == "school_id":
        labels = school_labels(context.snapshot.school_counts(context.selection))
    answer = years.surest_first(compared(context.snapshot, column, list(labels), context.selection))
    if answer.empty:
        text.info(NO_YEAR_BEFORE)
        return
    show_changes(answer, column, labels)
    bounds = columns("lower", "upper", verdict="Ce que l’on peut dire")
    shown = columns(group=chosen, n="Cette année", n_before="Un an plus tôt", difference="Écart") | bounds
    show_table(answer.assign(group=answer[column].map(labels)), shown)
    text.caption(
        f"{which_weeks(context.snapshot, context.selection)} L’écart se situe entre « bas » et « haut », à nombre égal de jours d’école. Les signalements "
        "viennent par grappes : c’est compté. Quand rien ne change, cinq tableaux sur cent environ disent « plus » ou « moins »."
    )
