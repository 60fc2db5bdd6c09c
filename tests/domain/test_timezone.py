"""Where the clock stands is known without the calendar: the server starts, and shows the protocol, without pandas."""

from __future__ import annotations

import subprocess
import sys

from tests.repository import ROOT


def test_the_server_and_the_protocol_are_there_without_pandas():
    code = "import sys, app; print(app.TIMEZONE, 'pandas' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["Europe/Brussels", "False"]
