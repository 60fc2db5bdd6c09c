"""Who reads a page, what this account may open and do, and the note of it: where :mod:`analytics.access` meets Streamlit."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cache

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.secrets import secrets_singleton

from analytics.access.log import AccessLog
from analytics.access.roles import OPEN_PAGES, Account, can, can_open, check_can_open
from analytics.access.settings import read_settings, roles_path
from analytics.access.tickets import File
from analytics.access.visitors import Visitors
from analytics.domain.selection import Selection

HEADED = frozenset({"overview", "work_list", "incidents", "relays", "schools", "school", "prevention"})
"""The pages whose head notes them, once it knows filters and rows."""

_PAGE, _NOTED = "access_page", "access_noted"


@cache
def visitors() -> Visitors:
    """Those of this server, for the guard and the pages. SettingsError where accounts are half configured."""
    auth = secrets_singleton.get("auth") if secrets_singleton.load_if_toml_exists() else None
    return Visitors(read_settings(roles_path(), auth), log)


def log() -> AccessLog:
    """The log, beside the key."""
    from analytics.intake import key_path  # with pandas, which the protocol never needs

    return AccessLog(key_path().with_name("access.jsonl"))


def token() -> str:
    """The cookie with which this page was opened, "" without one."""
    return st.context.cookies.get(visitors().cookie, "")


def account() -> Account | None:
    """Who is here now; None where there are accounts and nobody known is signed in."""
    return visitors().account(token())


def mail() -> str:
    """The account that is here, "" where there are none."""
    here = account()
    return here.mail if here else ""


def is_served() -> bool:
    """Whether a server runs this page, and not Streamlit's test tool, whose runtime is none."""
    return runtime.exists() and type(runtime.get_instance()) is runtime.Runtime


def begin_run() -> None:
    """At the beginning of each run: the session of who is here goes on, if it has not ended.

    A server that was started in a way that leaves the guard out shows nothing.
    """
    if is_served() and not visitors().are_guarded:
        st.error("Relais ne se lance que par relais serve ou streamlit run app.py.", icon=":material/gpp_bad:")
        st.stop()
    visitors().account(token(), runs=True)


def sign_out() -> None:
    """End the session by our own record, then let Streamlit drop its cookie."""
    visitors().sign_out(token())
    st.logout()


def enter(folder: str) -> None:
    """Before a page shows anything: check that it may be noted, and note it. A closed one says so and notes that itself.

    Raises LogError: nothing is then shown.
    """
    if folder != st.session_state.get(_PAGE):
        drop_tickets()  # what was asked for on another page is gone with it
    st.session_state[_PAGE] = folder
    if folder not in OPEN_PAGES and may_open(folder):
        visitors().check_log()
        if folder not in HEADED:
            note_view(page=folder)


def note_refused() -> None:
    """Note that this account asked for a page that is closed to it."""
    note_view(page=st.session_state[_PAGE], result="refused")


def check_page() -> None:
    """RefusedError unless this account may open the page that is shown, at this moment."""
    check_can_open(account(), st.session_state.get(_PAGE, ""))


def may(act: str) -> bool:
    return can(account(), act)


def may_open(folder: str) -> bool:
    return can_open(account(), folder)


def own_school() -> str:
    """The code of the one school that this account sees, "" where it sees all."""
    here = account()
    return here.school if here else ""


def note_view(rows: int | None = None, result: str = "ok", **shown: object) -> None:
    """Note what is about to be shown (``page``, ``filters``, ``school``, ``case``), where it differs from the last time.

    What is not given stays as it was noted; another page has another school and case. Raises LogError.
    """
    before: dict = st.session_state.get(_NOTED, {})
    is_same_page = shown.get("page", before.get("page")) == before.get("page")
    now: dict = {**(before if is_same_page else {}), **shown, "result": result}
    if now == before:
        return
    codes = {name: value for name, value in now.items() if value and name not in ("filters", "result")}
    visitors().note(account(), "page", {**now.get("filters", {}), **codes}, rows=rows, result=result)
    st.session_state[_NOTED] = now


def note_head(rows: int, selection: Selection) -> None:
    """Note a page of records with its filters, as codes, before it shows a figure."""
    chosen = {name: value for name, value in vars(selection).items() if value}
    codes = {name: list(value) if isinstance(value, tuple) else str(value) for name, value in chosen.items()}
    note_view(rows, page=st.session_state.get(_PAGE, ""), filters=codes)


@contextmanager
def acting(act: str) -> Generator[dict]:
    """See :meth:`Visitors.acting`."""
    with visitors().acting(account(), act) as what:
        yield what


def ticket(name: str, content: Callable[[], bytes | str], act: str) -> str:
    """A one-time ticket for a file, bound to this browser, session and account. RefusedError where the page is closed."""
    check_page()
    context = get_script_run_ctx()
    session = context.session_id if context else ""
    return visitors().tickets.issue(File(name, content, act, st.session_state[_PAGE], token(), session, account()))


def drop_tickets() -> None:
    """Forget the files that this session asked for: its page is gone."""
    if (context := get_script_run_ctx()) is not None:
        visitors().tickets.drop(context.session_id)
