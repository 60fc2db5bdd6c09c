"""From the store to the files that leave: what the command line and the page Publier both do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from analytics.disclosure.catalogue import Catalogue, Period, load_catalogue
from analytics.disclosure.release import Release
from analytics.disclosure.release_proposal import Proposal, propose
from analytics.disclosure.release_records import (
    Record,
    past_records,
    read_files,
    read_record,
    record,
    record_places,
    write_folder,
)
from analytics.disclosure.wording import certificate, explain_refusal
from analytics.documents.publication import publication_files
from analytics.domain.errors import RefusedError
from analytics.domain.french import day
from analytics.store import Snapshot, Store

ASK_BEFORE = "Cette période était finie avant votre premier import ici. A-t-elle déjà été publiée, d’un autre dossier ?"


def places(store: Store, snapshot: Snapshot) -> tuple[Path, ...]:
    """Where the releases of the store are recorded."""
    return record_places(store.folder, is_demo=snapshot.is_demo)


def releases(store: Store, snapshot: Snapshot) -> list[Record]:
    """What was published, the last first: of fictitious data while the store holds such, else of real ones."""
    return [entry for entry in reversed(past_records(places(store, snapshot))) if entry.is_demo == snapshot.is_demo]


def already_published(store: Store, snapshot: Snapshot, period: Period) -> Record | None:
    """The record of the same period: its files are given again, whatever was corrected or decided since."""
    return next((entry for entry in releases(store, snapshot) if entry.period == period.code), None)


def may_be_unknown(snapshot: Snapshot, period: Period) -> bool:
    """Whether ``period`` may have been published from a store that is no more: it was over before this one began."""
    return not snapshot.is_demo and period.last_day < snapshot.table("imports")["imported_at"].min().date()


def prepare(store: Store, snapshot: Snapshot, period: Period, catalogue: Catalogue, today: date) -> Proposal:
    """Protect and attack what can be published for ``period``. Nothing leaves, nothing is recorded."""
    return propose(snapshot, catalogue, period, past_records(places(store, snapshot)), today)


def record_and_render(store: Store, release: Release, based_on: int) -> dict[str, bytes]:
    """Record ``release``, then give its files. ``based_on``: the number of records it was proven against.

    RefusedError when another release was recorded in the meantime: the proof did not know it.
    """
    files = publication_files(release)
    kept_in = record_places(store.folder, is_demo=release.is_demo)
    with store.writing():
        if len(past_records(kept_in)) != based_on:
            raise RefusedError("Une autre publication vient d’être enregistrée. Recommencez.")
        record(kept_in, files)
    return files


def record_earlier(store: Store, period: Period, files: Mapping[str, bytes]) -> None:
    """Record again a release whose record was lost. RefusedError when the ``files`` are not those of ``period``."""
    found = read_record(files)
    if found.is_demo or found.period != period.code:
        raise RefusedError(f"Ces fichiers sont d’une autre publication ({found.period}).")
    with store.writing():
        record(record_places(store.folder, is_demo=False), found.files)


def publish_folder(
    store: Store,
    period_code: str,
    folder: Path,
    today: date,
    *,
    rounded: bool = False,
    earlier: Path | None = None,
    never_before: bool = False,
) -> Sequence[str]:
    """Publish a period into a new ``folder``, and say in French what happened. RefusedError when it may not leave.

    ``earlier``: the folder of its release, where the record of it was lost; ``never_before``: there is none.
    """
    if folder.exists():
        raise RefusedError("Ce dossier existe déjà, et n’a pas été touché. Donnez un autre nom.")
    catalogue = load_catalogue()
    period = catalogue.period(period_code)
    snapshot = store.snapshot()
    if snapshot is None:
        raise RefusedError("Il n’y a pas encore de données à publier.")
    with snapshot:
        if earlier is not None:
            record_earlier(store, period, read_files(earlier))
        if (before := already_published(store, snapshot, period)) is not None:
            with store.writing():
                record(places(store, snapshot), before.files)
            write_folder(folder, before.files.items())
            return [f"Cette période est publiée depuis le {day(before.published_on)} : voici les mêmes fichiers."]
        if may_be_unknown(snapshot, period) and not never_before:
            raise RefusedError(
                f"{ASK_BEFORE} Si oui, donnez son dossier par --published-in ; sinon, ajoutez --never-published."
            )
        based_on = len(past_records(places(store, snapshot)))
        proposal = prepare(store, snapshot, period, catalogue, today)
    release = proposal.release or (proposal.rounded if rounded else None)
    if release is None:
        raise RefusedError(
            "La version exacte n’a pas pu être prouvée sûre : rien n’est publié. La version arrondie s’obtient par "
            "--rounded."
        )
    write_folder(folder, record_and_render(store, release, based_on).items())
    return [*sentences(release), consequence(period, catalogue)]


def consequence(period: Period, catalogue: Catalogue) -> str:
    """What a release of ``period`` rules out from then on."""
    if not period.months:
        return (
            f"Les trimestres de l’année {period.code} ne pourront plus être publiés un à un, et elle ne changera plus."
        )
    whole = catalogue.period(period.school_year)
    return (
        f"L’année {whole.code} ne pourra plus être publiée entière, et ce trimestre ne changera plus. Si rien d’elle ne "
        f"l’est avant, l’année entière pourra l’être dès le {day(whole.last_day + timedelta(days=1))}."
    )


def sentences(release: Release) -> list[str]:
    """What was published, in short."""
    return [
        certificate(release),
        *(explain_refusal(title) for title in release.refused),
        "La publication est enregistrée.",
    ]
