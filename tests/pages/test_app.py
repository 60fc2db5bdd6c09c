"""Every page opened in its frame, as the server does: on a first start, on the demonstration, on a register, on ruins."""

import json
import shutil
from datetime import datetime

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics.domain.vocabulary import SCHOOL_LEVELS, STEPS
from analytics.intake import Key
from analytics.store import Store
from analytics.workflows.importing import import_register
from tests.pages.conftest import NOW
from tests.pages.opening import open_page
from tests.repository import ROOT

PAGES = {
    "overview": "Vue d’ensemble",
    "work_list": "À faire",
    "protocol": "Que faire maintenant\u202f?",
    "incidents": "Types d’incidents",
    "relays": "Activation des relais",
    "schools": "Écoles concernées",
    "school": "Fiche d’une école",
    "prevention": "Programme de prévention",
    "publish": "Publier",
    "register": "Registre",
    "method": "Comment c’est compté",
}
OF_ACCOUNTS = "access"  # opened by tests/access, where there are accounts
OF_RECORDS = [page for page in PAGES if page not in ("protocol", "method")]
FILTERED = ["overview", "incidents", "relays", "schools"]
REGISTER = ROOT / "tests/files/registre-2025-2026.xlsx"
TRUTH = json.loads(REGISTER.with_suffix(".truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def register(tmp_path_factory):
    folder = tmp_path_factory.mktemp("register")
    import_register(Store(folder), REGISTER.read_bytes(), Key(b"k" * 32), NOW)
    return folder


@pytest.fixture
def opened(monkeypatch):
    """Open a page of the frame on a store, at an address, as a server that has just started does."""

    def opened(page: str, folder, **address: str) -> AppTest:
        monkeypatch.setenv("RELAIS_STORE", str(folder))
        st.cache_resource.clear()
        app = open_page(page, **address)
        assert not app.exception
        assert app.title[0].value == PAGES[page]
        return app

    return opened


def said(app: AppTest) -> str:
    """What a page tells apart from its figures: warnings, notes and errors."""
    return "\n".join(block.value for block in (*app.warning, *app.info, *app.error))


def described(app: AppTest) -> str:
    """The line under the title: as of when, what is chosen, how many cases."""
    return next(block.value for block in app.caption if "Données internes" in block.value)


def test_every_page_is_opened_here():
    assert {path.parent.name for path in (ROOT / "pages").glob("*/page.py")} == {*PAGES, OF_ACCOUNTS}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_on_the_demonstration_and_says_that_it_is_one(page, opened, demonstration):
    app = opened(page, demonstration)
    assert not app.error
    assert ("Données fictives" in said(app)) == (page in OF_RECORDS)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_on_a_register_and_no_longer_speaks_of_a_demonstration(page, opened, register):
    app = opened(page, register)
    assert not app.error
    assert "fictives" not in said(app)


def test_a_first_start_builds_the_demonstration_by_itself(opened, tmp_path):
    app = opened("overview", tmp_path / "store")
    assert "Données fictives" in said(app)
    assert Store(tmp_path / "store").versions


@pytest.mark.parametrize("page", OF_RECORDS)
def test_where_nothing_can_be_stored_a_page_says_so_calmly(page, opened, tmp_path):
    (tmp_path / "store").write_text("a file stands where the folder should be")
    app = opened(page, tmp_path / "store")
    assert "Le dossier des données n’est pas" in said(app)


@pytest.fixture(scope="module")
def damaged(register, tmp_path_factory):
    folder = shutil.copytree(register, tmp_path_factory.mktemp("damaged") / "store")
    for version in folder.glob("*.duckdb"):
        version.write_bytes(version.read_bytes()[:10_000])
    return folder


@pytest.mark.parametrize("page", OF_RECORDS)
def test_a_damaged_store_asks_for_the_register_again(page, opened, damaged):
    assert "Les données sont endommagées. Importez à nouveau le registre." in said(opened(page, damaged))


@pytest.mark.parametrize(("page", "level"), list(zip(FILTERED, TRUTH["levels"], strict=True)))
def test_the_address_chooses_the_cases(page, level, opened, register):
    n_cases = TRUTH["levels"][level]
    words = described(opened(page, register, niveaux=SCHOOL_LEVELS.label(level)))
    assert f"{SCHOOL_LEVELS.label(level)} · {n_cases} dossier" in words


@pytest.mark.parametrize("page", FILTERED)
def test_a_choice_that_leaves_no_case_says_what_to_do(page, opened, register):
    first, *_, last = (f"{datetime.fromisoformat(week):%d/%m/%Y}" for week in sorted(TRUTH["weeks"]))
    assert "Aucun dossier ne répond à ces filtres." in said(opened(page, register, depuis=last, jusque=first))


@pytest.fixture(scope="module")
def laid_otherwise(register, write_old_layout, tmp_path_factory):
    folder = tmp_path_factory.mktemp("laid") / "store"
    shutil.copytree(register, folder)
    write_old_layout(Store(folder))
    return folder


@pytest.mark.parametrize("page", OF_RECORDS)
def test_records_that_were_laid_otherwise_ask_for_a_new_import(page, opened, laid_otherwise):
    assert "Importez à nouveau le registre" in opened(page, laid_otherwise).error[0].value


def test_the_protocol_opens_whatever_became_of_the_records(opened, tmp_path):
    (tmp_path / "manifest").write_text("a manifest that names nothing")
    app = opened("protocol", tmp_path)
    assert not app.error
    shown = "".join(block.proto.body for block in app.get("html"))
    assert shown.count("data-step=") == len(STEPS)
