"""The store's versions: published, taken back, forgotten, and served in spite of damage."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analytics.domain.schema import TABLES, SchemaError
from analytics.domain.vocabulary import STEPS
from analytics.store import KEPT_VERSIONS, Store, StoreError, store_location
from analytics.store.layout import ROW_GROUP

CASE = {
    "school_id": "3000",
    "school_year": "2025-2026",
    "report_week": pd.Timestamp("2025-09-01"),
    "school_level": "secondary_1",
    "reporter": "pupil",
    "channel": "unknown",
    "minor": True,
    "danger": False,
    "status": "open",
    "followed_hours": 100,
    "followed_school_days": 5,
    "waited_hours": pd.NA,
    "waited_school_days": pd.NA,
    "detection_days": pd.NA,
    "first_seen_on": pd.Timestamp("2026-06-12"),
    "changed_on": pd.NaT,
    "office": "principal",
}


def records(*case_ids: str) -> dict[str, pd.DataFrame]:
    """All tables of a store that holds ``case_ids``, alike in everything else."""
    cases = pd.DataFrame([{"case_id": case_id, **CASE} for case_id in case_ids])
    steps = pd.DataFrame([{"case_id": case_id, "step": step} for case_id in case_ids for step in STEPS])
    schools = pd.DataFrame([{"school_id": "3000", "name": "École du Canal", "zone": "Nord"}])
    entry: dict[str, object] = {column.name: 0 for column in TABLES["imports"].columns if column.type == "INTEGER"}
    entry |= {
        "imported_at": pd.Timestamp("2026-06-12", tz="UTC"),
        "source": "register",
        "file_digest": "d",
        "refused_digest": "",
        "key_id": "k",
        "tells_closure": True,
        "fields": "",
        "imported_by": None,
        "by_year": False,
        "office": "principal",
        "own_numbers": False,
    }
    given = {
        "cases": cases,
        "case_incidents": pd.DataFrame([{"case_id": case_id, "incident_type": "insults"} for case_id in case_ids]),
        "case_steps": steps.assign(
            outcome="not_done",
            delay_hours=pd.NA,
            delay_school_days=pd.NA,
            time_completed=False,
            completed_hours=0,
            reason=pd.NA,
        ),
        "schools": schools.assign(school_network=pd.NA, school_level=pd.NA, n_pupils=pd.NA, provisional=True),
        "school_deadlines": TABLES["school_deadlines"].empty,
        "school_actions": TABLES["school_actions"].empty,
        "imports": pd.DataFrame([entry | {"as_of": pd.Timestamp("2026-06-12")}]),
    }
    return {name: TABLES[name].conform(table) for name, table in given.items()}


def publish(store: Store, *case_ids: str) -> str:
    with store.writing():
        return store.publish(records(*case_ids))


def case_ids(store: Store) -> list[str]:
    snapshot = store.snapshot()
    assert snapshot is not None
    with snapshot:
        return snapshot.table("cases")["case_id"].tolist()


def current(store: Store) -> Path:
    return store.folder / store.versions[0]


def test_a_store_without_a_version_has_no_snapshot_and_no_folder(store):
    assert store.snapshot() is None
    assert store.versions == []
    assert not store.folder.exists()


def test_the_folder_is_the_one_that_the_environment_names(monkeypatch, tmp_path):
    monkeypatch.setenv("RELAIS_STORE", str(tmp_path))
    assert store_location() == tmp_path


def test_what_is_published_is_read_back_as_it_was(store):
    publish(store, "A", "B")
    snapshot = store.snapshot()
    assert snapshot is not None
    for name, published in records("A", "B").items():
        order = list(TABLES[name].key)
        pd.testing.assert_frame_equal(snapshot.table(name), published.sort_values(order, ignore_index=True))


def test_a_case_of_an_older_layout_was_first_seen_by_the_first_extraction_after_its_week(store, write_old_layout):
    tables = records("A", "B", "C")
    tables["cases"]["report_week"] = pd.to_datetime(["2025-09-01", "2025-11-03", "2026-06-15"])
    first, last = tables["imports"], tables["imports"].copy()
    first["as_of"], first["imported_at"] = pd.Timestamp("2025-10-01"), pd.Timestamp("2025-10-01", tz="UTC")
    tables["imports"] = pd.concat([first, last], ignore_index=True)
    with store.writing():
        store.publish(tables)
    write_old_layout(store)
    seen_on = store.snapshot().table("cases")["first_seen_on"]
    assert seen_on.dt.date.astype(str).tolist() == ["2025-10-01", "2026-06-12", "2026-06-12"]


@pytest.mark.parametrize("step", [1, -1], ids=["in order", "out of order"])
def test_a_table_is_kept_whole_and_in_order_beyond_a_row_group(store, step):
    case_ids = pd.Series([f"{number:06}" for number in range(ROW_GROUP + 1)][::step], dtype="str")
    many = {
        "cases": TABLES["cases"].conform(pd.DataFrame({"case_id": case_ids, **CASE})),
        "case_incidents": pd.DataFrame({"case_id": case_ids, "incident_type": "insults"}),
    }
    with store.writing():
        store.publish(records("000000") | many)
    with store.snapshot() as snapshot:
        assert snapshot.query("SELECT case_id FROM records")["case_id"].tolist() == sorted(case_ids)
        assert snapshot.table("case_incidents")["case_id"].tolist() == sorted(case_ids)
        assert snapshot.table("case_steps")["case_id"].tolist() == ["000000"] * len(STEPS)


def test_the_last_version_published_is_current_and_only_so_many_are_kept(store):
    published = [publish(store, f"A{n}") for n in range(KEPT_VERSIONS + 2)]
    assert store.versions == published[: -KEPT_VERSIONS - 1 : -1]
    assert {path.name for path in store.folder.glob("*.duckdb")} == set(store.versions)
    assert case_ids(store) == [f"A{KEPT_VERSIONS + 1}"]


def test_a_snapshot_goes_on_answering_from_the_version_that_it_opened(store):
    publish(store, "A")
    with store.snapshot() as before:
        for _ in range(KEPT_VERSIONS + 1):
            publish(store, "A", "B")
        assert before.case_counts()["n"].tolist() == [1]
    assert case_ids(store) == ["A", "B"]


def test_undo_takes_back_the_last_import_and_its_bytes(store):
    publish(store, "A")
    undone = store.folder / publish(store, "B")
    store.undo()
    assert case_ids(store) == ["A"]
    assert not undone.exists()


def test_an_import_that_the_reader_has_not_seen_is_not_taken_back(store):
    publish(store, "A")
    seen = publish(store, "B")
    publish(store, "C")  # by somebody else, meanwhile
    with pytest.raises(StoreError, match="viennent de changer"):
        store.undo(seen)
    assert case_ids(store) == ["C"]


def test_two_who_undo_the_same_import_take_back_one(store):
    publish(store, "A")
    seen = [publish(store, "B"), publish(store, "C")][-1]
    store.undo(seen)
    with pytest.raises(StoreError, match="viennent de changer"):
        store.undo(seen)
    assert case_ids(store) == ["B"]


def test_the_only_version_cannot_be_undone(store):
    publish(store, "A")
    with pytest.raises(StoreError, match="pas d’importation à annuler"):
        store.undo()
    assert case_ids(store) == ["A"]


def test_undo_does_not_fall_back_on_a_version_that_cannot_be_read(store):
    publish(store, "A")
    current(store).write_bytes(b"damaged")
    publish(store, "B")
    with pytest.raises(StoreError, match="pas d’importation à annuler"):
        store.undo()
    assert case_ids(store) == ["B"]


def test_a_forgotten_case_is_in_no_byte_of_any_kept_version(store):
    for others in (["AAAAAAAAAAAA"], ["BBBBBBBBBBBB"], ["AAAAAAAAAAAA", "BBBBBBBBBBBB"]):
        publish(store, "ZZZZZZZZZZZZ", *others)
    publish(store, "BBBBBBBBBBBB")
    untouched = store.versions[0]
    assert store.forget("ZZZZZZZZZZZZ")
    assert not any(b"ZZZZZZZZZZZZ" in path.read_bytes() for path in store.folder.iterdir())
    assert store.versions[0] == untouched
    kept = []
    while True:
        kept.append(case_ids(store))
        if len(store.versions) == 1:
            break
        store.undo()
    assert kept == [["BBBBBBBBBBBB"], ["AAAAAAAAAAAA", "BBBBBBBBBBBB"], ["BBBBBBBBBBBB"], ["AAAAAAAAAAAA"]]


def test_forgetting_a_case_that_nobody_knows_changes_nothing(store):
    before = publish(store, "A")
    assert not store.forget("Z")
    assert store.versions == [before]
    assert not Store(store.folder.parent / "empty").forget("Z")


def test_forgetting_removes_a_damaged_version_of_which_nobody_can_tell_what_it_holds(store):
    publish(store, "A", "Z")
    damaged = store.folder / publish(store, "A", "B", "Z")
    damaged.write_bytes(damaged.read_bytes()[:-1])
    assert store.forget("Z")
    assert not damaged.exists()
    assert case_ids(store) == ["A"]


def test_the_last_case_may_be_forgotten(store):
    publish(store, "A")
    assert store.forget("A")
    assert case_ids(store) == []


def test_a_table_that_breaks_its_schema_is_not_published(store):
    publish(store, "A")
    twice = records("B", "B")
    with pytest.raises(SchemaError), store.writing():
        store.publish(twice)
    assert case_ids(store) == ["A"]


def test_a_second_writer_is_told_in_one_sentence(store):
    with store.writing(), pytest.raises(StoreError, match="Une autre importation est en cours"):
        publish(Store(store.folder), "A")
    publish(store, "A")
