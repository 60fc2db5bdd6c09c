"""What the pages read: the store opened once per version, and the demo built when there is none."""

import contextlib
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from analytics.store import OldLayoutError, Snapshot, Store, StoreError
from pages import _access


@st.cache_resource(show_spinner=False, max_entries=3)
def _open(location: str, version: str) -> Snapshot | None:
    opened = Store(Path(location)).snapshot()
    if opened is not None and not opened.has_current_layout:
        raise OldLayoutError
    return opened


@st.cache_resource(show_spinner=False)
def _prepare(location: str) -> None:
    """Once per server: remove the files of a killed import, and build the demo on a first start."""
    from analytics.workflows.demo import build_demo  # Faker is slow to import and rarely needed

    store = Store(Path(location))
    with contextlib.suppress(StoreError), store.writing():
        pass
    if not store.versions:
        build_demo(store, datetime.now(UTC))


def store() -> Store:
    """The store that ``RELAIS_STORE`` names, for an account that may open the page that is shown. Raises RefusedError."""
    _access.check_page()
    return Store()


def prepare() -> None:
    """On a first start, build the demo, or wait for it; StoreError when it cannot be written."""
    current = store()
    wait = "Premier démarrage : préparation de données fictives…"
    with contextlib.nullcontext() if current.versions else st.spinner(wait):
        _prepare(str(current.location))


def snapshot() -> Snapshot:
    """The current version of the records, shared by all sessions; stops the page where there is none yet.

    Raises StoreError when it cannot be read.
    """
    current = store()
    prepare()
    opened = opened_version(current)
    if opened is None:
        st.info("Il n’y a pas encore de données. Importez un registre à la page Registre.", icon=":material/info:")
        st.stop()
    return opened


def opened_version(current: Store) -> Snapshot | None:
    """The current version of a store, opened once, whoever asks; None while there is none. Raises StoreError."""
    return _open(str(current.location), current.versions[0]) if current.versions else None


def made_ready(current: Store) -> Snapshot | None:
    """:func:`opened_version`, after the demonstration was built where there is nothing; it may not be shown unasked."""
    _prepare(str(current.location))
    return opened_version(current)


def previous_snapshot(current: Snapshot) -> Snapshot | None:
    """The version before ``current`` to compare it with; None when there is none, when one is fictitious and the other not,
    and when it was written before the protocol or Relais changed.
    """
    versions = Store(current.location).versions
    if len(versions) < 2:
        return None
    previous = _open_version(str(current.location), versions[1])
    return previous if previous is not None and previous.is_demo == current.is_demo else None


@st.cache_resource(show_spinner=False, max_entries=3)
def _open_version(location: str, version: str) -> Snapshot | None:
    try:
        opened = Store(Path(location)).open(version)
    except StoreError:
        return None
    return opened if opened.has_current_layout else None
