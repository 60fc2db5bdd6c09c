"""The guard itself, asked what a server in front of it might let through: a Host that only looks like ours."""

from __future__ import annotations

import asyncio

import pytest

from analytics.access.guard import Guard, Rules
from analytics.access.log import AccessLog
from analytics.access.visitors import Visitors

OURS = "127.0.0.1:8501"


def status(tmp_path, *hosts: str) -> int:
    """The status of a request with these Host headers; 200 where it reaches the application."""
    visitors = Visitors(None, lambda: AccessLog(tmp_path / "access.jsonl"))
    sent = []

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message):
        sent.append(message)

    guard = Guard(app, Rules(visitors, ("127.0.0.1",), frozenset({"/"}), "default-src 'none'"))
    headers = [(b"host", host.encode()) for host in hosts]
    scope = {"type": "http", "method": "GET", "path": "/", "headers": headers, "client": None, "server": None}
    asyncio.run(guard(scope, None, send))
    return sent[0]["status"]


@pytest.mark.parametrize(
    "hosts",
    [
        (),
        ("",),
        (OURS, "evil.example"),
        (OURS, OURS),
        (f"{OURS},evil.example",),
        ("127.0.0.1:x",),
        ("127.0.0.1#evil.example",),
        ("127.0.0.1?evil.example",),
        ("127.0.0.1 evil.example",),
        ("evil.example:127.0.0.1",),
        ("127.0.0.1.",),
    ],
)
def test_a_host_that_only_looks_like_ours_is_refused(hosts, tmp_path):
    assert status(tmp_path, *hosts) == 421


def test_our_host_passes(tmp_path):
    assert status(tmp_path, OURS) == 200
