"""The page Programme de prévention: it waits to be asked, says what contradicts, and a link computes what its sender saw."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from streamlit.testing.v1 import AppTest

from analytics.intake import Key
from analytics.spreadsheets.writing import Book
from analytics.store import Store
from analytics.workflows.importing import import_register
from tests.repository import ROOT

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
SCHOOLS = [
    ["Code", "Nom", "Réseau", "Niveau", "Zone", "Élèves"],
    ["A", "École du Canal", "WBE", "Secondaire", "Ath", 300],
    ["B", "=École du Parc", "Officiel communal", "Fondamental", "Mons", 120],
    ["C", "École sans élèves", "WBE", "Secondaire", "Ath", ""],
]
CASES = [["N° dossier", "École", "Année d’études", "Signalé le", "Faits", "Clôturé le"]] + [
    [f"{i}", "A", "S1" if i % 2 else "S3", date(2025, 9, 1 + i), "Menaces" if i == 1 else "Insultes", date(2025, 12, 1)]
    for i in range(1, 9)
]


@pytest.fixture
def open_page(monkeypatch, tmp_path):
    """The page on a small register, opened at an address."""
    book = Book()
    for name, rows in (("Registre", CASES), ("Écoles", SCHOOLS)):
        book.write_rows(book.workbook.add_worksheet(name), 0, rows)
    import_register(Store(tmp_path), book.close(), Key(b"k" * 32), NOW, as_of=date(2026, 11, 20))
    monkeypatch.setenv("RELAIS_STORE", str(tmp_path))
    monkeypatch.chdir(ROOT)

    def open_page(**address: str) -> AppTest:
        page = AppTest.from_file(str(ROOT / "pages" / "prevention" / "page.py"), default_timeout=120)
        for key, value in address.items():
            page.query_params[key] = value
        return checked(page.run())

    return open_page


def checked(page: AppTest) -> AppTest:
    assert not page.exception
    return page


def ask(page: AppTest) -> AppTest:
    return checked(page.button(key="calculer").click().run())


def headers(page: AppTest) -> list[str]:
    return [header.value for header in page.header]


def words(page: AppTest) -> str:
    shown = [*page.markdown, *page.caption, *page.info, *page.warning, *page.error]
    return "\n".join(block.value for block in shown).replace("\u202f", " ")


def test_nothing_is_solved_before_it_is_asked_for(open_page):
    page = open_page()
    assert "Le programme" not in headers(page)
    assert "Le besoin, école par école" in headers(page)


def test_the_button_gives_a_plan_beside_two_others(open_page):
    page = ask(open_page(equipe="3", urgences="0"))
    assert headers(page)[:2] == ["Le programme", "À côté d’autres façons de faire"]
    assert "c’est prouvé" in words(page)


def test_a_link_computes_what_its_sender_saw(open_page):
    sent = ask(open_page(equipe="3", urgences="0", part="0"))
    token = sent.query_params["programme"][0]
    received = open_page(equipe="3", urgences="0", part="0", programme=token)
    assert "Le programme" in headers(received)


def test_another_choice_waits_for_the_button_again(open_page):
    page = ask(open_page(equipe="3", urgences="0"))
    page.number_input(key="heures").set_value(20.0)
    assert "Le programme" not in headers(checked(page.run()))


def test_rules_that_contradict_say_what_to_loosen(open_page):
    page = ask(open_page(equipe="1", heures="1.0", urgences="0", part="100"))
    assert "Le programme" not in headers(page)
    assert "Ajouter des heures" in words(page)
    assert "assouplir les règles" in words(page)


def test_a_school_without_pupils_is_named_as_missing(open_page):
    assert "1 école sans niveau ou sans nombre d’élèves" in words(open_page())


def test_a_register_without_actions_says_so(open_page):
    assert "pas de feuille Actions" in words(open_page())


def test_the_files_can_be_taken(open_page):
    page = ask(open_page(equipe="3", urgences="0"))
    assert [button.label for button in page.button if button.key.startswith("prendre_")] == [
        "Classeur (XLSX)",
        "Calendrier (ICS)",
        "Une page pour la direction (PDF)",
    ]


def test_what_cannot_be_seen_is_said(open_page):
    page = open_page()
    assert "On ne peut pas le dire" in words(page)
    assert "plus de confiance" in words(page)
