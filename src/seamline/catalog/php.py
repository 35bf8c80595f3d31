"""PHP's packages, as Composer lists them beside what it installed."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from seamline.catalog.lineage import Span
from seamline.catalog.listed import listed
from seamline.catalog.reader import Content, Reader, View
from seamline.formats.composer import ComposerPackage, parse_installed
from seamline.model.entry import Entry
from seamline.model.limits import Limits
from seamline.model.package import Install, Package
from seamline.model.purl import install_key


class PhpRecord(msgspec.Struct, frozen=True):
    """The packages of one installed.json."""

    packages: tuple[ComposerPackage, ...]


def _extract(entry: Entry, content: Content, limits: Limits) -> PhpRecord:  # noqa: ARG001 - the shape of extract
    return PhpRecord(parse_installed(content.stream().read()))


def _assemble(view: View) -> Iterator[Install]:
    for sighting, spans in listed(view, _versions):
        packages = sighting.record.packages
        installs = {p.name: _install(p, sighting.path, spans[p.name]) for p in packages}
        for package in packages:
            needs = (install_key(installs[name]) for name in package.depends if name in installs)
            yield msgspec.structs.replace(installs[package.name], depends=tuple(needs))


def _versions(record: PhpRecord) -> dict[str, str]:
    return {package.name: package.version for package in record.packages}


def _install(package: ComposerPackage, path: bytes, span: Span) -> Install:
    return Install(
        package=Package(
            ecosystem="composer", name=package.name, version=package.version, licenses=package.licenses
        ),
        proofs=(path,),
        origin_layer=span.origin_layer,
        current_layer=span.current_layer,
        found_by="php",
    )


READER = Reader(
    name="php",
    version=1,
    wants=("**/composer/installed.json",),
    record=PhpRecord,
    extract=_extract,
    assemble=_assemble,
)
