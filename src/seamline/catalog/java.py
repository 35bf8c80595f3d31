"""Java's libraries: jars and the archives around them, nested and shaded ones too."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec

from seamline.catalog.reader import Content, Reader, View
from seamline.formats.jar import ENDINGS, JavaPackage, read_jar
from seamline.model.entry import Entry
from seamline.model.limits import Limits
from seamline.model.package import Install, Package


class JavaRecord(msgspec.Struct, frozen=True):
    """What one outer archive holds, and its own SHA-1, by which indexes know jars."""

    packages: tuple[JavaPackage, ...]
    sha1: str


def _extract(entry: Entry, content: Content, limits: Limits) -> JavaRecord | None:
    name = entry.path.rpartition(b"/")[2].decode("utf-8", "replace")
    packages = tuple(dict.fromkeys(read_jar(content.stream(), name, limits)))
    if not packages:
        return None
    digest = hashlib.sha1(content.random(), usedforsecurity=False)
    return JavaRecord(packages=packages, sha1=digest.hexdigest())


def _assemble(view: View) -> Iterator[Install]:
    for sighting in view.sightings:
        entry = view.tree.at(sighting.path)
        if entry is None or entry.layer != sighting.layer:
            continue
        for package in sighting.record.packages:
            yield Install(
                package=Package(
                    ecosystem="maven", namespace=package.group, name=package.name, version=package.version
                ),
                proofs=(sighting.path,),
                inside=package.inside,
                origin_layer=entry.origin_layer,
                current_layer=entry.origin_layer,
                found_by="java",
                sha1="" if package.inside else sighting.record.sha1,
            )


READER = Reader(
    name="java",
    version=1,
    wants=tuple(f"**/*{ending}" for ending in ENDINGS),
    record=JavaRecord,
    extract=_extract,
    assemble=_assemble,
)
