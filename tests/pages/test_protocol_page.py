"""The protocol page, run without a browser: it opens without a store, and follows the situation."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.domain.vocabulary import STEPS

PAGE = Path(__file__).parents[2] / "pages" / "protocol" / "page.py"


@pytest.fixture
def open_page(monkeypatch, tmp_path):
    """The page opened at an address; the store is a file of rubbish, for the page must not look at it."""
    (tmp_path / "store").write_bytes(b"not a store")
    monkeypatch.setenv("RELAIS_STORE", str(tmp_path / "store"))

    def open_page(**address) -> AppTest:
        page = AppTest.from_file(str(PAGE), default_timeout=20)
        for key, value in address.items():
            page.query_params[key] = value
        page.run()
        assert not page.exception
        return page

    return open_page


def steps(page: AppTest) -> list[str]:
    return [block.value.removeprefix("#### ") for block in page.markdown if block.value.startswith("#### ")]


def html(page: AppTest) -> str:
    return "\n".join(block.proto.body for block in page.get("html"))


def test_the_page_opens_with_danger_first_and_every_step(open_page):
    page = open_page()
    assert page.header[0].value == "Danger immédiat\u202f?"
    assert 'href="tel:112"' in html(page)
    assert steps(page) == [step.label for step in STEPS.values()]


def test_the_situation_in_the_address_chooses_the_steps(open_page):
    page = open_page(faits="Insultes", mineur="Non", images="Non", menace="Non")
    assert "Plainte encouragée" not in steps(page)
    assert len(steps(page)) == 12


def test_images_are_not_asked_about_where_the_facts_are_images(open_page):
    asked = [group.label for group in open_page(faits="Photomontage dégradant").get("button_group")]
    assert "Une menace\u202f?" in asked
    assert "Des images circulent\u202f?" not in asked


def test_the_warning_about_images_is_on_the_card_and_not_folded(open_page):
    assert "ne la transférez jamais" in html(open_page(images="Oui"))
    assert "ne la transférez jamais" not in html(open_page(images="Non"))


def test_whoever_is_told_is_marked_so(open_page):
    assert "Déjà prévenu" in html(open_page(prevenus="CPMS"))
    assert "Déjà prévenu" not in html(open_page())


def test_a_ticked_box_shows_its_hour_and_an_unticked_one_forgets_it(open_page):
    page = open_page()
    page.checkbox(key="fait_cpms").check().run()
    assert "fait à" in page.checkbox(key="fait_cpms").label
    page.checkbox(key="fait_cpms").uncheck().run()
    assert page.checkbox(key="fait_cpms").label == "CPMS\u202f: fait"


def test_a_search_says_when_nothing_corresponds(open_page):
    page = open_page()
    page.text_input[0].set_value("capture").run()
    assert 'href="#preuves-conservees"' in html(page)
    page.text_input[0].set_value("zzz").run()
    assert any("Rien ne correspond" in block.value for block in page.markdown)


def test_another_zone_gets_no_number_of_this_one(open_page):
    assert "tel:056863143" in html(open_page())
    assert "tel:056863143" not in html(open_page(zone_police="Une autre zone"))


def test_the_page_imports_nothing_of_the_store():
    source = PAGE.read_text(encoding="utf-8") + PAGE.with_name("widgets.py").read_text(encoding="utf-8")
    assert "store" not in [
        word for line in source.splitlines() if "import" in line for word in line.replace(".", " ").split()
    ]
