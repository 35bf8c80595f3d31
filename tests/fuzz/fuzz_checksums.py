"""What packages say of their files: MD5 sums and conffiles of dpkg, SHA-1 of apk, rpm's digests, Python's RECORD."""

from __future__ import annotations

import struct

from seamline.catalog.checksums import STATED, PackageSums
from seamline.catalog.content import HeldContent
from seamline.errors import SeamlineError
from seamline.formats.rpm_header import Header, file_sums
from seamline.formats.rpmdb import SQLITE_MAGIC
from seamline.model.entry import Entry, Kind
from seamline.model.limits import Limits

_SHA256 = b"0123456789abcdef" * 4 + b"\0"
_PATHS = (
    b"var/lib/dpkg/info/x:amd64.md5sums",
    b"var/lib/dpkg/status",
    b"lib/apk/db/installed",
    b"usr/lib/python3/x-1.dist-info/RECORD",
    b"var/lib/rpm/Packages.db",
)


def _rpm() -> bytes:
    values = [(1035, 8, 1, _SHA256), (1037, 4, 1, struct.pack(">I", 1)), (1116, 4, 1, struct.pack(">I", 0))]
    values += [(1117, 8, 1, b"x\0"), (1118, 8, 1, b"/usr/bin/\0"), (5011, 4, 1, struct.pack(">I", 8))]
    index, store = b"", b""
    for tag, kind, number, data in values:
        store += bytes(-len(store) % 4)
        index += struct.pack(">IIII", tag, kind, len(store), number)
        store += data
    return struct.pack(">II", len(values), len(store)) + index + store


SEEDS = (
    b"d41d8cd98f00b204e9800998ecf8427e  usr/bin/x\n",
    b"Package: a\nStatus: install ok installed\nConffiles:\n /etc/a d41d8cd98f00b204e9800998ecf8427e obsolete\n",
    b"P:a\nV:1\nF:etc\nR:a.conf\nZ:Q1qUqP5cyxm6YcTAhz05Hph5gvu9M=\nR:b\nZ:d41d8cd98f00b204e9800998ecf8427e\n",
    b"a.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n",
    _rpm(),
)


def run(data: bytes) -> None:
    try:
        for file in file_sums(Header(data)):
            assert file.digits
    except SeamlineError:
        pass
    if data.startswith(SQLITE_MAGIC):
        return
    for path in _PATHS:
        try:
            found: list[PackageSums] = STATED.extract(
                Entry(path=path, kind=Kind.FILE), HeldContent(data), Limits()
            )
        except SeamlineError:
            continue
        assert {len(each.digest) for package in found for each in package.sums} <= {0, 16, 20, 32}
