"""A release of the small test register, made once for all tests that read it. ``tests/data`` gives the proof an hour."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from analytics.disclosure.catalogue import load_catalogue
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


@cache
def shared_store() -> Store:
    """A store for tests that only read it."""
    return imported(Path(mkdtemp(prefix="relais-test-")))


@cache
def proposal() -> Proposal:
    catalogue = load_catalogue()
    with shared_store().snapshot() as snapshot:
        return propose(snapshot, catalogue, catalogue.period(TERM), (), TODAY)


def release() -> Release:
    found = proposal().release
    assert found is not None
    return found
