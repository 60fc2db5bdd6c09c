"""The route of downloads: the bytes are made now, noted before they leave, and no error says what it met."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from analytics.access.downloads import download_route
from analytics.access.log import AccessLog
from analytics.access.roles import Account
from analytics.access.settings import Accounts
from analytics.access.tickets import File
from analytics.access.visitors import Visitors


@pytest.fixture
def visitors(tmp_path) -> Visitors:
    roles = tmp_path / "roles.toml"
    roles.write_text('"a@x" = "analyse"\n"c@x" = "coordination"\n"d@x" = { role = "direction", school = "3007" }\n')
    log = AccessLog(tmp_path / "access.jsonl")
    return Visitors(Accounts(roles, "http://127.0.0.1:1"), lambda: log)


@pytest.fixture
def ask(visitors):
    """Ask for a file as an account; what comes back."""
    client = TestClient(Starlette(routes=[download_route(visitors)]))

    def ask(mail: str, **changed):
        token = visitors.sessions.begin(mail)
        file = File("à.csv", lambda: "é;1", "table", "incidents", token, "s", visitors.account(token))
        return client.get(
            f"/fichier/{visitors.tickets.issue(replace(file, **changed))}", headers={"Cookie": f"relais={token}"}
        )

    return ask


def test_a_file_is_given_and_the_digest_of_its_bytes_noted(ask, visitors):
    answer = ask("a@x")
    assert answer.content == "é;1".encode()
    assert answer.headers["content-disposition"] == "attachment; filename*=utf-8''%C3%A0.csv"
    (line,) = visitors.log().lines()
    assert line["what"] == {"page": "incidents", "of": "table", "digest": sha256("é;1".encode()).hexdigest()}


@pytest.mark.parametrize(
    ("mail", "changed"),
    [
        ("a@x", {"act": "names"}),
        ("a@x", {"page": "register"}),
        ("nobody@x", {}),
        ("a@x", {"holder": "another"}),
        ("d@x", {"act": "school_sheet", "page": "school", "account": Account("d@x", "direction", "3008")}),
        ("c@x", {"account": Account("c@x", "analyse")}),
    ],
)
def test_what_a_role_may_not_take_is_not_given(mail, changed, ask, visitors):
    answer = ask(mail, **changed)
    assert answer.status_code == 404
    assert "é;1" not in answer.text
    noted = [(line["who"], line["act"], line["result"]) for line in visitors.log().lines()]
    assert noted == ([] if mail == "nobody@x" else [(mail, "download", "refused")])


def test_an_error_says_where_and_never_what(ask):
    def fail() -> bytes:
        raise ValueError("Zoé Lambert")

    answer = ask("c@x", content=fail)
    assert answer.status_code == 500
    assert "Zoé" not in answer.text
    assert "ValueError" in answer.text


def test_what_cannot_be_noted_does_not_leave(ask, visitors):
    visitors.log().path.mkdir()
    answer = ask("c@x")
    assert answer.status_code == 500
    assert "é;1" not in answer.text
