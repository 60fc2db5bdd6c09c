"""The page À faire: the list, its chips, its file and the service's own numbers."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.domain.selection import Selection
from analytics.intake import Key
from analytics.measures import work
from analytics.store import Store
from tests.pages.conftest import FILES

REGISTER = (FILES / "registre-2025-2026-suite.xlsx").read_bytes()
KEY = Key(b"k" * 32)


@pytest.fixture
def key(monkeypatch, tmp_path):
    (tmp_path / "relais.key").write_text((b"k" * 32).hex())
    (tmp_path / "relais.key").chmod(0o600)  # a key that others can read is refused
    monkeypatch.setenv("RELAIS_KEY", str(tmp_path / "relais.key"))


def shown(app):
    return app.dataframe[0].value


def test_the_page_lists_what_the_store_lists_one_line_a_case(visit, extracts, text):
    app = visit("work_list", extracts)
    snapshot = Store(extracts).snapshot()
    waiting = snapshot.work_list()
    assert shown(app)["Dossier"].tolist() == waiting["case_id"].tolist()
    assert f"**{len(waiting)} dossiers**" in text(app)
    assert shown(app)["Jours"].dtype.kind == "f"


def test_a_chip_and_a_list_stand_in_the_address(visit, extracts):
    app = visit("work_list", extracts, etape="CPMS", niveaux="1er degré")
    chosen = Selection(school_levels=("secondary_1",))
    expected = Store(extracts).snapshot().work_list(chosen, steps=["cpms"])
    assert shown(app)["Dossier"].tolist() == expected["case_id"].tolist()
    dormant = visit("work_list", extracts, liste="Dormants")
    assert (
        shown(dormant)["Dossier"].tolist() == Store(extracts).snapshot().work_list(state="dormant")["case_id"].tolist()
    )


def test_with_the_register_the_list_shows_the_services_own_numbers_until_the_page_is_left(visit, extracts, key, text):
    app = visit("work_list", extracts)
    pseudonyms = shown(app)["Dossier"].tolist()
    app.file_uploader[0].set_value(("registre.xlsx", REGISTER, "")).run()
    numbers = shown(app)["Dossier"].tolist()
    assert all("/" in number for number in numbers)
    assert [KEY.pseudonym(number) for number in numbers] == pseudonyms
    assert "numeros_lus" in app.session_state
    app.switch_page("pages/overview/page.py").run()
    assert "numeros_lus" not in app.session_state


def test_a_file_without_a_known_number_or_that_cannot_be_read_is_told(visit, extracts, key):
    app = visit("work_list", extracts)
    app.file_uploader[0].set_value(("autre.csv", b"a;b\n1;2\n", "")).run()
    assert "Aucun dossier ouvert" in app.warning[0].value
    app.file_uploader[0].set_value(("autre.pdf", b"%PDF-1.7", "")).run()
    assert app.error
    assert len(shown(app))


def test_a_case_is_found_by_its_number_and_the_number_is_not_kept(visit, extracts, key, text):
    app = visit("work_list", extracts)
    app.text_input[0].input("2026/0304").run()
    assert f"**{KEY.pseudonym('2026/0304')}**" in text(app)
    app.text_input[0].input("1999/9999").run()
    assert "Aucun dossier ne porte ce numéro" in text(app)
    assert "9999" not in str(app.query_params)


def test_a_register_where_nothing_waits_says_so(visit, few_cases, text):
    app = visit("work_list", few_cases(1), liste="Bientôt")
    assert "**0 dossier**" in text(app)
    assert not app.dataframe


def test_a_register_that_tells_nothing_of_closure_says_so(visit, undated, text):
    assert "Ce registre ne dit rien des clôtures" in text(visit("work_list", undated))


def test_days_of_the_list_are_days_of_the_calendar(extracts):
    snapshot = Store(extracts).snapshot()
    listed = work.listed(snapshot.work_list())
    assert (listed["due_on"].dt.date <= date(2026, 6, 26)).all()
