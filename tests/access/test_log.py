"""The log: what is written, and that whatever becomes of a line is found."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from analytics.access.log import AccessLog, Entry, LogError
from tests.benchmarks.log_benchmark import EDITS, edited, written

NOW = datetime(2026, 11, 26, 18, tzinfo=UTC)


@pytest.fixture
def log(tmp_path) -> AccessLog:
    return AccessLog(tmp_path / "key" / "access.jsonl")


def test_a_line_says_who_when_what_and_how_it_ended_and_is_for_its_owner_alone(log):
    log.write(Entry("a@x", "analyse", "page", {"page": "incidents"}, rows=12), NOW)
    (line,) = log.lines()
    assert (line["n"], line["at"], line["who"], line["rows"]) == (1, "2026-11-26T18:00:00.000+00:00", "a@x", 12)
    assert {path.stat().st_mode & 0o777 for path in log.path.parent.iterdir()} == {0o600}


def test_a_log_that_nobody_touched_has_no_fault(log):
    assert log.faults() == []
    for n in range(5):
        log.write(Entry("a@x", "analyse", "page", rows=n), NOW)
    assert log.faults() == []


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_is_found(edit, log):
    rng = np.random.default_rng(7)
    content = written(log, 30)
    for _ in range(20):
        log.path.write_bytes(edited(content, edit, rng))
        assert log.faults()
    log.path.write_bytes(content)
    assert log.faults() == []


def test_lines_that_are_cut_off_at_the_end_are_found_though_the_chain_holds(log):
    content = written(log, 10)
    log.path.write_bytes(b"".join(content.splitlines(keepends=True)[:-1]))
    assert log.faults() == ["La fin du journal n’est pas celle que sa tête connaît."]
    log.path.unlink()
    assert log.faults()


def test_threads_and_processes_write_one_chain(log):
    with ThreadPoolExecutor(20) as threads:
        list(threads.map(lambda n: AccessLog(log.path).write(Entry(f"{n}@x", "analyse", "page")), range(100)))
    assert log.faults() == []
    assert sorted(line["n"] for line in log.lines()) == list(range(1, 101))


def test_after_a_year_lines_are_cut_off_at_a_sealed_point_and_the_rest_still_proves_itself(log):
    for days in (0, 10, 200, 366 + 11):
        log.write(Entry("a@x", "analyse", "page", rows=days), NOW + timedelta(days=days))
    noted = [(line["act"], line["rows"]) for line in log.lines()]
    assert noted == [("page", 200), ("cut", 2), ("page", 377)]
    assert log.faults() == []
    log.path.write_bytes(b"".join(log.path.read_bytes().splitlines(keepends=True)[1:]))
    assert log.faults()


def test_an_account_reads_its_own_lines_the_newest_first(log):
    for who, rows in (("a@x", 1), ("b@x", 2), ("a@x", 3)):
        log.write(Entry(who, "analyse", "page", rows=rows), NOW)
    assert [line["rows"] for line in log.last_of("a@x", 5)] == [3, 1]
    assert [line["rows"] for line in log.last_of("a@x", 1)] == [3]


def test_a_log_that_cannot_be_written_says_so(log):
    log.path.mkdir(parents=True)
    with pytest.raises(LogError):
        log.write(Entry("a@x", "analyse", "page"))
    with pytest.raises(LogError):
        log.check()


def test_a_head_that_was_changed_is_found(log):
    written(log, 3)
    head = log.path.with_suffix(".head")
    head.write_text(json.dumps(json.loads(head.read_text()) | {"n": 2}))
    assert log.faults()
    head.unlink()
    assert log.faults()
