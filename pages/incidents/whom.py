"""The cases by level, channel or reporter, and the types among the cases of each."""

from analytics.charts import incidents as charts
from analytics.domain.french import percent
from analytics.domain.vocabulary import CHANNELS, INCIDENT_TYPES, OFFICES, REPORTERS, SCHOOL_LEVELS, Vocabulary
from analytics.measures import incidents
from analytics.workflows.comparing import compared
from pages._widgets import SHARES, Context, columns, one_of, remembered, show_changes, show_chart, text

_CROSSED: dict[str, tuple[str, Vocabulary, str]] = {
    "Niveau": (
        "school_level",
        SCHOOL_LEVELS,
        "commencez par le niveau le plus concerné, sans oublier que les niveaux n’ont pas le même nombre d’élèves.",
    ),
    "Canal": (
        "channel",
        CHANNELS,
        "adaptez l’animation au canal le plus fréquent ; si « Inconnu » domine, complétez le registre.",
    ),
    "Qui signale": (
        "reporter",
        REPORTERS,
        "si peu d’élèves ou de témoins signalent, rappelez en classe à qui parler et ce qui se passe ensuite.",
    ),
    **(
        {"Bureau": ("office", OFFICES, "demandez au bureau où un type domine ce qu’il en fait déjà.")}
        if len(OFFICES) > 1
        else {}
    ),
}


def show(context: Context) -> None:
    chosen = one_of("Selon", "selon", {name: name for name in _CROSSED})
    _of(context, chosen)


@remembered
def _of(context: Context, chosen: str) -> None:
    column, vocabulary, act = _CROSSED[chosen]
    cases = context.snapshot.case_counts(context.selection, ["school_id", column])
    parts = incidents.shares(cases, column, cases, list(vocabulary), context.bunching)
    first = parts.iloc[0]
    text.header(f"Les dossiers : {chosen.lower()}")
    show_changes(compared(context.snapshot, column, list(vocabulary), context.selection), column, vocabulary.labels)
    show_chart(
        charts.share_bars(parts, column, vocabulary.labels),
        key=f"parts-{column}",
        alt=f"Le plus fréquent : {vocabulary.label(first[column])}, {percent(first['share'])} des dossiers.",
        read="chaque dossier compte une fois : les barres font ensemble 100 %. Le trait gris dit ce que le hasard laisse "
        "d’incertain.",
        act=act,
        table=parts,
        columns={column: chosen} | columns(*SHARES),
    )

    text.header("Les types d’incidents de chacun")
    counts = context.snapshot.incident_counts(context.selection, ["school_id", column])
    crossed = incidents.cross_tabulate(counts, "incident_type", column, cases, list(INCIDENT_TYPES), context.bunching)
    darkest = crossed.loc[crossed["share"].idxmax()]
    show_chart(
        charts.crossing_tiles(crossed, INCIDENT_TYPES.labels, vocabulary.labels, "incident_type", column),
        key=f"crossed-{column}",
        alt=f"La part la plus élevée : {INCIDENT_TYPES.label(darkest['incident_type'])}, {percent(darkest['share'])} des "
        f"dossiers « {vocabulary.label(darkest[column])} ».",
        read="chaque case est la part des dossiers de sa colonne où ce type est noté ; le nombre de dossiers est entre "
        "parenthèses. Plus la case est bleue, plus il est fréquent.",
        act="choisissez avec chacun le thème qui le concerne. Sur peu de dossiers, une case très bleue peut venir du hasard : voyez "
        "au tableau entre quoi et quoi la part se situe.",
        table=crossed,
        columns={**columns("incident_type"), column: chosen, "n_cases": "Dossiers en tout", **columns(*SHARES)},
    )
