"""Programs' own words, in whatever a file holds."""

from __future__ import annotations

from seamline.catalog.content import HeldContent
from seamline.catalog.programs import READER
from seamline.errors import SeamlineError
from seamline.model.entry import Entry, Kind
from seamline.model.limits import Limits

_NAMES = (b"bin/python3.12", b"bin/redis-server", b"bin/haproxy", b"opt/java/release", b"go/VERSION")
_HEADER = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\0\x3e\0\x01\0\0\0" + bytes(44)
SEEDS = (
    _HEADER + b"\x003.12.4\0" + b'OPENSSLDIR: "' + b"\0OpenSSL 3.0.19 27 Jan 2026\0",
    _HEADER + b"7.0.151790282056000000000\0",
    b'JAVA_VERSION="17.0.15"\n',
)


def run(data: bytes) -> None:
    for path in _NAMES:
        try:
            READER.extract(Entry(path=path, kind=Kind.FILE), HeldContent(data), Limits())
        except SeamlineError:
            pass
