"""Chisel's manifest: which packages were sliced, and the paths that each slice brought.

Source: Chisel's documentation, "Chisel Manifest" (schema 1.0) and "jsonwall": one JSON object a line behind a header
that counts the lines, itself included, the whole compressed with zstd.
"""

from __future__ import annotations

import msgspec

from seamline.errors import Bomb, Malformed
from seamline.formats.compression import unpack

_WHAT = "manifest.wall"


class ChiselPackage(msgspec.Struct, frozen=True, array_like=True):
    """One package of which slices are there. `paths` are theirs, relative to the root, one a line."""

    name: str
    version: str
    architecture: str
    paths: bytes


class _Line(msgspec.Struct, frozen=True):
    """Any line of the manifest; each kind fills its own fields."""

    jsonwall: str = ""
    count: int = 0
    kind: str = ""
    name: str = ""
    version: str = ""
    arch: str = ""
    path: str = ""
    slices: tuple[str, ...] = ()


_LINES = msgspec.json.Decoder(_Line)


def parse_manifest(data: bytes, most_bytes: int) -> tuple[ChiselPackage, ...]:
    """The packages of a manifest, in its order.

    Raises:
        Bomb: it unpacks to more than `most_bytes`.
        Malformed: it is not zstd, not jsonwall, or lines are missing.
    """
    header, *lines = _lines(_unpacked(data, most_bytes))
    if not header.jsonwall or header.count != len(lines) + 1:
        raise _malformed(f"{len(lines) + 1} lines under a header that counts {header.count}")
    paths: dict[str, list[str]] = {}
    for line in lines:
        if line.kind == "path" and line.path.strip("/"):
            # a slice is named <package>_<slice>, and package names have no underscore
            for package in {slice_name.partition("_")[0] for slice_name in line.slices}:
                paths.setdefault(package, []).append(line.path.strip("/"))
    return tuple(
        ChiselPackage(
            name=line.name,
            version=line.version,
            architecture=line.arch,
            paths="\n".join(paths.get(line.name, ())).encode("utf-8", "replace"),
        )
        for line in lines
        if line.kind == "package" and line.name and line.version
    )


def _unpacked(data: bytes, most_bytes: int) -> bytes:
    pieces, size = [], 0
    for piece in unpack([data], _WHAT, fast=False):
        size += len(piece)
        if size > most_bytes:
            raise Bomb(
                _WHAT,
                expected=f"at most {most_bytes} bytes unpacked",
                got="more",
                hint="no real manifest is so large",
            )
        pieces.append(piece)
    return b"".join(pieces)


def _lines(data: bytes) -> list[_Line]:
    try:
        lines = _LINES.decode_lines(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as fault:
        raise _malformed(str(fault)[:120] or "JSON nested too deep") from fault
    return lines or [_Line()]


def _malformed(got: str) -> Malformed:
    return Malformed(
        _WHAT, expected="a jsonwall manifest, whole", got=got, hint="the file is damaged: cut the image again"
    )
