"""The demonstration: a fictitious register goes through the very same import as a real one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from analytics.domain.school_calendar import calendar
from analytics.intake import Key
from analytics.intake.extracting import Progress
from analytics.store import Snapshot, Store, StoreError
from analytics.synthetic import synthetic_register
from analytics.workflows.importing import Import, import_register

N_SCHOOL_YEARS = 3  # two whole ones to compare, and the running one

_KEY = Key(b"fictitious cases keep no secrets")  # never the user's key: a demonstration must not need or touch it


def build_demo(store: Store, now: datetime, progress: Progress = lambda share, what: None) -> Import:
    """Import a fictitious register as of the last class day up to ``now``; the same day always gives the same records.

    StoreError when the store holds a real register, which the demonstration must not replace.
    """
    snapshot = store.snapshot()
    if snapshot is not None:
        with snapshot:
            if not snapshot.is_demo:
                raise StoreError(
                    "Un vrai registre est déjà importé : la démonstration ne le remplace pas. Pour la voir, indiquez un "
                    "autre dossier par RELAIS_STORE."
                )
    as_of = demo_day(now.date())
    years = [year.name for year in calendar().years if year.first_day <= as_of][-N_SCHOOL_YEARS:]
    progress(0.0, "Écriture d’un registre fictif")
    content = synthetic_register(school_years=years, as_of=as_of)
    return import_register(store, content, _KEY, now, source="demo", progress=progress)


def open_records() -> Snapshot:
    """The records of the store that ``RELAIS_STORE`` names, in their current version; a demonstration where there is none.

    A version stays as it is while it is open, whatever is imported meanwhile. Raises StoreError.
    """
    return ready_snapshot(Store(), datetime.now(UTC))


def ready_snapshot(store: Store, now: datetime) -> Snapshot:
    """The current version of ``store``; a demonstration is built first where there is none."""
    if not store.versions:
        build_demo(store, now)
    snapshot = store.snapshot()
    if snapshot is None:
        raise StoreError("Il n’y a pas encore de données. Importez un registre.")
    return snapshot


def demo_day(today: date) -> date:
    """The last class day up to ``today``; the last day of the calendar when it does not go so far."""
    days = calendar()
    if not days.first_day < today <= days.last_day:
        return days.last_day
    while not days.is_class_day(today):
        today -= timedelta(days=1)
    return today
