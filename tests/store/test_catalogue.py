"""The catalogue of a shared store: what lies in it, and what is said when it stops."""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb
import pytest

from analytics.store import StoreError
from analytics.store.catalogue import UnreachableStoreError
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


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ('no pg_hba.conf entry for host "10.0.0.9", user "relais", database "relais", no encryption', "pg_hba.conf"),
        ("aucune entrée dans pg_hba.conf pour l'hôte « 10.0.0.9 », base de données « relais »", "pg_hba.conf"),
        ('pg_hba.conf rejects connection for host "10.0.0.9", user "relais", database "relais"', "pg_hba.conf"),
        ('password authentication failed for user "relais"', "refuse ce compte"),
        ("authentification par mot de passe échouée pour l'utilisateur « relais »", "refuse ce compte"),
        ("fe_sendauth: no password supplied", "refuse ce compte"),
        ('role "relais" does not exist', "refuse ce compte"),
        ("le rôle « relais » n'existe pas", "refuse ce compte"),
        ('permission denied for database "relais"', "refuse ce compte"),
        ('database "other" does not exist', "la base que catalogue nomme"),
        ("la base de données « other » n'existe pas", "la base que catalogue nomme"),
        ("server does not support SSL, but SSL was required", "mettez ssl à on"),
        ("Connection refused", "ne répond pas"),
    ],
)
def test_why_the_catalogue_cannot_be_reached_is_said_with_what_to_do(words, said):
    error = f'Unable to connect to Postgres: connection to server at "db", port 5432 failed: FATAL:  {words}'
    assert said in str(UnreachableStoreError(duckdb.IOException(error)))
