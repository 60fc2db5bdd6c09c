"""The digest of the records, from the current version to the bytes: what ``relais digest`` does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from analytics.documents.digest import Digest, digest_document
from analytics.domain.french import count, day, number
from analytics.domain.vocabulary import INCIDENT_TYPES, NO_CLOSURE, STEPS
from analytics.measures import work, years
from analytics.store import Snapshot
from analytics.store.work import DORMANT
from analytics.workflows.comparing import (
    HOURS,
    NO_YEAR_BEFORE,
    PARENTS,
    compared,
    compared_in_all,
    parents_compared,
    which_weeks,
)

MOST_STEPS = 6


def written_digest(snapshot: Snapshot, suffix: str, today: date) -> bytes:
    """The digest as ``.pdf`` or ``.html``: totals only, marked internal."""
    sections = {
        "Ce qui est nouveau": _new(snapshot),
        "Ce qui attend": _waiting(snapshot),
        "Ce qui a changé depuis l’an dernier": _changed(snapshot),
    }
    digest = Digest({title: list(lines) for title, lines in sections.items()}, snapshot.as_of, today, snapshot.is_demo)
    return digest_document(digest, suffix)


def _new(snapshot: Snapshot) -> Iterator[str]:
    imports = snapshot.table("imports").sort_values("imported_at")
    last = imports.iloc[-1]
    imports = imports[imports["office"] == last["office"]]
    refused = count(last["n_refused"], "ligne refusée", "lignes refusées")
    if len(imports) == 1:
        yield f"Premier extrait : {count(last['n_accepted'], 'dossier')}, {refused}."
        return
    new, changed = count(last["n_new"], "nouveau dossier", "nouveaux dossiers"), count(last["n_changed"], "modifié")
    yield f"Depuis l’extrait du {day(imports['as_of'].iloc[-2])} : {new}, {changed}, {refused}."


def _waiting(snapshot: Snapshot) -> Iterator[str]:
    counts = snapshot.work_counts()
    states = work.summary(counts)
    overdue, soon, dormant = (states.loc[state] for state in ("overdue", "soon", "dormant"))
    if not snapshot.tells_closure:
        yield NO_CLOSURE
    yield (
        f"{count(overdue['n'], 'dossier ouvert attend', 'dossiers ouverts attendent')} une étape hors délai, dont "
        f"{number(overdue['n_danger'])} où la vie est menacée."
    )
    for step, n in work.by_step(counts).head(MOST_STEPS).itertuples(index=False):
        yield f"{STEPS[step].label} : {count(n, 'dossier')}."
    yield f"À faire dans les deux jours d’école : {count(soon['n'], 'dossier')}."
    yield (
        f"{count(dormant['n'], 'dossier dormant', 'dossiers dormants')} : ouverts, sans rien de neuf depuis {DORMANT} jours "
        "d’école."
    )


def _changed(snapshot: Snapshot) -> Iterator[str]:
    every = compared_in_all(snapshot)
    if every.empty:
        yield NO_YEAR_BEFORE
        return
    for label, answer in (("Dossiers", every), ("Dont la vie est menacée", compared_in_all(snapshot, danger=True))):
        yield f"{label} : {number(answer['n'].iloc[0])}, {years.sentence(answer.iloc[0])}."
    types = years.surest_first(compared(snapshot, "incident_type", list(INCIDENT_TYPES)))
    sure = types[types["verdict"].isin(["more", "less"])]
    for _, row in sure.iterrows():
        yield f"{INCIDENT_TYPES.label(row['incident_type'])} : {number(row['n'])}, {years.sentence(row)}."
    if sure.empty:
        yield "Types d’incidents : pas de changement sûr."
    for _, row in parents_compared(snapshot).iterrows():
        yield f"{STEPS[PARENTS].label} en {HOURS} h : {years.sentence(row)}."
    yield which_weeks(snapshot)
