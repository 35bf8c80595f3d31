""".NET: the libraries of each published application and each shared framework."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from seamline.catalog.lineage import Span
from seamline.catalog.listed import listed
from seamline.catalog.reader import Content, Reader, View
from seamline.formats.deps_json import DotnetLibrary, parse_deps
from seamline.model.entry import Entry
from seamline.model.limits import Limits
from seamline.model.package import Install, Package
from seamline.model.purl import install_key


class DotnetRecord(msgspec.Struct, frozen=True):
    """The libraries of one .deps.json."""

    libraries: tuple[DotnetLibrary, ...]


def _extract(entry: Entry, content: Content, limits: Limits) -> DotnetRecord:  # noqa: ARG001 - the shape of extract
    return DotnetRecord(parse_deps(content.stream().read()))


def _assemble(view: View) -> Iterator[Install]:
    for sighting, spans in listed(view, _versions):
        libraries = sighting.record.libraries
        installs = {each.name: _install(each, sighting.path, spans[each.name]) for each in libraries}
        for library in libraries:
            needs = (install_key(installs[name]) for name in library.depends if name in installs)
            yield msgspec.structs.replace(installs[library.name], depends=tuple(needs))


def _versions(record: DotnetRecord) -> dict[str, str]:
    return {library.name: library.version for library in record.libraries}


def _install(library: DotnetLibrary, path: bytes, span: Span) -> Install:
    return Install(
        package=Package(ecosystem="nuget", name=library.name, version=library.version),
        proofs=(path,),
        origin_layer=span.origin_layer,
        current_layer=span.current_layer,
        found_by="dotnet",
    )


READER = Reader(
    name="dotnet",
    version=1,
    wants=("**/*.deps.json",),
    record=DotnetRecord,
    extract=_extract,
    assemble=_assemble,
)
