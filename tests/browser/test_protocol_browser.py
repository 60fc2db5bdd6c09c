"""The protocol page and its HTML file in a real browser: phone to desk, light and dark, by keyboard, without network."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import date
from itertools import pairwise

import pytest

from analytics.documents import write_protocol
from tests.browser.driving import PHONE, ROOT

pytestmark = pytest.mark.browser

WIDTHS = (320, 390, 1440)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The page served alone, at its own address; no store anywhere near."""
    app = tmp_path_factory.mktemp("alone") / "app.py"
    app.write_text(
        "import streamlit as st\n"
        "st.set_page_config(page_title='Relais')\n"
        f"page = st.Page({str(ROOT / 'pages' / 'protocol.py')!r}, title='Protocole', url_path='protocole')\n"
        "st.navigation([st.Page(lambda: None, title='Accueil'), page], position='hidden').run()\n"
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {
        "server.port": port,
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    command = [sys.executable, "-m", "streamlit", "run", str(app)]
    server = subprocess.Popen(
        [*command, *(f"--{name}={value}" for name, value in options.items())],
        cwd=app.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}/protocole"
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(url: str) -> None:
    for _ in range(150):
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(url)


@pytest.fixture
def open_page(open_url):
    """Open the page alone, or the file, and wait until all of it is there."""

    def open_page(url: str, width: int = PHONE, scheme: str = "light", **options):
        visit = open_url(url, width, scheme, **options)
        if url.startswith("http"):
            visit.page.get_by_role("heading", name="À propos de ce protocole").wait_for()
        return visit

    return open_page


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """The HTML file, as the command line writes it."""
    path = tmp_path_factory.mktemp("papers") / "protocole.html"
    write_protocol(path, date(2026, 11, 22))
    return path.as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_every_screen_and_axe_finds_nothing_grave(address, look, scheme):
    visit = look(f"{address}?faits=Menaces&mineur=Oui", PHONE, scheme)
    visit.page.evaluate(
        "document.querySelectorAll('details:not([open]) > summary').forEach(summary => summary.click())"
    )
    visit.page.get_by_text("Délai proposé").last.wait_for()
    for width in WIDTHS:
        visit.page.set_viewport_size({"width": width, "height": 844})
        assert visit.overflow <= 0, width
        # Streamlit writes lang="en" unless the application's frame sets it; the frame has its own test.
        assert [line for line in visit.grave_findings if not line.startswith("html-has-lang")] == [], width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_file_fits_every_screen_and_axe_finds_nothing_grave(file, open_page, scheme):
    visit = open_page(file, scheme=scheme)
    for width in WIDTHS:
        visit.page.set_viewport_size({"width": width, "height": 844})
        assert visit.overflow <= 0, width
        assert visit.grave_findings == [], width


def test_the_file_is_whole_without_script_and_asks_nothing_of_anyone(file, open_page):
    visit = open_page(file, java_script_enabled=False)
    assert visit.page.get_by_role("heading", name="Soirée pour les parents").is_visible()
    assert visit.hosts == {""}


def test_the_keyboard_reaches_the_first_number_at_once(file, open_page):
    visit = open_page(file)
    reached = []
    for _ in range(2):
        visit.page.keyboard.press("Tab")
        reached.append(visit.page.evaluate("document.activeElement.getAttribute('href')"))
    assert reached == ["#contenu", "tel:112"]


def test_the_danger_is_on_the_first_screen_of_a_phone_and_can_be_touched(address, look):
    visit = look(address, PHONE)
    for number in ("112", "101", "0800"):
        link = visit.page.locator(f"a[href^='tel:{number}']").first
        box = link.bounding_box()
        assert box["y"] + box["height"] <= 844
        assert box["height"] >= 44
        assert link.get_attribute("target") is None


def test_a_link_shows_what_its_sender_saw(address, open_page):
    visit = open_page(f"{address}?faits=Insultes&mineur=Non&images=Non&menace=Non")
    visit.page.get_by_role("heading", name="CPMS", exact=True).wait_for()
    assert visit.page.get_by_role("heading", name="Plainte encouragée").count() == 0
    assert "mineur=Non" in visit.page.url


def test_a_choice_goes_into_the_address(address, look):
    visit = look(address, PHONE)
    visit.page.get_by_role("button", name="Menaces").click()
    visit.page.wait_for_url("**faits=Menaces**")


def test_a_step_has_an_address_of_its_own(address, open_page):
    visit = open_page(f"{address}#document-aux-parents")
    heading = visit.page.get_by_role("heading", name="Document aux parents")
    visit.page.wait_for_function(
        "document.querySelector('#document-aux-parents').getBoundingClientRect().top < innerHeight"
    )
    assert heading.get_attribute("id") == "document-aux-parents"


def test_headings_never_skip_a_level(address, file, look, open_page):
    for visit in (look(address, PHONE), open_page(file)):
        levels = visit.page.evaluate(
            "[...document.querySelectorAll('h1, h2, h3, h4, h5')].map(heading => Number(heading.tagName[1]))"
        )
        assert levels[0] == 1
        assert all(deeper - level <= 1 for level, deeper in pairwise(levels))


def test_a_ticked_box_notes_its_hour_and_lives_in_this_session_only(address, open_page):
    visit = open_page(address)
    visit.page.get_by_text("CPMS\u202f: fait", exact=True).click()
    visit.page.get_by_text("CPMS\u202f: fait à").wait_for()
    visit.page.reload()
    visit.page.get_by_text("CPMS\u202f: fait", exact=True).wait_for()


@pytest.mark.parametrize(
    ("button", "start"), [("Liste à cocher", b"%PDF"), ("hors ligne", b"<!doctype html>"), ("Feuille pour", b"%PDF")]
)
def test_a_button_hands_over_its_file(address, look, button, start):
    visit = look(address, PHONE)
    with visit.page.expect_download() as download:
        visit.page.get_by_role("button", name=button).click()
    assert download.value.path().read_bytes().lstrip().startswith(start)


def test_the_page_asks_nothing_of_another_host(address, open_page):
    visit = open_page(f"{address}?faits=Menaces")
    visit.page.get_by_role("searchbox", name="Un mot").fill("police")
    visit.page.keyboard.press("Enter")
    visit.page.get_by_text("Police et plainte").first.wait_for()
    assert visit.hosts == {"127.0.0.1"}
