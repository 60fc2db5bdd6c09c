"""The records of what was published: whole or not at all, and nothing takes them back."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime

import pytest

from analytics.disclosure.release_records import past_records, record, summary_toml, write_folder
from analytics.workflows.importing import import_register
from analytics.workflows.publishing import record_and_render
from tests.released import FILES, KEY, TERM, imported, release

RECORDED = {"diffusion.toml": summary_toml(release()).encode(), "a.csv": b"a"}


def test_a_summary_says_what_a_record_is_found_by():
    assert tomllib.loads(summary_toml(release())) == {
        "period": TERM,
        "first_day": date(2025, 8, 25),
        "last_day": date(2025, 12, 28),
        "published_on": date(2026, 6, 15),
        "version": "protégée",
        "demo": False,
    }


def test_records_are_numbered_in_the_order_in_which_they_came(tmp_path):
    for _ in range(2):
        record(tmp_path, RECORDED)
    assert [path.name for path in sorted((tmp_path / "releases").iterdir())] == [f"0001-{TERM}", f"0002-{TERM}"]
    first, second = past_records(tmp_path)
    assert first == second
    assert (first.period, first.version, first.is_demo) == (TERM, "protégée", False)
    assert first.files == RECORDED


def test_a_folder_is_written_whole_or_not_at_all(tmp_path):
    with pytest.raises(OSError, match="missing"):
        write_folder(tmp_path / "new", {"a.csv": b"a", "missing/b.csv": b"b"})
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_not_touched(tmp_path):
    with pytest.raises(FileExistsError):
        write_folder(tmp_path, {"a.csv": b"a"})
    assert list(tmp_path.iterdir()) == []


def test_neither_an_import_nor_an_undo_removes_a_record(tmp_path):
    own = imported(tmp_path / "store")
    record_and_render(own, release(), 0)
    again = FILES / "registre-2025-2026-suite.xlsx"
    import_register(own, again.read_bytes(), KEY, datetime(2026, 6, 20, tzinfo=UTC))
    own.undo()
    assert [entry.period for entry in past_records(own.folder)] == [TERM]
