"""Signals of the weekly reports, all and by type, in the last complete weeks of school."""

from collections.abc import Iterator

from pages._widgets import Context, Link, address
from pages._widgets.weekly import Weekly, signal_sentence


def links(context: Context) -> Iterator[Link]:
    """The first signal. The weeks of all years are its history, whatever year is looked at."""
    weekly = Weekly(Context(context.snapshot, context.selection.at_any_time))
    for _, signal in weekly.signals.head(1).iterrows():
        words = f"{signal_sentence(signal)}."
        yield Link(words[0].upper() + words[1:], "incidents", address(context.selection, sujet="Quand"))
