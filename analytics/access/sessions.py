"""Who is signed in, by a record of our own: what a cookie says of itself counts for nothing."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

IDLE_SECONDS = 30 * 60  # without a run of a page
LONGEST_SECONDS = 10 * 3600


@dataclass
class _Session:
    mail: str
    began: float
    last_run: float


class Sessions:
    """The open sessions by their token. They live in memory alone: a restart of the server ends them all."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._open: dict[str, _Session] = {}

    def begin(self, mail: str) -> str:
        """A new token, 256 random bits, for who has just proved to be ``mail``."""
        now, token = self._clock(), secrets.token_urlsafe(32)
        self._open = {one: session for one, session in self._open.items() if self._lives(session)}
        self._open[token] = _Session(mail, now, now)
        return token

    def mail(self, token: str, *, runs: bool = False) -> str | None:
        """Whose session it is; None when it has ended or never was. ``runs``: a page runs in it, and it goes on."""
        session = self._open.get(token)
        if session is None or not self._lives(session):
            self._open.pop(token, None)
            return None
        if runs:
            session.last_run = self._clock()
        return session.mail

    def end(self, token: str) -> None:
        self._open.pop(token, None)

    def _lives(self, session: _Session) -> bool:
        now = self._clock()
        return now - session.last_run < IDLE_SECONDS and now - session.began < LONGEST_SECONDS
