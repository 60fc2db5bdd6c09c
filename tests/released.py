"""A release of the small test register, made once for all tests that read it. No limit of time decides an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from analytics.disclosure.catalogue import Catalogue, load_catalogue
from analytics.disclosure.release import Release
from analytics.disclosure.release_proposal import Proposal, propose
from analytics.intake import Key
from analytics.store import Store
from analytics.workflows.importing import import_register

FILES = Path(__file__).parent / "files"
REGISTER = FILES / "registre-2025-2026.xlsx"
KEY = Key(b"k" * 32)
TERM = "2025-2026-T1"
TODAY = date(2026, 6, 15)


def imported(folder: Path) -> Store:
    """A store of the small register in ``folder``."""
    store = Store(folder)
    import_register(store, REGISTER.read_bytes(), KEY, datetime(2026, 6, 12, tzinfo=UTC))
    return store


def patient_catalogue() -> Catalogue:
    """The catalogue, its proof given an hour."""
    catalogue = load_catalogue()
    return replace(catalogue, rules=replace(catalogue.rules, seconds=3600))


@cache
def shared_store() -> Store:
    """A store for tests that only read it."""
    return imported(Path(mkdtemp(prefix="relais-test-")))


@cache
def proposal() -> Proposal:
    catalogue = patient_catalogue()
    with shared_store().snapshot() as snapshot:
        return propose(snapshot, catalogue, catalogue.period(TERM), (), TODAY)


def release() -> Release:
    found = proposal().release
    assert found is not None
    return found
