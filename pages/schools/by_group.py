"""How many schools of each network and level have a case."""

from analytics.domain.vocabulary import SCHOOL_NETWORKS, TEACHING_LEVELS
from analytics.measures import schools
from analytics.workflows.comparing import compared
from pages._widgets import INTERVAL, columns, remembered, show_changes, show_table, text
from pages.schools.rated import RatedSchools


@remembered
def show(context: RatedSchools) -> None:
    text.header("Par réseau et par niveau")
    by_network = compared(context.snapshot, "school_network", list(SCHOOL_NETWORKS), context.selection)
    show_changes(by_network, "school_network", SCHOOL_NETWORKS.labels)
    for column, vocabulary, heading in (
        ("school_network", SCHOOL_NETWORKS, "Réseau"),
        ("school_level", TEACHING_LEVELS, "Niveau"),
    ):
        groups = schools.concerned(context.rated, column)
        show_table(
            groups.assign(group=groups[column].map(vocabulary.labels).fillna("Non précisé")),
            columns(group=heading)
            | columns("n_schools", n_concerned="Avec au moins un dossier", n_silent="Sans dossier")
            | columns(*INTERVAL, "n_cases")
            | {"share": "Part concernée"},
        )
