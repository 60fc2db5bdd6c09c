"""The page Publier: no period yet, preview, publication, and the same files after."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics.disclosure.comparison import measures
from analytics.disclosure.release_records import past_records
from analytics.intake import Key
from analytics.store import Store
from analytics.workflows.importing import import_register
from tests.repository import ROOT

REGISTER = ROOT / "tests" / "files" / "registre-2025-2026.xlsx"


@pytest.fixture
def store(tmp_path, monkeypatch) -> Store:
    monkeypatch.setenv("RELAIS_STORE", str(tmp_path))
    st.cache_resource.clear()
    store = Store(tmp_path)
    import_register(store, REGISTER.read_bytes(), Key(b"k" * 32), datetime(2026, 6, 12, tzinfo=UTC))
    return store


def opened(**address: str) -> AppTest:
    page = AppTest.from_file(str(ROOT / "pages" / "publish" / "page.py"), default_timeout=200)
    page.query_params.update(address)
    page.run()
    assert not page.exception
    return page


def test_only_closed_periods_are_offered(store):
    page = opened()
    assert page.selectbox[0].value == "2025-2026-T2"
    assert len(page.selectbox[0].options) == 2


def test_nothing_is_prepared_before_it_is_asked_for(store):
    page = opened()
    assert not page.dataframe
    assert not past_records([store.folder / "releases"])


def test_the_preview_gives_tables_and_reasons_then_publishing_is_asked_twice_and_offers_the_files(store):
    page = opened()
    page.selectbox[0].set_value("2025-2026-T1").run()
    assert not page.toggle
    page.radio(key="publier_avant_2025-2026-T1").set_value("non").run()
    page.toggle[0].set_value(True).run()
    assert not page.exception
    assert page.dataframe
    assert "Raison" in page.dataframe[-1].value.columns
    page.button(key="publier_demander").click().run()
    assert "ne pourra plus être publiée entière" in page.warning[-1].value
    page.button(key="publier_renoncer").click().run()
    assert not past_records([store.folder / "releases"])
    page.button(key="publier_demander").click().run()
    page.button(key="publier_enregistrer").click().run()
    assert not page.exception
    assert [entry.period for entry in past_records([store.folder / "releases"])] == ["2025-2026-T1"]
    assert "publiée" in page.success[0].value
    assert page.button[0].label == "Télécharger les fichiers (ZIP)"
    listed = opened(publier="Ce qui est sorti")
    assert "2025-2026-T1" in listed.expander[0].label
    assert "Certificat" in "".join(block.value for block in listed.markdown)


def test_nothing_that_left_is_said_so(store):
    assert "Rien n’est encore sorti" in opened(publier="Ce qui est sorti").info[0].value


def test_the_method_gives_rules_limits_and_a_comparison_that_owes_nothing_to_the_records(store):
    page = opened(publier="La méthode")
    words = "\n".join(block.value for block in (*page.markdown, *page.caption)).replace("\u202f", " ")
    for said in (
        "Un nombre de 1 à 4 n’est pas montré",
        "par soustraction",
        "mettraient en commun",
        "registres fictifs",
    ):
        assert said in words
    table = page.dataframe[0].value
    assert list(table["Dossiers par an"]) == list(measures()["n_cases"])
    assert not past_records([store.folder / "releases"])
