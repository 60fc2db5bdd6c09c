"""What pages show at first is answered before anybody comes, and shown then."""

from __future__ import annotations

from analytics.store import Store
from pages import _first
from pages._widgets.remembering import unseen


def test_each_question_is_answered_without_a_page_and_not_asked_again_by_its_reader(demonstration, visit, monkeypatch):
    with Store(demonstration).snapshot() as snapshot, unseen():
        for show, context in (*_first._first_page(snapshot), *_first._other_pages(snapshot)):
            show(context)
        monkeypatch.setattr("pages.incidents.what.incidents.shares", None)  # it would fail, if it were asked
        monkeypatch.setattr("pages.schools.funnel.schools.funnel_lines", None)
        assert not visit("incidents", demonstration).error
        assert not visit("schools", demonstration).error
