"""In a checkout the repository's own folders are used; ``tests/test_wheel.py`` holds what a wheel uses."""

from analytics.domain.shipped import IS_INSTALLED, SHIPPED
from tests.repository import ROOT


def test_a_checkout_uses_its_own_folders():
    assert not IS_INSTALLED
    assert SHIPPED == ROOT
    assert all((SHIPPED / name).exists() for name in ("app.py", "data", "notebooks", "pages", ".streamlit/config.toml"))
