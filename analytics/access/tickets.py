"""One-time tickets for files that are made when they are asked for."""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass

from analytics.access.roles import Account

SECONDS = 60  # between the click and the browser's request


@dataclass(frozen=True)
class File:
    """A file to be made by ``content``, for ``account``, with the cookie ``holder``, in the Streamlit session ``session``.

    ``act`` is the act that its download is, and ``page`` the page that offered it.
    """

    name: str
    content: Callable[[], bytes | str]
    act: str
    page: str
    holder: str
    session: str
    account: Account | None


class Tickets:
    """The files that were asked for and not yet taken. Nothing is made before it is taken, nothing is kept after."""

    def __init__(self) -> None:
        self._files: dict[str, File] = {}

    def issue(self, file: File) -> str:
        """A ticket that gives ``file`` once, to its holder alone, within a minute."""
        ticket = secrets.token_urlsafe(32)
        self._files[ticket] = file
        timer = threading.Timer(SECONDS, self._files.pop, (ticket, None))
        timer.daemon = True
        timer.start()
        return ticket

    def take(self, ticket: str, holder: str) -> File | None:
        """The file of ``ticket``, if ``holder`` is who it was issued for. A ticket that is shown is used up."""
        file = self._files.pop(ticket, None)
        is_ours = file is not None and file.holder and hmac.compare_digest(file.holder.encode(), holder.encode())
        return file if is_ours else None

    def drop(self, session: str) -> None:
        """Forget what a session asked for and did not take: its page is gone."""
        for ticket, file in list(self._files.items()):
            if file.session == session:
                self._files.pop(ticket, None)
