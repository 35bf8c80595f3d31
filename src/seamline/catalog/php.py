"""PHP's packages, as Composer lists them beside what it installed."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from seamline.catalog.listed import Listed, listed_installs
from seamline.catalog.reader import Content, Reader, View
from seamline.formats.composer import ComposerPackage, parse_installed
from seamline.model.entry import Entry
from seamline.model.limits import Limits
from seamline.model.package import Install, Package


class PhpRecord(msgspec.Struct, frozen=True):
    """The packages of one installed.json."""

    packages: tuple[ComposerPackage, ...]


def _extract(entry: Entry, content: Content, limits: Limits) -> PhpRecord:  # noqa: ARG001 - the shape of extract
    return PhpRecord(parse_installed(content.stream().read()))


def _assemble(view: View) -> Iterator[Install]:
    return listed_installs(view, "php", _listing)


def _listing(record: PhpRecord) -> Iterator[Listed]:
    for each in record.packages:
        package = Package(ecosystem="composer", name=each.name, version=each.version, licenses=each.licenses)
        yield Listed(key=each.name, package=package, depends=each.depends)


READER = Reader(
    name="php",
    version=1,
    wants=("**/composer/installed.json",),
    record=PhpRecord,
    extract=_extract,
    assemble=_assemble,
    most_bytes=64 << 20,
)
