"""HTTP over a Unix socket: how container engines are asked."""

from __future__ import annotations

import http.client
import io
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from seamline.errors import Unreachable

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

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


class Answer(io.RawIOBase):
    """An answer's status, and its body as a stream."""

    def __init__(self, path: Path, connection: _Connection) -> None:
        super().__init__()
        self._path = path
        self._connection = connection
        self._response = connection.getresponse()
        self.status = self._response.status

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """
        Raises:
            Unreachable: the connection was cut or stalled before the end.
        """
        try:
            count = self._response.readinto(buffer)
        except (OSError, http.client.HTTPException) as fault:
            raise _silent(self._path, "the rest of the answer", fault) from fault
        if not count and self._response.length:
            raise _silent(self._path, f"{self._response.length} bytes more", "the end")
        return count

    def close(self) -> None:
        if not self.closed:
            self._connection.close()
            self._response.close()
        super().close()


def get(path: Path, target: str) -> Answer:
    """The answer of whoever listens at the socket.

    Raises:
        Unreachable: nobody answers.
    """
    connection = _Connection(path)
    try:
        connection.request("GET", target)
        return Answer(path, connection)
    except (OSError, http.client.HTTPException) as fault:
        connection.close()
        raise _silent(path, "a container engine", fault) from fault


def _silent(path: Path, expected: str, got: object) -> Unreachable:
    return Unreachable(
        str(path),
        expected=expected,
        got=str(got) or "silence",
        hint="is the engine running, and may you use its socket?",
    )
