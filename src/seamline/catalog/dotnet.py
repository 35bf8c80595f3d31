""".NET: the libraries of each published application and each shared framework."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from seamline.catalog.listed import Listed, listed_installs
from seamline.catalog.reader import Content, Reader, View
from seamline.formats.deps_json import DotnetLibrary, parse_deps
from seamline.model.entry import Entry
from seamline.model.limits import Limits
from seamline.model.package import Install, Package


class DotnetRecord(msgspec.Struct, frozen=True):
    """The libraries of one .deps.json."""

    libraries: tuple[DotnetLibrary, ...]


def _extract(entry: Entry, content: Content, limits: Limits) -> DotnetRecord:  # noqa: ARG001 - the shape of extract
    return DotnetRecord(parse_deps(content.stream().read()))


def _assemble(view: View) -> Iterator[Install]:
    return listed_installs(view, "dotnet", _listing)


def _listing(record: DotnetRecord) -> Iterator[Listed]:
    for each in record.libraries:
        package = Package(ecosystem="nuget", name=each.name, version=each.version)
        yield Listed(key=each.name, package=package, depends=each.depends)


READER = Reader(
    name="dotnet",
    version=1,
    wants=("**/*.deps.json",),
    record=DotnetRecord,
    extract=_extract,
    assemble=_assemble,
    most_bytes=64 << 20,
)
