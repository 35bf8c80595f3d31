"""A .deb: an ar archive of a control tar and a data tar. Source: deb(5)."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from seamline.errors import Malformed
from seamline.formats.compression import unpack, unpack_xz
from seamline.formats.tar import members
from seamline.model.entry import Entry, Kind
from seamline.model.limits import Limits

_MAGIC = b"!<arch>\n"
_CHUNK = 1 << 18


class Deb(msgspec.Struct, frozen=True):
    """`control` holds the members of the control tar by name; `data` is the packed data tar and its member name."""

    control: dict[str, bytes]
    data_name: str
    data: bytes


def parse_deb(raw: bytes, where: str, limits: Limits) -> Deb:
    """The parts of a binary package.

    Raises:
        Malformed: it is no ar archive, a member is missing or damaged.
    """
    control: dict[str, bytes] | None = None
    for name, body in _archive(raw, where):
        if name.startswith("control.tar"):
            control = {
                member.entry.path.decode("utf-8", "replace"): b"".join(member.pieces())
                for member in members(_unpacked(name, body, where), limits, where)
                if member.entry.kind == Kind.FILE
            }
        elif name.startswith("data.tar") and control is not None:
            return Deb(control, name, body)
    raise Malformed(
        where, expected="control and data in a package", got="neither or one", hint="download it again"
    )


def files_of(deb: Deb, where: str, limits: Limits) -> Iterator[tuple[Entry, bytes]]:
    """Every entry of the data tar with its content.

    Raises:
        Malformed: the tar is damaged, or a name climbs out of the root.
    """
    for member in members(_unpacked(deb.data_name, deb.data, where), limits, where):
        yield member.entry, b"".join(member.pieces()) if member.entry.kind == Kind.FILE else b""


def _archive(raw: bytes, where: str) -> Iterator[tuple[str, bytes]]:
    if not raw.startswith(_MAGIC):
        raise Malformed(where, expected="a .deb", got=repr(raw[:8]), hint="download it again")
    at = len(_MAGIC)
    while at + 60 <= len(raw):
        name = raw[at : at + 16].decode("ascii", "replace").strip().rstrip("/")
        digits = raw[at + 48 : at + 58].strip()
        if raw[at + 58 : at + 60] != b"`\n" or not digits.isdigit() or at + 60 + int(digits) > len(raw):
            raise Malformed(
                where, expected="an ar member", got=repr(raw[at : at + 16]), hint="download it again"
            )
        size = int(digits)
        yield name, raw[at + 60 : at + 60 + size]
        at += 60 + size + size % 2


def _unpacked(name: str, body: bytes, where: str) -> Iterator[bytes]:
    chunks = (body[at : at + _CHUNK] for at in range(0, len(body), _CHUNK))
    return unpack_xz(chunks, where) if name.endswith(".lzma") else unpack(chunks, where, fast=False)
