"""Pages of records, opened in their frame on two extracts of a known register, on one case, or on none."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from analytics.domain.schema import TABLES
from analytics.intake import Key
from analytics.store import Store
from analytics.workflows.demo import build_demo
from analytics.workflows.importing import import_register
from tests.pages.opening import open_page
from tests.repository import ROOT

FILES = ROOT / "tests/files"
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture(autouse=True, scope="session")
def packages_read_once():
    """Streamlit's test tool reads the metadata of each installed package again for each page that it opens."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(autouse=True)
def own_main(monkeypatch):
    """Streamlit's test tool leaves a page in the place of the main module, which a new process would then run."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(scope="session")
def extracts(tmp_path_factory) -> Path:
    """A store that holds an extract of 12 June 2026 and the next, of 26 June."""
    folder = tmp_path_factory.mktemp("extracts")
    for name, month in (("registre-2025-2026", 6), ("registre-2025-2026-suite", 7)):
        content = (FILES / f"{name}.xlsx").read_bytes()
        import_register(Store(folder), content, Key(b"k" * 32), datetime(2026, month, 27, tzinfo=UTC))
    return folder


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory) -> Path:
    """The demonstration of a Sunday, as of the Friday before, 20 November 2026."""
    folder = tmp_path_factory.mktemp("demonstration")
    build_demo(Store(folder), NOW)
    return folder


@pytest.fixture(scope="session")
def few_cases(extracts, tmp_path_factory):
    """A store with the schools of the extracts and only their first cases."""

    @cache
    def few_cases(n_cases: int) -> Path:
        snapshot = Store(extracts).snapshot()
        assert snapshot is not None
        with snapshot:
            tables = {name: snapshot.table(name) for name in TABLES}
        kept = tables["cases"]["case_id"].head(n_cases)
        for name in ("cases", "case_incidents", "case_steps"):
            tables[name] = tables[name][tables[name]["case_id"].isin(kept)]
        store = Store(tmp_path_factory.mktemp("few"))
        with store.writing():
            store.publish(tables)
        return store.folder

    return few_cases


@pytest.fixture(scope="session")
def undated(extracts, tmp_path_factory) -> Path:
    """The last extract as a register of yes and no: no step has a date, nothing is said of closure, no school has a size."""
    snapshot = Store(extracts).snapshot()
    assert snapshot is not None
    with snapshot:
        tables = {name: snapshot.table(name) for name in TABLES}
    is_contact = tables["case_steps"]["step"].isin(["cpms", "parents"])
    for column in ("delay_hours", "delay_school_days"):
        tables["case_steps"][column] = tables["case_steps"][column].mask(is_contact)
        tables["cases"][column.replace("delay", "followed")] = tables["cases"][
            column.replace("delay", "followed")
        ].mask(tables["cases"]["status"] == "closed")
    tables["case_steps"]["time_completed"] &= ~is_contact
    tables["cases"]["school_level"] = tables["cases"]["school_level"].replace("secondary_3", "unknown")
    tables["schools"] = tables["schools"].assign(provisional=True, n_pupils=pd.NA)
    tables["imports"]["tells_closure"] = False
    store = Store(tmp_path_factory.mktemp("undated"))
    with store.writing():
        store.publish(tables)
    return store.folder


@pytest.fixture
def visit(monkeypatch):
    """Open a page on a store at an address; nothing may fail."""

    def visit(page: str, folder: Path, **address: str) -> AppTest:
        monkeypatch.setenv("RELAIS_STORE", str(folder))
        st.cache_resource.clear()
        app = open_page(page, **address)
        for folded in app.expander:
            if folded.proto.id:  # a table that is made when it is opened
                app.session_state[folded.proto.id.split("-", 2)[2]] = True
        app.run()
        assert not app.exception
        assert not app.error
        return app

    return visit


@pytest.fixture(scope="session")
def text():
    """All words of a page but those of its figures, with plain spaces."""

    def text(app: AppTest) -> str:
        words = "\n".join(block.value for block in (*app.markdown, *app.caption, *app.info))
        return words.replace("\u202f", " ")

    return text
