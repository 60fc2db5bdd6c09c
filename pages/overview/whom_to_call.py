"""Whom to call: how many cases wait for each relay beyond its deadline, each a link to their list."""

from analytics.domain.french import number
from analytics.domain.vocabulary import RELAYS, STEPS
from analytics.measures import work
from pages._widgets import Context, Link, address, remembered, show_links, text


@remembered
def show(context: Context) -> None:
    selection = context.selection.at_any_time
    awaited = work.by_step(context.snapshot.work_counts(selection))
    awaited = awaited[awaited["step"].isin(RELAYS)]
    if awaited.empty:
        return
    text.paragraph("**Qui appeler**, et pour combien de dossiers hors délai")
    labels = [STEPS[step].label for step in awaited["step"]]
    show_links(
        [
            Link(f"{label} : {number(n)}", "work_list", address(selection, etape=label))
            for label, n in zip(labels, awaited["n"], strict=True)
        ]
    )
