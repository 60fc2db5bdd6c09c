"""Cette semaine: at most three sentences, what matters most first, each a link."""

from collections.abc import Callable, Iterator
from itertools import chain, islice

from analytics.domain.french import count
from analytics.domain.vocabulary import INCIDENT_TYPES
from analytics.measures import years
from analytics.workflows.comparing import compared
from pages._widgets import Context, Link, address, remembered, text
from pages.overview import beyond_chance, parents, where_to_look

MOST = 3


@remembered
def show(context: Context) -> None:
    text.paragraph("**Cette semaine**")
    found: list[Callable[[Context], Iterator[Link]]]
    found = [beyond_chance.links, where_to_look.links, _changed_types, parents.links]
    shown = list(islice(chain.from_iterable(links(context) for links in found), MOST))
    for link in shown:
        link.show()
    if not shown:
        text.paragraph("Rien de plus que d’ordinaire : le hasard suffit à expliquer les dernières semaines.")


def _changed_types(context: Context) -> Iterator[Link]:
    """The incident type that has changed most since last year, where one surely has."""
    answer = compared(context.snapshot, "incident_type", list(INCIDENT_TYPES), context.selection)
    sure = answer[answer["verdict"].isin(["more", "less"])].sort_values("difference", key=abs, ascending=False)
    for _, row in sure.head(1).iterrows():
        label = INCIDENT_TYPES.label(row["incident_type"])
        words = f"{label} : {count(row['n'], 'dossier')}, {years.sentence(row)}."
        yield Link(words, "incidents", address(context.selection))
