"""The dashboard, served from this very process: what ``relais serve`` does."""

from __future__ import annotations

import os
import runpy
import socket
import sys

from analytics.cli.terminal import echo
from analytics.domain.errors import RefusedError
from analytics.domain.shipped import SHIPPED

HOST = "127.0.0.1"  # as .streamlit/config.toml says, which Streamlit finds beside app.py from whatever folder


def serve(port: int, *, open_browser: bool) -> None:
    """Serve the dashboard on ``port`` of this machine until it is interrupted. RefusedError when the port is taken."""
    with socket.socket() as probe:
        if os.name == "posix":  # a server that has just stopped does not keep its port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise RefusedError(
                f"Le port {port} est déjà pris, peut-être par Relais lui-même : voyez http://{HOST}:{port}. Pour en prendre "
                "un autre : --port."
            ) from None
    echo(f"Le tableau de bord est à l’adresse http://{HOST}:{port}. Ctrl + C l’arrête.")
    sys.argv = [
        "streamlit",
        "run",
        str(SHIPPED / "app.py"),
        f"--server.port={port}",
        f"--server.headless={not open_browser}",
        "--logger.hideWelcomeMessage=true",  # it repeats the address, in English
    ]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)
