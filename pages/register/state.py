"""What the page Registre keeps in a session, and what it does with the store.

The upload is never written to disk. What was read of it stays in this session under one key, only as long as the page needs
it: :func:`clear` lets go of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from analytics.domain.errors import explain
from analytics.domain.french import count, day
from analytics.domain.school_calendar import TIMEZONE
from analytics.intake import OwnWords, Question, UnansweredError
from analytics.store import Store, StoreError
from analytics.workflows.importing import Import, import_register, store_key
from analytics.workflows.inventory import history, inventory
from pages import _widgets

_CHECKED, _WORDS, _SAID, _ROUND, _UNDO = (f"registre_{name}" for name in ("verifie", "mots", "dit", "tour", "annuler"))


@dataclass(frozen=True)
class Held:
    """What the store holds, in French, and how its imports came."""

    sentences: list[str]
    history: pd.DataFrame
    is_demo: bool


@st.cache_data(show_spinner=False, max_entries=3)
def held(folder: str, versions: tuple[str, ...]) -> Held | None:
    """What the versions of a store hold; None when there are none. Raises StoreError when none can be read."""
    if not versions or (snapshot := Store(Path(folder)).snapshot()) is None:
        return None
    with snapshot:
        return Held(inventory(snapshot), history(snapshot), snapshot.is_demo)


@dataclass(frozen=True)
class Upload:
    """The files of the coordinator and what she says about them. ``token`` changes with any of it."""

    content: bytes
    schools: bytes | None
    as_of: date | None
    own_words: OwnWords
    token: tuple


@dataclass(frozen=True)
class Checked:
    """An upload after the check: what an import would do, or why it is refused, and what is asked about it."""

    token: tuple
    found: Import | None
    refusal: str
    questions: tuple[Question, ...] = ()


def turn() -> int:
    """A number for the keys of the upload's widgets: a new one drops the old files."""
    return st.session_state.get(_ROUND, 0)


def clear_check() -> None:
    """Let go of what was read of an upload that is no longer there."""
    st.session_state.pop(_CHECKED, None)


def clear() -> None:
    """Let go of the upload, of what was read of it and of the answers given about it."""
    clear_check()
    _widgets.forget_uploads()
    st.session_state.pop(_WORDS, None)
    st.session_state[_ROUND] = turn() + 1


def answers() -> OwnWords:
    """What the coordinator said that her unknown columns and words mean."""
    return st.session_state.get(_WORDS, OwnWords())


def remember(answered: list[tuple[Question, str | None]], own_words: OwnWords) -> None:
    """Keep the answers to questions, beside those that were given before."""
    for question, code in answered:
        if code:
            own_words = own_words.with_answer(question.place, code)
    st.session_state[_WORDS] = own_words


def say(place: str, text: str, *, failed: bool = False) -> None:
    """A sentence to show once, at a ``place`` of the page, in the next run."""
    st.session_state[f"{_SAID}_{place}"] = (text, failed)


def said(place: str) -> tuple[str, bool]:
    """The sentence to show now at a ``place`` of the page, and whether it is about a failure."""
    return st.session_state.pop(f"{_SAID}_{place}", ("", False))


def _import(store: Store, upload: Upload, *, dry_run: bool) -> Import:
    """Import or check the upload under a bar that moves."""
    bar = st.progress(0.0, "Préparation")

    def show(share: float, what: str) -> None:
        bar.progress(share, f"{what}…")

    try:
        return import_register(
            store,
            upload.content,
            store_key(store),
            datetime.now(ZoneInfo(TIMEZONE)),
            schools_content=upload.schools,
            own_words=upload.own_words,
            as_of=upload.as_of,
            dry_run=dry_run,
            progress=show,
        )
    finally:
        bar.empty()


def check(store: Store, upload: Upload) -> Checked:
    """The upload after the check, which runs once for the same files and answers."""
    known = st.session_state.get(_CHECKED)
    if known is None or known.token != upload.token:
        known = st.session_state[_CHECKED] = _check(store, upload)
    return known


def _check(store: Store, upload: Upload) -> Checked:
    try:
        found = _import(store, upload, dry_run=True)
    except UnansweredError as error:
        return Checked(upload.token, None, str(error), error.questions)
    except Exception as error:  # whatever it is: Streamlit would log its message, which could hold a value
        return Checked(upload.token, None, explain(error))
    return Checked(upload.token, found, "", found.extract.questions)


def publish(store: Store, upload: Upload) -> None:
    """Import the upload, say what was done and let go of it; the refused rows stay until they are taken or left."""
    before = store.versions[:1]
    try:
        done = _import(store, upload, dry_run=False)
    except Exception as error:  # as in _check
        say("import", explain(error), failed=True)
        st.rerun()
    clear()
    if store.versions[:1] == before:
        say("import", "Rien n’a changé : ces dossiers étaient déjà connus tels quels.")
    else:
        say("import", f"Le registre est importé. {outcome(done)}")
    if done.extract.n_refused:
        st.session_state[_CHECKED] = Checked((), done, "")
    st.rerun()


def left_over() -> Import | None:
    """The import that was done and whose refused rows are still to be taken, or None."""
    known = st.session_state.get(_CHECKED)
    return known.found if known is not None and not known.token else None


def outcome(done: Import) -> str:
    """What an import does to the known cases, in a sentence."""
    changes = done.changes
    text = (
        f"{count(changes.new, 'nouveau dossier', 'nouveaux dossiers')}, {count(changes.changed, 'modifié')}, "
        f"{count(changes.unchanged, 'inchangé')}. Situation au {day(done.extract.as_of)}."
    )
    if changes.missing:
        known = count(changes.missing, "dossier déjà connu n’est", "dossiers déjà connus ne sont")
        text += f" {known} pas dans ce fichier : Relais {'le' if changes.missing == 1 else 'les'} garde."
    return text


def undo_asked() -> bool:
    """Whether the coordinator is about to take back the last import."""
    return st.session_state.get(_UNDO, False)


def ask_undo(asked: bool) -> None:
    st.session_state[_UNDO] = asked


def undo(store: Store) -> None:
    """Take back the last import, and say so."""
    ask_undo(False)
    try:
        store.undo()
        say("history", "La dernière importation est annulée.")
    except StoreError as error:
        say("history", str(error), failed=True)
