"""Packages of chiselled Ubuntu images: what Chisel's own manifest says was sliced."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from seamline.catalog.databases import DatabaseState, by_root, last_told
from seamline.catalog.lineage import lineage
from seamline.catalog.reader import Content, Reader, Sighting, Supply, View
from seamline.formats.chisel import ChiselPackage, parse_manifest
from seamline.model.entry import Entry
from seamline.model.evidence import Gap
from seamline.model.limits import Limits
from seamline.model.package import Install, Package

_MANIFEST = b"var/lib/chisel/manifest.wall"


class ChiselRecord(msgspec.Struct, frozen=True):
    """The packages of one manifest."""

    packages: tuple[ChiselPackage, ...]


def _extract(entry: Entry, content: Content, limits: Limits) -> ChiselRecord:  # noqa: ARG001 - shape of extract
    return ChiselRecord(packages=parse_manifest(content.stream().read(), limits.document_bytes))


def _assemble(view: View) -> Iterator[Supply | Gap]:
    for root, sightings in by_root(view.sightings, (_MANIFEST,)).items():
        yield from _supplies(view, root, sightings)


def _supplies(view: View, root: bytes, sightings: Sequence[Sighting]) -> Iterator[Supply | Gap]:
    path = root + _MANIFEST
    states = [
        DatabaseState(layer=s.layer, packages={(p.name, p.architecture): p for p in s.record.packages})
        for s in sightings
    ]
    told = last_told(view.tree, path, states)
    if told.gap is not None:
        yield told.gap
    spans = lineage([(s.layer, {key: p.version for key, p in s.packages.items()}) for s in told.states])
    distribution = view.distribution_of(root)
    for key, package in told.packages.items():
        install = Install(
            package=Package(
                ecosystem="deb",
                namespace=distribution.id
                if distribution
                else "ubuntu",  # Chisel slices Ubuntu's packages alone
                name=package.name,
                version=package.version,
                architecture=package.architecture,
                distribution=distribution,
            ),
            root=root.rstrip(b"/"),
            proofs=(path,),
            origin_layer=spans[key].origin_layer,
            current_layer=spans[key].current_layer,
            found_by="chisel",
            recovered=told.gap is not None,
        )
        paths = tuple(view.tree.canonical(root + name) for name in package.paths.split(b"\n") if name)
        yield Supply(install=install, paths=paths)


READER = Reader(
    name="chisel",
    version=1,
    wants=("**/" + _MANIFEST.decode(),),
    record=ChiselRecord,
    extract=_extract,
    assemble=_assemble,
    secondary=True,
)
