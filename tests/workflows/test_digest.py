"""The digest: totals only, one page, and the figures of the pages."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime

import pypdf
import pytest

from analytics.intake import Key
from analytics.measures import work
from analytics.store import Snapshot, Store
from analytics.workflows.demo import build_demo
from analytics.workflows.digest import written_digest
from analytics.workflows.importing import import_register
from tests.repository import ROOT

TODAY = date(2026, 11, 23)


def pages_of(content: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]


@pytest.fixture(scope="module")
def extracts(tmp_path_factory) -> Snapshot:
    """An extract of 12 June 2026 and the next: 420 and 431 cases, as their truth files say."""
    store = Store(tmp_path_factory.mktemp("digest"))
    for name, month in (("registre-2025-2026", 6), ("registre-2025-2026-suite", 7)):
        content = (ROOT / f"tests/files/{name}.xlsx").read_bytes()
        import_register(store, content, Key(b"k" * 32), datetime(2026, month, 27, tzinfo=UTC))
    return store.snapshot()


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory) -> Snapshot:
    store = Store(tmp_path_factory.mktemp("demonstration"))
    build_demo(store, datetime(2026, 11, 22, 9, tzinfo=UTC))
    return store.snapshot()


@pytest.mark.parametrize("suffix", [".pdf", ".html"])
def test_it_says_what_is_new_what_waits_and_what_changed_on_one_marked_page(extracts, suffix):
    content = written_digest(extracts, suffix, TODAY)
    pages = pages_of(content) if suffix == ".pdf" else [re.sub(r"<style>.*?</style>|<[^>]+>", " ", content.decode())]
    assert len(pages) == 1
    words = " ".join(pages[0].replace("\u202f", " ").split())
    assert "interne – ne pas diffuser · situation au 26 juin 2026 · écrit le 23 novembre 2026" in words
    assert "Depuis l’extrait du 12/06/2026 : 11 nouveaux dossiers" in words
    overdue = work.summary(extracts.work_counts()).loc["overdue"]
    assert f"{overdue['n']} dossiers ouverts attendent une étape hors délai, dont {overdue['n_danger']} où" in words
    assert "la comparaison viendra" in words


def test_it_holds_no_case_number_and_no_school(extracts, demonstration):
    for snapshot in (extracts, demonstration):
        words = written_digest(snapshot, ".html", TODAY).decode()
        identifying = [*snapshot.table("cases")["case_id"], *snapshot.table("schools")["name"]]
        assert not [word for word in identifying if word in words]


def test_it_compares_with_last_year_and_says_that_the_demonstration_is_one(demonstration):
    words = "".join(pages_of(written_digest(demonstration, ".pdf", TODAY))).replace("\u202f", " ")
    assert "Données fictives" in words
    assert re.search(r"Dossiers : \d+, \d+ l’an dernier aux mêmes semaines entières : pas de changement sûr", words)
    assert re.search(r"Parents en 48 h : \d+ %, \d+ % l’an dernier : ", words)
