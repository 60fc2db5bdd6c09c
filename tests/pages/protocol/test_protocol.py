"""The protocol page, run without a browser: it opens without a store and shows what the plain page shows."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from streamlit.testing.v1 import AppTest

from analytics.documents import protocol_fragment
from analytics.protocol import protocol
from tests.repository import ROOT

PAGE = ROOT / "pages" / "protocol" / "page.py"


@pytest.fixture
def page(monkeypatch, tmp_path) -> AppTest:
    """The page; the store is a file of rubbish, for the page must not look at it."""
    (tmp_path / "store").write_bytes(b"not a store")
    monkeypatch.setenv("RELAIS_STORE", str(tmp_path / "store"))
    page = AppTest.from_file(str(PAGE), default_timeout=20).run()
    assert not page.exception
    return page


def test_the_page_is_the_plain_page_with_a_link_to_it_at_the_top(page):
    blocks = [block.proto.body for block in page.get("html")]
    link = next(number for number, block in enumerate(blocks) if 'href="protocole.html"' in block)
    today = datetime.now(ZoneInfo("Europe/Brussels")).date()
    assert blocks.index(protocol_fragment(protocol(), today)) > link


def test_three_files_can_be_taken_away(page):
    links = re.findall(r'<a href="/(\S+)" download>', "".join(block.proto.body for block in page.get("html")))
    assert links == ["protocole.pdf", "protocole.html", "feuille-parents.pdf"]


def test_the_page_imports_nothing_of_the_store():
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if "import" in line]
    assert "store" not in " ".join(lines)
