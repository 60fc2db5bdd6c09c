"""The guard: one ASGI middleware before everything else, that decides by the request alone.

It refuses before Streamlit sees the request, adds the headers to every answer, and holds no data itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from analytics.access import peers, roles
from analytics.access.policy import HEADERS
from analytics.access.settings import CALLBACK
from analytics.access.visitors import Visitors

HEALTH = "/_stcore/health"
HOST_CONFIG = "/_stcore/host-config"  # the client does not start without it: it says that no other origin is believed
STREAM = "/_stcore/stream"
UPLOADS = "/_stcore/upload_file/"
ASSETS = "/static/"
DOWNLOADS = "/fichier/"
SIGNING = (CALLBACK, "/auth/login", "/auth/logout")
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")


@dataclass(frozen=True)
class Rules:
    """What the guard goes by.

    ``hosts`` are the names that the server answers to, ``paths`` the pages and plain files that it serves, ``policy`` their
    Content-Security-Policy. ``proven_mail`` gives the mail that the cookies of a finished sign-in prove.
    """

    visitors: Visitors
    hosts: tuple[str, ...]
    paths: frozenset[str]
    policy: str
    proven_mail: Callable[[Mapping[str, str]], str | None] = lambda cookies: None


class Refused(Exception):  # noqa: N818  # an answer, not an error
    """A request that is not let in: its HTTP status."""


class Guard:
    """ASGI middleware; see :class:`Rules`."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self._app, self._rules, self._visitors = app, rules, rules.visitors
        self._visitors.are_guarded = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        try:
            self._check(scope)
        except Refused as refusal:
            await self._refuse(refusal.args[0], scope, send)
            return
        await self._app(scope, receive, self._sender(scope, send))

    def _check(self, scope: Scope) -> None:
        """Raise Refused unless the request may pass."""
        headers, path = Headers(scope=scope), scope["path"]
        self._check_address(headers, is_read=scope["type"] == "http" and scope["method"] in ("GET", "HEAD"))
        if self._visitors.accounts is None and not path.startswith(ASSETS):  # Streamlit's own code is no secret
            self._check_peer(scope, headers)
        if scope["type"] == "websocket":
            allowed = path == STREAM
        elif path.startswith(UPLOADS):
            allowed = scope["method"] in ("PUT", "DELETE")
            if not roles.can(self._visitors.account(self.token(headers)), "import"):
                raise Refused(403)
        else:
            allowed = scope["method"] in ("GET", "HEAD") and self._is_served(path)
        if not allowed:
            raise Refused(404)

    def _check_address(self, headers: Headers, *, is_read: bool) -> None:
        """The name in Host is ours, and a request that could change or stream something comes from our own page."""
        named = headers.getlist("host")
        host = named[0] if len(named) == 1 else ""
        try:
            name = urlsplit(f"//{host}").hostname
        except ValueError:
            name = None
        if name not in self._rules.hosts or "@" in host or "/" in host:
            raise Refused(421)
        accounts = self._visitors.accounts
        expected = accounts.origin if accounts else f"http://{host}"
        origins = headers.getlist("origin")
        if origins != [expected] and (origins or not is_read):
            raise Refused(403)

    def _check_peer(self, scope: Scope, headers: Headers) -> None:
        """Without accounts, who connects is a process of our own user, directly."""
        if any(name in headers for name in _FORWARDED) or peers.is_another_user(
            scope.get("client"), scope.get("server")
        ):
            raise Refused(403)

    def _is_served(self, path: str) -> bool:
        if path in (*self._rules.paths, HEALTH, HOST_CONFIG):
            return True
        if path.startswith((ASSETS, DOWNLOADS)):
            return ".." not in path
        return self._visitors.accounts is not None and path in SIGNING

    def token(self, headers: Headers) -> str:
        """The value of our cookie; "" without one."""
        return cookie_parser(headers.get("cookie", "")).get(self._visitors.cookie, "")

    def _sender(self, scope: Scope, send: Send) -> Send:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._finish(scope, MutableHeaders(scope=message))
            await send(message)

        return guarded

    def _finish(self, scope: Scope, headers: MutableHeaders) -> None:
        """The headers of an answer, and the cookie where one is due."""
        path, accounts = scope["path"], self._visitors.accounts
        for name, value in HEADERS.items():
            headers[name] = value
        headers.setdefault("content-security-policy", self._rules.policy)
        if not path.startswith(ASSETS):
            headers["cache-control"] = "no-store"
        for name in [name for name in headers if name.startswith("access-control-")] + ["server"]:
            del headers[name]
        if accounts is None and path == HEALTH and not self.token(Headers(scope=scope)):
            self._set_cookie(headers, secrets.token_urlsafe(32))
        if accounts and path == CALLBACK and (mail := self._rules.proven_mail(_cookies_set(headers))):
            self._set_cookie(headers, self._visitors.sign_in(mail))
        if accounts and accounts.is_secure:
            cookies = headers.getlist("set-cookie")
            del headers["set-cookie"]
            for cookie in cookies:
                headers.append("set-cookie", cookie if "; secure" in cookie.lower() else f"{cookie}; Secure")

    def _set_cookie(self, headers: MutableHeaders, token: str) -> None:
        # Set by an answer to the page's own request: a link from elsewhere would come without a Strict cookie.
        headers.append("set-cookie", f"{self._visitors.cookie}={token}; Path=/; HttpOnly; SameSite=Strict")

    async def _refuse(self, status: int, scope: Scope, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        raw = [(b"content-length", b"0"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": b""})


def _cookies_set(headers: MutableHeaders) -> dict[str, str]:
    """The cookies that an answer sets, by name; those that it deletes left out."""
    cookies: SimpleCookie = SimpleCookie()
    for line in headers.getlist("set-cookie"):
        cookies.load(line)
    return {name: morsel.value for name, morsel in cookies.items() if morsel["max-age"] != "0"}
