"""The demonstration goes through the import of a real register, and never touches real data."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from analytics.domain.school_calendar import calendar
from analytics.intake import Key
from analytics.store import Store, StoreError
from analytics.workflows.demo import build_demo, demo_day, open_records
from analytics.workflows.importing import import_register

FILES = Path(__file__).parents[1] / "files"
AS_OF = date(2026, 11, 20)
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def test_the_demonstration_is_built_the_same_twice(tmp_path):
    done = [build_demo(Store(tmp_path / name), NOW) for name in ("a", "b")]
    for name, table in done[0].extract.tables.items():
        assert table.equals(done[1].extract.tables[name])
    snapshot = Store(tmp_path / "a").snapshot()
    assert snapshot is not None
    with snapshot:
        assert snapshot.is_demo
        assert snapshot.as_of == AS_OF


def test_the_demonstration_never_replaces_a_real_register(tmp_path):
    store = Store(tmp_path)
    import_register(store, (FILES / "registre-2025-2026.xlsx").read_bytes(), Key(b"test"), NOW)
    before = store.versions
    with pytest.raises(StoreError, match="vrai registre"):
        build_demo(store, NOW)
    assert store.versions == before


def test_the_demonstration_needs_no_key_of_the_user(tmp_path, monkeypatch):
    monkeypatch.setenv("RELAIS_KEY", str(tmp_path / "key"))
    build_demo(Store(tmp_path / "store"), NOW)
    assert not (tmp_path / "key").exists()


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2026, 11, 20), date(2026, 11, 20)),
        (date(2026, 11, 22), date(2026, 11, 20)),  # a Sunday
        (date(2026, 8, 1), date(2026, 7, 3)),  # the summer
        (date(2031, 1, 1), calendar().last_day),
    ],
)
def test_the_demonstration_is_of_the_last_class_day(today, day):
    assert demo_day(today) == day


@pytest.mark.parametrize("today", [date(2024, 9, 2), date(2030, 1, 1)])
def test_the_demonstration_is_built_on_any_day(tmp_path, today):
    done = build_demo(Store(tmp_path), datetime(today.year, today.month, today.day, 12, tzinfo=UTC))
    assert done.extract.n_accepted > 100
    assert done.extract.n_refused == 0


def test_records_are_opened_by_the_variable_and_are_the_demonstration_where_there_is_none(tmp_path, monkeypatch):
    monkeypatch.setenv("RELAIS_STORE", str(tmp_path))
    with open_records() as fictitious:
        assert fictitious.is_demo
    import_register(Store(), (FILES / "registre-2025-2026.xlsx").read_bytes(), Key(b"test"), NOW)
    with open_records() as records:
        assert not records.is_demo
