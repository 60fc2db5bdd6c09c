"""What the page of prevention keeps beside the records: read back whole, for its owner alone, the demonstration apart."""

from __future__ import annotations

import os
from datetime import date

import pandas as pd
import pytest

from analytics.planning.kept import FILE, Kept, keep, read_kept
from analytics.planning.lots import draw_lots
from analytics.store import Store, StoreError
from tests.planned import demo_store

DRAW = draw_lots(["A", "B", "C", "D"], 2, 7, date(2026, 9, 1), "2026-2027", date(2026, 9, 7))


@pytest.fixture
def snapshot(tmp_path):
    """A demonstration of its own, read through a copy of the shared one's file."""
    source = demo_store()
    for name in ("manifest", *source.versions):
        (tmp_path / name).write_bytes((source.folder / name).read_bytes())
    with Store(tmp_path).snapshot() as snapshot:
        yield snapshot


def test_what_is_kept_is_read_back(snapshot):
    assert read_kept(snapshot) == Kept()
    keep(snapshot, Kept((DRAW,)))
    assert read_kept(snapshot) == Kept((DRAW,))
    assert read_kept(snapshot).draw_of("2026-2027") == DRAW
    assert read_kept(snapshot).draw_of("2027-2028") is None
    if os.name == "posix":
        assert (snapshot.folder / FILE).stat().st_mode & 0o077 == 0


def test_an_import_leaves_what_is_kept_and_real_records_do_not_get_the_demonstration_s(snapshot, publish):
    keep(snapshot, Kept((DRAW,)))
    real = publish(snapshot.folder, cases=pd.DataFrame({"case_id": ["A"]}))
    assert read_kept(real) == Kept()
    keep(real, Kept())
    assert read_kept(snapshot) == Kept((DRAW,))


def test_a_file_that_cannot_be_read_is_said_and_not_replaced(snapshot):
    (snapshot.folder / FILE).write_text("{", "utf-8")
    with pytest.raises(StoreError, match="pas lisible"):
        read_kept(snapshot)
    with pytest.raises(StoreError, match="pas lisible"):
        keep(snapshot, Kept((DRAW,)))
    assert (snapshot.folder / FILE).read_text("utf-8") == "{"


def test_nothing_is_kept_while_an_import_writes(snapshot):
    with Store(snapshot.folder).writing(), pytest.raises(StoreError, match="en cours"):
        keep(snapshot, Kept((DRAW,)))
    assert read_kept(snapshot) == Kept()
