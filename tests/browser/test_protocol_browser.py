"""The protocol page and its HTML file in a real browser: phone to desk, light and dark, by keyboard, without network."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import date
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from analytics.documents import write_protocol

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("RELAIS_CHROMIUM", "/usr/bin/chromium")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
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


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser):
    """Open an address at a width and in a colour scheme; whatever it asks of another host is noted."""
    contexts = []

    def open_page(url: str, width: int = 390, scheme: str = "light", **options):
        context = browser.new_context(
            viewport={"width": width, "height": 844}, color_scheme=scheme, locale="fr-BE", **options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8_000)
        page.hosts = set()
        page.on("request", lambda request: page.hosts.add(urlsplit(request.url).hostname))
        page.goto(url)
        if url.startswith("http"):
            page.get_by_role("heading", name="À propos de ce protocole").wait_for(timeout=20_000)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """The HTML file, as the command line writes it."""
    path = tmp_path_factory.mktemp("papers") / "protocole.html"
    write_protocol(path, date(2026, 11, 22))
    return path.as_uri()


def grave_findings(page) -> list[str]:
    """What axe calls serious or critical, one line each."""
    results = Axe().run(page).response
    return [
        f"{found['id']}: {node['target']}"
        for found in results["violations"]
        if found["impact"] in ("serious", "critical")
        for node in found["nodes"]
    ]


def overflow(page) -> int:
    """By how many pixels the page is wider than the screen, wherever it scrolls."""
    return page.evaluate(
        "Math.max(...[...document.querySelectorAll('html, body, section, main')].map(e => e.scrollWidth - e.clientWidth))"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_every_screen_and_axe_finds_nothing_grave(address, open_page, scheme):
    page = open_page(f"{address}?faits=Menaces&mineur=Oui", scheme=scheme)
    page.evaluate("document.querySelectorAll('details:not([open]) > summary').forEach(summary => summary.click())")
    page.get_by_text("Délai proposé").last.wait_for()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        assert overflow(page) <= 0, width
        # Streamlit writes lang="en" unless the application's frame sets it; the frame has its own test.
        assert [line for line in grave_findings(page) if not line.startswith("html-has-lang")] == [], width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_file_fits_every_screen_and_axe_finds_nothing_grave(file, open_page, scheme):
    page = open_page(file, scheme=scheme)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        assert overflow(page) <= 0, width
        assert grave_findings(page) == [], width


def test_the_file_is_whole_without_script_and_asks_nothing_of_anyone(file, open_page):
    page = open_page(file, java_script_enabled=False)
    assert page.get_by_role("heading", name="Soirée pour les parents").is_visible()
    assert page.hosts == {None} or page.hosts == {""}


def test_the_danger_is_on_the_first_screen_of_a_phone_and_can_be_touched(address, open_page):
    page = open_page(address)
    for number in ("112", "101", "0800"):
        link = page.locator(f"a[href^='tel:{number}']").first
        box = link.bounding_box()
        assert box["y"] + box["height"] <= 844
        assert box["height"] >= 44
        assert link.get_attribute("target") is None


def test_a_link_shows_what_its_sender_saw(address, open_page):
    page = open_page(f"{address}?faits=Insultes&mineur=Non&images=Non&menace=Non")
    page.get_by_role("heading", name="CPMS", exact=True).wait_for()
    assert page.get_by_role("heading", name="Plainte encouragée").count() == 0
    assert "mineur=Non" in page.url


def test_a_choice_goes_into_the_address(address, open_page):
    page = open_page(address)
    page.get_by_role("button", name="Menaces").click()
    page.wait_for_url("**faits=Menaces**")


def test_a_step_has_an_address_of_its_own(address, open_page):
    page = open_page(f"{address}#document-aux-parents")
    heading = page.get_by_role("heading", name="Document aux parents")
    page.wait_for_function("document.querySelector('#document-aux-parents').getBoundingClientRect().top < innerHeight")
    assert heading.get_attribute("id") == "document-aux-parents"


def test_headings_never_skip_a_level(address, file, open_page):
    for url in (address, file):
        levels = open_page(url).evaluate(
            "[...document.querySelectorAll('h1, h2, h3, h4, h5')].map(heading => Number(heading.tagName[1]))"
        )
        assert levels[0] == 1
        assert all(deeper - level <= 1 for level, deeper in pairwise(levels))


def test_a_ticked_box_notes_its_hour_and_lives_in_this_session_only(address, open_page):
    page = open_page(address)
    page.get_by_text("CPMS\u202f: fait", exact=True).click()
    page.get_by_text("CPMS\u202f: fait à").wait_for()
    page.reload()
    page.get_by_text("CPMS\u202f: fait", exact=True).wait_for()


@pytest.mark.parametrize(
    ("button", "start"), [("Liste à cocher", b"%PDF"), ("hors ligne", b"<!doctype html>"), ("Feuille pour", b"%PDF")]
)
def test_a_button_hands_over_its_file(address, open_page, button, start):
    page = open_page(address)
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    assert download.value.path().read_bytes().lstrip().startswith(start)


def test_the_page_asks_nothing_of_another_host(address, open_page):
    page = open_page(f"{address}?faits=Menaces")
    page.get_by_role("searchbox", name="Un mot").fill("police")
    page.keyboard.press("Enter")
    page.get_by_text("Police et plainte").first.wait_for()
    assert page.hosts == {"127.0.0.1"}
