"""What becomes of an upload in the server: never on disk, and gone once it is imported or the page is left."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import UTC, datetime

import pytest
from starlette.datastructures import UploadFile
from starlette.requests import Request
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.testing.v1 import AppTest

import app as served
from analytics.intake import Key
from analytics.store import Store
from analytics.workflows.importing import import_register
from tests.pages.opening import open_page
from tests.repository import ROOT

REGISTER = (ROOT / "tests/files/registre-2025-2026.xlsx").read_bytes()


def test_an_upload_of_many_megabytes_touches_no_temporary_file():
    assert served
    body = (
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n' + bytes(49_000_000) + b"\r\n--x--\r\n"
    )

    async def receive() -> dict:
        return {"type": "http.request", "body": body, "more_body": False}

    async def upload() -> UploadFile | str:
        headers = [(b"content-type", b"multipart/form-data; boundary=x")]
        form = await Request({"type": "http", "method": "PUT", "headers": headers}, receive).form()
        return form["f"]

    received = asyncio.run(upload())
    assert isinstance(received, UploadFile)
    assert received.size == 49_000_000
    assert received._in_memory


@pytest.fixture
def kept(monkeypatch) -> dict:
    """What Streamlit keeps of the uploads, session by session: each run of the simulation opens a manager of its own."""
    held = defaultdict(dict)
    open_manager = MemoryUploadedFileManager.__init__

    def open_on_what_is_held(manager, endpoint):
        open_manager(manager, endpoint)
        manager.file_storage = held

    monkeypatch.setattr(MemoryUploadedFileManager, "__init__", open_on_what_is_held)
    return held


@pytest.fixture
def page(monkeypatch, tmp_path, kept) -> AppTest:
    monkeypatch.setenv("RELAIS_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("RELAIS_KEY", str(tmp_path / "relais.key"))
    import_register(Store(), REGISTER, Key(b"f" * 32), datetime(2026, 6, 12, tzinfo=UTC), source="demo")
    app = open_page("register").run()
    app.file_uploader[0].set_value(("registre.xlsx", REGISTER, ""))
    app.run()
    assert any(kept.values())
    return app


def test_an_imported_upload_is_let_go_of(page, kept):
    page.button("registre_importer").click()
    page.run()
    assert not any(kept.values())


def test_an_upload_goes_when_its_page_is_left(page, kept):
    page.switch_page("pages/protocol/page.py").run()
    assert not any(kept.values())
