"""The apk database: `lib/apk/db/installed`. Source: apk-tools, the installed database, version 2."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

import msgspec


class ApkPackage(msgspec.Struct, frozen=True, array_like=True):
    """One record. `paths` are the installed files relative to the root, in the order of the record."""

    name: str
    version: str
    architecture: str
    origin: str
    license: str
    depends: tuple[str, ...]
    provides: tuple[str, ...]
    maintainer: str
    paths: bytes


def parse_installed(data: bytes) -> tuple[ApkPackage, ...]:
    """The packages of an installed database; records without a name or version are none."""
    return tuple(package for record in data.split(b"\n\n") if (package := _package(record)) is not None)


def _package(record: bytes) -> ApkPackage | None:
    fields: dict[bytes, str] = {}
    paths: list[bytes] = []
    folder = b""
    for line in record.split(b"\n"):
        key, value = line[:2], line[2:]
        if key == b"F:":
            folder = value + b"/" if value else b""
        elif key == b"R:":
            paths.append(folder + value)
        elif key in (b"P:", b"V:", b"A:", b"o:", b"L:", b"D:", b"p:", b"m:"):
            fields.setdefault(key, value.decode("utf-8", "replace"))
    if not fields.get(b"P:") or not fields.get(b"V:"):
        return None
    return ApkPackage(
        name=fields[b"P:"],
        version=fields[b"V:"],
        architecture=fields.get(b"A:", ""),
        origin=fields.get(b"o:", ""),
        license=fields.get(b"L:", ""),
        depends=tuple(fields.get(b"D:", "").split()),
        provides=tuple(fields.get(b"p:", "").split()),
        maintainer=fields.get(b"m:", ""),
        paths=b"\n".join(paths),
    )


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """One line of apk's world: a package that was asked for, `bound` (`=1.2-r0`, `<2`, `~1.2`) if only some versions will do,
    and the repository it is to come from, by its tag; `line` counts from 1."""

    name: str
    bound: str
    tag: str
    line: int


def parse_world(text: str) -> Iterator[Wish]:
    """What `etc/apk/world` asks for; conflicts (`!name`) ask for nothing. Source: apk-world(5)."""
    for number, written in enumerate(text.splitlines(), 1):
        for word in written.split():
            plain, _, tag = word.partition("@")
            at = next((at for at, sign in enumerate(plain) if sign in "=<>~"), len(plain))
            if at and not plain.startswith("!"):
                yield Wish(name=plain[:at], bound=plain[at:], tag=tag, line=number)


def parse_sums(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """(package, path, SHA-1) of the files of an installed database (`Z:Q1` and base64); links have no sum of a content."""
    name = folder = path = b""
    for line in data.split(b"\n"):
        key, value = line[:2], line[2:]
        if key == b"P:":
            name = value
        elif key == b"F:":
            folder = value + b"/" if value else b""
        elif key == b"R:":
            path = folder + value
        elif key == b"Z:" and value.startswith(b"Q1") and path:
            try:
                digest = base64.b64decode(value[2:], validate=True)
            except binascii.Error:
                continue
            if len(digest) == 20:
                yield name, path, digest
        elif not line:
            path = b""


def dependency_name(text: str) -> str:
    """The name that a dependency or provision is about: `so:libc.musl-x86_64.so.1`, `busybox`; "" for a conflict."""
    if text.startswith("!"):
        return ""
    for at, char in enumerate(text):
        if char in "<>=~@":
            return text[:at]
    return text
