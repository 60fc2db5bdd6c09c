"""A shared store keeps the promises of a folder: the same answers, whole versions, undo, forget, French sentences."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.request import Request, urlopen

import numpy as np
import pandas as pd
import pytest
from moto.server import ThreadedMotoServer

from analytics.domain.schema import TABLES
from analytics.store import KEPT_VERSIONS, Store, StoreError
from analytics.store.shared_settings import read_settings
from tests.benchmarks.lake_benchmark import answer, questions, random_selection, share_file
from tests.benchmarks.measures_benchmark import draw_store
from tests.cluster import Cluster
from tests.store.shared import files
from tests.store.test_versions import case_ids, publish, records


def catalogue_bytes(cluster: Cluster, shared: Store) -> bytes:
    """Every file of every table of the catalogue, as the server has written them."""
    database = read_settings(shared.location).catalogue.rpartition("=")[2]
    cluster.sql("CHECKPOINT")
    of_database = cluster.sql(f"SELECT oid FROM pg_database WHERE datname = '{database}'")
    folder = cluster.folder / "data" / "base" / of_database
    return b"".join(path.read_bytes() for path in folder.iterdir())


def test_versions_are_published_kept_undone_and_read_back_as_they_were(shared):
    assert (shared.versions, shared.snapshot()) == ([], None)
    published = [publish(shared, "A", "B"), *(publish(shared, f"A{n}") for n in range(KEPT_VERSIONS))]
    assert shared.versions == published[: -KEPT_VERSIONS - 1 : -1]
    assert not files(shared, published[0]), "what is no longer kept leaves with its files"
    shared.undo(published[-1])
    assert case_ids(shared) == [f"A{KEPT_VERSIONS - 2}"]
    with pytest.raises(StoreError, match="viennent de changer"):
        shared.undo(published[-1])
    expected = records(f"A{KEPT_VERSIONS - 2}")
    with shared.snapshot() as snapshot:
        for name, rows in expected.items():
            in_order = rows.sort_values(list(TABLES[name].key), ignore_index=True)
            pd.testing.assert_frame_equal(snapshot.table(name), in_order)


def test_every_answer_is_that_of_a_file_to_the_bit(shared, tmp_path):
    (tmp_path / "file").mkdir()
    draw_store(tmp_path / "file", 3_000)
    file = Store(tmp_path / "file")
    share_file(file, shared)
    rng = np.random.default_rng(7)
    with file.snapshot() as of_file, shared.snapshot() as of_lake:
        for name in ("choices", "relay_times", "residual_risk", "open_cases", "digests"):
            one, other = getattr(of_file, name)(), getattr(of_lake, name)()
            assert one.equals(other) if isinstance(one, pd.DataFrame) else one == other
        for question in questions(rng, random_selection(rng, of_file.choices())):
            pd.testing.assert_frame_equal(answer(of_file, question), answer(of_lake, question))


def test_a_forgotten_case_is_in_no_file_and_no_byte_of_the_catalogue(shared, cluster):
    publish(shared, "BBBB", "ZZZZCANARYZZ")  # the last by name: the catalogue tells the extremes of each column
    publish(shared, "BBBB", "CCCC", "ZZZZCANARYZZ")
    untouched = publish(shared, "BBBB")
    cluster.sql("ANALYZE", read_settings(shared.location).catalogue.rpartition("=")[2])  # as its autovacuum does
    held = [path for version in shared.versions[1:] for path in files(shared, version)]
    assert b"ZZZZCANARYZZ" in catalogue_bytes(cluster, shared)
    assert shared.forget("ZZZZCANARYZZ")
    assert not shared.forget("ZZZZCANARYZZ")
    assert b"ZZZZCANARYZZ" not in catalogue_bytes(cluster, shared)
    assert not [path for path in held if path.exists()]
    assert shared.versions[0] == untouched
    for expected in (["BBBB"], ["BBBB", "CCCC"], ["BBBB"]):
        assert case_ids(shared) == expected
        if len(shared.versions) > 1:
            shared.undo()


def test_one_writes_at_a_time_and_who_lost_the_lock_unseen_changes_nothing(shared, cluster):
    publish(shared, "A")
    other = Store(shared.location)
    with shared.writing():
        with pytest.raises(StoreError, match="Une autre importation est en cours"):
            publish(other, "B")
        cluster.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
        )  # as a cut network does
        with other.writing():
            kept = shared.versions
            publishing = pytest.raises(StoreError, match="passée avant celle-ci")
            with publishing:
                shared._backend.replace(kept, lambda before: [between(shared, other), *before])
    assert case_ids(shared) == ["B"]


def between(shared: Store, other: Store) -> str:
    """Build a version of C, and before it is kept publish B from elsewhere."""
    rows = {name: TABLES[name].to_arrow(table) for name, table in records("C").items()}
    version = shared._backend.build(rows)
    other.publish(records("B"))
    return version


def test_a_damaged_version_gives_way_to_the_one_before_it_and_is_told(shared):
    before = publish(shared, "A")
    current = publish(shared, *(f"{n:04}" for n in range(2000)))
    path = max(files(shared, current), key=lambda path: path.stat().st_size)
    content = path.read_bytes()
    middle = len(content) // 2
    path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    assert "endommagées" in shared.faults(datetime.now(UTC))[0]
    for damage in (lambda: path.write_bytes(content[:middle]), path.unlink):
        damage()
        with shared.snapshot() as snapshot:
            assert (snapshot.version, snapshot.is_fallback) == (before, True)
    publish(shared, "B")
    assert shared.forget("A")
    assert current not in shared.versions, "what cannot be checked is not kept"
    assert case_ids(shared) == ["B"]


def test_a_store_is_copied_to_a_shared_one_and_back(shared, tmp_path):
    file, back = Store(tmp_path / "file"), Store(tmp_path / "back")
    with pytest.raises(StoreError, match="pas encore de données"):
        shared.fill_from(file)
    for names in (["A"], ["A", "B"]):
        publish(file, *names)
    shared.fill_from(file)
    back.fill_from(shared)
    with pytest.raises(StoreError, match="déjà des données"):
        back.fill_from(file)
    for expected in (["A", "B"], ["A"]):
        assert case_ids(back) == case_ids(shared) == expected
        for store in (shared, back) if len(back.versions) > 1 else ():
            store.undo()


@pytest.fixture
def s3(monkeypatch) -> Iterator[ThreadedMotoServer]:
    """A server that speaks S3, with a bucket named relais."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        urlopen(Request(f"http://{host}:{port}/relais", method="PUT"))
        yield server
    finally:
        server.stop()


def test_files_in_s3_are_written_forgotten_and_said_to_be_away(cluster, s3, tmp_path):
    host, port = s3.get_host_and_port()
    location = cluster.shared_store(tmp_path, data="s3://relais/store")
    with location.open("a", encoding="utf-8") as file:
        file.write(f'[s3]\nendpoint = "{host}:{port}"\ntls = false\n')
    shared = Store(location)
    publish(shared, "A", "B")
    assert shared.forget("B")
    assert case_ids(shared) == ["A"]
    with urlopen(f"http://{host}:{port}/relais?list-type=2") as listed:
        assert listed.read().count(b"<Key>") == 3, "of the version that held the case nothing is left"
    s3.stop()
    with pytest.raises(StoreError, match="S3 ne répond pas"):
        shared.snapshot()
    s3.start()
