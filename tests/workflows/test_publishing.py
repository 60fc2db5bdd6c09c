"""Publishing: proven, recorded before it leaves, and the same files ever after."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from msgspec import structs

from analytics.disclosure.catalogue import CatalogueError, load_catalogue
from analytics.disclosure.release_records import past_records, read_files, write_folder
from analytics.documents.publication import publication_files
from analytics.domain.errors import RefusedError
from analytics.store import Store
from analytics.workflows import publishing
from analytics.workflows.importing import import_register
from analytics.workflows.publishing import consequence, publish_folder, record_and_render
from tests.benchmarks.releases_benchmark import rounded_then_exact, run, two_years_and_a_term
from tests.released import FILES, KEY, TERM, TODAY, imported, release


@pytest.fixture
def own(tmp_path) -> Store:
    return imported(tmp_path / "store")


def test_the_same_records_give_the_same_bytes_and_a_release_that_is_recorded_gives_them_again(own, tmp_path):
    publish_folder(own, TERM, tmp_path / "one", TODAY, never_before=True)
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
    assert len(past_records([own.folder / "releases"])) == 1


def test_an_exact_release_is_never_followed_by_a_rounded_one_nor_by_another_threshold(own, tmp_path, monkeypatch):
    record_and_render(own, release(), 0)
    known = publishing.load_catalogue()
    for number, rules in enumerate((known.rules.replace(seconds=0), known.rules.replace(threshold=3))):
        monkeypatch.setattr(publishing, "load_catalogue", lambda rules=rules: replace(known, rules=rules))
        publish_folder(own, TERM, tmp_path / str(number), TODAY, rounded=True)
        assert read_files(tmp_path / str(number)) == publication_files(release())


def test_what_left_is_given_again_after_late_cases_corrections_and_a_forgotten_case(own, tmp_path):
    record_and_render(own, release(), 0)
    later = (FILES / "registre-2025-2026-suite.xlsx").read_bytes()
    import_register(own, later, KEY, datetime(2026, 6, 27, tzinfo=UTC))
    with own.snapshot() as snapshot:
        case = snapshot.table("cases")["case_id"].iloc[0]
    own.forget(case)
    publish_folder(own, TERM, tmp_path / "one", TODAY)
    assert read_files(tmp_path / "one") == publication_files(release())


def test_a_term_that_is_cut_otherwise_does_not_leave_beside_one_that_it_touches(own, tmp_path, monkeypatch):
    record_and_render(own, release(), 0)
    known = load_catalogue()
    first, second, *rest = known.terms
    other = (
        structs.replace(first, months=first.months[:-1]),
        structs.replace(second, months=(first.months[-1], *second.months)),
        *rest,
    )
    monkeypatch.setattr(publishing, "load_catalogue", lambda: replace(known, terms=other))
    with pytest.raises(CatalogueError, match="recouvre"):
        publish_folder(own, "2025-2026-T2", tmp_path / "one", TODAY, never_before=True)


@pytest.mark.parametrize(
    ("sequence", "n_cases", "n_releases"), [(rounded_then_exact, 200, 1), (two_years_and_a_term, 100, 2)]
)
def test_what_leaves_one_after_the_other_gives_nothing_away(sequence, n_cases, n_releases):
    """The benchmark attacks every kind of sequence, at four sizes."""
    found = run(sequence, n_cases, seed=1)
    assert found.n_releases == n_releases
    assert (found.given_back, found.too_close, found.by_a_school) == (0, 0, 0)


class TestAfterTheStoreWasLost:
    def test_what_is_recorded_beside_the_key_is_found_again(self, own, tmp_path):
        record_and_render(own, release(), 0)
        shutil.rmtree(own.folder)
        again = imported(tmp_path / "again")
        publish_folder(again, TERM, tmp_path / "two", TODAY)
        assert read_files(tmp_path / "two") == publication_files(release())
        assert past_records([again.folder / "releases"])

    def test_without_any_record_it_is_asked_whether_the_period_was_published(self, own, tmp_path):
        with pytest.raises(RefusedError, match="A-t-elle déjà été publiée"):
            publish_folder(own, TERM, tmp_path / "one", TODAY)
        assert not (tmp_path / "one").exists()

    def test_the_folder_of_the_earlier_release_is_recorded_again(self, own, tmp_path):
        write_folder(tmp_path / "earlier", publication_files(release()).items())
        publish_folder(own, TERM, tmp_path / "one", TODAY, earlier=tmp_path / "earlier")
        assert read_files(tmp_path / "one") == publication_files(release())

    @pytest.mark.parametrize("kind", ["nothing", "another period", "fictitious"])
    def test_a_folder_that_is_not_of_that_release_is_refused(self, own, tmp_path, kind):
        period = load_catalogue().period("2024-2025-T1")
        other = {"nothing": None, "another period": replace(release(), period=period)}.get(
            kind, replace(release(), is_demo=True)
        )
        write_folder(tmp_path / "earlier", (publication_files(other) if other else {"a.csv": b"a"}).items())
        with pytest.raises(RefusedError, match="publication"):
            publish_folder(own, TERM, tmp_path / "one", TODAY, earlier=tmp_path / "earlier")


def test_what_a_release_rules_out_is_said():
    catalogue = load_catalogue()
    assert "pourra l’être dès le 24/08/2026" in consequence(catalogue.period(TERM), catalogue)
    assert "un à un" in consequence(catalogue.period("2024-2025"), catalogue)
