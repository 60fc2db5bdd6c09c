"""Where the clock stands is known without the calendar: the server starts, and shows the protocol, without pandas."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

from analytics.domain.timezone import now
from tests.repository import ROOT


def test_the_server_and_the_protocol_are_there_without_pandas():
    code = "import sys, app; print(app.now().tzinfo, 'pandas' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["Europe/Brussels", "False"]


def test_the_clock_is_that_of_brussels():
    assert now().utcoffset() in (timedelta(hours=1), timedelta(hours=2))
