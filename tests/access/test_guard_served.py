"""The guard in front of a served Relais, asked by raw sockets: what any program or page of this machine could send."""

from __future__ import annotations

import json
import socket
import threading

import pytest

from tests.access.raw import ask, upgrade
from tests.browser.driving import ROOT, free_port, serve

REBOUND = "evil.example"


@pytest.fixture(scope="module")
def proxy():
    """A proxy that notes who asks it for something. Relais makes no request of its own: it must stay silent."""
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def listen():
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                asked.append(connection.recv(1000))
                connection.close()

        threading.Thread(target=listen, daemon=True).start()
        yield listening.getsockname()[1], asked


@pytest.fixture(scope="module")
def server(proxy, tmp_path_factory):
    port = free_port()
    through = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), f"http://127.0.0.1:{proxy[0]}")
    with serve(tmp_path_factory.mktemp("guarded"), port, no_proxy="127.0.0.1", **through) as server:
        yield server


@pytest.mark.parametrize("path", ["/", "/incidents", "/protocole.html", "/_stcore/health", "/static/js/x.js"])
@pytest.mark.parametrize("host", [REBOUND, "127.0.0.1.evil.example", "127.0.0.1@evil.example", "[::1", "127.0.0.1/x"])
def test_another_name_than_ours_is_not_answered(path, host, server):
    answer = ask(server.port, path, host=host)
    assert (answer.status, answer.body) == (421, b"")
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_two_names_are_not_answered(server):
    assert ask(server.port, "/", host=f"127.0.0.1:{server.port}\r\nHost: {REBOUND}").status in (400, 421)


def test_our_own_page_gets_its_socket(server):
    assert upgrade(server.port, Origin=f"http://127.0.0.1:{server.port}") == 101
    assert upgrade(server.port, host=f"localhost:{server.port}", Origin=f"http://localhost:{server.port}") == 101


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "http://evil.example",
        "http://127.0.0.1:1",
        "http://127.0.0.1",
        "https://127.0.0.1:{port}",
        "http://localhost:{port}",
        "http://127.0.0.1:{port}.evil.example",
    ],
)
def test_no_other_page_gets_a_socket(origin, server):
    assert upgrade(server.port, Origin=origin and origin.format(port=server.port)) == 403


def test_a_page_at_another_name_gets_no_socket(server):
    assert upgrade(server.port, host=REBOUND, Origin=f"http://{REBOUND}") == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize("origin", [None, "http://evil.example"])
def test_no_other_page_uploads(method, origin, server):
    answer = ask(server.port, "/_stcore/upload_file/any/thing", method, body=b"x", Origin=origin)
    assert (answer.status, answer.body) == (403, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_stcore/agent/openapi.json",
        "/_stcore/agent/mcp",
        "/_stcore/script-health-check",
        "/_stcore/bidi-components/x",
        "/_stcore/upload_file/any/thing",
        "/component/x/index.html",
        "/media/0123.csv",
        "/app/static/x",
        "/auth/login",
        "/oauth2callback",
        "/unknown",
        "/incidents/",
        "/static/../../config.toml",
        "//protocole.html",
    ],
)
def test_what_is_not_served_is_not_there(path, server):
    answer = ask(server.port, path)
    assert (answer.status, answer.body) == (404, b"")


@pytest.mark.parametrize("method", ["POST", "PATCH", "TRACE", "OPTIONS", "CONNECT"])
def test_a_page_is_only_read(method, server):
    answer = ask(server.port, "/", method, Origin=f"http://127.0.0.1:{server.port}")
    assert answer.status in (400, 404)
    assert b"<html" not in answer.body


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host"])
def test_what_comes_through_a_proxy_is_refused_while_there_are_no_accounts(header, server):
    assert ask(server.port, "/", **{header: "192.0.2.1"}).status == 403
    assert upgrade(server.port, Origin=f"http://127.0.0.1:{server.port}", **{header: "192.0.2.1"}) == 403


@pytest.mark.parametrize("path", ["/", "/ecole", "/protocole.html", "/protocole.pdf", "/_stcore/health"])
def test_every_answer_has_the_headers(path, server):
    headers = ask(server.port, path).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "https:", "data:"} & set(policy["script-src"].split())
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert not [name for name in headers if name.startswith("access-control-")]


def test_the_page_is_french_and_frames_nowhere(server):
    answer = ask(server.port, "/")
    assert b'<html lang="fr">' in answer.body
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_no_other_origin_is_believed_by_the_client_and_streamlits_own_answer_is_never_reached(server):
    answered = json.loads(ask(server.port, "/_stcore/host-config").body)
    assert answered == {"allowedOrigins": [], "useExternalAuthToken": False, "enableCustomParentMessages": False}


def test_the_server_asks_no_host_for_anything(server, proxy):
    upgrade(server.port, Origin="http://evil.example")
    upgrade(server.port, Origin=f"http://127.0.0.1:{server.port}")
    assert proxy[1] == []


def test_a_server_that_leaves_the_guard_out_shows_nothing():
    from streamlit.testing.v1 import AppTest  # Streamlit is slow to import

    import pages._access as access

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(access, "is_served", lambda: True)
        patch.setattr(access.visitors(), "are_guarded", False)
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert "Relais ne se lance que par" in app.error[0].value
    assert not app.title
