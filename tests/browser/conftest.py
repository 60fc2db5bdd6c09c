"""A served Relais and a real Chromium, shared by the browser tests."""

import os

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.driving import DESK, HEIGHT, PATIENCE, Visit, chromium, launch, serve, visit

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")  # no longer: while it is open, no other test can run an event loop of its own
def browser():
    if chromium() is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing: .ci/run installs it.")
        pytest.skip("Chromium is missing: install it, or name it in RELAIS_CHROMIUM.")
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(browser, tmp_path_factory):
    """Relais on a first start: it builds its demonstration by itself."""
    with serve(tmp_path_factory.mktemp("served")) as server:
        yield server


@pytest.fixture
def open_url(browser):
    """Open an address in a browser of its own, at a width and in a colour scheme; nothing is shared with other visits."""
    contexts = []

    def open_url(url: str, width: int = DESK, scheme: str = "light", **options) -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": HEIGHT}, color_scheme=scheme, locale="fr-BE", **options
        )
        contexts.append(context)
        return visit(context, url)

    yield open_url
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def look(browser):
    """Look at an address in the one tab of a module, at a width and in a colour scheme, once it is all there.

    For tests that only look: a browser of its own reads all of Streamlit's client again, most of what a visit takes. Each
    address is still a session of its own on the server, and what it asks of hosts is noted, kept or not.
    """
    context = browser.new_context(locale="fr-BE")
    tab = visit(context, "about:blank")

    def look(url: str, width: int = DESK, scheme: str = "light") -> Visit:
        tab.page.emulate_media(color_scheme=scheme)
        tab.page.set_viewport_size({"width": width, "height": HEIGHT})
        tab.hosts.clear()
        tab.complaints.clear()
        tab.page.goto("about:blank")  # or an address that differs behind its # alone would not be opened
        tab.page.goto(url)
        return tab.settle()

    yield look
    context.close()


@pytest.fixture
def open_page(server, open_url):
    """Open a page of the served Relais, and wait until it is all there."""

    def open_page(path: str = "", width: int = DESK, scheme: str = "light") -> Visit:
        return open_url(server.address + path, width, scheme).settle()

    return open_page
