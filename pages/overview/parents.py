"""Whether parents are told sooner than last year."""

from collections.abc import Iterator

from analytics.domain.vocabulary import STEPS
from analytics.measures import years
from analytics.workflows.comparing import HOURS, PARENTS, parents_compared
from pages._widgets import Context, Link, address


def links(context: Context) -> Iterator[Link]:
    """The share told within two days, this year and the last, where there are cases enough to compare."""
    for _, row in parents_compared(context.snapshot, context.selection).iterrows():
        if row["verdict"] != "too_few":
            label = STEPS[PARENTS].label
            asked = address(context.selection, question="Changement ou hasard", etape=label)
            yield Link(f"{label} en {HOURS} h : {years.sentence(row)}.", "relays", asked)
