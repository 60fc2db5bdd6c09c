"""What pages show at their first opening, answered before their first reader comes."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterator
from importlib import import_module
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analytics.store import Snapshot


def begin() -> None:
    """At the start and after an import, beside what else is done: make the demonstration where there is nothing yet, and
    answer the questions of each page, the first page's first.
    """
    Thread(target=_begin, daemon=True).start()


def _begin() -> None:
    with contextlib.suppress(Exception):  # whoever opens the page is told
        from analytics.store import Store  # here: with pandas, which nobody shall wait for at the start
        from pages import _data

        snapshot = _data.made_ready(Store())
        if snapshot is None:
            return
        answer(snapshot)
        if not gc.get_freeze_count():  # once: of what readers open later nothing may stay when they have gone
            gc.collect()
            gc.freeze()  # what the server has loaded stays, and is not walked through again and again


def answer(snapshot: Snapshot) -> None:
    """Answer the first questions of each page, of a version that is served or is about to be."""
    from pages._widgets.remembering import unseen

    with contextlib.suppress(Exception), unseen():
        for show, context in _questions(snapshot):
            with contextlib.suppress(Exception):
                show(context)


def _questions(snapshot: Snapshot) -> Iterator[tuple[Callable[..., None], Any]]:
    """Each question with what it is asked of while nobody has chosen anything."""
    from analytics.domain.selection import EVERYTHING, Selection
    from analytics.workflows.one_school import one_school
    from pages._widgets.records import Context
    from pages.relays.clock import RelayContext, choose_clock
    from pages.schools.rated import RatedSchools

    def of(page: str, questions: str, context: Any) -> Iterator[tuple[Callable[..., None], Any]]:
        return ((import_module(f"pages.{page}.{question}").show, context) for question in questions.split())

    years = tuple(snapshot.choices().school_years)[-1:]  # as the first page proposes
    yield from of("overview", "figures this_week whom_to_call weeks", Context(snapshot, Selection(school_years=years)))
    yield from of("incidents", "what whom when years", Context(snapshot))
    clock = choose_clock(Context(snapshot))
    yield from of("relays", "in_brief response deadlines lost_time change", RelayContext(snapshot, clock=clock))
    rated = RatedSchools(snapshot)
    yield from of("schools", "figures funnel tenth by_group never_seen", rated)
    first = rated.rated.sort_values(["name", "school_id"])["school_id"].iloc[0]
    yield from of("school", "figures years types deadlines", one_school(snapshot, EVERYTHING, rated.rated, first))
