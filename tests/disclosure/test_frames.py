"""A recorded release as data frames."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics.disclosure.frames import last_record, published_period, wide
from analytics.disclosure.release_records import record
from analytics.documents.publication import publication_files
from analytics.domain.errors import RefusedError
from tests.released import TERM, release


def test_what_is_not_published_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(RefusedError, match="relais publish"):
        published_period(TERM, tmp_path)


def test_a_recorded_release_gives_its_tables_and_its_first_page(tmp_path):
    record([tmp_path / "releases"], publication_files(release()))
    published = published_period(None, tmp_path)
    assert (published.period, published.is_demo) == (TERM, False)
    assert list(published.about) == ["Période", "Publié le", "Règles", "Méthode", "Certificat"]
    assert published.tables.keys() == {table.title for table in release().tables}


def test_of_two_releases_of_a_period_the_last_one_counts(tmp_path):
    """A store that was tried with fictitious data first holds both."""
    for is_demo in (True, False):
        record([tmp_path / "releases"], publication_files(replace(release(), is_demo=is_demo)))
    assert not last_record(TERM, tmp_path).is_demo
    assert not published_period(TERM, tmp_path).is_demo


def test_a_table_reads_as_it_was_published(published_table):
    frame = wide(published_table)
    assert list(frame.index) == ["Insultes", "Menaces", "Autre", "Total"]
    assert frame.loc["Menaces"].to_list() == ["de 1 à 8", "de 2 à 9"]
