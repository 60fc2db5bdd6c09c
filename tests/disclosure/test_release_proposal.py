"""From the store to a release: proven, within its rules, and held against past releases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from analytics.disclosure.catalogue import CatalogueError, load_catalogue
from analytics.disclosure.release_proposal import Proposal, propose
from analytics.disclosure.release_records import Record, past_records, record_places
from analytics.store import Store
from analytics.workflows.publishing import record_and_render
from tests.released import TERM, TODAY, imported, proposal, release, shared_store


def proposed(store: Store, past: Sequence[Record] = (), code: str = TERM, **rules: float) -> Proposal:
    catalogue = load_catalogue()
    catalogue = replace(catalogue, rules=catalogue.rules.replace(**rules))
    with store.snapshot() as snapshot:
        return propose(snapshot, catalogue, catalogue.period(code), past, TODAY)


def test_every_suppressed_cell_has_a_reason_and_an_interval():
    suppressed = {(t.code, k): cell for t in release().tables for k, cell in t.cells.items() if cell.value is None}
    assert suppressed
    assert suppressed.keys() == proposal().reasons.keys()
    assert all(cell.lower >= 1 for cell in suppressed.values())


def test_no_published_count_is_below_the_threshold():
    tables = [table for table in release().tables if table.unit != "schools"]
    published = [cell.value for table in tables for cell in table.cells.values() if cell.value is not None]
    assert not [value for value in published if 0 < value < release().rules.threshold]


def test_a_table_of_which_too_much_would_be_suppressed_is_refused_and_named():
    assert {table.title for table in release().tables}.isdisjoint(release().refused)
    assert release().refused
    for table in release().tables:
        filled = [cell for cell in table.cells.values() if cell.value != 0]
        assert sum(cell.value is None for cell in filled) <= 0.4 * len(filled)


def test_a_period_that_is_not_over_is_refused():
    with pytest.raises(CatalogueError, match="n’est pas close"):
        proposed(shared_store(), code="2025-2026")


def test_what_is_not_proven_in_time_is_offered_rounded():
    found = proposed(shared_store(), seconds=0)
    assert found.release is None
    assert found.rounded.is_rounded
    assert all(cell.value is not None for table in found.rounded.tables for cell in table.cells.values())


def recorded(store: Store) -> tuple[Record, ...]:
    return past_records(record_places(store.folder, is_demo=False))


class TestAgainstPastReleases:
    @pytest.fixture
    def own(self, tmp_path: Path) -> Store:
        own = imported(tmp_path / "store")
        record_and_render(own, release(), 0)
        return own

    def test_a_period_that_overlaps_a_published_one_is_refused(self, own):
        (past,) = recorded(own)
        with pytest.raises(CatalogueError, match="recouvre"):
            proposed(own, [replace(past, period="2025-2026")])

    @pytest.mark.parametrize("rules", [{}, {"threshold": 3}, {"seconds": 0}])
    def test_a_period_leaves_once_whatever_the_rules_are_by_then(self, own, rules):
        with pytest.raises(CatalogueError, match="pas une seconde fois"):
            proposed(own, recorded(own), **rules)

    def test_a_fictitious_release_does_not_bind_a_real_one(self, own):
        (past,) = recorded(own)
        assert proposed(own, [replace(past, is_demo=True, period="2025-2026")], seconds=0).rounded is not None
