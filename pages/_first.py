"""The first page of the current version, answered before its first reader comes."""

import contextlib
import gc
from threading import Thread


def begin() -> None:
    """At the start and after an import, beside what else is done: make the demonstration where there is nothing yet, and
    answer the first page's questions.
    """
    Thread(target=_answer, daemon=True).start()


def _answer() -> None:
    with contextlib.suppress(Exception):  # whoever opens the page is told
        from analytics.domain.selection import Selection  # here: with pandas, which nobody shall wait for at the start
        from analytics.store import Store
        from pages import _data
        from pages._widgets.records import Context
        from pages._widgets.remembering import prepare
        from pages.overview import figures, this_week, weeks, whom_to_call

        snapshot = _data.made_ready(Store())
        if snapshot is None:
            return
        years = tuple(snapshot.choices()["school_years"].iloc[0])[-1:]  # as the page proposes
        for question in (figures, this_week, whom_to_call, weeks):
            prepare(question.show, Context(snapshot, Selection(school_years=years)))
        gc.collect()
        gc.freeze()  # what the server has loaded stays, and is not walked through again and again
