"""Schools above the funnel's 99.8 % limit."""

from collections.abc import Iterator
from dataclasses import replace

from analytics.domain.french import count, listing
from analytics.measures import schools
from pages._widgets import Context, Link, address

SHOWN_SCHOOLS = 2


def links(context: Context) -> Iterator[Link]:
    """The schools beyond the limit, whatever the office, the highest cautious rate first; nothing where there is none."""
    selection = replace(context.selection, offices=())
    counts = schools.teaching(context.snapshot.school_counts(selection), selection.school_levels)
    rated = schools.rates(counts, context.bunching)
    beyond = schools.outliers(rated)
    names = beyond.loc[beyond["flag"] == "above_998", "name"].tolist()
    if names:
        more = [count(len(names) - SHOWN_SCHOOLS, "autre")] if len(names) > SHOWN_SCHOOLS else []
        have = (
            "a plus de dossiers que sa taille, son niveau"
            if len(names) == 1
            else "ont plus de dossiers que leur taille, leur niveau"
        )
        words = f"{listing(names[:SHOWN_SCHOOLS] + more)} {have} et le hasard ne l’expliquent."
        yield Link(words, "schools", address(selection))
