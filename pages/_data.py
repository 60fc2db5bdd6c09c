"""What the pages read: the version that this server answers from, and the demo built when there is none."""

import contextlib
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from analytics.store import OldLayoutError, Serving, Snapshot, Store, StoreError
from pages import _access


@st.cache_resource(show_spinner=False, max_entries=3)
def _serving(location: str) -> Serving:
    from pages import _first

    return Serving(_first.answer)


@st.cache_resource(show_spinner=False)
def _prepare(location: str) -> None:
    """Once per server: remove the files of a killed import, and build the demo on a first start."""
    store = Store(Path(location))
    with contextlib.suppress(StoreError), store.writing():
        pass
    if not store.versions:
        from analytics.workflows.demo import build_demo  # Faker and the import are slow to load, and rarely needed

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
    """The version of the records that a run of a page shows, shared by all sessions; stops the page where there is none yet.

    To be asked for once in a run: meanwhile a newer one may be loaded. Raises StoreError when it cannot be read.
    """
    current = store()
    prepare()
    opened = opened_version(current)
    if opened is None:
        st.info("Il n’y a pas encore de données. Importez un registre à la page Registre.", icon=":material/info:")
        st.stop()
    return opened


def opened_version(current: Store, *, newest: bool = False, any_layout: bool = False) -> Snapshot | None:
    """The version of a store to answer from, opened once, whoever asks (:meth:`Serving.current`); None while there is none.

    Raises StoreError, and unless ``any_layout`` will do OldLayoutError.
    """
    opened = _serving(str(current.location)).current(current, newest=newest)
    if opened is not None and not any_layout and not _has_current_layout(opened):
        raise OldLayoutError
    return opened


def _has_current_layout(opened: Snapshot) -> bool:
    return opened.remember("has_current_layout", lambda: opened.has_current_layout)


def made_ready(current: Store) -> Snapshot | None:
    """:func:`opened_version`, after the demonstration was built where there is nothing; it may not be shown unasked."""
    _prepare(str(current.location))
    return opened_version(current)


def previous_snapshot(current: Snapshot) -> Snapshot | None:
    """The version before ``current`` to compare it with; None when there is none, when one is fictitious and the other not,
    and when it was written before the protocol or Relais changed.
    """
    previous = _serving(str(current.location)).before(Store(current.location), current)
    if previous is None or not _has_current_layout(previous):
        return None
    return previous if previous.is_demo == current.is_demo else None
