"""Documents that the makers of an image put inside: Bitnami's by component, apko's by package.

They tell of what no package database knows. What a database tells too is listed once, as the database's.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from seamline.catalog.databases import by_root, is_visible
from seamline.catalog.lineage import span_of_path
from seamline.catalog.reader import Content, Reader, Sighting, Supply, View
from seamline.formats.spdx import parse_spdx
from seamline.model.entry import Entry, Kind
from seamline.model.limits import Limits
from seamline.model.package import Distribution, Install, Package

_BITNAMI = b"opt/bitnami/"
_APKO = b"var/lib/db/sbom/"
_SOURCES = frozenset(("bitbucket", "docker", "generic", "github", "gitlab", "oci"))
"""Kinds of purl that name what a package was built from, or the image itself; nothing that is installed."""


class SbomRecord(msgspec.Struct, frozen=True):
    """The installed packages that one document names."""

    packages: tuple[Package, ...]


def _extract(entry: Entry, content: Content, limits: Limits) -> SbomRecord:  # noqa: ARG001 - the shape of extract
    named = parse_spdx(content.stream().read(), limits.document_bytes)
    return SbomRecord(packages=tuple(package for package in named if package.ecosystem not in _SOURCES))


def _assemble(view: View) -> Iterator[Install | Supply]:
    for root, sightings in by_root(view.sightings, (_BITNAMI, _APKO)).items():
        for sighting in sightings:
            if is_visible(view.tree, sighting):
                yield from _told(view, root, sighting)


def _told(view: View, root: bytes, sighting: Sighting) -> Iterator[Install | Supply]:
    span = span_of_path(view.tree, sighting.path)
    component = sighting.path.startswith(root + _BITNAMI)
    for package in sighting.record.packages:
        install = Install(
            package=_placed(package, view.distribution_of(root)),
            root=root.rstrip(b"/"),
            proofs=(sighting.path,),
            origin_layer=span.origin_layer,
            current_layer=span.current_layer,
            found_by="embedded-sbom",
            supplier="Bitnami" if package.ecosystem == "bitnami" else "",
        )
        if component and package.ecosystem == "bitnami":
            component = False  # the first is the component itself, the others are built into it
            yield Supply(install=install, paths=tuple(_programs(view, sighting.path)))
        else:
            yield install


def _placed(package: Package, distribution: Distribution | None) -> Package:
    """A distribution's package in the words of the root it stands in: Wolfi's documents travel into other images."""
    if distribution is None or not package.is_distributed:
        return package
    return msgspec.structs.replace(package, namespace=distribution.id, distribution=distribution)


def _programs(view: View, document: bytes) -> Iterator[bytes]:
    """The programs of the component that `document` stands beside; its libraries may have owners of their own."""
    folder = document.rpartition(b"/")[0]
    for place in (b"/bin", b"/sbin"):
        for entry in view.tree.under(folder + place):
            if entry.kind in (Kind.FILE, Kind.HARDLINK):
                yield entry.path


READER = Reader(
    name="embedded-sbom",
    version=1,
    wants=("**/opt/bitnami/**/.spdx-*.spdx", "**/var/lib/db/sbom/*.spdx.json"),
    record=SbomRecord,
    extract=_extract,
    assemble=_assemble,
    secondary=True,
)
