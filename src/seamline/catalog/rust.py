"""Rust programs: the crates that each was linked from, where cargo-auditable built it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from seamline.catalog.listed import Listed, listed_installs
from seamline.catalog.reader import EXECUTABLE, Content, Reader, View
from seamline.errors import Malformed
from seamline.formats.rust_audit import Crate, reached, rust_crates
from seamline.model.entry import Entry
from seamline.model.limits import Limits
from seamline.model.package import Install, Package


class RustRecord(msgspec.Struct, frozen=True):
    """The crates that one program names."""

    crates: tuple[Crate, ...]


def _extract(entry: Entry, content: Content, limits: Limits) -> RustRecord | None:  # noqa: ARG001 - shape of extract
    try:
        elf = content.elf()
    except Malformed:  # what only begins like a program is no Rust program
        return None
    crates = rust_crates(elf)
    return RustRecord(crates) if crates else None


def _assemble(view: View) -> Iterator[Install]:
    return listed_installs(view, "rust", _listing)


def _listing(record: RustRecord) -> Iterator[Listed]:
    for crate, needs in reached(record.crates):
        package = Package(ecosystem="cargo", name=crate.name, version=crate.version)
        yield Listed(key=_key(crate), package=package, depends=tuple(map(_key, needs)))


def _key(crate: Crate) -> str:
    """A program may hold several versions of one crate."""
    return f"{crate.name} {crate.version}"


READER = Reader(
    name="rust", version=1, wants=(EXECUTABLE,), record=RustRecord, extract=_extract, assemble=_assemble
)
