"""Download buttons, and the removal of uploads from the session."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

_TYPES = {
    "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ics": "text/calendar",
    "pdf": "application/pdf",
    "toml": "application/toml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


def offer_file(
    label: str,
    content: Callable[[], bytes | str],
    file_name: str,
    key: str,
    *,
    icon: str = "download",
    kind: Literal["secondary", "tertiary"] = "secondary",
) -> None:
    """A download button that makes its file on click. No rerun: it could drop what the file needs."""
    st.download_button(
        label,
        content,
        file_name,
        _TYPES[file_name.rsplit(".", 1)[1]],
        key=key,
        on_click="ignore",
        type=kind,
        icon=f":material/{icon}:",
    )


def style(beside: str, name: str) -> str:
    """The style sheet ``name`` in the folder of the file ``beside``, as an element to put on the page."""
    return f"<style>{Path(beside).with_name(name).read_text('utf-8')}</style>"


def upload_style() -> None:
    """French words on the upload fields of the page: Streamlit's own are English."""
    st.html(style(__file__, "upload.css").replace("LIMIT", str(st.get_option("server.maxUploadSize"))))


def focus(key: str, turn: int) -> None:
    """Move the focus to the container ``key``, once for each ``turn``: a screen reader then says what it holds."""
    find = f"window.parent.document.querySelector('.st-key-{key}')"
    script = f"const part = {find}; if (part) {{ part.tabIndex = -1; part.focus() }}"
    st.html(f"<script>/* {turn} */ {{ {script} }}</script>", unsafe_allow_javascript=True)


def forget(prefix: str) -> None:
    """Drop what the session keeps under keys that begin with ``prefix``."""
    for key in [str(key) for key in st.session_state if str(key).startswith(prefix)]:
        del st.session_state[key]


def forget_uploads() -> None:
    """Drop the files that the session has uploaded: Streamlit would keep their bytes until the browser leaves."""
    context = get_script_run_ctx()
    if context is not None:
        context.uploaded_file_mgr.remove_session_files(context.session_id)
