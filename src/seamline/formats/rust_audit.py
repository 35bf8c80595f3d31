"""What a Rust program was linked from, as cargo-auditable leaves it in the program.

Source: cargo-auditable, PARSING.md: the section `.dep-v0` holds zlib-compressed JSON.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import msgspec

from seamline.errors import Malformed
from seamline.formats.elf import Elf
from seamline.formats.json_document import parse_json

_SECTION = b".dep-v0"
_MOST_BYTES = 8 << 20


class Crate(msgspec.Struct, frozen=True):
    """One crate; `dependencies` are positions in the list that it stands in. Build-time crates are no part of the
    program."""

    name: str
    version: str
    source: str = ""
    kind: str = "runtime"
    dependencies: tuple[int, ...] = ()
    root: bool = False


class _Document(msgspec.Struct):
    packages: tuple[Crate, ...]


def rust_crates(elf: Elf) -> tuple[Crate, ...]:
    """The crates that a program names, none where it has no such section.

    Raises:
        Malformed: the section is there and broken.
    """
    section = elf.section(_SECTION)
    if section is None:
        return ()
    packed = elf.read(section.offset, section.size_bytes)
    codec = zlib.decompressobj()
    try:
        data = codec.decompress(packed, _MOST_BYTES + 1)
    except zlib.error as fault:
        raise _broken(str(fault)) from fault
    return parse_json(data, _Document, "Rust audit data", _MOST_BYTES).packages


def reached(crates: tuple[Crate, ...]) -> Iterator[tuple[Crate, tuple[Crate, ...]]]:
    """The crates that are in the program, each with those that it needs there."""
    for crate in crates:
        if crate.kind != "build":
            needs = (crates[at] for at in crate.dependencies if 0 <= at < len(crates))
            yield crate, tuple(need for need in needs if need.kind != "build")


def _broken(got: str) -> Malformed:
    return Malformed(
        "Rust audit data", expected="zlib-compressed JSON", got=got, hint="the program is damaged"
    )
