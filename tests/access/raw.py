"""Requests by raw sockets, as any program of the machine can send them: with no header but those that are given."""

from __future__ import annotations

import socket
from dataclasses import dataclass

UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def ask(port: int, path: str, method: str = "GET", *, host: str = "", body: bytes = b"", **headers: str) -> Answer:
    """What the server on ``port`` answers; an underscore in a header's name stands for a dash."""
    given = {"Host": host or f"127.0.0.1:{port}", "Connection": "close"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    if body:
        given["Content-Length"] = str(len(body))
    return send(port, f"{method} {path} HTTP/1.1", given, body)


def upgrade(port: int, path: str = "/_stcore/stream", *, host: str = "", **headers: str) -> int:
    """The status with which a request for a WebSocket is answered: 101 when it is let in."""
    given = {"Host": host or f"127.0.0.1:{port}"} | UPGRADE
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    return send(port, f"GET {path} HTTP/1.1", given, b"", whole=False).status


def send(port: int, first: str, headers: dict[str, str], body: bytes, *, whole: bool = True) -> Answer:
    lines = [first, *(f"{name}: {value}" for name, value in headers.items() if value is not None)]
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        received = b""
        while (whole or b"\r\n\r\n" not in received) and (part := connection.recv(65536)):
            received += part
    head, _, content = received.partition(b"\r\n\r\n")
    status, *rest = head.decode("latin-1").split("\r\n")
    return Answer(
        int(status.split()[1]), {n.lower(): v for n, _, v in (line.partition(": ") for line in rest)}, content
    )
