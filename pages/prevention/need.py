"""The need, school by school, and what it is made of."""

from analytics.charts import planning as charts
from analytics.domain.vocabulary import SCHOOL_LEVELS
from analytics.planning.plans import largest_needs
from pages._widgets import columns, show_chart, text
from pages.prevention.computing import Planned


def show(context: Planned) -> None:
    first = largest_needs(context.preparation.need, context.preparation.problem.schools)
    text.header("Le besoin, école par école")
    show_chart(
        charts.need_bars(first, SCHOOL_LEVELS.labels),
        key="plan-need",
        alt=f"Le besoin le plus grand : {first['name'].iloc[0]}, {SCHOOL_LEVELS.label(first['school_level'].iloc[0])}.",
        read="les dossiers à attendre en un an (le taux de l’école, rapproché de celui de toutes les écoles quand elle a peu "
        "de dossiers), puis ce qu’ajoutent le danger et la récence, et ce qu’enlève ce qui a déjà été donné. Les élèves "
        "d’un niveau sont estimés à partir de ceux de l’école.",
        act="si un poids ne vous semble pas juste, changez-le dans data/activities.toml et refaites le calcul.",
        table=first,
        columns=columns(
            "name",
            "school_level",
            "n",
            expected="Attendus par an",
            danger_factor="Danger (facteur)",
            recency_factor="Récence (facteur)",
            given_factor="Déjà donné (facteur)",
            need="Besoin",
        ),
    )
