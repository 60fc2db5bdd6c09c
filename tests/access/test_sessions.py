"""Sessions end after half an hour without a run, after ten hours, and at the way out."""

from __future__ import annotations

import pytest

from analytics.access.sessions import Sessions

MINUTE, HOUR = 60, 3600


@pytest.fixture
def clock():
    return [1_000_000.0]


@pytest.fixture
def sessions(clock) -> Sessions:
    return Sessions(lambda: clock[0])


def test_a_session_without_a_run_ends_after_half_an_hour(sessions, clock):
    token = sessions.begin("a@x")
    clock[0] += 29 * MINUTE
    assert sessions.mail(token) == "a@x"  # a download is no run
    clock[0] += 2 * MINUTE
    assert sessions.mail(token, runs=True) is None
    clock[0] -= 2 * MINUTE
    assert sessions.mail(token) is None  # what has ended stays ended


def test_a_session_that_goes_on_ends_after_ten_hours(sessions, clock):
    token = sessions.begin("a@x")
    for _ in range(29):
        clock[0] += 20 * MINUTE
        assert sessions.mail(token, runs=True) == "a@x"
    clock[0] += 20 * MINUTE
    assert sessions.mail(token, runs=True) is None


def test_the_way_out_ends_one_session_of_an_account(sessions):
    one, other = sessions.begin("a@x"), sessions.begin("a@x")
    sessions.end(one)
    assert (sessions.mail(one), sessions.mail(other)) == (None, "a@x")


def test_a_token_that_was_never_given_is_nobodys(sessions):
    assert sessions.mail("") is None
    assert sessions.mail("A" * 43) is None


def test_a_restart_ends_all(sessions):
    assert Sessions().mail(sessions.begin("a@x")) is None
