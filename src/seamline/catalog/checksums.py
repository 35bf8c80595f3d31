"""What packages say their files hold, and what the files hold: MD5 as dpkg keeps it, SHA-1 as apk does.

SHA-256 (rpm's, Python's RECORD) is compared with the content keys that every layer has anyway.
"""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from seamline.catalog.reader import EVERY, Content, Reader
from seamline.expression import expression
from seamline.formats.apkdb import parse_sums as parse_apk_sums
from seamline.formats.dpkg import parse_conffiles, parse_sums
from seamline.model.entry import Entry
from seamline.model.limits import Limits

if TYPE_CHECKING:
    from seamline.formats.rpm_header import Header

MOST_BYTES = 64 << 20
"""Larger files are not summed."""
_NOT_OWNED = expression(rb"(?:^|/)(?:node_modules|site-packages)/|^(?:srv|home|root|app|tmp)/")
_COMPARED = {"md5": 16, "sha1": 20, "sha256": 32}
_HEXADECIMAL = expression(r"[0-9a-fA-F]+")


class Sum(msgspec.Struct, frozen=True, array_like=True):
    """What a package says of one of its files: its path from the root (from the folder of the RECORD for Python), the
    digest (MD5, SHA-1, or SHA-256, told by its length; empty for another algorithm, which is not compared), and whether a
    user may change it."""

    path: bytes
    digest: bytes
    is_configuration: bool = False


class PackageSums(msgspec.Struct, frozen=True, array_like=True):
    """The sums of one package. `ecosystem` is deb, apk, rpm or pypi."""

    ecosystem: str
    name: str
    sums: tuple[Sum, ...]


def _digest(entry: Entry, content: Content, limits: Limits) -> bytes | None:  # noqa: ARG001 - shape of extract
    """MD5 and SHA-1 behind one another: 36 bytes; none of a file that is held in part."""
    if _NOT_OWNED.search(entry.path):
        return None  # no package of a distribution puts anything there
    if content.size_bytes < entry.size_bytes:
        return b""
    data = content.random()
    return (
        hashlib.md5(data, usedforsecurity=False).digest() + hashlib.sha1(data, usedforsecurity=False).digest()
    )


def _stated(entry: Entry, content: Content, limits: Limits) -> list[PackageSums]:  # noqa: ARG001 - shape of extract
    return [package for package in _packages(entry.path, content) if package.sums]


def _packages(path: bytes, content: Content) -> Iterator[PackageSums]:
    name = path.rpartition(b"/")[2].decode("utf-8", "replace")
    if name.endswith(".md5sums"):
        package = name.removesuffix(".md5sums").partition(":")[0]
        sums = parse_sums(content.stream().read())
        yield PackageSums("deb", package, tuple(Sum(file, digest) for file, digest in sums))
    elif name == "status":
        yield from _grouped("deb", parse_conffiles(content.stream().read()), is_configuration=True)
    elif name == "installed":
        yield from _grouped("apk", parse_apk_sums(content.stream().read()), is_configuration=False)
    elif name == "RECORD":
        package = path.split(b"/")[-2].decode("utf-8", "replace").partition("-")[0]
        yield PackageSums("pypi", package, tuple(_record(content.stream().read())))
    else:
        from seamline.formats.rpm_header import NAME, Header  # noqa: PLC0415 - 10 ms that a warm run need not wait for
        from seamline.formats.rpmdb import parse_rpmdb  # noqa: PLC0415

        log = content.companion("-wal")
        for blob in parse_rpmdb(content.random()[:], log.random()[:] if log is not None else b""):
            header = Header(blob)
            yield PackageSums("rpm", header.text(NAME), tuple(_of_rpm(header)))


def _grouped(
    ecosystem: str, rows: Iterator[tuple[bytes, bytes, bytes]], *, is_configuration: bool
) -> Iterator[PackageSums]:
    found: dict[bytes, list[Sum]] = {}
    for name, path, digest in rows:
        # apk lets users change what is under etc. Source: apk-tools, default protected paths
        protected = is_configuration or path.startswith(b"etc/")
        found.setdefault(name, []).append(Sum(path, digest, protected))
    for name, sums in found.items():
        yield PackageSums(ecosystem, name.decode("utf-8", "replace"), tuple(sums))


def _of_rpm(header: Header) -> Iterator[Sum]:
    from seamline.formats.rpm_header import file_sums  # noqa: PLC0415 - as above

    for file in file_sums(header):
        digest = b""
        if len(file.digits) == 2 * _COMPARED.get(file.algorithm, 0) and _HEXADECIMAL.fullmatch(file.digits):
            digest = bytes.fromhex(file.digits)
        yield Sum(file.path.strip("/").encode("utf-8", "surrogateescape"), digest, file.is_configuration)


def _record(data: bytes) -> Iterator[Sum]:
    """Source: packaging.python.org, "Recording installed projects", the RECORD file."""
    for row in _rows(data):
        if len(row) == 3 and row[1].startswith("sha256=") and not row[0].endswith(".pyc"):
            try:
                digest = base64.urlsafe_b64decode(row[1][7:] + "==")
            except ValueError:  # no base64, or not even ASCII
                continue
            if len(digest) == 32:
                yield Sum(row[0].encode("utf-8", "surrogateescape"), digest)


def _rows(data: bytes) -> Iterator[list[str]]:
    """The rows as far as they are ones."""
    import csv  # noqa: PLC0415 - only a layer that was never read needs it

    try:
        yield from csv.reader(io.StringIO(data.decode("utf-8", "replace"), newline=""))
    except csv.Error:
        return


DIGESTS = Reader(
    name="checksums", version=2, wants=(EVERY,), record=bytes, extract=_digest, head_bytes=MOST_BYTES
)
STATED = Reader(
    name="stated-checksums",
    version=2,
    wants=(
        "var/lib/dpkg/info/*.md5sums",
        "var/lib/dpkg/status.d/*.md5sums",
        "var/lib/dpkg/status",
        "lib/apk/db/installed",
        "usr/lib/apk/db/installed",
        "usr/lib/sysimage/rpm/rpmdb.sqlite",
        "var/lib/rpm/rpmdb.sqlite",
        "usr/lib/sysimage/rpm/Packages.db",
        "var/lib/rpm/Packages.db",
        "var/lib/rpm/Packages",
        "**/*.dist-info/RECORD",
    ),
    record=list[PackageSums],
    extract=_stated,
    companions=("-wal",),
)
