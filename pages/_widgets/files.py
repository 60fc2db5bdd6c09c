"""Files to take, and what the session forgets with its page."""

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Literal

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from analytics.access.guard import DOWNLOADS
from pages import _access
from pages._widgets import errors

# Inline scripts whose text never changes: the guard's policy lets them run by their hash.
TAKE_SCRIPT = "document.currentScript.previousElementSibling.click()"
FOCUS_SCRIPT = (
    "{ const key = document.currentScript.previousElementSibling.dataset.focus; "
    "const part = document.querySelector(`.st-key-${key}`); if (part) { part.tabIndex = -1; part.focus() } }"
)


@st.fragment
def offer_file(
    label: str,
    content: Callable[[], bytes | str],
    file_name: str,
    key: str,
    *,
    icon: str = "download",
    kind: Literal["secondary", "tertiary"] = "secondary",
    act: str = "table",
    is_copied: bool = False,
) -> None:
    """A button that gives a file, where this account may take it (``act``, see :func:`roles.can`). With ``is_copied`` its HTML
    goes to the clipboard (``relais.js``).

    A click runs this button alone, since a run of the page could drop what the file needs. It gives a one-time ticket, that the
    browser brings at once; ``content`` makes the file only then.
    """
    if not _access.may(act):
        return
    with errors.explained():  # a part that runs alone has no page around it
        if st.button(label, key=key, type=kind, icon=f":material/{icon}:"):
            address = f"{DOWNLOADS}{_access.ticket(file_name, content, act)}"
            link = f'<a href="{address}" download="{escape(file_name)}"{" data-copy" * is_copied}></a>'
            st.html(f"{link}<script>{TAKE_SCRIPT}</script>", unsafe_allow_javascript=True)


def style(beside: str, name: str) -> str:
    """The style sheet ``name`` in the folder of the file ``beside``, as an element to put on the page."""
    return f"<style>{Path(beside).with_name(name).read_text('utf-8')}</style>"


def upload_style() -> None:
    """French words on the upload fields of the page: Streamlit's own are English."""
    st.html(style(__file__, "upload.css").replace("LIMIT", str(st.get_option("server.maxUploadSize"))))


def focus(key: str, turn: int) -> None:
    """Move the focus to the container ``key``, once for each ``turn``: a screen reader then says what it holds."""
    mark = f'<i data-focus="{key}" data-turn="{turn}"></i>'
    st.html(f"{mark}<script>{FOCUS_SCRIPT}</script>", unsafe_allow_javascript=True)


def forget(prefix: str) -> None:
    """Drop what the session keeps under keys that begin with ``prefix``."""
    for key in [str(key) for key in st.session_state if str(key).startswith(prefix)]:
        del st.session_state[key]


def forget_uploads() -> None:
    """Drop the files that the session has uploaded: Streamlit would keep their bytes until the browser leaves."""
    context = get_script_run_ctx()
    if context is not None:
        context.uploaded_file_mgr.remove_session_files(context.session_id)
