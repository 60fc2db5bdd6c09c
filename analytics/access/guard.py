"""The guard: one ASGI middleware before everything else, that decides by the request alone.

It refuses before Streamlit sees the request, adds the headers to every answer, and holds no data itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from analytics.access import peers, roles
from analytics.access.policy import HEADERS
from analytics.access.settings import CALLBACK
from analytics.access.visitors import Visitors

HEALTH = "/_stcore/health"
HOST_CONFIG = "/_stcore/host-config"
STREAM = "/_stcore/stream"
UPLOADS = "/_stcore/upload_file/"
ASSETS = "/static/"
DOWNLOADS = "/fichier/"
SIGNING = (CALLBACK, "/auth/login", "/auth/logout")
# The client does not start without it. Streamlit's own is never reached: this constant says that no other page is believed.
_HOST_CONFIG = JSONResponse({"allowedOrigins": [], "useExternalAuthToken": False, "enableCustomParentMessages": False})
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


class Guard:
    """ASGI middleware; see :class:`Rules`."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self._app, self._rules, self._visitors = app, rules, rules.visitors
        self._visitors.are_guarded = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._finish(scope, MutableHeaders(scope=message))
            await send(message)

        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif not (status := self._refusal(scope)):
            app = _HOST_CONFIG if scope["path"] == HOST_CONFIG else self._app
            await app(scope, receive, answer)
        elif scope["type"] == "websocket":
            await WebSocketClose(1008)(scope, receive, send)
        else:
            headers = HEADERS | {"cache-control": "no-store", "content-security-policy": self._rules.policy}
            await Response(status_code=status, headers=headers)(scope, receive, send)

    def _refusal(self, scope: Scope) -> int:
        """The HTTP status that refuses a request; 0 when it may pass."""
        headers, path, accounts = Headers(scope=scope), scope["path"], self._visitors.accounts
        is_read = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._is_our_name(host := hosts[0]):
            return 421
        # What could change or stream something comes from our own page; what is read may come without an origin.
        origins = headers.getlist("origin")
        if origins != [accounts.origin if accounts else f"http://{host}"] and (origins or not is_read):
            return 403
        is_code = path.startswith(ASSETS)  # Streamlit's own code is no secret
        if accounts is None and not is_code and _is_foreign(scope, headers):
            return 403
        if scope["type"] == "websocket":
            return 0 if path == STREAM else 404
        if path.startswith(UPLOADS):
            if not roles.can(self._visitors.account(self.token(headers)), "import"):
                return 403
            return 0 if scope["method"] in ("PUT", "DELETE") else 404
        return 0 if is_read and self._is_served(path) else 404

    def _is_our_name(self, host: str) -> bool:
        name, colon, port = host.partition(":")
        return name.lower() in self._rules.hosts and (port.isdecimal() or not colon)

    def _is_served(self, path: str) -> bool:
        if path.startswith((ASSETS, DOWNLOADS)):
            return ".." not in path
        is_signing = self._visitors.accounts is not None and path in SIGNING
        return is_signing or path in (*self._rules.paths, HEALTH, HOST_CONFIG)

    def token(self, headers: Headers) -> str:
        """The value of our cookie; "" without one."""
        return cookie_parser(headers.get("cookie", "")).get(self._visitors.cookie, "")

    def _finish(self, scope: Scope, headers: MutableHeaders) -> None:
        """The headers of an answer, and the cookie where one is due."""
        path, accounts = scope["path"], self._visitors.accounts
        headers.update(HEADERS)
        headers.setdefault("content-security-policy", self._rules.policy)
        if not path.startswith(ASSETS):
            headers["cache-control"] = "no-store"
        for name in [name for name in headers if name.startswith("access-control-")]:
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


def _is_foreign(scope: Scope, headers: Headers) -> bool:
    """Whether a request comes through a proxy, or from a process that the system names as another user's."""
    is_forwarded = any(name in headers for name in _FORWARDED)
    return is_forwarded or peers.is_another_user(scope.get("client"), scope.get("server"))


def _cookies_set(headers: MutableHeaders) -> dict[str, str]:
    """The cookies that an answer sets, by name; those that it deletes left out."""
    cookies: SimpleCookie = SimpleCookie()
    for line in headers.getlist("set-cookie"):
        cookies.load(line)
    return {name: morsel.value for name, morsel in cookies.items() if morsel["max-age"] != "0"}
