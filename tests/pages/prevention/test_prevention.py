"""The page Programme de prévention: the plan stands there, says what contradicts, and keeps what it was asked with."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics.domain.school_calendar import calendar
from analytics.intake import Key
from analytics.planning.kept import Kept, keep, read_kept
from analytics.planning.lots import draw_lots
from analytics.planning.preparing import prepare
from analytics.spreadsheets.writing import Book
from analytics.store import Snapshot, Store
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


def test_the_plan_stands_there_when_the_page_opens(open_page):
    page = open_page()
    assert headers(page)[:2] == ["Le programme", "À côté d’autres façons de faire"]
    assert "c’est prouvé" in words(page)
    assert "4 personnes à 14 h de prévention par semaine" in words(page)


def test_need_and_evaluation_are_a_tab_away(open_page):
    assert headers(open_page(question="Le besoin")) == ["Le besoin, école par école"]
    assert headers(open_page(question="Évaluer")) == ["Voit-on que cela aide\u202f?"]


def test_what_was_asked_is_kept_with_its_plan_and_offered_again(open_page, tmp_path):
    ask(open_page(equipe="3", urgences="0", seances="2"))
    with Store(tmp_path).snapshot() as snapshot:
        kept = read_kept(snapshot)
    assert kept.programme.rules.groups_per_week == 2
    again = open_page()
    assert again.number_input(key="equipe").value == 3
    assert again.number_input(key="seances").value == 2
    assert "Le programme" in headers(again)


def test_the_plan_that_was_kept_is_not_computed_again(open_page, monkeypatch):
    ask(open_page(equipe="3", urgences="0"))
    st.cache_resource.clear()
    monkeypatch.setattr("pages.prevention.computing.allocate", None)
    assert "Le programme" in headers(open_page())


def test_a_link_computes_what_its_sender_saw_and_keeps_nothing(open_page, tmp_path):
    assert "3 personnes à" in words(open_page(equipe="3", urgences="0", part="0"))
    with Store(tmp_path).snapshot() as snapshot:
        assert read_kept(snapshot) == Kept()


def test_a_weight_that_is_changed_counts_in_this_need(open_page, tmp_path):
    def greatest(page: AppTest) -> float:
        with Store(tmp_path).snapshot() as snapshot:
            ask(page)
            return largest(snapshot, read_kept(snapshot))

    def largest(snapshot: Snapshot, kept: Kept) -> float:
        return prepare(snapshot, kept.choice.team, kept.programme, calendar()).need["need"].max()

    page = open_page(equipe="3", urgences="0")
    before = greatest(page)
    page.number_input(key="danger_weight").set_value(9.0)
    assert greatest(page) > before


def test_nothing_on_the_page_tells_to_edit_a_file(open_page):
    for question in ("Le programme", "Le besoin", "Évaluer"):
        assert ".toml" not in words(open_page(question=question))


def test_rules_that_contradict_say_what_to_loosen(open_page):
    page = open_page(equipe="1", heures="1.0", urgences="0", part="100")
    assert "Le programme" not in headers(page)
    assert headers(page) == ["Le besoin, école par école"]
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
    page = open_page(question="Évaluer")
    assert "On ne peut pas le dire" in words(page)
    assert "plus de confiance" in words(page)


def test_lots_are_offered_only_where_enough_schools_are_close(open_page):
    page = ask(open_page(equipe="3", urgences="0"))
    assert "Il faut en tirer dix" in words(page)
    assert not [button for button in page.button if button.key == "tirer"]


def test_a_draw_is_kept_shown_and_can_be_taken_back(open_page, tmp_path):
    with Store(tmp_path).snapshot() as snapshot:
        draw = draw_lots(["A", "B"], 1, 7, date(2026, 9, 1), "2026-2027", date(2026, 9, 7))
        keep(snapshot, Kept((draw,)))
        seen = words(open_page(question="Évaluer"))
        assert "Tirage du 01/09/2026, numéro 7 : 1 école sur 2. 0 école tirée a eu une séance depuis" in seen
        page = open_page(equipe="3", urgences="0")
        assert "Tirage du 01/09/2026, numéro 7 : **1 école sur 2**" in words(page)
        checked(page.button(key="annuler_tirage").click().run())
        assert read_kept(snapshot) == Kept()
    assert "Tirage du" not in words(page)
