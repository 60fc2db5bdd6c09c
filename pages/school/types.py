"""The cases of a school by type, compared with the others of its network and level."""

from analytics.charts import schools as charts
from analytics.domain.french import count, number
from analytics.domain.vocabulary import INCIDENT_TYPES
from analytics.measures import incidents
from analytics.workflows.one_school import OneSchool, type_shares
from pages._widgets import INTERVAL, columns, remembered, show_chart, text


@remembered
def show(context: OneSchool) -> None:
    answers = type_shares(context)
    beside = incidents.compare_groups(answers, "incident_type")
    first = answers["school"].iloc[0]
    text.header("Ses dossiers par type")
    show_chart(
        charts.beside_dots(beside, INCIDENT_TYPES.labels, context.group_labels),
        key="types",
        alt=f"Le plus fréquent : {INCIDENT_TYPES.label(first['incident_type'])}, {count(first['n'], 'dossier')} sur "
        f"{number(context.school['n'])}.",
        read="le rond est la part des dossiers de l’école où ce type est noté, le trait gris ce que le hasard laisse d’incertain. "
        + ("" if context.is_alone else "Les autres marques sont les autres écoles de son réseau et de son niveau. ")
        + "Un dossier peut avoir plusieurs types.",
        act="parlez à l’équipe de ce qui revient, et au service de ce qui vous manque pour y répondre."
        if context.is_alone
        else "quand le trait d’un type passe à côté des marques de ses semblables, parlez-en avec l’école : un trait sur vingt le "
        "fait par hasard. Sinon, l’écart peut en venir.",
        table=beside.assign(group=beside["group"].map(context.group_labels)),
        columns=columns("incident_type", group="Où") | columns("n", n_cases="Sur") | columns(*INTERVAL),
    )
