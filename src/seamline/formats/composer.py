"""Composer's list of what it installed.

Source: Composer, FilesystemRepository: version 1 is a list of packages, version 2 an object that holds it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from seamline.formats.json_document import parse_json

_MOST_BYTES = 64 << 20


class ComposerPackage(msgspec.Struct, frozen=True):
    """One package; `name` is vendor/name, `depends` what it requires, by name."""

    name: str
    version: str
    licenses: tuple[str, ...] = ()
    depends: tuple[str, ...] = ()


class _Package(msgspec.Struct):
    name: str = ""
    version: str = ""
    license: Any = None
    require: Any = None


class _Version2(msgspec.Struct):
    packages: list[_Package] = []


def parse_installed(data: bytes) -> tuple[ComposerPackage, ...]:
    """The packages of an `installed.json`.

    Raises:
        Bomb: it is larger than any real one.
        Malformed: it is no such document.
    """
    found = parse_json(data, list[_Package] | _Version2, "installed.json", _MOST_BYTES)  # type: ignore[arg-type]
    packages = found if isinstance(found, list) else found.packages
    return tuple(_read(package) for package in packages if package.name and package.version)


def _read(package: _Package) -> ComposerPackage:
    licenses = [package.license] if isinstance(package.license, str) else package.license
    required = package.require if isinstance(package.require, dict) else {}
    return ComposerPackage(
        name=package.name.lower(),
        version=package.version,
        licenses=tuple(each for each in licenses if isinstance(each, str))
        if isinstance(licenses, list)
        else (),
        depends=tuple(name.lower() for name in required),
    )
