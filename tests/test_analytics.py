"""What an analyst imports is there, documented, and loaded when it is asked for."""

import subprocess
import sys

import pytest

import analytics
from tests.repository import ROOT


def test_every_name_is_found_and_says_what_it_does():
    assert {"open_records", "Selection", "dictionary"} <= set(analytics.__all__)
    assert set(analytics.__all__) <= set(dir(analytics))
    assert all(getattr(analytics, name).__doc__ for name in analytics.__all__)


def test_an_unknown_name_is_an_error_of_the_usual_kind():
    with pytest.raises(AttributeError, match="no_such_name"):
        analytics.no_such_name  # noqa: B018


def test_the_package_loads_nothing_until_it_is_asked():
    command = [sys.executable, "-c", "import analytics, sys; print(*sys.modules)"]
    loaded = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert not [name for name in loaded if name == "pandas" or name.startswith("analytics.")]
