"""Signals of the weekly control chart in the last complete weeks."""

from collections.abc import Iterator

from analytics.measures import incidents
from pages._widgets import Context, Link, address
from pages._widgets.weekly import signal_sentence, weekly_chart


def links(context: Context) -> Iterator[Link]:
    """The latest signal. The weeks of all years are its history, whatever year is looked at."""
    context = Context(context.snapshot, context.selection.at_any_time)
    points = weekly_chart(context, context.snapshot.case_counts(context.selection, ["school_year", "report_week"]))
    for _, signal in incidents.recent_signals(points).head(1).iterrows():
        yield Link(f"{signal_sentence(signal).capitalize()}.", "incidents", address(context.selection, sujet="Quand"))
