"""The catalogue of a shared store: what lies in it, and what is said when it stops."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from analytics.store import StoreError
from analytics.store.shared_settings import read_settings
from tests.store.shared import files
from tests.store.test_versions import case_ids, publish


def test_no_row_lies_in_the_catalogue_and_no_word_in_a_file(shared, cluster):
    version = publish(shared, "AAAABBBBCCCC")
    database = read_settings(shared.location).catalogue.rpartition("=")[2]
    assert cluster.sql("SELECT count(*) FROM relais.ducklake_inlined_data_tables", database) == "0"
    assert len(files(shared, version)) == 3, "records, schools and imports, of one row each"
    assert not [path for path in files(shared, version) if b"AAAABBBBCCCC" in path.read_bytes()]


def test_a_catalogue_that_stops_is_told_and_one_that_starts_again_is_read_on(shared, cluster):
    publish(shared, "A")
    with shared.snapshot() as snapshot:
        cluster.stop()
        try:
            for ask in (
                lambda: shared.versions,
                lambda: publish(shared, "B"),
            ):
                with pytest.raises(StoreError, match="ne répond pas"):
                    ask()
            assert "ne répond pas" in shared.faults(datetime.now(UTC))[0]
            assert snapshot.ask("SELECT case_id FROM cases")["case_id"].tolist() == ["A"]
        finally:
            cluster.start()
    publish(shared, "B")
    assert case_ids(shared) == ["B"]
