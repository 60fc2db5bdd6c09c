"""What the page Registre keeps in a session, and what it does with the store.

The upload is never written to disk. What was read of it stays in this session under one key, only as long as the page needs
it: :func:`clear` lets go of it.
"""

import contextlib
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date

import pandas as pd
import streamlit as st

from analytics.domain.errors import RelaisError, explain
from analytics.domain.timezone import now
from analytics.intake import OwnWords, Question, UnansweredError, key_path
from analytics.intake.duplicates import duplicate_sentences
from analytics.intake.mapping import IGNORED
from analytics.store import Store, StoreError
from analytics.workflows import import_sentences as sentences
from analytics.workflows import offices
from analytics.workflows.importing import Import, import_register, store_key
from analytics.workflows.inventory import history, inventory
from pages import _access, _data, _first
from pages._widgets import text
from pages._widgets.files import forget_uploads


@dataclass(frozen=True)
class StoreSummary:
    """What the store holds, in French, and how its imports came; ``version`` is the import that may be taken back."""

    version: str
    sentences: list[str]
    history: pd.DataFrame
    is_demo: bool


def store_summary(store: Store) -> StoreSummary | None:
    """What a store holds; None when there is nothing. Raises StoreError when no version can be read."""
    if (snapshot := _data.opened_version(store, any_layout=True)) is None:
        return None
    version = store.versions[0] if snapshot.is_fallback else snapshot.version
    return StoreSummary(version, inventory(snapshot), pd.DataFrame(history(snapshot)), snapshot.is_demo)


@dataclass(frozen=True)
class Upload:
    """The files of the coordinator and what she says about them. ``token`` changes with any of it."""

    content: bytes
    schools: bytes | None
    as_of: date | None
    own_words: OwnWords
    office: str
    token: tuple


@dataclass(frozen=True)
class Checked:
    """An upload after the check: what an import would do, or why it is refused, and what is asked about it."""

    token: tuple
    found: Import | None
    refusal: str
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What an import did, in French. ``key_path`` is "" unless it is the first one with this key."""

    sentence: str
    failed: bool = False
    published: bool = False
    key_path: str = ""
    duplicates: tuple[str, ...] = ()


@dataclass
class Session:
    """What the page keeps in a session, until it is left. ``answers`` are what the coordinator said that her unknown columns
    and words mean, ``skipped`` the places of the questions that she left open. A new ``upload_generation`` drops the files
    of the widgets; ``check_generation`` changes with each check and each import. ``flash`` is shown once: a sentence about
    the history, and whether it tells of a failure.
    """

    upload_generation: int = 0
    check_generation: int = 0
    checked: Checked | None = None
    answers: OwnWords = field(default_factory=OwnWords)
    skipped: set[tuple[str, ...]] = field(default_factory=set)
    outcome: Outcome | None = None
    flash: tuple[str, bool] = ("", False)
    undo_asked: bool = False


def session() -> Session:
    """The one of this page and reader; its key goes with the page (:func:`pages._widgets.files.forget`)."""
    return st.session_state.setdefault("registre_etat", Session())


def clear() -> None:
    """Drop the upload, its check and the answers about it."""
    forget_uploads()
    here = session()
    here.checked, here.answers, here.skipped = None, OwnWords(), set()
    here.upload_generation += 1


def remember(answered: list[tuple[Question, str]], own_words: OwnWords) -> None:
    """Keep the answers to questions, beside those that were given before, and which ones are left open."""
    for question, code in answered:
        if code:
            own_words = own_words.with_answer(question.place, code)
    session().answers = own_words
    session().skipped |= {question.place for question, code in answered if not code}


def release(chosen: Collection[str], offered: Collection[str], own_words: OwnWords) -> None:
    """Keep that of the ``offered`` columns only the ``chosen`` ones are not to be read; both are normalised headers."""
    kept = {key: code for key, code in own_words.columns.items() if key not in offered or code != IGNORED}
    session().answers = replace(own_words, columns=kept | dict.fromkeys(chosen, IGNORED))


def still_open(questions: tuple[Question, ...]) -> list[Question]:
    """The questions that the reader has not left without an answer, what blocks the import first, then the commonest."""
    asked = [question for question in questions if question.place not in session().skipped]
    return sorted(asked, key=lambda question: (not question.blocking, -question.n_rows))


def show_flash() -> None:
    """Show what the last undo did, once."""
    sentence, failed = session().flash
    session().flash = ("", False)
    if sentence:
        (text.error if failed else text.success)(text.plain(sentence))


def _import(store: Store, upload: Upload, *, dry_run: bool) -> Import:
    """Import or check the upload, with a progress bar."""
    bar = st.progress(0.0, "Préparation")

    def show(share: float, what: str) -> None:
        bar.progress(share, f"{what}…")

    try:
        return import_register(
            store,
            upload.content,
            store_key(store),
            now(),
            imported_by=_access.mail() or None,
            office=upload.office,
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
    here = session()
    if here.checked is None or here.checked.token != upload.token:
        here.checked = _check(store, upload)
        here.check_generation += 1
    return here.checked


def _check(store: Store, upload: Upload) -> Checked:
    try:
        found = _import(store, upload, dry_run=True)
    except UnansweredError as error:
        return Checked(upload.token, None, str(error), error.questions)
    except Exception as error:  # whatever it is: Streamlit would log its message, which could hold a value
        return Checked(upload.token, None, explain(error))
    return Checked(upload.token, found, "", found.extract.questions)


def publish(store: Store, upload: Upload) -> None:
    """Import the upload, keep its outcome and drop the upload; the refused rows stay until the reader is done."""
    before, here = store.versions[:1], session()
    here.check_generation += 1
    try:
        with _access.acting("import") as what:
            what |= offices.named(upload.office)
            done = _import(store, upload, dry_run=False)
            what |= {"version": done.version, "rows": done.extract.n_accepted}
    except Exception as error:  # as in _check
        here.outcome = Outcome(explain(error), failed=True)
        st.rerun()
    clear()
    published = store.versions[:1] != before
    if published:
        _load_newest(store)
        _first.begin()
    known = f" {sentences.changes(done.changes)}" if published else ""
    here.outcome = Outcome(
        sentences.result(done, dry_run=False, published=published) + known,
        published=published,
        key_path=str(key_path()) if published and done.known_as_of is None else "",
        duplicates=tuple(duplicate_sentences(done.duplicates)),
    )
    if done.extract.n_refused:
        here.checked = Checked((), done, "")
    st.rerun()


def _load_newest(store: Store) -> None:
    """Wait for what this reader has just made current: what it replaces is not shown to her."""
    with contextlib.suppress(StoreError):  # the page says it
        _data.opened_version(store, newest=True, any_layout=True)


def take_outcome() -> Outcome | None:
    """What the last import did, once."""
    outcome, session().outcome = session().outcome, None
    return outcome


def import_awaiting_corrections() -> Import | None:
    """The import that was done and whose refused rows are still to be taken, or None."""
    known = session().checked
    return known.found if known is not None and not known.token else None


def ask_undo(asked: bool) -> None:
    session().undo_asked = asked


def undo(store: Store, office: str, seen: str) -> None:
    """Undo the import of the ``office`` that made the version ``seen``, and flash the result."""
    ask_undo(False)
    try:
        with _access.acting("undo") as what:
            what |= {"version": seen} | offices.named(office)
            offices.undo(store, office, seen)
        session().flash = ("La dernière importation est annulée.", False)
        _load_newest(store)
    except RelaisError as error:
        session().flash = (str(error), True)
