"""``relais serve``: ``tests/test_wheel.py`` starts it; what keeps it from starting is said in French."""

from __future__ import annotations

import socket

import pytest

from analytics.cli.serving import serve
from analytics.domain.errors import RefusedError


def test_a_port_that_is_taken_is_said_with_what_to_do():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(RefusedError, match=f"Le port {port} est déjà pris.*--port"):
            serve(port, open_browser=False)
