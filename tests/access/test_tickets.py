"""Tickets: once, for their holder alone, within a minute, and gone with their page."""

from __future__ import annotations

import pytest

from analytics.access import tickets as module
from analytics.access.roles import OWNER
from analytics.access.tickets import File, Tickets


@pytest.fixture
def file() -> File:
    return File("a.csv", lambda: b"bytes", "table", "incidents", holder="cookie", session="one", account=OWNER)


def test_a_ticket_gives_its_file_once(file):
    tickets = Tickets()
    ticket = tickets.issue(file)
    assert tickets.take(ticket, "cookie") is file
    assert tickets.take(ticket, "cookie") is None


@pytest.mark.parametrize("holder", ["", "another", "cooki", "cookié"])
def test_a_ticket_in_other_hands_gives_nothing_and_is_used_up(holder, file):
    tickets = Tickets()
    ticket = tickets.issue(file)
    assert tickets.take(ticket, holder) is None
    assert tickets.take(ticket, "cookie") is None


def test_a_file_without_a_holder_is_given_to_nobody(file):
    tickets = Tickets()
    assert tickets.take(tickets.issue(File("a.csv", file.content, "table", "incidents", "", "one", OWNER)), "") is None


def test_a_page_that_is_left_takes_its_tickets_with_it(file):
    tickets = Tickets()
    ticket = tickets.issue(file)
    tickets.drop("other")
    tickets.drop("one")
    assert tickets.take(ticket, "cookie") is None


def test_a_ticket_that_nobody_takes_is_gone_after_its_time(file, monkeypatch):
    waits = []

    class Timer:
        def __init__(self, seconds, function, arguments):
            waits.append((seconds, lambda: function(*arguments)))

        def start(self):
            pass

    monkeypatch.setattr(module.threading, "Timer", Timer)
    tickets = Tickets()
    ticket = tickets.issue(file)
    (seconds, run_out), *_ = waits
    run_out()
    assert seconds <= 60
    assert tickets.take(ticket, "cookie") is None
