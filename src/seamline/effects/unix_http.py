"""HTTP over a Unix socket: how container engines are asked."""

from __future__ import annotations

import http.client
import socket
from pathlib import Path

from seamline.errors import Unreachable

_CONNECT_SECONDS = 5.0
_STALL_SECONDS = 300.0


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=_STALL_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(_CONNECT_SECONDS)
        self.sock.connect(str(self._path))
        self.sock.settimeout(_STALL_SECONDS)


def get(path: Path, target: str) -> http.client.HTTPResponse:
    """The answer of whoever listens at the socket.

    Raises:
        Unreachable: nobody answers.
    """
    connection = _Connection(path)
    try:
        connection.request("GET", target)
        return connection.getresponse()
    except (OSError, http.client.HTTPException) as fault:
        connection.close()
        raise Unreachable(
            str(path),
            expected="a container engine",
            got=str(fault),
            hint="is the engine running, and may you use its socket?",
        ) from fault
