"""Pages of a shared store go on with the version that they have while a newer one is loaded."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pandas as pd
import pytest
import streamlit as st

from analytics.domain.schema import TABLES
from analytics.store import Store, loading
from tests.cluster import running_cluster
from tests.pages.opening import open_page
from tests.pages.register.test_register import ALSO_GOOD, GOOD, press, texts, upload, workbook


@pytest.fixture(scope="module")
def published(extracts) -> list[dict[str, pd.DataFrame]]:
    """The tables of the extract of 12 June, and of the next one, of 26 June."""
    store, tables = Store(extracts), []
    for version in reversed(store.versions):
        with store.open(version) as snapshot:
            tables.append({name: snapshot.table(name) for name in TABLES})
    return tables


@pytest.fixture
def shared(tmp_path, monkeypatch) -> Iterator[Store]:
    with running_cluster() as cluster:
        monkeypatch.setenv("RELAIS_STORE", str(cluster.shared_store(tmp_path)))
        monkeypatch.setenv("RELAIS_KEY", str(tmp_path / "relais.key"))
        st.cache_resource.clear()
        yield Store()
        st.cache_resource.clear()


def publish(store: Store, tables: dict[str, pd.DataFrame]) -> None:
    with store.writing():
        store.publish(tables)


def test_a_page_shows_the_version_before_until_the_next_is_loaded_and_compares_each_with_its_own(
    shared, published, text
):
    def shown() -> str:
        page = open_page("overview")
        assert not page.exception
        assert not page.error
        return text(page)

    publish(shared, published[0])
    assert "extrait du 12 juin 2026" in shown()
    with loading._LOADING:  # another office imports, and what it imported takes as long as this to load
        publish(shared, published[1])
        before = shown()
    assert "extrait du 12 juin 2026" in before
    assert "Premier extrait" in before
    ends = time.monotonic() + 120
    while "extrait du 26 juin 2026" not in (after := shown()):
        assert time.monotonic() < ends
    assert "Insultes +3 et Menaces +3" in after


def test_who_imports_or_takes_back_sees_the_new_version_at_once(shared, published):
    publish(shared, published[0])
    page = open_page("register")
    n_before = f"Dossiers\u202f: {len(published[0]['cases'])}, dont"
    assert n_before in texts(page)
    tables = dict(published[0])
    publish(shared, tables | {"imports": tables["imports"].assign(source="demo")})  # gives way to any register
    page = press(upload(page, workbook(GOOD, ALSO_GOOD)), "registre_importer")
    assert "Dossiers\u202f: 2, dont 2 en cours" in texts(page)
    page = press(press(page, "registre_annuler_bouton"), "registre_annuler_oui")
    assert n_before in texts(page)
