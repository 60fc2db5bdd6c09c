"""Publishing: proven, recorded before it leaves, and the same files ever after."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.disclosure.catalogue import CatalogueError
from analytics.disclosure.release_records import past_records
from analytics.documents.publication import publication_files
from analytics.domain.errors import RefusedError
from analytics.store import Store
from analytics.workflows.publishing import publish_folder, record_and_render
from tests.released import TERM, TODAY, imported, release


@pytest.fixture
def own(tmp_path) -> Store:
    return imported(tmp_path / "store")


def test_the_same_records_give_the_same_bytes_and_a_release_that_is_recorded_gives_them_again(own, tmp_path):
    publish_folder(own, TERM, tmp_path / "one", TODAY)
    sentences = publish_folder(own, TERM, tmp_path / "two", date(2027, 1, 1))
    assert "mêmes fichiers" in sentences[0]
    for folder in (tmp_path / "one", tmp_path / "two"):
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == publication_files(release())


def test_a_period_that_is_not_over_is_refused(own, tmp_path):
    with pytest.raises(CatalogueError, match="n’est pas close"):
        publish_folder(own, "2025-2026", tmp_path / "year", TODAY)
    assert not (tmp_path / "year").exists()


def test_a_folder_that_is_there_is_not_touched(own, tmp_path):
    with pytest.raises(RefusedError, match="existe déjà"):
        publish_folder(own, TERM, tmp_path, TODAY)


def test_a_proof_that_did_not_know_the_last_release_publishes_nothing(own):
    record_and_render(own, release(), 0)
    with pytest.raises(RefusedError, match="Recommencez"):
        record_and_render(own, release(), 0)
    assert len(past_records(own.folder)) == 1
