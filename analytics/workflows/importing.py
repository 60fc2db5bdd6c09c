"""From a file to a published version of the store: what the command line and the page Registre both do."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from analytics.domain.schema import TABLES, Tables
from analytics.domain.vocabulary import OFFICES, PRINCIPAL
from analytics.intake import Changes, Extract, Key, OwnWords, extract, key_path, load_key, merge
from analytics.intake.duplicates import probable_duplicates
from analytics.intake.extracting import Progress
from analytics.intake.merging import (
    answered,
    lost_fields,
    merge_questions,
    only_cases,
    recode_schools,
    rekey,
    revert_cases,
    revert_moved,
)
from analytics.intake.offices import APART, NUMBERS, settle
from analytics.intake.questions import UnansweredError
from analytics.store import DamagedStoreError, Snapshot, Store, StoreError


@dataclass(frozen=True)
class Import:
    """What an import found and did. ``version`` is the version published, or the current one when nothing changed.

    ``known_as_of`` is the day of the extraction that was the last one before it, None when there was none, and
    ``known_refused`` its :attr:`Extract.refused_digest`. ``lost_fields`` are those that earlier extracts had and this one
    has not. ``duplicates`` are the probable ones that this file holds: school, level, report_week, row and other_row (as
    :attr:`Extract.ids`, NA for a case that it does not hold).
    """

    extract: Extract
    changes: Changes
    version: str | None
    known_as_of: date | None
    known_refused: str
    lost_fields: tuple[str, ...]
    duplicates: pd.DataFrame

    @property
    def summary(self) -> dict[str, int | str | None]:
        """What ``relais import --json`` prints, but for questions and office."""
        return {
            "read": self.extract.n_read,
            "accepted": self.extract.n_accepted,
            "refused": self.extract.n_refused,
            "new": self.changes.new,
            "changed": self.changes.changed,
            "unchanged": self.changes.unchanged,
            "missing": self.changes.missing,
            "as_of": self.extract.as_of.isoformat(),
            "snapshot": self.version,
        }


def store_key(store: Store, path: Path | None = None, *, records: Snapshot | None = None) -> Key:
    """The user's key, checked against the key of the store's records; made on first use. Raises KeyFileError.

    ``records``: a version of them that is open, so that nobody waits for another.
    """
    expected = None
    with (
        contextlib.suppress(DamagedStoreError),
        contextlib.nullcontext(records) if records else store.snapshot() or contextlib.nullcontext() as snapshot,
    ):
        if snapshot is not None and not snapshot.is_demo:
            expected = snapshot.imports()[-1]["key_id"]
    return load_key(path or key_path(), store.folder, expected)


def import_register(
    store: Store,
    content: bytes,
    key: Key,
    now: datetime,
    *,
    source: str = "register",
    imported_by: str | None = None,
    office: str = PRINCIPAL,
    schools_content: bytes | None = None,
    own_words: OwnWords | None = None,
    as_of: date | None = None,
    dry_run: bool = False,
    progress: Progress = lambda share, what: None,
) -> Import:
    """Read a register and publish its accepted rows, merged with what the store knows.

    Fictitious records (``source`` "demo") and real ones never mix: the one gives way to the other. A file that changes
    nothing publishes nothing. ``imported_by`` is the account, where there are accounts. What is known from
    other ``office``s stays as it is, unless a case that both know is decided. With ``dry_run`` everything is done but the
    publication. Raises RefusedFileError or StoreError; the store is then as it was.
    """
    with contextlib.nullcontext() if dry_run else store.writing():
        known, has_current_layout = _known_tables(store, source)
        every_import = known["imports"]
        if unlisted := set(every_import["office"]) - set(OFFICES):
            raise StoreError(f"offices.toml ne nomme plus le bureau « {min(unlisted)} », qui a importé : remettez-le.")
        imports = every_import[every_import["office"] == office]
        known_as_of = imports["as_of"].iloc[-1].date() if len(imports) else None
        known_refused = imports["refused_digest"].iloc[-1] if len(imports) else ""
        own_words = own_words or OwnWords()
        found = extract(
            content,
            key,
            now.date(),
            schools_content=schools_content,
            known_schools=known["schools"],
            own_words=own_words,
            as_of=as_of,
            by_year=bool(imports["by_year"].tail(1).any()),
            office=office,
            own_numbers=bool(imports["own_numbers"].tail(1).any()) or own_words.answers.get(NUMBERS) == APART,
            progress=progress,
        )
        progress(0.82, "Comparaison avec les dossiers connus")
        known, extracted, found = _reconcile(known, found, own_words, is_demo=source == "demo")
        lost = lost_fields({code for codes in imports["fields"] for code in codes.split()}, found.fields)
        tables, changes = merge(known, extracted, lost=lost, is_partial=found.is_partial, office=office)
        version, doubled = next(iter(store.versions), None), _duplicates(tables, found)
        done = Import(found, changes, version, known_as_of, known_refused, lost, doubled)
        nothing_new = has_current_layout and known_as_of == found.as_of and _changes_nothing(known, tables, changes)
        if dry_run or found.n_accepted == 0 or nothing_new:
            return done
        del known, extracted  # as large as what is published
        progress(0.85, "Publication")
        entry = _entry(found, changes, key, source, imported_by, _after(every_import, now))
        tables["imports"] = pd.concat([every_import, entry], ignore_index=True) if len(every_import) else entry
        version = store.publish(tables)
        progress(1.0, "Terminé")
        return replace(done, version=version)


def _reconcile(known: Tables, found: Extract, own_words: OwnWords, *, is_demo: bool) -> tuple[Tables, Tables, Extract]:
    """What is known under the ids and codes of an extract, what the extract tells of it, and the extract without the rows
    that wait for a decision about another office's case.

    Raises UnansweredError when something must be answered first. A demonstration is never in doubt: it has no other file.
    """
    if found.own_numbers:
        known = rekey(known, found.tables["cases"], found.ids["service_id"])
    if found.numbers_by_year:
        known = rekey(known, found.tables["cases"], found.ids["plain_id"], "school_year")
    known = recode_schools(known, found.tables["schools"])
    found, kept = settle(known, found, own_words.answers)
    questions, digest = found.questions, found.digest[:12]
    is_own = (known["cases"]["office"] == found.office).to_numpy(bool)
    own = known if is_own.all() else only_cases(known, known["cases"]["case_id"][is_own])
    if not is_demo:
        in_doubt = merge_questions(
            own, found.tables, own_words.answers, digest, by_year=found.numbers_by_year, is_partial=found.is_partial
        )
        questions = (*questions, *in_doubt)
    if any(question.blocking for question in questions):
        raise UnansweredError(questions, found.understanding)
    keeps = answered(own_words.answers, digest, by_year=found.numbers_by_year) == "keep"
    extracted = revert_moved(own, found.tables) if keeps else found.tables
    return known, revert_cases(known, extracted, kept) if len(kept) else extracted, found


def _duplicates(tables: Tables, found: Extract) -> pd.DataFrame:
    """The probable duplicates of which the extract holds at least one case."""
    rows = found.ids["row"].set_axis(found.tables["cases"]["case_id"])
    pairs = probable_duplicates(tables)
    pairs = pairs.assign(row=pairs["case_id"].map(rows), other_row=pairs["other_case_id"].map(rows))
    pairs = pairs.dropna(subset=["row", "other_row"], how="all")
    names = tables["schools"].set_index("school_id")["name"]
    return (
        pairs.assign(school=pairs["school_id"].map(names))
        .rename(columns={"school_level": "level"})[["school", "level", "report_week", "row", "other_row"]]
        .reset_index(drop=True)
    )


def _changes_nothing(known: Tables, tables: Tables, changes: Changes) -> bool:
    """Whether the file says what is known of cases and schools, whatever the formatting."""
    of_schools = ("schools", "school_deadlines", "school_actions")
    same_schools = all(_same_rows(known[name], tables[name], name) for name in of_schools)
    return bool(same_schools and not changes.new and not changes.changed)


def _same_rows(one: pd.DataFrame, other: pd.DataFrame, name: str) -> bool:
    table = TABLES[name]
    one, other = (table.conform(frame.sort_values(list(table.key), ignore_index=True)) for frame in (one, other))
    return one.equals(other)


def _after(imports: pd.DataFrame, now: datetime) -> pd.Timestamp:
    """``now``, or just after the last import where the clock was set back: the last one is known by its instant."""
    earliest = imports["imported_at"].max() + pd.Timedelta(microseconds=1)
    return pd.Series([pd.Timestamp(now).tz_convert("UTC"), earliest]).max()


def _entry(
    found: Extract, changes: Changes, key: Key, source: str, imported_by: str | None, imported_at: pd.Timestamp
) -> pd.DataFrame:
    """The row of the table ``imports``."""
    return pd.DataFrame(
        {
            "imported_at": [imported_at],
            "source": [source],
            "file_digest": [found.digest],
            "key_id": [key.id],
            "as_of": [pd.Timestamp(found.as_of)],
            "n_read": [found.n_read],
            "n_accepted": [found.n_accepted],
            "n_refused": [found.n_refused],
            "refused_digest": [found.refused_digest],
            "n_new": [changes.new],
            "n_changed": [changes.changed],
            "n_unchanged": [changes.unchanged],
            "n_missing": [changes.missing],
            "tells_closure": [found.tells_closure],
            "fields": [" ".join(sorted(found.fields))],
            "imported_by": [imported_by],
            "by_year": [found.numbers_by_year],
            "office": [found.office],
            "own_numbers": [found.own_numbers],
        }
    )


def _known_tables(store: Store, source: str) -> tuple[Tables, bool]:
    """The tables of the current version that an import from ``source`` builds on, and whether they lie as questions ask.

    The tables are empty when there is no version, when it is of the other kind, and when the store is damaged: a new import
    is then what mends it.
    """
    with contextlib.suppress(DamagedStoreError):
        if (snapshot := store.snapshot()) is not None:
            with snapshot:
                if snapshot.is_demo == (source == "demo"):
                    return {name: snapshot.table(name) for name in TABLES}, snapshot.has_current_layout
    return {name: table.empty for name, table in TABLES.items()}, True
