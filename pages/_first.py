"""What pages show at their first opening, answered before their first reader comes."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from itertools import chain
from threading import Thread
from time import sleep
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analytics.store import Snapshot

Question = tuple[Callable[..., None], Any]
"""With what it is asked of while nobody has chosen anything."""

FIRST_PAGE_SECONDS = 5
"""For so long the other pages are not answered: who opens the first one has the processors for herself."""


def begin() -> None:
    """At the start and after an import, beside what else is done: make the demonstration where there is nothing yet, and
    answer the questions of the first page, then, after FIRST_PAGE_SECONDS, those of the others.
    """
    Thread(target=_begin, daemon=True).start()


def _begin() -> None:
    with contextlib.suppress(Exception):  # whoever opens the page is told
        from analytics.store import Store
        from pages import _data  # here: what it answers is with pandas, which nobody shall wait for at the start

        snapshot = _data.made_ready(Store())
        if snapshot is None:
            return
        _answer(_first_page(snapshot))
        sleep(FIRST_PAGE_SECONDS)
        _answer(_other_pages(snapshot))
        if not gc.get_freeze_count():  # once: of what readers open later nothing may stay when they have gone
            gc.collect()
            gc.freeze()  # what the server has loaded stays, and is not walked through again and again


def answer(snapshot: Snapshot) -> None:
    """Answer the first questions of each page, of a version that is about to be served."""
    _answer(chain(_first_page(snapshot), _other_pages(snapshot)))


def _answer(questions: Iterable[Question]) -> None:
    from pages._widgets.remembering import unseen

    with contextlib.suppress(Exception), unseen():
        for show, context in questions:
            with contextlib.suppress(Exception):
                show(context)


def _of(page: str, questions: str, context: Any) -> Iterator[Question]:
    return ((import_module(f"pages.{page}.{question}").show, context) for question in questions.split())


def _first_page(snapshot: Snapshot) -> Iterator[Question]:
    from analytics.domain.selection import Selection
    from pages._widgets.records import Context

    years = tuple(snapshot.choices().school_years)[-1:]  # as the page proposes
    yield from _of("overview", "figures this_week whom_to_call weeks", Context(snapshot, Selection(school_years=years)))


def _other_pages(snapshot: Snapshot) -> Iterator[Question]:
    from analytics.domain.selection import EVERYTHING
    from analytics.workflows.one_school import one_school
    from pages._widgets.records import Context
    from pages.relays.clock import RelayContext, choose_clock
    from pages.schools.rated import RatedSchools

    yield from _of("incidents", "what whom when years", Context(snapshot))
    clock = choose_clock(Context(snapshot))
    yield from _of("relays", "in_brief response deadlines lost_time change", RelayContext(snapshot, clock=clock))
    rated = RatedSchools(snapshot)
    yield from _of("schools", "figures funnel tenth by_group never_seen", rated)
    first = rated.rated.sort_values(["name", "school_id"])["school_id"].iloc[0]
    yield from _of("school", "figures years types deadlines", one_school(snapshot, EVERYTHING, rated.rated, first))
