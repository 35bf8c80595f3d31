"""A real server of OSV's exports on this machine, honest until it is told otherwise."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import threading
import time
import zipfile
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from seamline.effects.http import Http
from seamline.effects.wire import Wire
from seamline.places.advisory_source import RemoteSource
from seamline.stores.advisory_index import AdvisoryIndex
from seamline.stores.generations import Generations
from tests.advisories.records import record

NOW = "2026-06-01T00:00:00Z"
LATER = "2026-06-02T00:00:00Z"
_RANGE = re.compile(r"bytes=(\d+)-")


def flaw(
    number: int, fixed: str = "2.0", modified: str = "2026-01-02T00:00:00Z", **more: Any
) -> dict[str, Any]:
    """One record about django."""
    made = record(
        f"PYSEC-2026-{number}",
        "PyPI",
        "django",
        {"introduced": "0"},
        {"fixed": fixed},
        aliases=[f"CVE-2026-{1000 + number}"],
    )
    return {**made, "modified": modified, **more}


def zipped(*records: Mapping[str, Any], extra: Mapping[str, bytes] | None = None) -> bytes:
    """An export."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in records:
            archive.writestr(f"{each['id']}.json", json.dumps(each))
        for name, data in (extra or {}).items():
            archive.writestr(name, data)
    return target.getvalue()


class AdvisoryServer:
    """`files` by path. What it does wrong: `cuts` answers stop half way, `refusals` are answered first (status, headers),
    `lies` are headers put in place of true ones, `stalls` waits in the middle for so many seconds; `tags` and `dates`
    say whether it sends an ETag and a Last-Modified, `ranges` whether it resumes."""

    def __init__(self, folder: Path | None = None) -> None:
        self.files: dict[str, bytes] = {}
        self.folder = folder
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.refusals: list[tuple[int, dict[str, str]]] = []
        self.lies: dict[str, str] = {}
        self.cuts = 0
        self.stalls = 0.0
        self.tags = self.ranges = True
        self.dates = False
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.answer(self)

            do_HEAD = do_GET

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def paths(self) -> list[str]:
        """What was asked for."""
        return [path for path, _ in self.asked]

    def source(self, **more: Any) -> RemoteSource:
        """This server, asked without much patience."""
        return RemoteSource(
            self.address, Http(Wire(**{"attempts": 1, "backoff_seconds": 0.01, "stall_seconds": 2, **more}))
        )

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """One answer."""
        self.asked.append((request.path, {name.lower(): value for name, value in request.headers.items()}))
        if self.refusals:
            status, headers = self.refusals.pop(0)
            self._send(request, status, {"Content-Length": "0", **headers}, b"")
            return
        data = self._data(request.path)
        if data is None:
            self._send(request, 404, {"Content-Length": "0"}, b"")
            return
        headers = self._headers(data)
        if self._is_known(request, headers):
            self._send(request, 304, headers, b"")
            return
        place = _RANGE.fullmatch(request.headers.get("Range", ""))
        if (
            place
            and self.ranges
            and request.headers.get("If-Range") in (headers.get("ETag"), headers.get("Last-Modified"))
        ):
            first = int(place[1])
            headers["Content-Range"] = f"bytes {first}-{len(data) - 1}/{len(data)}"
            self._body(request, 206, headers, data[first:])
        else:
            self._body(request, 200, headers, data)

    def _data(self, path: str) -> bytes | None:
        if path in self.files or self.folder is None:
            return self.files.get(path)
        file = self.folder / unquote(path).lstrip("/")
        return file.read_bytes() if file.is_file() else None

    def _headers(self, data: bytes) -> dict[str, str]:
        headers = {
            "x-goog-hash": f"crc32c=AAAAAA==, md5={base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()}"
        }
        if self.tags:
            headers["ETag"] = f'"{hashlib.sha256(data).hexdigest()[:20]}"'
        if self.dates:
            headers["Last-Modified"] = f"Thu, {1 + hash(data) % 28:02} Jan 2026 00:00:00 GMT"
        return headers

    def _is_known(self, request: BaseHTTPRequestHandler, headers: Mapping[str, str]) -> bool:
        told = request.headers
        return (told.get("If-None-Match", "-") == headers.get("ETag")) or (
            told.get("If-Modified-Since", "-") == headers.get("Last-Modified")
        )

    def _body(
        self, request: BaseHTTPRequestHandler, status: int, headers: dict[str, str], data: bytes
    ) -> None:
        headers = {"Content-Length": str(len(data)), **headers}
        if self.cuts and request.command == "GET":
            self.cuts -= 1
            self._send(request, status, headers, data[: len(data) // 2])
            request.close_connection = True
        else:
            self._send(request, status, headers, data)

    def _send(
        self, request: BaseHTTPRequestHandler, status: int, headers: Mapping[str, str], data: bytes
    ) -> None:
        request.send_response_only(status)
        for name, value in {"Date": request.date_time_string(), **headers, **self.lies}.items():
            request.send_header(name, value)
        request.end_headers()
        if request.command == "HEAD":
            return
        half = len(data) // 2 if self.stalls else len(data)
        try:
            request.wfile.write(data[:half])
            if self.stalls:
                request.wfile.flush()
                time.sleep(self.stalls)
                request.wfile.write(data[half:])
        except OSError:  # who asked went away
            request.close_connection = True


def known(place: Generations) -> dict[str, str]:
    """What an index says of django: the fixed version by advisory."""
    index = AdvisoryIndex(place.current)
    return {row.advisory: row.ranges[0].fixed for row in index.affected("PyPI", "django")}
