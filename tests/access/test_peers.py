"""Who is at the other end of a connection: in tables as Linux writes them, and in those of this machine."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from analytics.access import peers

HEADING = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
# 127.0.0.1:50000 of user 1001 to 127.0.0.1:8501, and the server's own end of it, of user 1000.
IPV4 = (
    "   0: 0100007F:C350 0100007F:2135 01 00000000:00000000 00:00000000 00000000  1001        0 11 1 0\n"
    "   1: 0100007F:2135 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 12 1 0\n"
    "   2: 0100007F:C351 0100007F:2135 06 00000000:00000000 00:00000000 00000000     0        0 0 1 0\n"
)
# The same from port 50001, held by a socket of the other family; and ::1 port 50002 of user 1003.
IPV6 = (
    "   0: 0000000000000000FFFF00000100007F:C351 0000000000000000FFFF00000100007F:2135 01 "
    "00000000:00000000 00:00000000 00000000  1002        0 13 1 0\n"
    "   1: 00000000000000000000000001000000:C352 00000000000000000000000001000000:2135 01 "
    "00000000:00000000 00:00000000 00000000  1003        0 14 1 0\n"
)


@pytest.fixture
def tables(tmp_path) -> tuple[Path, Path]:
    one, other = tmp_path / "tcp", tmp_path / "tcp6"
    one.write_text(HEADING + IPV4)
    other.write_text(HEADING + IPV6)
    return one, other


@pytest.mark.skipif(sys.byteorder != "little", reason="the tables are written as a little-endian machine does")
@pytest.mark.parametrize(
    ("peer", "server", "uid"),
    [
        (("127.0.0.1", 50000), ("127.0.0.1", 8501), 1001),
        (("127.0.0.1", 50001), ("127.0.0.1", 8501), 1002),  # mapped; the closed socket of the first table is not it
        (("::ffff:127.0.0.1", 50000), ("::ffff:127.0.0.1", 8501), 1001),
        (("::1", 50002), ("::1", 8501), 1003),
        (("127.0.0.1", 50000), ("127.0.0.1", 8502), None),
        (("127.0.0.1", 50003), ("127.0.0.1", 8501), None),
    ],
)
def test_the_owner_is_who_holds_the_other_end(peer, server, uid, tables):
    assert peers.owner(peer, server, tables) == uid


def test_without_tables_nobody_is_named(tmp_path):
    assert peers.owner(("127.0.0.1", 1), ("127.0.0.1", 2), (tmp_path / "none",)) is None


def test_a_connection_of_our_own_is_ours():
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.create_connection(listening.getsockname()) as ours:
        assert not peers.is_another_user(ours.getsockname(), listening.getsockname())
        if peers.can_tell():
            assert peers.owner(ours.getsockname(), listening.getsockname()) == os.getuid()


@pytest.mark.skipif(not peers.can_tell() or os.getuid() != 0, reason="only root can be another user here")
def test_a_connection_of_another_user_is_refused():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        if (child := os.fork()) == 0:
            os.setuid(65534)
            with socket.create_connection(("127.0.0.1", port)) as other:
                other.recv(1)
            os._exit(0)
        connection, peer = listening.accept()
        assert peers.is_another_user(peer, ("127.0.0.1", port))
        connection.close()
        os.waitpid(child, 0)
