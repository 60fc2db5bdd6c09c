"""What the page of prevention keeps beside the records: read back whole, for its owner alone, the demonstration apart."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from analytics.domain.programme import programme
from analytics.planning.kept import FILE, Choice, Kept, KeptPlan, digest, keep, read_kept
from analytics.planning.lots import draw_lots
from analytics.store import Store, StoreError
from tests.planned import TEAM, demo_store, edition

DRAW = draw_lots(["A", "B", "C", "D"], 2, 7, date(2026, 9, 1), "2026-2027", date(2026, 9, 7))


@pytest.fixture
def snapshot(tmp_path):
    """A demonstration of its own, read through a copy of the shared one's file."""
    source = demo_store()
    for name in ("manifest", *source.versions):
        (tmp_path / name).write_bytes((source.location / name).read_bytes())
    with Store(tmp_path).snapshot() as snapshot:
        yield snapshot


def test_what_is_kept_is_read_back(snapshot):
    assert read_kept(snapshot) == Kept()
    keep(snapshot, Kept((DRAW,)))
    assert read_kept(snapshot) == Kept((DRAW,))
    assert read_kept(snapshot).draw_of("2026-2027") == DRAW
    assert read_kept(snapshot).draw_of("2027-2028") is None
    if os.name == "posix":
        assert (snapshot.location / FILE).stat().st_mode & 0o077 == 0


def test_an_import_leaves_what_is_kept_and_real_records_do_not_get_the_demonstration_s(snapshot, publish):
    keep(snapshot, Kept((DRAW,)))
    real = publish(snapshot.location, cases=pd.DataFrame({"case_id": ["A"]}))
    assert read_kept(real) == Kept()
    keep(real, Kept())
    assert read_kept(snapshot) == Kept((DRAW,))


def test_a_file_that_cannot_be_read_is_said_and_not_replaced(snapshot):
    (snapshot.location / FILE).write_text("{", "utf-8")
    with pytest.raises(StoreError, match="pas lisible"):
        read_kept(snapshot)
    with pytest.raises(StoreError, match="pas lisible"):
        keep(snapshot, Kept((DRAW,)))
    assert (snapshot.location / FILE).read_text("utf-8") == "{"


def test_nothing_is_kept_while_an_import_writes(snapshot):
    with Store(snapshot.location).writing(), pytest.raises(StoreError, match="en cours"):
        keep(snapshot, Kept((DRAW,)))
    assert read_kept(snapshot) == Kept()


def test_the_choice_and_its_plan_are_read_back_whole(snapshot):
    plan, content = edition().plan, programme()
    other = replace(content, need=content.need.replace(danger_weight=3.0))
    keep(snapshot, Kept((), Choice(TEAM, other), KeptPlan.from_plan(plan, "x")))
    kept = read_kept(snapshot)
    assert (kept.choice.team, kept.programme) == (TEAM, other)
    pd.testing.assert_frame_equal(kept.plan.plan.sessions, plan.sessions)
    assert (kept.plan.of, kept.plan.plan.value, kept.plan.plan.gap) == ("x", plan.value, plan.gap)


def test_a_new_file_of_the_service_counts_rather_than_what_was_kept():
    content = programme()
    other = replace(content, need=content.need.replace(danger_weight=3.0))
    assert Kept(choice=Choice(TEAM, other)).programme == other
    assert Kept(choice=Choice(TEAM, other, file="of an older file")).programme == content
    assert Kept().programme == content


def test_a_digest_tells_choices_apart_and_not_runs():
    content = programme()
    other = replace(content, rules=content.rules.replace(calm_weeks=9))
    assert digest(TEAM, content) == digest(TEAM, replace(content))
    assert digest(TEAM, content) != digest(TEAM, other)
