"""The records of what was published: whole or not at all, and nothing takes them back."""

from __future__ import annotations

import shutil
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from analytics.disclosure.release_records import (
    past_records,
    read_record,
    record,
    record_places,
    summary_toml,
    write_folder,
)
from analytics.documents.publication import publication_files
from analytics.domain.errors import RefusedError
from analytics.workflows.importing import import_register
from analytics.workflows.publishing import record_and_render
from tests.released import FILES, KEY, TERM, TODAY, imported, release


def files(**changed: bytes) -> dict[str, bytes]:
    return publication_files(release()) | changed


def test_a_summary_says_what_a_record_is_found_by():
    assert tomllib.loads(summary_toml(release())) == {
        "period": TERM,
        "first_day": date(2025, 8, 25),
        "last_day": date(2025, 12, 28),
        "published_on": date(2026, 6, 15),
        "version": "protégée",
        "demo": False,
    }


def test_records_are_numbered_in_the_order_in_which_they_came_and_the_same_is_kept_once(tmp_path):
    for content in (b"1", b"2", b"1"):
        record([tmp_path], files(note=content))
    assert [path.name for path in sorted(tmp_path.iterdir())] == [f"0001-{TERM}", f"0002-{TERM}"]
    first, second = past_records([tmp_path])
    assert (first.files["note"], second.files["note"]) == (b"1", b"2")
    assert (first.period, first.version, first.is_demo, first.published_on) == (TERM, "protégée", False, TODAY)


def test_a_place_that_was_lost_is_filled_again_from_the_other(tmp_path):
    places = [tmp_path / "store", tmp_path / "key"]
    record(places, files(note=b"1"))
    shutil.rmtree(places[0])
    assert len(past_records(places)) == 1
    record(places, files(note=b"2"))
    assert past_records(places[:1]) == past_records(places[1:])
    assert len(past_records(places)) == 2


def test_fictitious_releases_are_not_kept_beside_the_key(tmp_path):
    places = [tmp_path / "store", tmp_path / "key"]
    record(places[:1], publication_files(replace(release(), is_demo=True)))
    record(places, files())
    assert [entry.is_demo for entry in past_records(places[:1])] == [True, False]
    assert [entry.is_demo for entry in past_records(places[1:])] == [False]
    assert len(record_places(tmp_path, is_demo=True)) == 1
    assert len(record_places(tmp_path, is_demo=False)) == 2


@pytest.mark.parametrize(
    "content", [{}, {"diffusion.toml": b"x"}, {"regles.toml": b""}, {"diffusion.toml": b"demo = 1"}]
)
def test_files_that_are_no_release_are_refused(content):
    with pytest.raises(RefusedError, match="pas ceux d’une publication"):
        read_record(files() | content if content else {})


def test_a_folder_is_written_whole_or_not_at_all(tmp_path):
    with pytest.raises(OSError, match="missing"):
        write_folder(tmp_path / "new", [("a.csv", b"a"), ("missing/b.csv", b"b")])
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_not_touched(tmp_path):
    with pytest.raises(FileExistsError):
        write_folder(tmp_path, [("a.csv", b"a")])
    assert list(tmp_path.iterdir()) == []


def test_neither_an_import_nor_an_undo_removes_a_record(tmp_path):
    own = imported(tmp_path / "store")
    record_and_render(own, release(), 0)
    again = FILES / "registre-2025-2026-suite.xlsx"
    import_register(own, again.read_bytes(), KEY, datetime(2026, 6, 20, tzinfo=UTC))
    own.undo()
    assert [entry.period for entry in past_records([own.folder / "releases"])] == [TERM]
