"""The list of packages in images of Azure Linux (CBL-Mariner) that carry no rpm database.

Source: Azure Linux image tools: one line a package, ten columns between tabs, as rpm's query format writes them:
name, version-release, installed, built, vendor, epoch, size, architecture, epoch as a number, source package.
"""

from __future__ import annotations

import msgspec

from seamline.errors import Malformed

_COLUMNS = 10


class ListedPackage(msgspec.Struct, frozen=True):
    """One line. `version` is complete, with its epoch where there is one."""

    name: str
    version: str
    vendor: str
    architecture: str
    source: str


def parse_manifest(data: bytes) -> tuple[ListedPackage, ...]:
    """The packages of a manifest.

    Raises:
        Malformed: a line has not the ten columns.
    """
    return tuple(_line(line) for line in data.decode("utf-8", "replace").splitlines() if line.strip())


def _line(line: str) -> ListedPackage:
    columns = line.split("\t")
    if len(columns) != _COLUMNS:
        raise Malformed(
            "container-manifest-2",
            expected=f"{_COLUMNS} columns between tabs",
            got=f"{len(columns)}",
            hint="the manifest is damaged",
        )
    name, version, _, _, vendor, _, _, architecture, epoch, source = columns
    return ListedPackage(
        name=name,
        version=version if epoch in ("", "0", "(none)") else f"{epoch}:{version}",
        vendor="" if vendor == "(none)" else vendor,
        architecture=architecture,
        source="" if source == "(none)" else source,
    )
