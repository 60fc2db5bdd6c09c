"""The A4 of a school: one marked page whatever it holds, and for its head of school nothing of another one."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pypdf
import pytest

from analytics.disclosure.release_records import read_record
from analytics.documents.publication import publication_files
from analytics.domain.errors import RefusedError
from analytics.domain.schema import TABLES
from analytics.domain.selection import EVERYTHING, Selection
from analytics.store import Snapshot, Store
from analytics.workflows.one_school import one_school, rated_schools
from analytics.workflows.school_sheet import school_sheet, written_sheet
from tests.released import release, shared_store

TODAY = date(2026, 6, 15)
HEADINGS = ("D’une année à l’autre", "Ses dossiers par type", "Ses étapes et ses délais")
LIST = "Dossiers ouverts où une étape attend hors délai"


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    snapshot = shared_store().snapshot()
    assert snapshot is not None
    return snapshot


@pytest.fixture(scope="module")
def busiest(snapshot) -> str:
    return snapshot.school_counts().sort_values("n")["school_id"].iloc[-1]


def read(content: bytes) -> str:
    """The words of the one page."""
    document = pypdf.PdfReader(io.BytesIO(content))
    assert len(document.pages) == 1
    assert "/StructTreeRoot" in document.trailer["/Root"]
    return " ".join(document.pages[0].extract_text().replace("\u202f", " ").split())


def for_its_head(
    snapshot: Snapshot, school: str, selection: Selection = EVERYTHING, *, is_published: bool = True
) -> str:
    rated = rated_schools(snapshot, replace(selection, school_ids=(school,)))
    one = one_school(snapshot, selection, rated, school, is_alone=True)
    return read(written_sheet(one, TODAY, [read_record(publication_files(release()))] if is_published else ()))


def test_the_service_takes_one_marked_page_with_its_figures_years_deadlines_and_list(snapshot, busiest):
    school = snapshot.school_counts().set_index("school_id").loc[busiest]
    words = read(school_sheet(snapshot, busiest, TODAY))
    assert "interne – ne pas diffuser" in words
    assert all(heading in words for heading in (*HEADINGS, LIST))
    assert f"dont {school['n_open']} ouvert" in words
    assert f"{school['n']}" in words
    assert "Autres, niveau" in words


def test_its_head_of_school_finds_no_list_no_other_school_and_published_figures_alone(snapshot, busiest):
    words = for_its_head(snapshot, busiest, Selection(school_years=("2025-2026",)))
    others = snapshot.table("schools").query("school_id != @busiest")["name"]
    assert all(heading in words for heading in HEADINGS)
    assert "Toutes les écoles (2025-2026-T1, publié)" in words
    assert [word for word in (LIST, "Autres, niveau", "Taux prudent", *others) if word in words] == []


@pytest.mark.parametrize(
    ("selection", "is_published"), [(EVERYTHING, False), (Selection(school_years=("2024-2025",)), True)]
)
def test_without_a_release_of_the_year_its_head_of_school_is_compared_with_nothing(
    selection, is_published, snapshot, busiest
):
    assert "Toutes les écoles" not in for_its_head(snapshot, busiest, selection, is_published=is_published)


def test_a_school_without_a_case_has_a_page_that_says_so(snapshot):
    silent = snapshot.school_counts().query("n == 0")["school_id"].iloc[0]
    words = read(school_sheet(snapshot, silent, TODAY))
    assert "Ne rien signaler n’est pas être à l’abri" in words
    assert LIST not in words


def test_two_thousand_cases_and_a_name_of_any_length_are_one_page(tmp_path, snapshot, busiest):
    tables = {name: snapshot.table(name) for name in TABLES}
    of_school = tables["cases"]["school_id"] == busiest
    cases = tables["cases"][of_school].assign(status="open", followed_hours=1_000, followed_school_days=30)
    numbers = np.arange(-(-2000 // len(cases)))
    tables["cases"] = _many(cases, numbers)
    for name in ("case_incidents", "case_steps"):
        tables[name] = _many(tables[name][tables[name]["case_id"].isin(cases["case_id"])], numbers)
    name = "Institut 🏫 de la Très Longue Dénomination " * 6
    tables["schools"]["name"] = tables["schools"]["name"].mask(tables["schools"]["school_id"] == busiest, name)
    store = Store(tmp_path / "store")
    with store.writing():
        store.publish(tables)
    with store.snapshot() as huge:
        words = read(school_sheet(huge, busiest, TODAY))
    assert "Les 8 premiers" in words
    assert "Institut □ de la Très Longue" in words


def _many(table: pd.DataFrame, numbers: np.ndarray) -> pd.DataFrame:
    return pd.concat([table.assign(case_id=f"{number:04}" + table["case_id"].str[4:]) for number in numbers])


def test_a_code_that_no_school_has_is_refused(snapshot):
    with pytest.raises(RefusedError, match="Aucune école n’a ce code"):
        school_sheet(snapshot, "none", TODAY)
