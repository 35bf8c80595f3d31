"""What a .NET application or shared framework was published with: its `.deps.json`.

Source: .NET SDK, runtime-configuration-file.md: `targets` say what each library brings for one platform, `libraries`
what each is.
"""

from __future__ import annotations

from typing import Any

import msgspec

from seamline.formats.json_document import parse_json

_MOST_BYTES = 64 << 20
_BROUGHT = ("runtime", "native", "runtimeTargets", "resources")
_KINDS = ("package", "project", "runtimepack")


class DotnetLibrary(msgspec.Struct, frozen=True):
    """One library that is there. `kind` is package, project or runtimepack; `depends` are names."""

    name: str
    version: str
    kind: str
    depends: tuple[str, ...] = ()


class _Target(msgspec.Struct):
    name: str = ""


class _Library(msgspec.Struct):
    type: str = ""


class _Document(msgspec.Struct):
    runtimeTarget: _Target | str = ""  # noqa: N815 - the document's own name
    targets: dict[str, dict[str, dict[str, Any]]] = {}
    libraries: dict[str, _Library] = {}


def parse_deps(data: bytes) -> tuple[DotnetLibrary, ...]:
    """The libraries that bring a file. One that brings none only took part in the build.

    Raises:
        Bomb: it is larger than any real one.
        Malformed: it is no such document.
    """
    found = parse_json(data, _Document, ".deps.json", _MOST_BYTES)
    named = found.runtimeTarget if isinstance(found.runtimeTarget, str) else found.runtimeTarget.name
    target = found.targets.get(named) or next(iter(found.targets.values()), {})
    libraries = []
    for key, library in found.libraries.items():
        name, _, version = key.rpartition("/")
        brings = target.get(key, {})
        if name and library.type in _KINDS and any(brings.get(part) for part in _BROUGHT):
            dependencies = brings.get("dependencies")
            libraries.append(
                DotnetLibrary(
                    name=name.removeprefix("runtimepack."),
                    version=version,
                    kind=library.type,
                    depends=tuple(dependencies) if isinstance(dependencies, dict) else (),
                )
            )
    return tuple(libraries)
