"""Role by page by act, in the three places that enforce them: the menu, the page, and the guard with its downloads."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from analytics.access.downloads import download_route
from analytics.access.guard import Guard, Rules
from analytics.access.log import AccessLog
from analytics.access.settings import Accounts
from analytics.access.tickets import File
from analytics.access.visitors import Visitors
from analytics.domain.errors import RefusedError
from pages import _access, _data, _frame

RECORDS = {"overview", "work_list", "incidents", "relays", "schools", "school", "prevention"}
ALL = RECORDS | {"protocol", "publish", "register", "method", "access"}
ACTS = ("table", "school_sheet", "names", "publication")
# What each may open, and the kinds of file it may take there. The menu of who is nobody known holds the way in too.
MATRIX = {
    "coordination": (ALL, set(ACTS)),
    "analyse": (ALL - {"publish", "register"}, {"table"}),
    "direction": ({"protocol", "school", "access"}, {"school_sheet"}),
    "removed": ({"protocol"}, set()),
    "": ({"protocol"}, set()),
}
HOST = "127.0.0.1:8501"
ROLES = '"coordination" = "coordination"\n"analyse" = "analyse"\n"direction" = { role = "direction", school = "3007" }'


@pytest.fixture
def visitors(tmp_path, monkeypatch) -> Visitors:
    (tmp_path / "roles.toml").write_text(ROLES)
    log = AccessLog(tmp_path / "access.jsonl")
    visitors = Visitors(Accounts(tmp_path / "roles.toml", f"http://{HOST}"), lambda: log)
    monkeypatch.setattr(_access, "visitors", lambda: visitors)
    return visitors


def test_the_matrix_holds_each_page_of_the_menu():
    assert {folder for _, folder, *_ in _frame.MENU} == ALL
    assert _access.HEADED == RECORDS


@pytest.mark.parametrize("role", MATRIX)
def test_the_menu_and_the_page_hold_what_is_open_alone(role, visitors, monkeypatch):
    token = visitors.sessions.begin(role) if role else ""
    monkeypatch.setattr(_access, "token", lambda: token)
    monkeypatch.setattr(st, "session_state", {})
    monkeypatch.setattr(st, "Page", lambda page, **options: SimpleNamespace(page=page, **options))
    shown = [page for pages in _frame._menu().values() for page in pages]
    for page, (_, folder, title, _, path) in zip(shown, _frame.MENU, strict=True):
        is_open = folder in MATRIX[role][0]
        assert (page.title == title) == (page.page == _frame.PAGES / folder / "page.py") == is_open, folder
        assert (page.visibility == "visible") == (is_open or (not path and role in ("", "removed"))), folder
        _access.enter(folder)
        if is_open:
            assert _data.store().folder
        else:
            with pytest.raises(RefusedError):
                _data.store()


@pytest.mark.parametrize("role", MATRIX)
def test_the_guard_gives_each_kind_of_file_of_each_page_to_who_may_take_it_alone(role, visitors):
    stub = Route("/_stcore/upload_file/{rest:path}", lambda request: Response(), methods=["PUT", "DELETE"])
    app = Starlette(routes=[download_route(visitors), stub])
    rules = Rules(visitors, hosts=("127.0.0.1",), paths=frozenset(), policy="default-src 'none'")
    client = TestClient(Guard(app, rules), base_url=f"http://{HOST}")
    token = visitors.sessions.begin(role) if role else ""
    headers = {"Cookie": f"relais={token}", "Origin": f"http://{HOST}"}
    given, open_pages, acts = set(), *MATRIX[role]
    for folder in ALL:
        for act in ACTS:
            file = File("a.csv", lambda: "bytes", act, folder, token, "session", visitors.account(token))
            answer = client.get(f"/fichier/{visitors.tickets.issue(file)}", headers=headers)
            if answer.text == "bytes":
                given.add((folder, act))
    assert given == {(folder, act) for folder in open_pages for act in acts}
    uploaded = {client.request(m, "/_stcore/upload_file/x/y", headers=headers).status_code for m in ("PUT", "DELETE")}
    assert uploaded == ({200} if role == "coordination" else {403})
