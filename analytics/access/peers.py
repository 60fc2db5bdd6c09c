"""Which user of this machine holds the other end of a connection, as Linux tells it."""

from __future__ import annotations

import ipaddress
import os
import sys
from pathlib import Path

TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))


def can_tell() -> bool:
    """Whether this system names the owner of a connection."""
    return any(table.is_file() for table in TABLES)


def owner(peer: tuple[str, int], server: tuple[str, int], tables: tuple[Path, ...] = TABLES) -> int | None:
    """The user id that owns the ``peer`` end of the connection to ``server``; None where the system does not name it.

    An IPv4 address and the same one mapped into IPv6 are the same address: a socket of either family may hold it.
    """
    wanted = _plain(*peer), _plain(*server)
    for table in tables:
        try:
            lines = table.read_text("ascii").splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            # A closed socket that still waits (state 06) is root's, whoever held it.
            if fields[3] != "06" and (_written(fields[1]), _written(fields[2])) == wanted:
                return int(fields[7])
    return None


def is_another_user(peer: tuple[str, int] | None, server: tuple[str, int] | None) -> bool:
    """Whether the system names another user than ours at the other end. Where it names nobody: no."""
    if peer is None or server is None or not hasattr(os, "getuid"):
        return False
    uid = owner(peer, server)
    return uid is not None and uid != os.getuid()


def _plain(address: str | bytes, port: int) -> tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, int]:
    read = ipaddress.ip_address(address)
    return getattr(read, "ipv4_mapped", None) or read, port


def _written(end: str) -> tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, int]:
    """An address as the tables write it: the bytes of each group of four in the order of this machine."""
    digits, port = end.split(":")
    words = [bytes.fromhex(digits[i : i + 8]) for i in range(0, len(digits), 8)]
    return _plain(b"".join(word[::-1] if sys.byteorder == "little" else word for word in words), int(port, 16))
