"""From the store to the files that leave: what the command line and the page Publier both do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from analytics.disclosure.catalogue import Catalogue, Period, load_catalogue
from analytics.disclosure.release import Release
from analytics.disclosure.release_proposal import Proposal, propose
from analytics.disclosure.release_records import Record, past_records, record, write_folder
from analytics.disclosure.wording import certificate, explain_refusal
from analytics.documents.publication import publication_files
from analytics.domain.errors import RefusedError
from analytics.store import Snapshot, Store


def already_published(store: Store, snapshot: Snapshot, period: Period, catalogue: Catalogue) -> Record | None:
    """The record of the same period under the same rules: its files are given again, whatever was corrected since."""
    same = [
        entry
        for entry in past_records(store.folder)
        if entry.period == period.code and entry.is_demo == snapshot.is_demo and entry.rules_file == catalogue.source
    ]
    return same[-1] if same else None


def prepare(store: Store, snapshot: Snapshot, period: Period, catalogue: Catalogue, today: date) -> Proposal:
    """Protect and attack what can be published for ``period``. Nothing leaves, nothing is recorded."""
    return propose(snapshot, catalogue, period, past_records(store.folder), today)


def record_and_render(store: Store, release: Release, based_on: int) -> dict[str, bytes]:
    """Record ``release``, then give its files. ``based_on``: the number of records it was proven against.

    RefusedError when another release was recorded in the meantime: the proof did not know it.
    """
    files = publication_files(release)
    with store.writing():
        if len(past_records(store.folder)) != based_on:
            raise RefusedError("Une autre publication vient d’être enregistrée. Recommencez.")
        record(store.folder, files)
    return files


def publish_folder(
    store: Store, period_code: str, folder: Path, today: date, *, rounded: bool = False
) -> Sequence[str]:
    """Publish a period into a new ``folder``, and say in French what happened. RefusedError when it may not leave."""
    if folder.exists():
        raise RefusedError("Ce dossier existe déjà, et n’a pas été touché. Donnez un autre nom.")
    catalogue = load_catalogue()
    period = catalogue.period(period_code)
    snapshot = store.snapshot()
    if snapshot is None:
        raise RefusedError("Il n’y a pas encore de données à publier.")
    with snapshot:
        if (before := already_published(store, snapshot, period, catalogue)) is not None:
            write_folder(folder, before.files)
            return ["Cette période est déjà publiée : voici les mêmes fichiers."]
        based_on = len(past_records(store.folder))
        proposal = prepare(store, snapshot, period, catalogue, today)
    release = proposal.release or (proposal.rounded if rounded else None)
    if release is None:
        raise RefusedError(
            "La version exacte n’a pas pu être prouvée sûre : rien n’est publié. La version arrondie s’obtient par "
            "--rounded."
        )
    write_folder(folder, record_and_render(store, release, based_on))
    return sentences(release)


def sentences(release: Release) -> list[str]:
    """What was published, in short."""
    return [
        certificate(release),
        *(explain_refusal(title) for title in release.refused),
        "La publication est enregistrée.",
    ]
