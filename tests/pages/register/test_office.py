"""Two offices on the page Registre: each imports as itself, decides a shared case, and takes back its own import alone."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from analytics.store import Store
from analytics.workflows.importing import import_register, store_key
from tests.offices import MONS, TOURNAI, register, two_offices
from tests.pages.register.test_register import first_run, press, run, texts, upload


@pytest.fixture
def store(tmp_path, monkeypatch) -> Store:
    monkeypatch.setenv("RELAIS_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("RELAIS_KEY", str(tmp_path / "relais.key"))
    store, now = Store(), datetime(2026, 6, 12, tzinfo=UTC)
    import_register(store, register(1, 2), store_key(store), now, as_of=date(2026, 6, 12))
    return store


def said(page) -> str:
    return texts(page).replace("\u202f", " ")


def choose(page, office: str):
    page.selectbox(key="registre_bureau").select(office)
    return run(page)


def test_with_one_office_nothing_is_asked_and_nothing_said_of_it(store, monkeypatch):
    page = first_run(monkeypatch)
    press(upload(page, register(1, 2, 3), "registre.csv"), "registre_importer")
    assert "bureau" not in said(page).lower()


def test_an_office_is_chosen_decides_a_shared_case_and_takes_back_its_own_import_alone(store, monkeypatch, tmp_path):
    two_offices(monkeypatch)
    page, content = first_run(monkeypatch), register(2, 101, more={2: {"Faits": "Menaces"}})
    upload(page, content, "registre.csv")
    assert "Choisissez d’abord votre bureau." in said(page)
    choose(page, TOURNAI)
    assert "faits : Menaces ici, Insultes là" in said(page)
    assert "Importer 1 dossier" in said(page)
    asked = next(box for box in page.selectbox if "a déjà un dossier de ce numéro" in box.label)
    asked.select(f"take_{store_key(store).digest(content)[:12]}")
    press(press(page, "registre_appliquer"), "registre_importer")
    with store.snapshot() as snapshot:
        assert snapshot.case_counts(by=["office"])["n"].tolist() == [1, 2]
    press(press(choose(page, MONS), "registre_annuler_bouton"), "registre_annuler_oui")
    assert "La dernière importation est celle du bureau « Tournai »" in said(page)
    assert len(store.versions) == 2
    press(press(choose(page, TOURNAI), "registre_annuler_bouton"), "registre_annuler_oui")
    assert len(store.versions) == 1
    lines = map(json.loads, (tmp_path / "access.jsonl").read_text("utf-8").splitlines())
    noted = [(line["act"], line["result"], line["what"]["office"]) for line in lines]
    assert noted == [("import", "ok", TOURNAI), ("undo", "failed", MONS), ("undo", "ok", TOURNAI)]
