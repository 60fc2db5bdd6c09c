"""What an account does is checked, done and noted, in this order."""

from __future__ import annotations

import pytest

from analytics.access.log import AccessLog, LogError
from analytics.access.roles import OWNER, Account
from analytics.access.settings import Accounts
from analytics.access.visitors import Visitors
from analytics.domain.errors import RefusedError

ANALYSE, COORDINATION = Account("a@x", "analyse"), Account("c@x", "coordination")


@pytest.fixture
def log(tmp_path) -> AccessLog:
    return AccessLog(tmp_path / "access.jsonl")


@pytest.fixture
def alone(log) -> Visitors:
    return Visitors(None, lambda: log)


@pytest.fixture
def several(log, tmp_path) -> Visitors:
    roles = tmp_path / "roles.toml"
    roles.write_text('"a@x" = "analyse"\n"c@x" = "coordination"\n')
    return Visitors(Accounts(roles, "https://relais.example"), lambda: log)


def acts(log) -> list[tuple]:
    return [(line["who"], line["act"], line["result"]) for line in log.lines()]


def test_without_accounts_everyone_here_is_the_owner_and_changes_alone_are_noted(alone, log):
    assert alone.account("") == OWNER
    alone.note(OWNER, "page", {"page": "incidents"})
    with alone.acting(OWNER, "import") as what:
        what["rows"] = 3
    assert acts(log) == [("", "import", "ok")]


def test_without_accounts_a_log_that_cannot_be_written_stops_nothing(alone, log):
    log.path.mkdir()
    with alone.acting(OWNER, "undo"):
        pass


def test_the_role_is_the_one_of_this_moment(several):
    token = several.sign_in("a@x")
    assert several.account(token) == ANALYSE
    several.accounts.roles.write_text('"c@x" = "coordination"')
    assert several.account(token) is None
    several.accounts.roles.write_text("not TOML")
    assert several.account(token) is None
    several.accounts.roles.write_text('"a@x" = "coordination"')
    assert several.account(token).role == "coordination"


def test_an_act_that_the_role_does_not_allow_is_refused_and_noted(several, log):
    with pytest.raises(RefusedError), several.acting(ANALYSE, "import"):
        pytest.fail("done all the same")
    assert acts(log) == [("a@x", "import", "refused")]


def test_an_act_that_fails_is_noted_as_one(several, log):
    with pytest.raises(ValueError, match="why"), several.acting(COORDINATION, "undo"):
        raise ValueError("why")
    assert acts(log) == [("c@x", "undo", "failed")]


def test_with_accounts_a_log_that_cannot_be_written_lets_nothing_begin(several, log):
    log.path.mkdir()
    with pytest.raises(LogError), several.acting(COORDINATION, "import"):
        pytest.fail("done all the same")
    with pytest.raises(LogError):
        several.note(COORDINATION, "page")


def test_the_way_in_and_out_is_noted(several, log):
    several.sign_out(several.sign_in("a@x"))
    assert acts(log) == [("a@x", "sign-in", "ok"), ("a@x", "sign-out", "ok")]


def test_the_cookie_is_kept_to_tls_and_this_host_where_there_is_tls(alone, several):
    assert (alone.cookie, several.cookie) == ("relais", "__Host-relais")
