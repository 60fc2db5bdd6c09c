"""Pages as the server sends them through its WebSocket, asked for without a browser."""

from __future__ import annotations

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect


class Socket:
    """A session of a page's socket, opened with a cookie or without."""

    def __init__(self, port: int, cookie: str = "") -> None:
        host = f"127.0.0.1:{port}"
        headers = {"Cookie": cookie} if cookie else {}
        self._socket = connect(
            f"ws://{host}/_stcore/stream",
            origin=f"http://{host}",
            additional_headers=headers,
            subprotocols=["streamlit"],
            max_size=None,
            proxy=None,
        )

    def run(self, page: str, query: str = "") -> bytes:
        """All that the server sends for a run of a page at an address."""
        asked = BackMsg()
        asked.rerun_script.page_name, asked.rerun_script.query_string = page, query
        self._socket.send(asked.SerializeToString())
        received = b""
        while True:
            part = self._socket.recv(timeout=90)
            received += part
            message = ForwardMsg.FromString(part)
            if message.WhichOneof("type") == "script_finished":
                return received

    def close(self) -> None:
        self._socket.close()


def page_sent(port: int, page: str, cookie: str = "", query: str = "") -> bytes:
    """What a new session is sent for a page."""
    socket = Socket(port, cookie)
    try:
        return socket.run(page, query)
    finally:
        socket.close()
