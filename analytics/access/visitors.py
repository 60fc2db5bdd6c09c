"""Who is behind a request, what they may do now, and the note of what they did."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from analytics.access.log import AccessLog, Entry, LogError
from analytics.access.roles import OWNER, Account, RolesError, check_can, read_accounts
from analytics.access.sessions import Sessions
from analytics.access.settings import Accounts
from analytics.access.tickets import Tickets
from analytics.domain.errors import RelaisError

_ALWAYS_NOTED = ("import", "undo", "forget", "publish")  # where there are no accounts too


@dataclass
class Visitors:
    """The accounts of a server (None where there are none), its open sessions and tickets, and where its log is.

    ``are_guarded`` once the guard stands before the server: without it no page is shown.
    """

    accounts: Accounts | None
    log: Callable[[], AccessLog]
    sessions: Sessions = field(default_factory=Sessions)
    tickets: Tickets = field(default_factory=Tickets)
    are_guarded: bool = False

    @property
    def cookie(self) -> str:
        """The name of our cookie: a browser keeps one that begins with __Host- from every other host, and to TLS."""
        return "__Host-relais" if self.accounts and self.accounts.is_secure else "relais"

    def account(self, token: str, *, runs: bool = False) -> Account | None:
        """Who sent ``token`` as cookie, by the sessions and the file of roles at this moment; None for nobody known."""
        if self.accounts is None:
            return OWNER
        mail = self.sessions.mail(token, runs=runs)
        try:
            return read_accounts(self.accounts.roles).get(mail) if mail else None
        except RolesError:
            return None

    def sign_in(self, mail: str) -> str:
        """Begin a session, note it, and return its token."""
        token = self.sessions.begin(mail)
        self.note(self.account(token) or Account(mail, ""), "sign-in")
        return token

    def sign_out(self, token: str) -> None:
        account = self.account(token)
        self.sessions.end(token)
        self.note(account, "sign-out")

    def note(self, account: Account | None, act: str, what: Mapping[str, object] | None = None, **more: object) -> None:
        """Write a line of the log. With accounts LogError where it cannot be written; without, only changes are noted."""
        if self.accounts is None and act not in _ALWAYS_NOTED:
            return
        entry = Entry(account.mail if account else "", account.role if account else "", act, what or {}, **more)  # ty: ignore[invalid-argument-type]
        try:
            self.log().write(entry)
        except LogError:
            if self.accounts is not None:
                raise

    def check_log(self) -> None:
        """With accounts, LogError where a line could not be written now."""
        if self.accounts is not None:
            self.log().check()

    @contextmanager
    def acting(self, account: Account | None, act: str) -> Generator[dict]:
        """Check that ``account`` may do ``act``, let it, and note it with what the block puts in the yielded ``what``.

        With accounts a log that cannot be written refuses the act before it begins.
        """
        try:
            check_can(account, act)
        except RelaisError:
            self.note(account, act, result="refused")
            raise
        self.check_log()
        what: dict = {}
        try:
            yield what
        except Exception:
            self.note(account, act, what, result="failed")
            raise
        self.note(account, act, what, rows=what.pop("rows", None))
