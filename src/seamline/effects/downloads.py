"""Files fetched once and kept by their SHA-256; what is kept is checked at every use."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from seamline.effects.home import cache_home, private_folder
from seamline.effects.http import Http
from seamline.errors import Lying, NotFound, Unreachable

_MOST_BYTES = 2 << 30


class Downloads:
    """Fetches by http, https and file addresses."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._folder = cache_home() / "downloads"

    def fetch(self, url: str) -> bytes:
        """The bytes at an address, unchecked and not kept.

        Raises:
            NotFound: nothing is there.
            Unreachable: nobody answers.
        """
        parts = urlsplit(url)
        if parts.scheme == "file":
            path = Path(unquote(parts.path))
            if not path.is_file():
                raise NotFound(url, expected="a file", got="none", hint="check the source's address")
            return path.read_bytes()
        answer = self._http.request("GET", url)
        body = answer.body(_MOST_BYTES)
        if answer.status == 404:
            raise NotFound(
                url,
                expected="a file",
                got="status 404",
                hint="check the source's address, suite and components",
            )
        if answer.status != 200:
            raise Unreachable(
                url,
                expected="a file",
                got=f"status {answer.status}",
                hint="try again later, or another mirror",
            )
        return body

    def fetch_checked(self, url: str, sha256: str, size_bytes: int) -> bytes:
        """The bytes at an address, proven by their SHA-256; kept from then on.

        Raises:
            Lying: they are others.
            NotFound, Unreachable: as `fetch`.
        """
        kept = self._folder / sha256[:2] / sha256
        if kept.is_file():
            data = kept.read_bytes()
            if hashlib.sha256(data).hexdigest() == sha256:
                return data
            kept.unlink(missing_ok=True)
        data = self.fetch(url)
        got = hashlib.sha256(data).hexdigest()
        if got != sha256 or len(data) != size_bytes:
            raise Lying(
                url,
                expected=f"{size_bytes} bytes with SHA-256 {sha256}",
                got=f"{len(data)} bytes with {got}",
                hint="the mirror is out of step: try again later, or another one",
            )
        self._keep(kept, data)
        return data

    def _keep(self, path: Path, data: bytes) -> None:
        try:
            private_folder(path.parent)
            part = path.with_name(f".{path.name}.{os.getpid()}")
            part.write_bytes(data)
            part.replace(path)
        except OSError:  # a cache that cannot be written only costs time
            return
