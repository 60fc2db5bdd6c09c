"""Which office is at work, and which import it may take back: its own, while it is the last one."""

from __future__ import annotations

import os
from contextlib import nullcontext

from analytics.domain.errors import RefusedError
from analytics.domain.french import day, listing
from analytics.domain.timezone import TIMEZONE
from analytics.domain.vocabulary import OFFICES
from analytics.intake.anonymising import Key, number_of_office
from analytics.store import Store


def usual_office(store: Store) -> str | None:
    """The office of this machine: that of ``RELAIS_OFFICE``, else of the settings of a shared store; None without both."""
    return os.environ.get("RELAIS_OFFICE") or store.office


def office_of(code: str | None, store: Store) -> str:
    """The office of this ``code``, else that of this machine, else the only one. RefusedError lists them."""
    code = code or usual_office(store)
    if code and code in OFFICES:
        return code
    if not code and len(OFFICES) == 1:
        return next(iter(OFFICES))
    what = (
        "Ce bureau n’est pas dans offices.toml" if code else "Dites quel bureau importe, par --office ou RELAIS_OFFICE"
    )
    raise RefusedError(
        f"{what}. Les bureaux : {listing([f'{one} ({label})' for one, label in OFFICES.labels.items()])}."
    )


def named(office: str) -> dict[str, str]:
    """The ``office`` in what is told of an act, where the service has several."""
    return {"office": office} if len(OFFICES) > 1 else {}


def cases_of(store: Store, key: Key, number: str) -> list[str]:
    """The pseudonyms that a case of this ``number`` may have, or the one that is known. RefusedError where several are."""
    offices = OFFICES if len(OFFICES) > 1 else ()
    case_ids = [key.pseudonym(one) for one in (number, *(number_of_office(office, number) for office in offices))]
    with store.snapshot() or nullcontext() as snapshot:
        known = [case_id for case_id in case_ids if snapshot is not None and snapshot.holds(case_id)]
    if len(known) > 1:
        raise RefusedError("Plusieurs bureaux ont un dossier de ce numéro : donnez son pseudonyme (relais export).")
    return known or case_ids


def undo(store: Store, office: str, seen: str | None = None) -> None:
    """Take back the last import (:meth:`Store.undo`). RefusedError when it is another office's: it says whose and when."""
    seen = seen or next(iter(store.versions), None)
    snapshot = store.snapshot()
    if snapshot is not None:
        with snapshot:
            last, is_anyones = snapshot.table("imports").iloc[-1], snapshot.is_fallback or snapshot.is_demo
        if last["office"] != office and not is_anyones:
            when = last["imported_at"].tz_convert(TIMEZONE)
            raise RefusedError(
                f"La dernière importation est celle du bureau « {OFFICES.labels.get(last['office'], last['office'])} », le "
                f"{day(when)} à {when:%H:%M} : lui seul peut l’annuler. Pour corriger vos dossiers, importez votre registre "
                "corrigé."
            )
    store.undo(seen)
