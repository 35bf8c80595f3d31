"""Rust programs: the crates that each was linked from, where cargo-auditable built it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from seamline.catalog.lineage import Span
from seamline.catalog.listed import listed
from seamline.catalog.reader import EXECUTABLE, Content, Reader, View
from seamline.errors import Malformed
from seamline.formats.elf import parse_elf
from seamline.formats.rust_audit import Crate, reached, rust_crates
from seamline.model.entry import Entry
from seamline.model.limits import Limits
from seamline.model.package import Install, Package
from seamline.model.purl import install_key


class RustRecord(msgspec.Struct, frozen=True):
    """The crates that one program names."""

    crates: tuple[Crate, ...]


def _extract(entry: Entry, content: Content, limits: Limits) -> RustRecord | None:  # noqa: ARG001 - shape of extract
    try:
        elf = parse_elf(content.random())
    except Malformed:  # what only begins like a program is no Rust program
        return None
    crates = rust_crates(elf)
    return RustRecord(crates) if crates else None


def _assemble(view: View) -> Iterator[Install]:
    for sighting, spans in listed(view, _versions):
        found = list(reached(sighting.record.crates))
        for crate, needs in found:
            install = _install(crate, sighting.path, spans)
            keys = (install_key(_install(need, sighting.path, spans)) for need in needs)
            yield msgspec.structs.replace(install, depends=tuple(keys))


def _versions(record: RustRecord) -> dict[str, str]:
    return {f"{crate.name} {crate.version}": crate.version for crate in record.crates}


def _install(crate: Crate, path: bytes, spans: Mapping[str, Span]) -> Install:
    span = spans[f"{crate.name} {crate.version}"]
    return Install(
        package=Package(ecosystem="cargo", name=crate.name, version=crate.version),
        proofs=(path,),
        origin_layer=span.origin_layer,
        current_layer=span.current_layer,
        found_by="rust",
    )


READER = Reader(
    name="rust", version=1, wants=(EXECUTABLE,), record=RustRecord, extract=_extract, assemble=_assemble
)
