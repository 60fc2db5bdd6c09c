"""Relais behind Debian's caddy, with the Caddyfile of the README: TLS, its headers, its cookies and its sockets."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.access.raw import ask
from tests.browser.driving import free_port, serve
from tests.test_readme import CADDYFILE

if shutil.which("caddy") is None:
    if os.environ.get("CI"):
        pytest.fail("Caddy is missing: .ci/run installs it.", pytrace=False)
    pytest.skip("Caddy is missing: install Debian's package caddy.", allow_module_level=True)


@pytest.fixture(scope="module")
def proxied(tmp_path_factory):
    """The port of the proxy, the port of a server behind it, and what trusts the proxy's certificate."""
    folder = tmp_path_factory.mktemp("proxied")
    outer, inner, other = free_port(), free_port(), free_port()
    (folder / "roles.toml").write_text('"c@x" = "coordination"')
    (folder / "secrets.toml").write_text(
        f'[auth]\nredirect_uri = "https://localhost:{outer}/oauth2callback"\ncookie_secret = "{"s" * 40}"\n'
        'client_id = "relais"\nclient_secret = "secret"\nserver_metadata_url = "http://127.0.0.1:1/none"\n'
    )
    ports = {"relais.example": f"localhost:{outer}", "1:8501": f"1:{inner}", "1:8502": f"1:{other}"}
    site = re.sub("|".join(ports), lambda found: ports[found[0]], CADDYFILE)
    # What a test changes: certificates of its own, and no port but its own.
    options = "{\n admin off\n local_certs\n skip_install_trust\n auto_https disable_redirects\n}\n"
    (folder / "Caddyfile").write_text(options + site)
    environment = os.environ | {"XDG_DATA_HOME": str(folder / "data"), "XDG_CONFIG_HOME": str(folder / "config")}
    command = ["caddy", "run", "--config", str(folder / "Caddyfile")]
    both = {
        "RELAIS_ROLES": str(folder / "roles.toml"),
        "STREAMLIT_SECRETS_FILES": str(folder / "secrets.toml"),
        "health_host": f"localhost:{outer}",
    }
    with (
        serve(folder, inner, **both),
        serve(folder, other, **both),
        (folder / "caddy.log").open("wb") as log,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log) as caddy,
    ):
        try:
            yield outer, inner, _trusting(folder / "data/caddy/pki/authorities/local/root.crt", outer)
        finally:
            caddy.terminate()
            caddy.wait(20)


def _trusting(root: Path, port: int) -> ssl.SSLContext:
    for _ in range(150):
        try:
            context = ssl.create_default_context(cafile=root)
            with socket.create_connection(("localhost", port), timeout=2) as plain:
                context.wrap_socket(plain, server_hostname="localhost").close()
            return context
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("Caddy did not start.")


def fetch(port: int, trusted: ssl.SSLContext, path: str, **headers: str) -> str:
    lines = [f"GET {path} HTTP/1.1", f"Host: localhost:{port}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    with (
        socket.create_connection(("localhost", port), timeout=20) as plain,
        trusted.wrap_socket(plain, server_hostname="localhost") as secure,
    ):
        secure.sendall("\r\n".join(lines).encode() + b"\r\n\r\n")
        received = b""
        while part := secure.recv(65536):
            received += part
    return received.decode("utf-8", "replace")


def test_every_answer_is_by_tls_with_hsts_and_the_headers_of_the_guard(proxied):
    outer, _, trusted = proxied
    head = fetch(outer, trusted, "/protocole.html").partition("\r\n\r\n")[0].lower()
    assert " 200" in head.splitlines()[0]
    assert "strict-transport-security: max-age=31536000; includesubdomains" in head
    assert "x-content-type-options: nosniff" in head
    assert "cache-control: no-store" in head


def test_each_cookie_is_for_tls_alone(proxied):
    outer, _, trusted = proxied
    cookies = re.findall(r"(?im)^set-cookie: (.*)$", fetch(outer, trusted, "/_stcore/health"))
    assert cookies
    assert not [cookie for cookie in cookies if "; secure" not in cookie.lower()]


def test_both_servers_are_given_people_and_keep_those_they_were_given(proxied):
    outer, _, trusted = proxied
    given = [fetch(outer, trusted, "/_stcore/health") for _ in range(20)]
    lots = {re.search(r"(?im)^set-cookie: (lb=\w+); .*HttpOnly", answer)[1] for answer in given}
    assert len(lots) == 2
    for lot in lots:
        again = fetch(outer, trusted, "/_stcore/health", Cookie=lot)
        assert " 200" in again.splitlines()[0]
        assert "set-cookie: lb=" not in again.lower()


def test_our_page_gets_its_socket_through_the_proxy_and_no_other_does(proxied):
    outer, _, trusted = proxied
    address = f"wss://localhost:{outer}/_stcore/stream"
    with connect(address, ssl=trusted, origin=f"https://localhost:{outer}", proxy=None):
        pass
    for origin in (None, "https://evil.example", f"http://localhost:{outer}", "https://localhost"):
        with pytest.raises(InvalidStatus), connect(address, ssl=trusted, origin=origin, proxy=None):
            pass


def test_what_a_client_says_of_itself_in_forwarded_headers_changes_nothing(proxied):
    outer, inner, trusted = proxied
    lie = {"X_Forwarded_For": "127.0.0.1", "X_Forwarded_Host": "evil.example", "X_Forwarded_Proto": "http"}
    assert "evil.example" not in fetch(outer, trusted, "/", **lie)
    assert ask(inner, "/", host="evil.example", X_Forwarded_Host=f"localhost:{outer}").status == 421
    assert ask(inner, "/", host=f"127.0.0.1:{inner}").status == 421
