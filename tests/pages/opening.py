"""Opens a page of Relais in Streamlit's test tool as a link to it does: in its frame, without another page before it."""

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from pages._frame import FOLDERS
from tests.repository import ROOT

_ADDRESSES = {folder: path for path, folder in FOLDERS.items()}


def open_page(page: str, **address: str) -> AppTest:
    """The page of a folder of ``pages``, run once at an address, on the store that the environment names."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app._page_hash = calc_hash(_ADDRESSES[page])
    app.query_params.update(address)
    return app.run()
